"""Indexing as the window sees it: runs one after the other, paused and cancelled together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cbir_desktop.core.tasks import Task
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.library.indexing import IndexReport

Start = Callable[..., Handle]
"""``Backend.index`` and the like: takes paths and the callbacks of ``Tasks.submit``."""


@dataclass
class _Run:
    paths: tuple[str, ...]
    start: Start | None = None
    handle: Handle | None = None
    adopted: Task | None = None

    @property
    def task(self) -> Task | None:
        return self.adopted if self.handle is None else self.handle.task

    def cancel(self) -> None:
        if self.handle is not None:
            self.handle.cancel()
        elif self.adopted is not None:
            self.adopted.cancel()


class IndexRunner(QObject):
    """Starts runs through ``start_index`` (``Backend.index``); the indexer's one thread keeps them in order. Scans that
    somebody else started can be adopted."""

    busy_changed = Signal(bool)
    paused_changed = Signal(bool)
    progressed = Signal(object, object)
    finished = Signal(object)
    failed = Signal(Exception, object)
    cancelled = Signal()

    def __init__(self, start_index: Start, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start_index = start_index
        self._runs: list[_Run] = []

    @property
    def busy(self) -> bool:
        return bool(self._runs)

    @property
    def paused(self) -> bool:
        return any(run.task is not None and run.task.paused for run in self._runs)

    @property
    def waiting(self) -> list[tuple[str, ...]]:
        """The paths of the runs that are under way or wait, and were not cancelled."""
        return [run.paths for run in self._runs if run.paths and run.task is not None and not run.task.cancelled]

    def start(self, paths: Sequence[str], start: Start | None = None) -> None:
        """Index the paths after what is already under way; the same paths are not queued twice. ``start`` instead of
        ``start_index`` for another kind of run."""
        if not paths or tuple(paths) in self.waiting:
            return
        run = _Run(tuple(paths), start)
        self._runs.append(run)
        run.handle = (start or self._start_index)(
            paths,
            progress=self.progressed.emit,
            done=lambda report: self._done(run, report),
            failed=lambda error: self._failed(run, error),
            cancelled=lambda: self._cancelled(run),
        )
        if len(self._runs) == 1:
            self.busy_changed.emit(True)

    def adopt(self, task: Task) -> None:
        """Somebody else's scan is to be shown, paused and cancelled with the rest, until it is released."""
        self._runs.append(_Run((), adopted=task))
        if len(self._runs) == 1:
            self.busy_changed.emit(True)

    def release(self, task: Task) -> None:
        for run in [run for run in self._runs if run.adopted is task]:
            self._remove(run)

    def pause(self, on: bool) -> None:
        for run in self._runs:
            if run.task is not None:
                run.task.pause() if on else run.task.resume()
        self.paused_changed.emit(self.paused)

    def cancel(self) -> None:
        """What was indexed so far is kept."""
        for run in self._runs:
            run.cancel()

    def _done(self, run: _Run, report: IndexReport) -> None:
        self._remove(run)
        self.finished.emit(report)

    def _failed(self, run: _Run, error: Exception) -> None:
        self._remove(run)
        self.failed.emit(error, lambda: self.start(run.paths, run.start))

    def _cancelled(self, run: _Run) -> None:
        self._remove(run)
        self.cancelled.emit()

    def _remove(self, run: _Run) -> None:
        self._runs.remove(run)
        if not self._runs:
            self.busy_changed.emit(False)
