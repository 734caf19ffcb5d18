"""Threads whose number and priority can change while they have work."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from cbir_desktop.core.priority import lower_this_thread

P = ParamSpec("P")
T = TypeVar("T")


class PowerPool(Executor):
    """``full`` threads at normal priority, or ``background`` ones at low priority.

    A change starts other threads, as a thread that was lowered cannot be raised again. What was handed in before is
    done by the old ones; with one thread in either case, the new one waits for them: all is done in order.
    """

    def __init__(self, name: str, full: int, background: int, low: bool = False) -> None:
        self._name = name
        self._counts = {False: full, True: background}
        self._serial = full == background == 1
        self._lock = threading.Lock()
        self._low = low
        self._pool = self._start(low)
        self._older: list[ThreadPoolExecutor] = []

    def submit(self, work: Callable[P, T], /, *arguments: P.args, **named: P.kwargs) -> Future[T]:
        with self._lock:
            return self._pool.submit(work, *arguments, **named)

    def set_low(self, low: bool) -> None:
        """What is handed in from now on is done at this priority. The calling thread should have the normal one."""
        with self._lock:
            if low == self._low:
                return
            older, self._pool, self._low = self._pool, self._start(low), low
            if self._serial:
                self._pool.submit(older.shutdown)
            else:
                older.shutdown(wait=False)
            self._older.append(older)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        with self._lock:
            pools = [*self._older, self._pool]
        for pool in pools:
            pool.shutdown(wait, cancel_futures=cancel_futures)

    def _start(self, low: bool) -> ThreadPoolExecutor:
        count = self._counts[low]
        pool = ThreadPoolExecutor(count, self._name, lower_this_thread if low else None)
        # All at once, by the thread that asks for it: started by one of low priority, they would have that too.
        met = threading.Barrier(count)
        for begun in [pool.submit(met.wait) for _ in range(count)]:
            begun.result()
        return pool
