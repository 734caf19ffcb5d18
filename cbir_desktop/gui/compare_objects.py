"""The objects that two pictures share, each with an outline, a colour and a number of its own."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cbir_desktop.core.types import Matches
from cbir_desktop.core.verification import Verification
from cbir_desktop.gui.compare_camera import Matrix, on_screen
from cbir_desktop.matchers import geometry
from cbir_desktop.matchers.objects import FoundObject

_NAMES = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#d55e00", "#cc79a7", "#0072b2")
COLOURS = tuple(QColor(name) for name in _NAMES)
"""Told apart by the colour-blind (Okabe & Ito 2008); an eighth object has the first again, and the number tells."""
_SHADE = QColor(0, 0, 0, 170)
_MARGIN = 12  # device-independent pixels around an outline that the tag and the pen need
_TAG = 18


def worth_showing(objects: Sequence[FoundObject], verdict: Verification) -> list[FoundObject]:
    """All of them where there are several, or where nothing else is proved: the one object of a copy is the copy."""
    return list(objects) if len(objects) > 1 or verdict.proved is None else []


def tied_by(found: FoundObject, verdict: Verification) -> Verification:
    """The verdict with the matches and the transform of one object in place of those of the whole."""
    matches = Matches(found.xy_a, found.xy_b, np.ones(found.inliers, np.bool_), found.homography, found.mirrored)
    off = geometry.residuals(found.homography, found.xy_a, found.xy_b)
    return replace(verdict, matches=matches, residuals=np.asarray(off, np.float32))


class ObjectOutlines(QGraphicsItem):
    """The outlines of all objects in one of the two pictures; the chosen one is thicker."""

    def __init__(self, parent: QGraphicsItem) -> None:
        super().__init__(parent)
        self.setZValue(2)
        self._outlines: list[Matrix] = []
        self._drawn: list[QPolygonF] = []
        self.chosen: int | None = None

    def set_outlines(self, outlines: Sequence[Matrix]) -> None:
        """(k, 2) full-size pixels of the picture each."""
        self._outlines = list(outlines)

    def look_through(self, view: Matrix) -> None:
        self.prepareGeometryChange()
        self._drawn = [
            QPolygonF([QPointF(x, y) for x, y in on_screen(view, outline).tolist()]) for outline in self._outlines
        ]
        self.update()

    @property
    def drawn(self) -> list[QPolygonF]:
        """Where they lie on the screen."""
        return list(self._drawn)

    def boundingRect(self) -> QRectF:
        box = QRectF()
        for polygon in self._drawn:
            box = box.united(polygon.boundingRect())
        return box.adjusted(-_MARGIN - _TAG, -_MARGIN - _TAG, _MARGIN, _MARGIN)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, polygon in enumerate(self._drawn):
            colour = COLOURS[number % len(COLOURS)]
            width = 4.0 if number == self.chosen else 2.0
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(_SHADE, width + 2), QPen(colour, width)):
                pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
                painter.setPen(pen)
                painter.drawPolygon(polygon)
        for number, polygon in enumerate(self._drawn):
            self._paint_number(painter, polygon, number)

    def _paint_number(self, painter: QPainter, polygon: QPolygonF, number: int) -> None:
        """At the topmost point; black on the colour, which is light enough for it, and white on the dark blue."""
        top = min((polygon.at(i) for i in range(polygon.count())), key=lambda point: point.y())
        colour = COLOURS[number % len(COLOURS)]
        side = max(_TAG, painter.fontMetrics().height() + 2)
        box = QRectF(top.x() - side / 2, top.y() - side / 2, side, side)
        painter.setPen(QPen(_SHADE, 1))
        painter.setBrush(colour)
        painter.drawEllipse(box)
        painter.setPen(QColor("white" if colour.lightness() < 100 else "black"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number + 1))
