"""The list of groups on the left of the review: one picture, what they are, what is gained, how far it is."""

from PySide6.QtCore import QAbstractListModel, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from cbir_desktop.gui import review_paint as paint
from cbir_desktop.gui.photo_model import AnyIndex
from cbir_desktop.gui.review_model import GroupRole
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.gui.tiled_view import Anchor, TiledView
from cbir_desktop.library.choosing import Member
from cbir_desktop.library.duplicates import Group
from cbir_desktop.store.catalog import Photo

SIDE = 56
"""The box of a group's picture, device-independent pixels."""
_MARGIN = 8


class GroupDelegate(QStyledItemDelegate):
    """A picture, and three lines beside it."""

    def __init__(self, numbers: "ContentNumbers", loader: ThumbLoader, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers, self._loader = numbers, loader

    def cell_height(self, metrics: QFontMetrics) -> int:
        return max(SIDE, 3 * metrics.height() + 4) + 2 * _MARGIN

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        group = index.data(GroupRole.GROUP)
        if group is None:
            return
        cell = option.rect.adjusted(4, 2, -4, -2)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        paint.paint_ground(painter, option, cell)
        box = QRect(cell.left() + _MARGIN, cell.center().y() - SIDE // 2, SIDE, SIDE)
        words = cell.adjusted(SIDE + 2 * _MARGIN, 0, -_MARGIN, 0)
        if option.direction == Qt.LayoutDirection.RightToLeft:
            box.moveRight(cell.right() - _MARGIN)
            words = cell.adjusted(_MARGIN, 0, -SIDE - 2 * _MARGIN, 0)
        self._paint_picture(painter, option, box, group.members[0])
        self._paint_words(painter, option, words, index)
        painter.restore()

    def _paint_picture(self, painter: QPainter, option: QStyleOptionViewItem, box: QRect, member: Member) -> None:
        pixmap = self._loader.pixmap(self._numbers.of(member.content))
        if pixmap is None:
            size = QSize(member.width, member.height) if member.width else box.size()
            painter.fillRect(paint.centred(size, box), paint.faint(option.palette, 24))
        else:
            painter.drawPixmap(paint.centred(pixmap.deviceIndependentSize().toSize(), box), pixmap)

    def _paint_words(self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, index: AnyIndex) -> None:
        metrics, (strong, weak) = option.fontMetrics, paint.text_colours(option)
        line = QRect(room.left(), room.center().y() - 3 * metrics.height() // 2 - 2, room.width(), metrics.height())
        selected = option.state & QStyle.StateFlag.State_Selected
        state = index.data(GroupRole.STATE)
        told = weak if selected or "go" not in state else paint.colour_of("marked", option.palette)
        texts = ((index.data(), strong), (index.data(GroupRole.DETAIL), weak), (state, told))
        for text, colour in texts:
            painter.setPen(colour)
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, paint.LEADING, elided)
            line.translate(0, metrics.height() + 2)


class ContentNumbers:
    """A number for each content, as ``ThumbLoader`` wants one."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def of(self, content: bytes) -> int:
        return self._numbers.setdefault(content, len(self._numbers))

    def photo(self, member: Member) -> Photo:
        """A member as a photo of the library; its time is not known, so nothing is written into the cache."""
        number, size = self.of(member.content), member.size_bytes
        return Photo(number, member.path, (), size, 0, member.width, member.height, "", member.content, "online")


class GroupList(TiledView):
    """One column. The row that is current is the group that is shown."""

    current_changed = Signal(int)

    def __init__(self, model: QAbstractListModel, loader: ThumbLoader, numbers: ContentNumbers) -> None:
        """``model`` has the roles of ``GroupModel``."""
        super().__init__(1, 0)
        self._model, self._loader, self._numbers = model, loader, numbers
        self._delegate = GroupDelegate(numbers, loader, self)
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._want_visible)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragEnabled(False)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName(self.tr("Groups of duplicates"))
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        for signal in (model.modelReset, model.rowsRemoved, model.rowsInserted, model.dataChanged):
            signal.connect(self._look_soon)
        self.verticalScrollBar().valueChanged.connect(self._look_soon)
        loader.loaded.connect(self.viewport().update)

    def cell_height(self) -> int:
        return self._delegate.cell_height(QFontMetrics(self.font()))

    def settle(self, anchor: Anchor | None = None) -> None:
        self._least_width = max(1, self.viewport().width())  # one column, as wide as there is room
        super().settle(anchor)

    def go_to(self, place: int) -> None:
        """Make this group the current one, and show it."""
        place = min(max(place, 0), self._model.rowCount() - 1)
        self.setCurrentIndex(self._model.index(place))
        self.scrollTo(self._model.index(place))

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:
        super().currentChanged(current, previous)
        self.current_changed.emit(current.row())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look_soon()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look_soon()

    def keyboardSearch(self, search: str) -> None:
        """Letters are for keeping and marking."""

    def _look_soon(self) -> None:
        self._look.start()

    def _want_visible(self) -> None:
        if self.isVisible():
            groups = [self._model.index(row).data(GroupRole.GROUP) for row in self.visible_rows()]
            self._loader.want([self._photo(group) for group in groups if group is not None])

    def _photo(self, group: Group) -> Photo:
        return self._numbers.photo(group.members[0])
