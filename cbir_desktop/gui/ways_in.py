"""How pictures and folders come in: by drop, by paste, by a dialog."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.drop_overlay import DropOverlay
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.query import FileSource, Incoming, SortedPaths, Source, may_read, read_mime
from cbir_desktop.gui.remote_picture import RemotePicture
from cbir_desktop.gui.with_library import WithLibrary


class WaysIn(QObject):
    """Turns what came in into questions and into folders to add; asks before it adds a dropped folder."""

    query_given = Signal(object, bool)
    """Pictures to ask with; to be added to the question that stands where that is true."""
    folders_given = Signal(object)

    def __init__(
        self, window: QWidget, bar: QWidget, chooser: Chooser, message: MessageBar, with_library: WithLibrary
    ) -> None:
        """``bar``: where the query is; what is dropped there is added to it."""
        super().__init__(window)
        self._window, self._bar, self._chooser, self._message = window, bar, chooser, message
        self._with_library = with_library
        self._adding = False
        self.overlay = DropOverlay(window)
        self.remote = RemotePicture(message, self._give_one, with_library)

    def open_pictures(self) -> None:
        self._chooser.pictures(self._window, self.find_files)

    def open_folder(self) -> None:
        self._chooser.folder(self._window, lambda path: self.folders_given.emit((path,)))

    def paste(self) -> None:
        self.take(read_mime(QGuiApplication.clipboard().mimeData()))

    def drag_entered(self, event: QDragEnterEvent) -> None:
        """Something is over the window; our own photos can be added to the query alone."""
        if may_read(event.mimeData()):
            event.acceptProposedAction()
            if event.source() is None:
                self.overlay.cover()

    def drag_moved(self, event: QDragMoveEvent) -> None:
        if event.source() is None or self._is_over_bar(event):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropped(self, event: QDropEvent) -> None:
        self.overlay.hide()
        event.setDropAction(Qt.DropAction.CopyAction)  # never a move: the source would delete its file
        event.accept()
        self.take(read_mime(event.mimeData()), self._is_over_bar(event))

    def find_files(self, paths: Sequence[str]) -> None:
        """Ask with files together."""
        self._give([FileSource(path) for path in paths])

    def take(self, incoming: Incoming, adding: bool = False) -> None:
        """``adding``: to the question that stands."""
        self._adding = adding
        if incoming.paths:
            self._with_library(lambda library: library.sort(incoming.paths, self.take_sorted))
        elif incoming.pasted is not None:
            self._give([incoming.pasted])
        elif incoming.remote:
            self.remote.offer(incoming.remote[0])
        else:
            self._message.tell(self.tr("There is no picture on the clipboard. Copy a picture, a file or its path."))

    def take_sorted(self, paths: SortedPaths) -> None:
        """Files are asked with, folders are offered to be added."""
        self._message.clear()
        if paths.files:
            self.find_files(paths.files)
        if paths.folders:
            self._offer_folders(paths.folders, paths.inside)
        elif paths.missing and not paths.files:
            name = wording.quoted(display_name(paths.missing[0]))
            self._message.warn(self.tr("{name} is not there any more.").format(name=name))

    def _give_one(self, source: Source) -> None:
        self._give([source])

    def _is_over_bar(self, event: QDropEvent) -> bool:
        place = self._bar.mapFrom(self._window, event.position().toPoint())
        return self._bar.rect().contains(place)

    def _give(self, sources: Sequence[Source]) -> None:
        adding, self._adding = self._adding, False
        self.query_given.emit(sources, adding)

    def _offer_folders(self, folders: Sequence[str], inside: Sequence[str]) -> None:
        if len(folders) == 1:
            name = wording.quoted(display_name(folders[0]) or folders[0])
            words = self.tr("Add the folder {name} to the library? Its photos stay where they are, unchanged.")
            button = self.tr("Add folder")
        else:
            name = wording.number(len(folders))
            words = self.tr("Add {name} folders to the library? Their photos stay where they are, unchanged.")
            button = self.tr("Add folders")
        search = self.tr("Find photos like its pictures") if len(folders) == 1 else self.tr("Find photos like theirs")
        other = (search, lambda: self.find_files(inside)) if inside else None
        self._message.tell(words.format(name=name), button, lambda: self.folders_given.emit(folders), other)
