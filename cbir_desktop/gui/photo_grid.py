"""The grid of thumbnails: 100,000 cells of one size, of which only the visible ones cost anything."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from cbir_desktop.gui.photo_delegate import MARGIN, PhotoDelegate
from cbir_desktop.gui.photo_model import AnyIndex, PhotoModel, Role
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.store.catalog import Photo

SIDE = 168
"""The box of a thumbnail, device-independent pixels."""


@dataclass(frozen=True)
class _Kept:
    """What was chosen before the rows changed, as content ids."""

    selected: list[int]
    current: int | None
    hits: bool


class PhotoGrid(QListView):
    """Shows a ``PhotoModel``; asks it and the loader for what is visible, and for one screen below."""

    photo_activated = Signal(object)
    menu_requested = Signal(QPoint)
    current_photo_changed = Signal(object)
    selection_changed = Signal()

    def __init__(self, model: PhotoModel, loader: ThumbLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._photos, self._loader = model, loader
        self._delegate = PhotoDelegate(loader, SIDE, self)
        self._kept = _Kept([], None, False)
        self._place = 0
        # One look at what is visible for all that happened in one turn of the event loop.
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._want_visible)
        self._set_up_view()
        self.setItemDelegate(self._delegate)
        # Before setModel: the view forgets its selection in its own slot for modelAboutToBeReset.
        model.modelAboutToBeReset.connect(self._remember)
        self.setModel(model)
        model.modelReset.connect(self._restore)
        for signal in (model.rows_loaded, model.rowsInserted, self.verticalScrollBar().valueChanged):
            signal.connect(self._look_soon)
        model.rows_loaded.connect(self._tell_current)
        loader.loaded.connect(self._repaint)

    def _set_up_view(self) -> None:
        # List mode that wraps: its layout is a sum over rows; icon mode would keep a tree of 100,000 rectangles.
        self.setViewMode(QListView.ViewMode.ListMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setUniformItemSizes(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # no jump when the last row appears
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Photos"))

    # -- what is asked of it ------------------------------------------------------------------------------------

    def selected_photos(self) -> list[Photo]:
        """In grid order; rows whose record has not come yet are left out."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [photo for row in rows if (photo := self._photos.photo(row)) is not None]

    def current_photo(self) -> Photo | None:
        return self._photos.photo(self.currentIndex().row())

    def visible_rows(self) -> range:
        """Rows of which at least a part is on screen."""
        grid, columns = self.gridSize(), self._columns()
        top = self.verticalScrollBar().value()
        first = top // grid.height() * columns
        last = (top + self.viewport().height() - 1) // grid.height() * columns + columns
        return range(min(first, self._photos.rowCount()), min(last, self._photos.rowCount()))

    # -- layout -------------------------------------------------------------------------------------------------

    def _columns(self) -> int:
        return max(1, self.viewport().width() // (SIDE + 2 * MARGIN))

    def _fit_cells(self) -> None:
        """Share the width among the columns, so that both edges line up."""
        # One pixel stays free: Qt wraps a row that fills the width exactly.
        width = max(SIDE, (self.viewport().width() - 1) // self._columns())
        size = QSize(width, self._delegate.cell_height(QFontMetrics(self.font())))
        if size != self.gridSize():
            self._delegate.cell = size
            self.setGridSize(size)
            self.verticalScrollBar().setSingleStep(size.height() // 3)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_cells()
        super().resizeEvent(event)
        self._look_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit_cells()
        self._look_soon()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_cells()
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._loader.clear()
            self._look_soon()

    def dataChanged(self, top_left: AnyIndex, bottom_right: AnyIndex, roles: Sequence[int] = ()) -> None:
        # The base class lays out all rows anew, which no record can change: the cells are of one size.
        self.viewport().update()

    # -- pages and thumbnails -----------------------------------------------------------------------------------

    def _look_soon(self) -> None:
        self._look.start()

    def _want_visible(self) -> None:
        if not self.isVisible():
            return
        rows = self.visible_rows()
        ahead = range(rows.stop, min(rows.stop + len(rows), self._photos.rowCount()))
        if rows:
            self._photos.ensure(rows.start, (ahead or rows)[-1])
        photos = (self._photos.photo(row) for row in (*rows, *ahead))
        self._loader.want([photo for photo in photos if photo is not None])

    def _repaint(self, content_id: int) -> None:
        for row in self.visible_rows():
            index = self._photos.index(row)
            if index.data(Role.CONTENT) == content_id:
                self.viewport().update(self.visualRect(index))

    # -- selection over a change of rows ------------------------------------------------------------------------

    def _remember(self) -> None:
        selected = [index.data(Role.CONTENT) for index in self.selectedIndexes()]
        self._kept = _Kept(selected, self.currentIndex().data(Role.CONTENT), self._photos.shows_hits)
        if not self._photos.shows_hits:
            self._place = self.verticalScrollBar().value()

    def _restore(self) -> None:
        """All photos come back as they were left; an answer starts at its best hit."""
        kept, hits = self._kept, self._photos.shows_hits
        self.doItemsLayout()  # the scroll bar's range follows the layout
        self.verticalScrollBar().setValue(0 if hits else self._place)
        if hits == kept.hits:
            self._select(kept)
        self._look_soon()
        self._tell_current()

    def _select(self, kept: _Kept) -> None:
        chosen = QItemSelection()
        for row in self._photos.rows_of(kept.selected):
            chosen.select(self._photos.index(row), self._photos.index(row))
        model = self.selectionModel()
        for row in self._photos.rows_of([] if kept.current is None else [kept.current]):
            model.setCurrentIndex(self._photos.index(row), QItemSelectionModel.SelectionFlag.NoUpdate)
        model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    # -- the user -----------------------------------------------------------------------------------------------

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self._tell_current()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def _tell_current(self) -> None:
        self.current_photo_changed.emit(self.current_photo())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._activate()
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.indexAt(event.position().toPoint()).isValid():
            self._activate()
            return
        super().mouseDoubleClickEvent(event)

    def _activate(self) -> None:
        if (photo := self.current_photo()) is not None:
            self.photo_activated.emit(photo)

    def keyboardSearch(self, search: str) -> None:
        """Typing does not search: most names are not in memory."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self.currentIndex().isValid():
            place = self.visualRect(self.currentIndex()).center()
        if self.indexAt(place).isValid():
            self.menu_requested.emit(self.viewport().mapToGlobal(place))
