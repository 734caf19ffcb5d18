"""How pictures and folders come in: by drop, by paste, by a dialog."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.drop_overlay import DropOverlay
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.query import FileSource, Incoming, SortedPaths, may_read, read_mime

WithLibrary = Callable[[Callable[[Backend], object]], None]
"""Does something with the library: now, or as soon as it is open."""


class WaysIn(QObject):
    """Turns what came in into questions and into folders to add; asks before it adds a dropped folder."""

    query_given = Signal(object)
    folders_given = Signal(object)

    def __init__(self, window: QWidget, chooser: Chooser, message: MessageBar, with_library: WithLibrary) -> None:
        super().__init__(window)
        self._window, self._chooser, self._message = window, chooser, message
        self._with_library = with_library
        self.overlay = DropOverlay(window)

    def open_pictures(self) -> None:
        self._chooser.pictures(self._window, self.find_files)

    def open_folder(self) -> None:
        self._chooser.folder(self._window, lambda path: self.folders_given.emit((path,)))

    def paste(self) -> None:
        self.take(read_mime(QGuiApplication.clipboard().mimeData()))

    def drag_entered(self, event: QDragEnterEvent) -> None:
        """Something is over the window; our own photos are of no use to it."""
        if event.source() is None and may_read(event.mimeData()):
            event.acceptProposedAction()
            self.overlay.cover()

    def dropped(self, event: QDropEvent) -> None:
        self.overlay.hide()
        event.setDropAction(Qt.DropAction.CopyAction)  # never a move: the source would delete its file
        event.accept()
        self.take(read_mime(event.mimeData()))

    def find_files(self, paths: Sequence[str]) -> None:
        """Ask with files together."""
        self.query_given.emit([FileSource(path) for path in paths])

    def take(self, incoming: Incoming) -> None:
        if incoming.paths:
            self._with_library(lambda library: library.sort(incoming.paths, self.take_sorted))
        elif incoming.pasted is not None:
            self.query_given.emit([incoming.pasted])
        elif incoming.remote:
            self._message.tell(
                self.tr("Only an address came, and nothing is fetched from the web. Copy the picture itself instead.")
            )
        else:
            self._message.tell(self.tr("There is no picture on the clipboard. Copy a picture, a file or its path."))

    def take_sorted(self, paths: SortedPaths) -> None:
        """Files are asked with, folders are offered to be added."""
        self._message.clear()
        if paths.files:
            self.find_files(paths.files)
        if paths.folders:
            self._offer_folders(paths.folders)
        elif paths.missing and not paths.files:
            name = wording.quoted(display_name(paths.missing[0]))
            self._message.warn(self.tr("{name} is not there any more.").format(name=name))

    def _offer_folders(self, folders: Sequence[str]) -> None:
        if len(folders) == 1:
            name = wording.quoted(display_name(folders[0]) or folders[0])
            words = self.tr("Add the folder {name} to the library? Its photos stay where they are, unchanged.")
            button = self.tr("Add folder")
        else:
            name = wording.number(len(folders))
            words = self.tr("Add {name} folders to the library? Their photos stay where they are, unchanged.")
            button = self.tr("Add folders")
        self._message.tell(words.format(name=name), button, lambda: self.folders_given.emit(folders))
