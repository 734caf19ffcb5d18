"""Best and worst queries of a method, each beside what was found for it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from cbir_desktop.evaluation.lab.results import Answered
from cbir_desktop.evaluation.lab.sets import LabSet
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.tasks import Handle

SIDE = 72
_GAP = 4
_PIXMAP = Qt.ItemDataRole.UserRole + 1
_RIGHT = Qt.ItemDataRole.UserRole + 2
_GREEN, _RED = QColor("#2e9e4f"), QColor("#d0453b")
_RANKS = 10

Load = Callable[[int, Callable[[QImage], None], Callable[[Exception], None]], Handle | None]
"""Loads the picture of a row of the set."""


@dataclass(frozen=True)
class Shown:
    """A query, by what it is shown (``value``), and whether it stands among the best."""

    answered: Answered
    value: str
    is_best: bool


class LabAnswers(QTableWidget):
    """A row a query: the picture that asked, then the first ten answers, right ones with a check."""

    def __init__(self, load: Load, parent: QWidget | None = None) -> None:
        super().__init__(0, 1 + _RANKS, parent)
        self._load = load
        self._running: list[Handle] = []
        self._pixmaps: dict[int, QPixmap] = {}
        self.setAccessibleName(self.tr("Best and worst queries"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setItemDelegate(_Delegate(self))
        self.setHorizontalHeaderLabels([self.tr("Asked with"), *(str(rank + 1) for rank in range(_RANKS))])
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setDefaultSectionSize(SIDE + 2 * _GAP)
        self.horizontalHeader().setMinimumSectionSize(SIDE)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(SIDE + 2 * _GAP)

    def show_queries(self, lab_set: LabSet, shown: Sequence[Shown]) -> None:
        self.clear_queries()
        self.setRowCount(len(shown))
        names = []
        wanted: dict[int, list[QTableWidgetItem]] = {}
        for row, one in enumerate(shown):
            kind = self.tr("best, {value}") if one.is_best else self.tr("worst, {value}")
            names.append(kind.format(value=one.value))
            cells = [(one.answered.row, None), *zip(one.answered.top, one.answered.right, strict=True)]
            for column, (place, right) in enumerate(cells):
                item = QTableWidgetItem()
                item.setData(_RIGHT, right)
                self._name(item, display_name(lab_set.entries[place].name), right, names[-1])
                self.setItem(row, column, item)
                wanted.setdefault(place, []).append(item)
        self.setVerticalHeaderLabels(names)
        for place, items in wanted.items():
            self._want(place, items)

    def clear_queries(self) -> None:
        for handle in self._running:
            handle.cancel()
        self._running.clear()
        self.clearContents()
        self.setRowCount(0)

    def forget(self) -> None:
        """Another set: its rows are other pictures."""
        self.clear_queries()
        self._pixmaps.clear()

    def _name(self, item: QTableWidgetItem, name: str, right: bool | None, query: str) -> None:
        words = self.tr("asked with {name}") if right is None else self.tr("{name}, wrong")
        words = self.tr("{name}, right") if right else words
        item.setToolTip(words.format(name=name))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{query}: {words.format(name=name)}")

    def _want(self, place: int, items: list[QTableWidgetItem]) -> None:
        if place in self._pixmaps:
            for item in items:
                item.setData(_PIXMAP, self._pixmaps[place])
            return
        handle = self._load(place, partial(self._on_picture, place, items), lambda _error: None)
        if handle is not None:
            self._running.append(handle)

    def _on_picture(self, place: int, items: list[QTableWidgetItem], image: QImage) -> None:
        self._pixmaps[place] = pixmap = QPixmap.fromImage(image)
        for item in items:
            item.setData(_PIXMAP, pixmap)

    def sizeHint(self) -> QSize:
        return QSize(640, 3 * (SIDE + 2 * _GAP))


class _Delegate(QStyledItemDelegate):
    """The picture, a frame that says whether it is right, and a sign that says it without colour."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        palette = option.palette
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, palette.color(QPalette.ColorRole.Highlight))
        pixmap, right = index.data(_PIXMAP), index.data(_RIGHT)
        box = option.rect.adjusted(_GAP, _GAP, -_GAP, -_GAP)
        if isinstance(pixmap, QPixmap):
            size = pixmap.deviceIndependentSize().toSize().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(box.center())
            painter.drawPixmap(place, pixmap)
            box = place
        elif index.isValid() and index.data(Qt.ItemDataRole.ToolTipRole):
            painter.fillRect(box, palette.color(QPalette.ColorRole.AlternateBase))
        if right is not None:
            self._mark(painter, box, right)

    def _mark(self, painter: QPainter, box: QRect, right: bool) -> None:
        colour = _GREEN if right else _RED
        painter.setPen(QPen(colour, 2))
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        sign = QRect(box.right() - 17, box.top() + 2, 16, 16)
        painter.fillRect(sign, colour)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(sign, Qt.AlignmentFlag.AlignCenter, "✓" if right else "✗")

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(SIDE + 2 * _GAP, SIDE + 2 * _GAP)
