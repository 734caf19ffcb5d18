"""Paints a row of the list on the left: its name, its state below it where there is one, and a count at the far end."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cbir_desktop.gui.photo_model import AnyIndex

COUNT = Qt.ItemDataRole.UserRole + 1
STATE = Qt.ItemDataRole.UserRole + 3

_MARGIN = 8


class SideDelegate(QStyledItemDelegate):
    """The style paints the ground and the icon; the words are painted here."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().initStyleOption(option, index)
        option.text = ""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().paint(painter, option, index)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        strong, faint = _colours(option, selected)
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        near, far = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if mirrored:
            near, far = far, near
        near, far = near | Qt.AlignmentFlag.AlignAbsolute, far | Qt.AlignmentFlag.AlignAbsolute
        count, metrics = index.data(COUNT) or "", option.fontMetrics
        taken = metrics.horizontalAdvance(count) + _MARGIN
        start = option.decorationSize.width() + 2 * _MARGIN
        row = QRect(option.rect)
        words = row.adjusted(taken + _MARGIN, 0, -start, 0) if mirrored else row.adjusted(start, 0, -taken - _MARGIN, 0)
        painter.save()
        painter.setPen(faint)
        painter.drawText(row.adjusted(_MARGIN, 0, -_MARGIN, 0), far | Qt.AlignmentFlag.AlignVCenter, count)
        state = index.data(STATE)
        if state:
            below = words.adjusted(0, words.height() // 2, 0, -4)
            elided = metrics.elidedText(state, Qt.TextElideMode.ElideRight, below.width())
            painter.drawText(below, near | Qt.AlignmentFlag.AlignTop, elided)
            words = words.adjusted(0, 4, 0, -words.height() // 2)
        painter.setPen(strong)
        name = index.data(Qt.ItemDataRole.DisplayRole) or ""
        elided = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, words.width())
        upright = Qt.AlignmentFlag.AlignBottom if state else Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, near | upright, elided)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        lines = 2 if index.data(STATE) else 1
        return QSize(0, max(32, lines * option.fontMetrics.height() + 12))  # no wish for width: long names are elided


def _colours(option: QStyleOptionViewItem, selected: bool) -> tuple[QColor, QColor]:
    """Of the name, and of what matters less."""
    groups, roles = QPalette.ColorGroup, QPalette.ColorRole
    group = groups.Active if option.state & QStyle.StateFlag.State_Active else groups.Inactive
    if selected:
        strong = option.palette.color(group, roles.HighlightedText)
        return strong, strong
    return option.palette.color(group, roles.Text), option.palette.color(group, roles.PlaceholderText)
