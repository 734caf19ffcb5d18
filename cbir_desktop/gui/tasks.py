"""The one place where threads meet signals.

Workers only hold a bound emit of ``Tasks``; every callback runs in the main thread, in the order of the answers.
"""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled, Task

Callback = Callable[..., None]


class Handle:
    """One submitted piece of work, held by who asked for it. Main thread only."""

    def __init__(self, number: int, task: Task, callbacks: dict[str, Callback | None]) -> None:
        self.id = number
        self.task = task
        self.callbacks = callbacks
        self.future: Future[Any] | None = None

    def cancel(self) -> None:
        """No ``done``, ``failed`` or ``progress`` comes any more; ``cancelled`` comes once the work has ended."""
        self.task.cancel()
        if self.future is not None:
            self.future.cancel()


class Tasks(QObject):
    """Runs functions in executors and brings their answers home.

    ``failed`` tells of a ``KnownError`` that no callback took. An error that is not a ``KnownError`` is a bug: it is
    raised in the main thread, where the exception hook sees it.
    """

    failed = Signal(KnownError)
    _answered = Signal(int, object)
    _broke = Signal(int, object)
    _stepped = Signal(int, object, object)
    _relayed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._handles: dict[int, Handle] = {}
        self._lock = threading.Lock()
        self._closed = False
        # Queued even from the main thread (cancel runs a future's callbacks at once): a callback never re-enters.
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        self._broke.connect(self._on_broke, Qt.ConnectionType.QueuedConnection)
        self._stepped.connect(self._on_stepped, Qt.ConnectionType.QueuedConnection)
        self._relayed.connect(self._on_relayed, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        executor: Executor,
        function: Callable[..., Any],
        *args: Any,
        done: Callback | None = None,
        failed: Callback | None = None,
        progress: Callback | None = None,
        cancelled: Callback | None = None,
        with_task: bool = False,
    ) -> Handle:
        """Run ``function(*args)`` in the executor, with ``task=`` where ``with_task``.

        ``done(result)``, ``failed(error)``, ``progress(done, total)`` and ``cancelled()`` run in the main thread.
        After ``close`` nothing is run and nothing is answered.
        """
        callbacks = {"done": done, "failed": failed, "progress": progress, "cancelled": cancelled}

        def begin(task: Task) -> Future[Any]:
            return executor.submit(function, *args, **({"task": task} if with_task else {}))

        return self.begin(begin, callbacks)

    def begin(self, begin: Callable[[Task], Future[Any]], callbacks: dict[str, Callback | None]) -> Handle:
        """As ``submit``, for work that finds its own way through the executors: ``begin`` starts it."""
        number = next(self._numbers)
        task = Task(partial(self._emit, self._stepped, number))
        handle = Handle(number, task, {**dict.fromkeys(("done", "failed", "progress", "cancelled")), **callbacks})
        if self._closed:
            task.cancel()
            return handle
        self._handles[number] = handle
        handle.future = begin(task)
        handle.future.add_done_callback(partial(self._finished, number))
        return handle

    def relay(self, callback: Callback) -> Callback:
        """For whoever tells things from threads of its own: a function that has ``callback`` called in the main thread,
        in the order of the calls; after ``close`` it does nothing."""
        return lambda *values: self._emit(self._relayed, callback, values)

    @property
    def pending(self) -> int:
        """How many pieces of work have not been answered yet."""
        return len(self._handles)

    def close(self) -> None:
        """Cancel all work; from here on nothing is emitted and no callback runs."""
        with self._lock:
            self._closed = True
        for handle in list(self._handles.values()):
            handle.cancel()
        self._handles.clear()

    # -- in the worker's thread ---------------------------------------------------------------------------------

    def _finished(self, number: int, future: Future[Any]) -> None:
        if future.cancelled():
            self._emit(self._broke, number, Cancelled())
        elif (error := future.exception()) is not None:
            self._emit(self._broke, number, error)
        else:
            self._emit(self._answered, number, future.result())

    def _emit(self, signal: Any, *values: Any) -> None:
        # The lock, or close could return between the question and the emit.
        with self._lock:
            if not self._closed:
                signal.emit(*values)

    # -- in the main thread -------------------------------------------------------------------------------------

    @Slot(int, object)
    def _on_answered(self, number: int, result: object) -> None:
        if (handle := self._handles.pop(number, None)) is not None:
            stale = handle.task.cancelled
            _call(handle, "cancelled") if stale else _call(handle, "done", result)

    @Slot(int, object)
    def _on_broke(self, number: int, error: BaseException) -> None:
        if (handle := self._handles.pop(number, None)) is None:
            return
        known = isinstance(error, KnownError)
        if isinstance(error, Cancelled) or (handle.task.cancelled and known):
            _call(handle, "cancelled")
            return
        if not _call(handle, "failed", error) and known:
            self.failed.emit(error)
        if not known:
            raise error

    @Slot(int, object, object)
    def _on_stepped(self, number: int, done: int, total: int) -> None:
        handle = self._handles.get(number)
        if handle is not None and not handle.task.cancelled:
            _call(handle, "progress", done, total)

    @Slot(object, object)
    def _on_relayed(self, callback: Callback, values: tuple[Any, ...]) -> None:
        if not self._closed:
            callback(*values)


def _call(handle: Handle, name: str, *values: object) -> bool:
    callback = handle.callbacks[name]
    if callback is not None:
        callback(*values)
    return callback is not None
