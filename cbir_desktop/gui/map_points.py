"""The points of a map and the camera over them, as arrays: which are seen, which stand for their neighbours."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

CELL = 64
"""Pixels that a thumbnail has to itself."""
_DOT, _LARGE_DOT, _FEW = 2, 4, 20_000
"""Pixels of a dot's side; of a map with few photos."""

Places = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Camera:
    """``scale``: pixels of the map's side; ``x``, ``y``: the place in the middle of the view."""

    scale: float = 1.0
    x: float = 0.5
    y: float = 0.5

    def to_screen(self, places: Places, width: int, height: int) -> Places:
        """(n, 2) pixels."""
        middle = np.array([self.x, self.y], np.float32)
        return (places - middle) * np.float32(self.scale) + np.array([width / 2, height / 2], np.float32)

    def moved(self, dx: float, dy: float) -> "Camera":
        """By pixels."""
        return Camera(self.scale, self.x - dx / self.scale, self.y - dy / self.scale)

    def zoomed(self, factor: float, at: QPointF, width: int, height: int) -> "Camera":
        """What is under a pixel stays there."""
        off_x, off_y = at.x() - width / 2, at.y() - height / 2
        x, y = self.x + off_x / self.scale, self.y + off_y / self.scale
        scale = self.scale * factor
        return Camera(scale, x - off_x / scale, y - off_y / scale)


class MapPoints:
    """Rows of a map. Representatives are of fixed cells of the map, so that they stay while it is moved; cells are
    halved as it is zoomed."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._dot = _LARGE_DOT if len(places) < _FEW else _DOT
        self._standing: dict[int, Rows] = {}

    def __len__(self) -> int:
        return len(self.places)

    def seen(self, camera: Camera, width: int, height: int, margin: int = 0) -> Rows:
        """Rows in the view, rising."""
        at = camera.to_screen(self.places, width, height)
        inside = (at > -margin).all(axis=1) & (at[:, 0] < width + margin) & (at[:, 1] < height + margin)
        return np.flatnonzero(inside)

    def standing(self, camera: Camera, width: int, height: int) -> Rows:
        """One row of each cell in view; all of them where they are few to a cell."""
        level = int(np.floor(np.log2(max(camera.scale, CELL) / CELL)))
        if level not in self._standing:
            cells = np.floor(self.places * 2.0**level).astype(np.int64)
            _, first = np.unique(cells[:, 0] * (1 << 31) + cells[:, 1], return_index=True)
            self._standing[level] = np.sort(first)
        rows = self._standing[level]
        at = camera.to_screen(self.places[rows], width, height)
        inside = (at > -CELL / 2).all(axis=1) & (at[:, 0] < width + CELL / 2) & (at[:, 1] < height + CELL / 2)
        return rows[inside]

    def density(self, camera: Camera, width: int, height: int, colour: QColor, rows: Rows | None = None) -> QImage:
        """A pixel for each point, stronger where there are several, in a picture that is a half or a quarter of the
        view's size; to be drawn as large as that. Counts go through a table of colours: at 100,000 points that is 2 ms
        of the 16 that a frame has."""
        wide, high = max(1, width // self._dot), max(1, height // self._dot)
        places = self.places if rows is None else self.places[rows]
        at = (camera.to_screen(places, width, height) / np.float32(self._dot)).astype(np.int32)
        inside = (at[:, 0] >= 0) & (at[:, 1] >= 0) & (at[:, 0] < wide) & (at[:, 1] < high)
        line = (wide + 3) // 4 * 4  # QImage wants lines of whole words
        counts = np.bincount(at[inside, 1] * line + at[inside, 0], minlength=line * high)
        pixels = np.minimum(counts, 255).astype(np.uint8)
        image = QImage(pixels.data, wide, high, line, QImage.Format.Format_Indexed8)
        image.setColorTable([_shade(colour, count) for count in range(256)])
        return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)

    def inside(self, polygon: QPolygonF, camera: Camera, width: int, height: int) -> Rows:
        """Rows within a shape drawn on the view, by painting it: the time does not grow with its corners."""
        mask = QImage(width, height, QImage.Format.Format_Grayscale8)
        mask.fill(0)
        painter = QPainter(mask)
        painter.setPen(QColor(255, 255, 255))
        painter.setBrush(QColor(255, 255, 255))
        painter.drawPolygon(polygon)
        painter.end()
        lines = np.frombuffer(mask.constBits(), np.uint8).reshape(height, mask.bytesPerLine())[:, :width]
        rows = self.seen(camera, width, height)
        at = camera.to_screen(self.places[rows], width, height).astype(np.int64)
        return rows[lines[np.clip(at[:, 1], 0, height - 1), np.clip(at[:, 0], 0, width - 1)] > 0]


def _shade(colour: QColor, count: int) -> int:
    """A colour's value (ARGB) for so many points at one place."""
    return QColor(colour.red(), colour.green(), colour.blue(), min(255, 110 * count)).rgba()
