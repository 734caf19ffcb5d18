"""A list view whose cells are computed and never laid out: each call costs as much as what is on screen."""

from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QCursor, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QStyle,
    QStyleOptionRubberBand,
    QStyleOptionViewItem,
    QWidget,
)

from cbir_desktop.gui.photo_model import AnyIndex
from cbir_desktop.gui.tiling import Tiling

_Move = QAbstractItemView.CursorAction
_State = QStyle.StateFlag


@dataclass(frozen=True)
class Anchor:
    """What stays where it is when the columns or the rows change: the top of the view is this far below a cell's."""

    row: int
    below: int


START = Anchor(0, 0)


class TiledView(QListView):
    """Cells of one size in lines, from ``cell_size``.

    A QListView only because Qt tells screen readers of a list's rows; all of its layout is replaced, since that asks
    a Python model for every row: 155 ms for a resize at 100,000.
    """

    drag_requested = Signal()

    def __init__(self, least_width: int, gap: int, parent: QWidget | None = None) -> None:
        """``least_width``: of a cell; ``gap``: between what is painted of two cells, where nothing can be hit."""
        super().__init__(parent)
        self._least_width, self._gap = least_width, gap
        self._tiling = Tiling.fitted(0, 1, least_width, 1)
        self._anchor = START
        self._settling = False
        self._start = QPersistentModelIndex()
        self._band: QRect | None = None
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)  # or Qt lets no band begin between the cells
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # no jump when the last row appears
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(True)
        self.setMouseTracking(True)

    # -- geometry -----------------------------------------------------------------------------------------------

    def cell_height(self) -> int:
        raise NotImplementedError

    @property
    def tiling(self) -> Tiling:
        return self._tiling

    def visible_rows(self) -> range:
        """Rows of which at least a part is on screen."""
        top = self.verticalOffset()
        return self._tiling.rows_between(top, top + self.viewport().height() - 1)

    @property
    def anchor(self) -> Anchor:
        return self._anchor

    def settle(self, anchor: Anchor | None = None) -> None:
        """Fit the cells to the room and the rows there are; the anchor (a new one, if given) stays in its place."""
        self._anchor = anchor or self._anchor
        if self.model() is None:  # while the view is being made
            return
        rows, room, mirrored = self.model().rowCount(), self.viewport().size(), self.isRightToLeft()
        self._tiling = Tiling.fitted(rows, room.width(), self._least_width, self.cell_height(), mirrored)
        bar, tiling = self.verticalScrollBar(), self._tiling
        self._settling = True
        bar.setSingleStep(tiling.height // 3)
        bar.setPageStep(room.height())
        bar.setRange(0, max(0, tiling.extent - room.height()))
        bar.setValue(tiling.rect(self._anchor.row).top() + self._anchor.below)
        self._settling = False
        self.viewport().update()

    def visualRect(self, index: AnyIndex) -> QRect:
        return self._tiling.rect(index.row()).translated(0, -self.verticalOffset()) if index.isValid() else QRect()

    def indexAt(self, place: QPoint) -> QModelIndex:
        row = self._tiling.row_at(QPoint(place.x(), place.y() + self.verticalOffset()))
        if row is None:
            return QModelIndex()
        index, margin = self.model().index(row, 0), self._gap // 2
        painted = self.visualRect(index).adjusted(margin, margin, -margin, -margin)
        return index if painted.contains(place) else QModelIndex()

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def scrollTo(
        self, index: AnyIndex, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        bar, room, cell = self.verticalScrollBar(), self.viewport().height(), self._tiling.rect(index.row())
        highest, lowest = cell.bottom() + 1 - room, cell.top()  # scroll values at which all of it is just seen
        value = {
            QAbstractItemView.ScrollHint.PositionAtTop: lowest,
            QAbstractItemView.ScrollHint.PositionAtBottom: highest,
            QAbstractItemView.ScrollHint.PositionAtCenter: (highest + lowest) // 2,
        }.get(hint, min(max(bar.value(), highest), lowest))
        bar.setValue(value)

    # -- where Qt would lay out ---------------------------------------------------------------------------------

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        QAbstractItemView.updateGeometries(self)
        self.settle()

    def rowsInserted(self, parent: AnyIndex, first: int, last: int) -> None:
        self.settle()

    def dataChanged(self, top_left: AnyIndex, bottom_right: AnyIndex, roles: object = ()) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.settle()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.LayoutDirectionChange):
            self.settle()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if not self._settling:
            top, rows = self.verticalOffset(), self.visible_rows()
            self._anchor = Anchor(rows.start, top - self._tiling.rect(rows.start).top())
        self.viewport().update()

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        basic = option.state & ~(_State.State_Selected | _State.State_MouseOver | _State.State_HasFocus)
        hovered, current = self._hovered_row(), self.currentIndex().row() if self.hasFocus() else -1
        area, top, selection = event.rect(), self.verticalOffset(), self.selectionModel()
        for row in self._tiling.rows_between(area.top() + top, area.bottom() + top):
            index = self.model().index(row, 0)
            option.state = basic
            for flag, on in (
                (_State.State_Selected, selection.isSelected(index)),
                (_State.State_MouseOver, row == hovered),
                (_State.State_HasFocus, row == current),
            ):
                option.state |= flag if on else _State.State_None
            option.rect = self._tiling.rect(row).translated(0, -top)
            self.itemDelegate().paint(painter, option, index)
        self._paint_band(painter)

    def _hovered_row(self) -> int:
        viewport = self.viewport()
        return self.indexAt(viewport.mapFromGlobal(QCursor.pos())).row() if viewport.underMouse() else -1

    def _paint_band(self, painter: QPainter) -> None:
        if self._band is not None:
            option = QStyleOptionRubberBand()
            option.initFrom(self)
            option.rect = self._band.translated(0, -self.verticalOffset())
            self.style().drawControl(QStyle.ControlElement.CE_RubberBand, option, painter, self)

    # -- selection ----------------------------------------------------------------------------------------------

    def selected_rows(self) -> list[range]:
        """Runs of selected rows, in order; they are few where the rows are many."""
        chosen = self.selectionModel().selection()
        runs = (chosen.at(place) for place in range(chosen.count()))
        return sorted((range(run.top(), run.bottom() + 1) for run in runs), key=lambda run: run.start)

    def select_rows(self, runs: list[range], command: QItemSelectionModel.SelectionFlag) -> None:
        chosen, model = QItemSelection(), self.model()
        for run in runs:
            chosen.select(model.index(run[0], 0), model.index(run[-1], 0))
        self.selectionModel().select(chosen, command)

    def selectAll(self) -> None:
        # Qt's own asks for each row whether it is hidden.
        everything = [range(self._tiling.count)] if self._tiling.count else []
        self.select_rows(everything, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        """A click (one pixel), a band that is being drawn, or from the start of the selection to a place."""
        content = rect.translated(0, self.verticalOffset())
        if self.state() == QAbstractItemView.State.DragSelectingState:
            self._band = content.normalized()
            self.select_rows(self._tiling.runs_in(self._band), command)
            self.viewport().update()
            return
        last = self.indexAt(rect.bottomRight()).row()
        first = self._start.row() if self._start.isValid() and rect.size().width() * rect.size().height() != 1 else last
        self.select_rows([] if last < 0 else [range(min(first, last), max(first, last) + 1)], command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        if not QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._start = QPersistentModelIndex(current)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._band = None
        self.viewport().update()

    def startDrag(self, actions: Qt.DropAction) -> None:
        self.drag_requested.emit()

    # -- keys ---------------------------------------------------------------------------------------------------

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, columns = self._tiling.count, self._tiling.columns
        row = self.currentIndex().row()
        if row < 0:
            return self.model().index(min(self.visible_rows().start, count - 1), 0)
        page = max(1, self.viewport().height() // self._tiling.height) * columns
        forward = -1 if self._tiling.mirrored else 1
        target = {
            _Move.MoveLeft: row - forward,
            _Move.MoveRight: row + forward,
            _Move.MovePrevious: row - 1,
            _Move.MoveNext: row + 1,
            _Move.MoveUp: row - columns if row >= columns else row,
            _Move.MoveDown: row + columns if row // columns < (count - 1) // columns else row,
            _Move.MovePageUp: row - page if row >= page else row % columns,
            _Move.MovePageDown: row + page,
            _Move.MoveHome: 0,
            _Move.MoveEnd: count - 1,
        }[action]
        return self.model().index(min(max(target, 0), count - 1), 0)
