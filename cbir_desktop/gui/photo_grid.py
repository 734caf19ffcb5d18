"""The grid of photos: asks for what is on screen, and keeps the user's place when the photos change."""

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QHideEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QListView, QWidget

from cbir_desktop.core.types import Ids
from cbir_desktop.gui.photo_delegate import MARGIN, PhotoDelegate
from cbir_desktop.gui.photo_model import NO_IDS, AnyIndex, PhotoModel, Role
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.gui.tiled_view import START, Anchor, TiledView
from cbir_desktop.store.catalog import Photo

SIDE = 168
"""The box of a thumbnail, device-independent pixels."""


@dataclass(frozen=True)
class _Kept:
    """The user's place among the photos of the library, as content ids: rows change."""

    selected: Ids = field(default_factory=lambda: NO_IDS)
    current: int | None = None
    on_screen: Ids = field(default_factory=lambda: NO_IDS)
    anchor: Anchor = START


class PhotoGrid(TiledView):
    """Shows a ``PhotoModel``; asks it and the loader for what is visible, and for one screen below."""

    photo_activated = Signal(object)
    preview_requested = Signal(object)
    menu_requested = Signal(QPoint)
    current_photo_changed = Signal(object)
    selection_changed = Signal()

    def __init__(self, model: PhotoModel, loader: ThumbLoader, parent: QWidget | None = None) -> None:
        super().__init__(SIDE + 2 * MARGIN, MARGIN, parent)
        self._photos, self._loader = model, loader
        self._delegate = PhotoDelegate(loader, SIDE, self)
        self._kept = _Kept()
        # One look at what is visible for all that happened in one turn of the event loop.
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._want_visible)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName(self.tr("Photos"))
        self.setItemDelegate(self._delegate)
        # Before setModel: the view forgets its selection in its own slot for modelAboutToBeReset.
        model.modelAboutToBeReset.connect(self._remember)
        self.setModel(model)
        model.modelReset.connect(self._restore)
        for signal in (model.rows_loaded, model.outdated, model.rowsInserted, self.verticalScrollBar().valueChanged):
            signal.connect(self._look_soon)
        model.rows_loaded.connect(self._tell_current)
        loader.loaded.connect(self._repaint)

    # -- what is asked of it ------------------------------------------------------------------------------------

    def selected_ids(self) -> Ids:
        """In grid order."""
        return np.concatenate([NO_IDS, *(self._photos.ids[run.start : run.stop] for run in self.selected_rows())])

    def current_photo(self) -> Photo | None:
        return self._photos.photo(self.currentIndex().row())

    def photo(self, row: int) -> Photo | None:
        """The record of a row, where it is in memory."""
        return self._photos.photo(row)

    def cell_height(self) -> int:
        return self._delegate.cell_height(QFontMetrics(self.font()))

    # -- records and thumbnails ---------------------------------------------------------------------------------

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
        rows = self.visible_rows()
        for place in np.flatnonzero(self._photos.ids[rows.start : rows.stop] == content_id).tolist():
            self.viewport().update(self.visualRect(self._photos.index(rows.start + place)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_soon()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._loader.want(())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._loader.clear()
            self._look_soon()

    # -- the user's place over a change of photos ---------------------------------------------------------------

    def _remember(self) -> None:
        if not self._photos.shows_hits:
            anchor = self.anchor
            on_screen = self._photos.ids[anchor.row : self.visible_rows().stop]
            self._kept = _Kept(self.selected_ids(), self.currentIndex().data(Role.CONTENT), on_screen, anchor)

    def _restore(self) -> None:
        """All photos come back as they were left; an answer starts at its best hit."""
        if self._photos.shows_hits:
            self.settle(START)
        else:
            self._select(self._kept)
            self.settle(self._moved(self._kept))
        self._look_soon()
        self._tell_current()

    def _moved(self, kept: _Kept) -> Anchor:
        """The anchor where its photo is now, or the next one of those that were on screen."""
        alive = np.flatnonzero(np.isin(kept.on_screen, self._photos.ids))
        if not len(alive):
            return kept.anchor
        return Anchor(int(self._photos.rows_of(kept.on_screen[alive[:1]])[0]), kept.anchor.below)

    def _select(self, kept: _Kept) -> None:
        self.setAutoScroll(False)  # or the current photo would be scrolled to
        for row in self._photos.rows_of([] if kept.current is None else [kept.current]).tolist():
            index = self._photos.index(row)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
        rows = self._photos.rows_of(kept.selected)
        runs = np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1) if len(rows) else []
        ranges = [range(int(run[0]), int(run[-1]) + 1) for run in runs]
        self.select_rows(ranges, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.setAutoScroll(True)

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
        elif event.key() == Qt.Key.Key_Space and plain:
            self.preview_requested.emit(self.current_photo())
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton):
            event.ignore()  # the window's
            return
        super().mousePressEvent(event)

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
            self.scrollTo(self.currentIndex())
            place = self.visualRect(self.currentIndex()).center()
        if self.indexAt(place).isValid():
            self.menu_requested.emit(self.viewport().mapToGlobal(place))
