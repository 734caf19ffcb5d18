"""Adding folders and looking for changes, and what the user is told of it."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import wording
from cbir_desktop.gui.index_runner import IndexRunner
from cbir_desktop.gui.index_status import IndexStatus
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.indexing import IndexReport

_STANDING = frozenset({"disk-full", "unwritable-library", "unwritable-catalog"})


class IndexControl(QObject):
    """Connects the runner with the line at the bottom and with the messages."""

    ended = Signal()
    stopped = Signal()
    """The user wants nothing more to be indexed now."""
    hindered = Signal(KnownError, object)
    """By something that lasts, and that all indexing meets."""

    def __init__(
        self, runner: IndexRunner, status: IndexStatus, message: MessageBar, with_library: WithLibrary
    ) -> None:
        super().__init__(runner)
        self._runner, self._status, self._message = runner, status, message
        self._with_library = with_library
        status.pause_requested.connect(runner.pause)
        status.cancel_requested.connect(self._stop)
        runner.busy_changed.connect(status.set_busy)
        runner.paused_changed.connect(status.set_paused)
        runner.progressed.connect(status.set_progress)
        runner.finished.connect(self._on_finished)
        runner.failed.connect(self._on_failed)
        runner.cancelled.connect(self._on_cancelled)

    def add_folders(self, paths: Sequence[str]) -> None:
        """Index these folders, and watch them from now on. Those that are known are looked through for changes."""
        self._message.clear()
        self._with_library(lambda _library: self._runner.start(paths))

    def _on_finished(self, report: IndexReport) -> None:
        self.ended.emit()
        self._status.set_note(self.tr("Up to date: {what}").format(what=self._summary(report)))

    def _stop(self) -> None:
        self._runner.cancel()
        self.stopped.emit()

    def retry(self, paths: Sequence[str]) -> None:
        """Read files again that could not be read."""
        self._with_library(lambda library: self._runner.start(paths, library.upkeep.retry))

    def on_scanned(self, report: IndexReport | None) -> None:
        """The watcher has looked."""
        if report is not None and report.changed and not self._runner.busy:
            self._status.set_note(self.tr("Up to date: {what}").format(what=self._summary(report)))

    def _on_failed(self, error: Exception, again: Callable[[], None]) -> None:
        self.ended.emit()
        if isinstance(error, KnownError) and error.kind in _STANDING:
            self.hindered.emit(error, again)
        else:
            self._message.warn(wording.sentence(error) + ".", self.tr("Try again"), again)

    def _on_cancelled(self) -> None:
        self.ended.emit()
        self._status.set_note(self.tr("Indexing stopped; what is indexed is kept. F5 goes on."))

    def _summary(self, report: IndexReport) -> str:
        parts = []
        if report.indexed or not report.changed:
            parts.append(self.tr("{photos} new").format(photos=wording.photos(report.indexed)))
        if report.reused:
            parts.append(self.tr("{n} known again").format(n=wording.number(report.reused)))
        if report.missing:
            parts.append(self.tr("{n} gone").format(n=wording.number(report.missing)))
        away = sum(problem.kind == "offline" for problem in report.failed)
        if failed := len(report.failed) - away:
            parts.append(self.tr("{n} could not be read").format(n=wording.number(failed)))
        if away:
            words = self.tr("1 folder is away") if away == 1 else self.tr("{n} folders are away")
            parts.append(words.format(n=wording.number(away)))
        return ", ".join(parts)
