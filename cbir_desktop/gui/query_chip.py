"""One example of the query as a small picture: its sign, its region and its weight are seen and changed on it."""

from dataclasses import replace

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QKeyEvent, QPainter, QPaintEvent, QPalette, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QToolButton, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.question import WEIGHTS, Example

CHIP = 48
"""Side of a query picture, device-independent pixels."""
STEP = 0.1
"""Of the weight, for a press of a key."""
_SIGN = 16


class QueryChip(QToolButton):
    """A click, Enter or Space asks for the panel of the example; + - Up Down R Delete act on it at once."""

    changed = Signal(object)
    removed = Signal()
    region_requested = Signal()

    def __init__(self, example: Example, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.example = example
        self.picture = QPixmap()
        self._full_size = QSize()
        self.setFixedSize(CHIP, CHIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.show_example(example)

    def show_example(self, example: Example) -> None:
        """The picture stays: it is the same source."""
        self.example = example
        name = wording.source(example.source)
        sign = self.tr("less like {name}") if example.minus else self.tr("more like {name}")
        words = [wording.sentence(sign.format(name=name))]
        if example.weight != 1:
            words.append(self.tr("weight {weight}").format(weight=wording.decimal(example.weight, 1)))
        if example.region is not None:
            words.append(self.tr("a region of it"))
        self.setAccessibleName(", ".join(words))
        hint = self.tr("Click to change it. Keys: + and − for more or less like it, ↑ ↓ weight, R region, Delete")  # noqa: RUF001
        self.setToolTip("\n".join((", ".join(words), hint)))
        self.update()

    def set_picture(self, image: QImage, full_size: QSize) -> None:
        """``full_size``: of the upright picture in its own pixels, for the region; empty where it is not known."""
        self.picture, self._full_size = QPixmap.fromImage(image), full_size
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            self.changed.emit(replace(self.example, minus=key == Qt.Key.Key_Minus))
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.changed.emit(heavier(self.example, STEP if key == Qt.Key.Key_Up else -STEP))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif key == Qt.Key.Key_R:
            self.region_requested.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = self._place()
        if self.picture.isNull():
            faint = QColor(self.palette().color(QPalette.ColorRole.Text))
            faint.setAlpha(20)
            painter.fillRect(place, faint)
        else:
            painter.setOpacity(0.55 if self.example.minus else 1.0)
            painter.drawPixmap(place, self.picture)
            painter.setOpacity(1.0)
        self._paint_region(painter, place)
        self._paint_sign(painter)
        if self.hasFocus() or self.underMouse():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def _place(self) -> QRect:
        room = self.rect().adjusted(2, 2, -2, -2)
        size = self.picture.deviceIndependentSize().toSize() if not self.picture.isNull() else room.size()
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        return place

    def _paint_region(self, painter: QPainter, place: QRect) -> None:
        region, full = self.example.region, self._full_size
        if region is None or full.isEmpty():
            return
        scale = place.width() / full.width()
        box = QPolygonF([QPointF(place.left() + x * scale, place.top() + y * scale) for x, y in region.corners])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 160), 3.0), (QColor(255, 255, 255), 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawPolygon(box)

    def _paint_sign(self, painter: QPainter) -> None:
        """In the corner where lines of text begin; the weight beside it where it is not 1."""
        sign = "−" if self.example.minus else "+"  # noqa: RUF001 - the sign for it
        words = sign if self.example.weight == 1 else f"{sign}{wording.decimal(self.example.weight, 1)}"
        font = QFont(self.font())
        font.setBold(True)
        font.setPixelSize(_SIGN - 4)  # as the picture, whatever the size of the text around it
        painter.setFont(font)
        width = max(_SIGN, painter.fontMetrics().horizontalAdvance(words) + 6)
        badge = QRect(0, 0, width, max(_SIGN, painter.fontMetrics().height()))
        badge.moveBottomLeft(self.rect().bottomLeft())
        if self.isRightToLeft():
            badge.moveBottomRight(self.rect().bottomRight())
        role = QPalette.ColorRole.Base if self.example.minus else QPalette.ColorRole.Highlight
        text = QPalette.ColorRole.Text if self.example.minus else QPalette.ColorRole.HighlightedText
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(role))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setPen(self.palette().color(text))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)


def heavier(example: Example, by: float) -> Example:
    """The example with more or less weight, within bounds, in whole steps."""
    least, most = WEIGHTS
    return replace(example, weight=min(max(round(example.weight + by, 1), least), most))
