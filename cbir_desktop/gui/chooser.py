"""Asks for files and folders with the desktop's own dialogs, without waiting. Tests give another one."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from cbir_desktop.gui import wording


class Chooser(Protocol):
    """All return at once; ``done`` is not called where the user chose nothing."""

    def pictures(self, parent: QWidget, done: Callable[[Sequence[str]], None]) -> None: ...
    def pair(self, parent: QWidget, done: Callable[[Sequence[str]], None]) -> None: ...
    def folder(self, parent: QWidget, done: Callable[[str], None]) -> None: ...
    def moved_folder(self, parent: QWidget, path: str, done: Callable[[str], None]) -> None: ...
    def any_folder(self, parent: QWidget, title: str, accept: str, done: Callable[[str], None]) -> None: ...
    def open_file(self, parent: QWidget, title: str, kinds: str, done: Callable[[str], None]) -> None: ...
    def save_file(self, parent: QWidget, title: str, name: str, done: Callable[[str], None]) -> None: ...


class DialogChooser:
    """QFileDialog, native where the desktop has one."""

    def pictures(self, parent: QWidget, done: Callable[[Sequence[str]], None]) -> None:
        dialog = _dialog(parent, _tr("Find photos like these pictures"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, _tr("Find"))
        dialog.filesSelected.connect(lambda paths: done(tuple(paths)))
        dialog.open()

    def pair(self, parent: QWidget, done: Callable[[Sequence[str]], None]) -> None:
        dialog = _dialog(parent, _tr("Compare two pictures"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setLabelText(QFileDialog.DialogLabel.Accept, _tr("Compare"))
        dialog.filesSelected.connect(lambda paths: done(tuple(paths)))
        dialog.open()

    def folder(self, parent: QWidget, done: Callable[[str], None]) -> None:
        _ask_folder(parent, _tr("Add a folder to the library"), _tr("Add folder"), done)

    def moved_folder(self, parent: QWidget, path: str, done: Callable[[str], None]) -> None:
        """Where the folder that was at ``path`` is now."""
        _ask_folder(parent, _tr("Where is {folder} now?").format(folder=wording.folder(path)), _tr("It is here"), done)

    def any_folder(self, parent: QWidget, title: str, accept: str, done: Callable[[str], None]) -> None:
        """A folder for what the title says."""
        _ask_folder(parent, title, accept, done)

    def open_file(self, parent: QWidget, title: str, kinds: str, done: Callable[[str], None]) -> None:
        """A file that is there; ``kinds`` as in "Rules (*.toml)"."""
        dialog = _dialog(parent, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([kinds, _tr("All files (*)")])
        dialog.fileSelected.connect(done)
        dialog.open()

    def save_file(self, parent: QWidget, title: str, name: str, done: Callable[[str], None]) -> None:
        """A file to write, ``name`` proposed; the dialog asks before one that is there is replaced."""
        dialog = _dialog(parent, title)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(name)
        dialog.fileSelected.connect(done)
        dialog.open()


def pictures_folder() -> str:
    """Where the user's pictures usually are."""
    return QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)


def _ask_folder(parent: QWidget, title: str, accept: str, done: Callable[[str], None]) -> None:
    dialog = _dialog(parent, title)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.setLabelText(QFileDialog.DialogLabel.Accept, accept)
    dialog.fileSelected.connect(done)
    dialog.open()


def _dialog(parent: QWidget, title: str) -> QFileDialog:
    dialog = QFileDialog(parent, title, pictures_folder())
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _tr(text: str) -> str:
    return QCoreApplication.translate("chooser", text)
