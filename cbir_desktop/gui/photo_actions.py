"""What can be done with the selected photos."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtWidgets import QMenu

from cbir_desktop.gui import wording
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.desktop import Desktop, file_url
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_grid import PhotoGrid
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.query import PhotoSource
from cbir_desktop.gui.ways_in import WithLibrary
from cbir_desktop.store.catalog import Photo

MOST_EXAMPLES = 100
"""Photos that one query may be made of: a mean of more says nothing."""


class PhotoActions(QObject):
    """The grid knows the ids of all selected photos, the records only of those near the screen: they are asked for."""

    query_given = Signal(object)

    def __init__(
        self, actions: Actions, grid: PhotoGrid, desktop: Desktop, message: MessageBar, with_library: WithLibrary
    ) -> None:
        super().__init__(grid)
        self._actions, self._grid, self._desktop, self._message = actions, grid, desktop, message
        self._with_library = with_library
        grid.photo_activated.connect(self._open)
        grid.menu_requested.connect(lambda place: self.menu().popup(place))
        grid.selection_changed.connect(self.enable)
        grid.drag_requested.connect(self._drag)
        actions.find_similar.triggered.connect(self._find_similar)
        actions.open_photo.triggered.connect(lambda: self._with_first(self._open))
        actions.show_in_folder.triggered.connect(lambda: self._with_first(self._show_in_folder))
        actions.copy_path.triggered.connect(lambda: self._with_selected(self._copy_paths))

    def enable(self) -> None:
        """Only where there is something to act on."""
        known, some = self._actions, self._grid.isVisibleTo(self._grid.window()) and bool(self._grid.selected_rows())
        for action in (known.find_similar, known.open_photo, known.show_in_folder, known.copy_path):
            action.setEnabled(some)

    def menu(self) -> QMenu:
        known, menu = self._actions, QMenu(self._grid)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(known.find_similar)
        if known.compare.isEnabled():
            menu.addAction(known.compare)
        menu.addAction(known.open_photo)
        menu.addSeparator()
        menu.addActions([known.show_in_folder, known.copy_path])
        return menu

    def dragged(self) -> QMimeData | None:
        """The selected files as a drag hands them over; None where their paths would have to be asked for first."""
        rows = [row for run in self._grid.selected_rows() for row in run]
        photos = [photo for row in rows if (photo := self._grid.photo(row)) is not None]
        if len(photos) < len(rows):
            return None
        mime = QMimeData()
        mime.setUrls([file_url(photo.path) for photo in photos])
        return mime

    def _drag(self) -> None:
        mime = self.dragged()
        if mime is None:
            self._message.tell(self.tr("These are too many photos to drag at once. Choose fewer."))
            return
        drag = QDrag(self._grid)
        drag.setMimeData(mime)
        drag.exec(Qt.DropAction.CopyAction)  # never a move: the photos stay where they are

    def _find_similar(self) -> None:
        if len(self._grid.selected_ids()) > MOST_EXAMPLES:
            words = self.tr("Choose at most {n} photos to find others like them.")
            self._message.tell(words.format(n=wording.number(MOST_EXAMPLES)))
        else:
            self._with_selected(lambda photos: self.query_given.emit([PhotoSource(photo) for photo in photos]))

    def _open(self, photo: Photo) -> None:
        if not self._desktop.open(photo.path):
            name = wording.quoted(display_name(photo.path))
            self._message.warn(self.tr("There is no program on this desktop that opens {name}.").format(name=name))

    def _show_in_folder(self, photo: Photo) -> None:
        self._desktop.show_in_folder(photo.path)

    def _copy_paths(self, photos: Sequence[Photo]) -> None:
        QGuiApplication.clipboard().setText("\n".join(photo.path for photo in photos))

    def _with_first(self, act: Callable[[Photo], None]) -> None:
        def act_on_first(photos: Sequence[Photo]) -> None:
            for photo in photos[:1]:
                act(photo)

        ids = self._grid.selected_ids()[:1].tolist()
        self._with_library(lambda library: library.photos(ids, act_on_first))

    def _with_selected(self, act: Callable[[Sequence[Photo]], None]) -> None:
        ids = self._grid.selected_ids().tolist()
        self._with_library(lambda library: library.photos(ids, act))
