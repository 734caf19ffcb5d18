"""What can be done with the selected photos."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QImage
from PySide6.QtWidgets import QMenu

from cbir_desktop.gui import wording
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.desktop import Desktop, file_url
from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_grid import PhotoGrid
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.programs import OtherProgram
from cbir_desktop.gui.query import PhotoSource
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.store.catalog import Photo

MOST_EXAMPLES = 100
"""Photos that one query may be made of: a mean of more says nothing."""
COPIED_SIDE = 4096
"""Long side of a copied picture, pixels: larger ones are shrunk to it."""


class PhotoActions(QObject):
    """The grid knows the ids of all selected photos, the records only of those near the screen: they are asked for.

    ``query_given``: a new question; ``examples_given``: (sources, minus), to be added to it; ``region_given``: a photo
    of which a part is to be chosen.
    """

    query_given = Signal(object)
    examples_given = Signal(object, bool)
    region_given = Signal(object)

    def __init__(
        self, actions: Actions, grid: PhotoGrid, desktop: Desktop, message: MessageBar, with_library: WithLibrary
    ) -> None:
        super().__init__(grid)
        self._actions, self._grid, self._desktop, self._message = actions, grid, desktop, message
        self._with_library = with_library
        self._copying: Handle | None = None
        grid.addActions([actions.trash, actions.copy_image])
        for action in (actions.trash, actions.copy_image):
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        grid.photo_activated.connect(self._open)
        grid.menu_requested.connect(lambda place: self.menu().popup(place))
        grid.selection_changed.connect(self.enable)
        grid.drag_requested.connect(self._drag)
        actions.find_similar.triggered.connect(lambda: self._with_examples(self.query_given.emit))
        actions.more_like.triggered.connect(lambda: self._with_examples(lambda all_: self._add(all_, False)))
        actions.less_like.triggered.connect(lambda: self._with_examples(lambda all_: self._add(all_, True)))
        actions.search_region.triggered.connect(lambda: self._with_first(self._search_region))
        actions.preview.triggered.connect(lambda: self._with_first(self._grid.preview_requested.emit))
        actions.open_photo.triggered.connect(lambda: self._with_first(self._open))
        actions.open_with.triggered.connect(lambda: self._with_first(self._open_with))
        actions.show_in_folder.triggered.connect(lambda: self._with_first(self._show_in_folder))
        actions.copy_image.triggered.connect(lambda: self._with_first(self._copy_image))
        actions.copy_path.triggered.connect(lambda: self._with_selected(self._copy_paths))

    def enable(self) -> None:
        """Only where there is something to act on."""
        known, some = self._actions, self._grid.isVisibleTo(self._grid.window()) and bool(self._grid.selected_rows())
        for action in (
            known.find_similar, known.more_like, known.less_like, known.search_region, known.preview, known.open_photo,
            known.open_with, known.show_in_folder, known.copy_image, known.copy_path, known.trash,
        ):  # fmt: skip
            action.setEnabled(some)

    def menu(self) -> QMenu:
        known, menu = self._actions, QMenu(self._grid)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([known.find_similar, known.more_like, known.less_like, known.search_region])
        if known.compare.isEnabled():
            menu.addAction(known.compare)
        menu.addSeparator()
        menu.addActions([known.preview, known.open_photo])
        if self._desktop.can_open_with:
            menu.addAction(known.open_with)
        menu.addActions([known.show_in_folder])
        menu.addSeparator()
        menu.addActions([known.copy_image, known.copy_path])
        menu.addSeparator()
        menu.addAction(known.trash)
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

    def _with_examples(self, act: Callable[[list[PhotoSource]], None]) -> None:
        if len(self._grid.selected_ids()) > MOST_EXAMPLES:
            words = self.tr("Choose at most {n} photos to find others like them.")
            self._message.tell(words.format(n=wording.number(MOST_EXAMPLES)))
        else:
            self._with_selected(lambda photos: act([PhotoSource(photo) for photo in photos]))

    def _add(self, sources: Sequence[PhotoSource], minus: bool) -> None:
        self.examples_given.emit(sources, minus)

    def _search_region(self, photo: Photo) -> None:
        self.region_given.emit(PhotoSource(photo))

    def _open(self, photo: Photo) -> None:
        if not self._desktop.open(photo.path):
            self._say_no_program(photo)

    def _say_no_program(self, photo: Photo) -> None:
        name = wording.quoted(display_name(photo.path))
        self._message.warn(self.tr("There is no program on this desktop that opens {name}.").format(name=name))

    def _open_with(self, photo: Photo) -> None:
        if self._desktop.can_open_with:
            tell = partial(self._offer_programs, photo)
            self._with_library(lambda library: library.programs(self._desktop, photo.path, tell))

    def _offer_programs(self, photo: Photo, programs: Sequence[OtherProgram]) -> None:
        if not programs:
            self._say_no_program(photo)
            return
        menu = QMenu(self._grid)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setAccessibleName(self.tr("Open with"))
        for program in programs:
            menu.addAction(program.name, partial(self._start, program, photo))
        place = self._grid.visualRect(self._grid.currentIndex()).center()
        menu.popup(self._grid.viewport().mapToGlobal(place))

    def _start(self, program: OtherProgram, photo: Photo) -> None:
        if not self._desktop.open_with(program, photo.path):
            self._message.warn(self.tr("{name} does not start.").format(name=wording.quoted(program.name)))

    def _show_in_folder(self, photo: Photo) -> None:
        self._desktop.show_in_folder(photo.path)

    def _copy_image(self, photo: Photo) -> None:
        """The picture, and its file for programs that take files; the window stays free while it is decoded."""

        def copy(image: QImage) -> None:
            mime = QMimeData()
            mime.setImageData(image)
            mime.setUrls([file_url(photo.path)])
            QGuiApplication.clipboard().setMimeData(mime)
            self._message.tell(self.tr("{name} is copied.").format(name=wording.quoted(display_name(photo.path))))

        def fail(error: Exception) -> None:
            self._message.warn(self.tr("The picture cannot be copied: {why}.").format(why=clause(error)))

        def ask(library: Backend) -> None:
            if self._copying is not None:
                self._copying.cancel()
            self._copying = library.preview(photo, COPIED_SIDE, 1.0, copy, fail)

        self._with_library(ask)

    def _copy_paths(self, photos: Sequence[Photo]) -> None:
        QGuiApplication.clipboard().setText("\n".join(photo.path for photo in photos))

    def _with_first(self, act: Callable[[Photo], object]) -> None:
        def act_on_first(photos: Sequence[Photo]) -> None:
            for photo in photos[:1]:
                act(photo)

        ids = self._grid.selected_ids()[:1].tolist()
        self._with_library(lambda library: library.photos(ids, act_on_first))

    def _with_selected(self, act: Callable[[Sequence[Photo]], None]) -> None:
        ids = self._grid.selected_ids().tolist()
        self._with_library(lambda library: library.photos(ids, act))
