"""Colours and pieces that the lists of the review share. Colours come from the palette, but for two that mean something
and stand off a light and a dark ground alike."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from cbir_desktop.library.choosing import State

RADIUS = 6
_KEPT, _MARKED = QColor(38, 150, 90), QColor(206, 70, 58)  # contrast with white and with #242424 above 3:1


def colour_of(state: State, palette: QPalette) -> QColor:
    """Of a state: words say it as well."""
    if state == "open":
        return faint(palette, 130)
    return QColor(_KEPT if state == "kept" else _MARKED)


def faint(palette: QPalette, alpha: int) -> QColor:
    colour = QColor(palette.color(QPalette.ColorRole.Text))
    colour.setAlpha(alpha)
    return colour


def text_colours(option: QStyleOptionViewItem) -> tuple[QColor, QColor]:
    """Of what matters, and of what matters less."""
    if option.state & QStyle.StateFlag.State_Selected:
        strong = option.palette.color(_group(option), QPalette.ColorRole.HighlightedText)
        return strong, strong
    return option.palette.color(QPalette.ColorRole.Text), faint(option.palette, 160)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, cell: QRect) -> None:
    """What is selected is filled; what the pointer is over is tinted; the focus has a frame."""
    shape = QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    if option.state & QStyle.StateFlag.State_Selected:
        painter.setBrush(option.palette.brush(_group(option), QPalette.ColorRole.Highlight))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(faint(option.palette, 20))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    if option.state & QStyle.StateFlag.State_HasFocus and not option.state & QStyle.StateFlag.State_Selected:
        painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Highlight), 2))
    painter.drawRoundedRect(shape, RADIUS, RADIUS)


LEADING = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
"""Where lines begin: a painter turns left and right around by itself where it writes from right to left."""


def centred(size: QSize, box: QRect) -> QRect:
    """As large as the box lets it be, never larger than it is, in the middle."""
    if size.width() > box.width() or size.height() > box.height():
        size = size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(box.center())
    return place


def filling(size: QSize, box: QRect) -> QRect:
    """As large as the box lets it be, also larger than it is: pictures of two sizes are compared by eye."""
    return centred(size.scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio), box)


def _group(option: QStyleOptionViewItem) -> QPalette.ColorGroup:
    active = option.state & QStyle.StateFlag.State_Active
    return QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive
