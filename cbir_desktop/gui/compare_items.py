"""What is drawn over and beside each other in a comparison. The scene's pixels are the viewport's."""

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QLinearGradient, QPainter, QPalette, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPolygonItem, QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from cbir_desktop.core.types import Vectors
from cbir_desktop.gui.compare_camera import Matrix, on_screen
from cbir_desktop.gui.compare_pictures import Shown

OUTLINE = QColor(255, 214, 10)
NEAR, FAR = (64, 200, 255), (255, 122, 26)
"""A match that lies where the transform puts it, and one as far off as any; told apart by the colour-blind too."""
_SHADE = QColor(0, 0, 0, 130)
_SHADED = 100
"""Up to so many lines have a dark edge and are thicker than a pixel: 500 such take twice as long to paint."""
_PIXELS_SEEN = 3.0
"""From so many screen pixels on, a pixel is drawn as the square that it is."""


def as_transform(matrix: Matrix) -> QTransform:
    """Qt multiplies rows from the left."""
    return QTransform(*matrix.T.ravel().tolist())


class Pane(QGraphicsRectItem):
    """A part of the viewport; what is in it is not seen outside of it."""

    def __init__(self) -> None:
        super().__init__()
        self.setPen(Qt.PenStyle.NoPen)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemClipsChildrenToShape)


class PictureItem(QGraphicsItem):
    """A picture in its full-size pixels; ``look_through`` puts them on the screen."""

    def __init__(self, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None

    def set_shown(self, shown: Shown | None) -> None:
        self.prepareGeometryChange()
        self._shown = shown
        self.update()

    def look_through(self, view: Matrix) -> None:
        self.setTransform(as_transform(view))

    def boundingRect(self) -> QRectF:
        return QRectF() if self._shown is None else QRectF(0, 0, *self._shown.full_size)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._shown is None:
            return
        full = self.boundingRect()
        scale = math.sqrt(abs(painter.worldTransform().determinant())) * painter.device().devicePixelRatio()
        wanted = full.width() * scale  # screen pixels across
        levels = self._shown.levels
        image = next((level for level in reversed(levels) if level.width() >= wanted), levels[0])
        smooth = wanted < _PIXELS_SEEN * image.width()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        painter.drawImage(full, image, QRectF(image.rect()))


class OutlineItem(QGraphicsPolygonItem):
    """The edges of the other picture."""

    def __init__(self, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        # Not cosmetic and in the picture's pixels: such a pen is half as wide on a screen of ratio 2.
        self.setPen(QPen(OUTLINE, 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin))
        self.setZValue(1)
        self._corners: Matrix | None = None

    def set_corners(self, points: Matrix | None) -> None:
        """(4, 2) full-size pixels of the picture it is drawn on; None where they are not all in front of the camera."""
        self._corners = points

    def look_through(self, view: Matrix) -> None:
        self.setPolygon(QPolygonF([] if self._corners is None else _points(on_screen(view, self._corners))))


class MatchLines(QGraphicsItem):
    """A line from each match in A to the same in B, coloured by how far off it lies."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(2)
        self._room, self._panes = QRectF(), (QRectF(), QRectF())
        self._xy_a = self._xy_b = np.empty((0, 2), np.float32)
        self._share = np.empty(0, np.float32)
        self._ends: list[tuple[QPointF, QPointF, QColor] | None] = []
        self.worst = 0.0
        self.drawn = 0

    def set_matches(self, xy_a: Vectors, xy_b: Vectors, residuals: Vectors) -> None:
        """(n, 2) full-size pixels of A and B, (n,) pixels off. Their order is that in which they give way."""
        order = np.random.default_rng(0).permutation(len(xy_a))  # any share of them is spread over the picture
        self._xy_a, self._xy_b = xy_a[order], xy_b[order]
        known = np.nan_to_num(residuals[order])
        self.worst = float(known.max()) if len(known) else 0.0
        self._share = known / self.worst if self.worst else known
        self.drawn = len(order)

    def __len__(self) -> int:
        return len(self._xy_a)

    def lay_out(self, views: tuple[Matrix, Matrix], panes: tuple[QRectF, QRectF], room: QRectF) -> None:
        self.prepareGeometryChange()
        self._room, self._panes = room, panes
        ends_a, ends_b = (on_screen(view, xy) for view, xy in zip(views, (self._xy_a, self._xy_b), strict=True))
        self._ends = [
            (a, b, mixed(share)) if panes[0].contains(a) and panes[1].contains(b) else None
            for a, b, share in zip(_points(ends_a), _points(ends_b), self._share.tolist(), strict=True)
        ]
        self.update()

    def on_screen(self) -> list[tuple[QPointF, QPointF, QColor]]:
        """Both ends and the colour of each line that is drawn."""
        return [ends for ends in self._ends[: self.drawn] if ends is not None]

    def boundingRect(self) -> QRectF:
        return self._room

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lines = self.on_screen()
        for a, b, colour in lines:
            for pen in (QPen(_SHADE, 3), QPen(colour, 1.25)) if len(lines) <= _SHADED else (QPen(colour, 1),):
                painter.setPen(pen)
                painter.drawLine(a, b)
        painter.setPen(QPen(_SHADE, 1))
        for a, b, colour in lines:
            painter.setBrush(colour)
            painter.drawEllipse(a, 3, 3)
            painter.drawEllipse(b, 3, 3)


class GhostItem(QGraphicsItem):
    """The cursor of the other picture, on the same spot."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(3)

    def boundingRect(self) -> QRectF:
        return QRectF(-13, -13, 26, 26)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pen in (QPen(_SHADE, 4), QPen(OUTLINE, 1.5)):
            painter.setPen(pen)
            painter.drawEllipse(QPointF(), 7, 7)
            for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(QPointF(4 * x, 4 * y), QPointF(11 * x, 11 * y))


def paint_tag(painter: QPainter, corner: QPointF, words: str, palette: QPalette) -> None:
    """A letter on a little ground, top left at ``corner``: legible on any picture."""
    metrics = painter.fontMetrics()
    box = QRectF(corner, metrics.size(0, words).toSizeF()).adjusted(0, 0, 12, 4)
    ground = QColor(palette.color(QPalette.ColorRole.Base))
    ground.setAlpha(220)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(palette.color(QPalette.ColorRole.Text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)


def paint_scale(painter: QPainter, box: QRectF, colours: Sequence[QColor], words: tuple[str, str]) -> None:
    """A bar from one colour to the next, with words at its ends inside of it."""
    gradient = QLinearGradient(box.topLeft(), box.topRight())
    for place, colour in enumerate(colours):
        gradient.setColorAt(place / (len(colours) - 1), colour)
    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # the colours go from left to right everywhere
    painter.setPen(QPen(_SHADE, 1))
    painter.setBrush(QBrush(gradient))
    painter.drawRoundedRect(box, 4, 4)
    inner = box.adjusted(8, 0, -8, 0)
    for side, told, ground in (("Left", words[0], colours[0]), ("Right", words[1], colours[-1])):
        painter.setPen(QColor("white" if ground.lightness() < 100 else "black"))
        alignment = getattr(Qt.AlignmentFlag, f"Align{side}") | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, alignment, told)


def mixed(share: float) -> QColor:
    """From ``NEAR`` (0) to ``FAR`` (1)."""
    return QColor(*(round(near + share * (far - near)) for near, far in zip(NEAR, FAR, strict=True)))


def _points(xy: Matrix) -> list[QPointF]:
    return [QPointF(x, y) for x, y in xy.tolist()]
