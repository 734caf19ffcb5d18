"""Parallel work in order, with a bounded number of answers waiting."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def bounded_map(executor: Executor, function: Callable[[A], B], items: Iterable[A], ahead: int) -> Iterator[B]:
    """``function`` of each item, in order; at most ``ahead`` are started and not yet taken.

    ``Executor.map`` takes all items at once, so that a slow consumer would fill the memory with answers. When the
    consumer stops early, or an item raises, what was not started is cancelled and what runs is waited for.
    """
    waiting: deque[Future[B]] = deque()
    try:
        for item in items:
            waiting.append(executor.submit(function, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
        for future in waiting:
            if not future.cancelled():
                future.exception()
