"""Indexing as the window sees it: runs one after the other, paused and cancelled together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cbir_desktop.gui.tasks import Handle
from cbir_desktop.library.indexing import IndexReport


@dataclass
class _Run:
    paths: tuple[str, ...]
    handle: Handle | None = None


class IndexRunner(QObject):
    """Starts runs through ``start_index`` (``Backend.index``); the indexer's one thread keeps them in order."""

    busy_changed = Signal(bool)
    paused_changed = Signal(bool)
    progressed = Signal(object, object)
    finished = Signal(object)
    failed = Signal(Exception, object)
    cancelled = Signal()

    def __init__(self, start_index: Callable[..., Handle], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._start_index = start_index
        self._runs: list[_Run] = []

    @property
    def busy(self) -> bool:
        return bool(self._runs)

    @property
    def paused(self) -> bool:
        return any(run.handle is not None and run.handle.task.paused for run in self._runs)

    def start(self, paths: Sequence[str]) -> None:
        """Index the paths after what is already under way; the same paths are not queued twice."""
        if not paths or any(run.paths == tuple(paths) for run in self._runs):
            return
        run = _Run(tuple(paths))
        self._runs.append(run)
        run.handle = self._start_index(
            paths,
            progress=self.progressed.emit,
            done=lambda report: self._done(run, report),
            failed=lambda error: self._failed(run, error),
            cancelled=lambda: self._cancelled(run),
        )
        if len(self._runs) == 1:
            self.busy_changed.emit(True)

    def pause(self, on: bool) -> None:
        for run in self._runs:
            if run.handle is not None:
                run.handle.task.pause() if on else run.handle.task.resume()
        self.paused_changed.emit(self.paused)

    def cancel(self) -> None:
        """What was indexed so far is kept."""
        for run in self._runs:
            if run.handle is not None:
                run.handle.cancel()

    def _done(self, run: _Run, report: IndexReport) -> None:
        self._remove(run)
        self.finished.emit(report)

    def _failed(self, run: _Run, error: Exception) -> None:
        self._remove(run)
        self.failed.emit(error, run.paths)

    def _cancelled(self, run: _Run) -> None:
        self._remove(run)
        self.cancelled.emit()

    def _remove(self, run: _Run) -> None:
        self._runs.remove(run)
        if not self._runs:
            self.busy_changed.emit(False)
