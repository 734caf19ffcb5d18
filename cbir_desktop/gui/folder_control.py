"""What can be done with a watched folder: look again, find it after it moved, forget it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.index_runner import IndexRunner
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.changes import is_in
from cbir_desktop.library.folders import RelinkReport


class FolderControl(QObject):
    """Asks before it forgets: says how many photos leave the library, and that no file is touched."""

    changed = Signal()

    def __init__(
        self, window: QWidget, chooser: Chooser, runner: IndexRunner, message: MessageBar, with_library: WithLibrary
    ) -> None:
        super().__init__(window)
        self._window, self._chooser, self._runner, self._message = window, chooser, runner, message
        self._with_library = with_library

    def relink(self, path: str) -> None:
        """Ask where the folder is now, and tell the library."""
        self._chooser.moved_folder(self._window, path, partial(self._relink, path))

    def forget(self, path: str, parent: QWidget | None = None) -> None:
        """Ask, then forget."""
        self._with_library(
            lambda library: library.upkeep.count_leaving(path, partial(self._ask, path, parent or self._window))
        )

    def _relink(self, path: str, new: str) -> None:
        self._message.clear()
        done, failed = partial(self._on_relinked, new), partial(self._on_failed, path)
        self._make_way(path, lambda library: library.upkeep.relink(path, new, done=done, failed=failed))

    def _ask(self, path: str, parent: QWidget, photos: int) -> None:
        title = self.tr("Forget the folder {name}?").format(name=wording.quoted(display_name(path) or path))
        words = self.tr(
            "{photos} leave the library, and are not found any more. No file is touched: they stay in {folder}."
            " You can add the folder again at any time."
        )
        box = QMessageBox(QMessageBox.Icon.Question, title, title, parent=parent)
        box.setInformativeText(words.format(photos=wording.photos(photos), folder=wording.folder(path)))
        forget = box.addButton(self.tr("Forget folder"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        forget.clicked.connect(partial(self._forget, path))
        box.finished.connect(box.deleteLater)
        box.open()

    def _forget(self, path: str) -> None:
        done, failed = partial(self._on_forgotten, path), partial(self._on_failed, path)
        self._make_way(path, lambda library: library.upkeep.forget_folder(path, done=done, failed=failed))

    def _make_way(self, path: str, act: Callable[[Backend], object]) -> None:
        """Let what is being indexed stop, act, then go on: but not with what lay in the folder."""
        waiting = [paths for paths in self._runner.waiting if not all(is_in(one, path) for one in paths)]
        self._runner.cancel()
        self._with_library(lambda library: library.upkeep.put_off())
        self._with_library(act)
        for paths in waiting:
            self._runner.start([one for one in paths if not is_in(one, path)])

    def _on_forgotten(self, path: str, files: int) -> None:
        name = wording.quoted(display_name(path) or path)
        words = self.tr("{name} is forgotten: {photos} left the library, their files are where they were.")
        self._message.tell(words.format(name=name, photos=wording.photos(files)))
        self._ended()

    def _on_relinked(self, new: str, report: RelinkReport) -> None:
        words = self.tr("{photos} are now in {folder}; {n} of them were compared by content.")
        if report.missing:
            words += " " + self.tr("{missing} were not found there.")
        photos, missing = wording.photos(report.files), wording.photos(report.missing)
        compared = wording.number(report.checked)
        self._message.tell(words.format(photos=photos, folder=wording.folder(new), n=compared, missing=missing))
        self._ended()

    def _on_failed(self, path: str, error: Exception) -> None:
        if isinstance(error, KnownError):
            self._message.warn(wording.sentence(error) + ".")
        self._ended()

    def _ended(self) -> None:
        self._with_library(lambda library: library.upkeep.look_again())
        self.changed.emit()
