"""Long work that can report how far it is, be paused and be cancelled. Domain functions take one as last argument."""

import threading
import time
from collections.abc import Callable


class Cancelled(Exception):  # noqa: N818 - a wish of the user, not an error
    """Raised inside a task's work once somebody cancelled it."""


class Task:
    """One piece of long work.

    The worker calls ``step`` often: it raises ``Cancelled``, holds while paused, and hands progress to ``report``
    at most ``per_second`` times a second (the first and the last step always arrive). Any thread may call ``cancel``,
    ``pause`` and ``resume``.
    """

    def __init__(self, report: Callable[[int, int], None] | None = None, per_second: float = 10.0) -> None:
        self._report = report
        self._interval = 1.0 / per_second
        self._last = float("-inf")
        self._cancelled = threading.Event()
        self._running = threading.Event()
        self._running.set()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    @property
    def paused(self) -> bool:
        return not self._running.is_set()

    def cancel(self) -> None:
        self._cancelled.set()
        self._running.set()

    def pause(self) -> None:
        if not self.cancelled:
            self._running.clear()

    def resume(self) -> None:
        self._running.set()

    def check(self) -> None:
        """Hold while paused; raise ``Cancelled`` once cancelled."""
        self._running.wait()
        if self.cancelled:
            raise Cancelled

    def step(self, done: int, total: int) -> None:
        """Report that ``done`` of ``total`` are finished (``total`` 0: not known yet)."""
        self.check()
        now = time.monotonic()
        if self._report is not None and (now - self._last >= self._interval or done == total):
            self._last = now
            self._report(done, total)


class Part(Task):
    """One of several pieces of a task's work that run side by side: paused and cancelled with the whole, while its own
    progress is nobody's."""

    def __init__(self, whole: Task) -> None:
        super().__init__()
        self._whole = whole

    def check(self) -> None:
        self._whole.check()


NULL_TASK = Task()
"""Reports to nobody and is never cancelled: the default of every ``task`` argument."""
