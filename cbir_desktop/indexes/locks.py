"""The lock between changes and searches."""

import threading
from types import TracebackType


class TurnstileLock:
    """A lock that a thread taking it again and again cannot keep from the others.

    A plain lock that is released and retaken in a loop (adding batch after batch) is nearly always won by the same
    thread: a search would wait until the last batch. Whoever waits here holds the turnstile, so the looping thread
    queues behind it.
    """

    def __init__(self) -> None:
        self._turnstile = threading.Lock()
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        with self._turnstile:
            self._lock.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
