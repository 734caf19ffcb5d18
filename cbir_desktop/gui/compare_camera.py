"""Where the pixels of two pictures lie on the screen: one camera for both, tied by a homography. Numbers only.

Full-size pixels have their centres at +0.5, as in ``core.verification``; the screen counts device-independent pixels
from the top left corner of the viewport. Maps are (3, 3) float64 and take columns (x, y, 1).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF

Matrix = npt.NDArray[np.float64]
Size = tuple[int, int]

MOST_FITTED = 4.0
"""Small pictures are enlarged to fill their pane, but no further: what is seen should be picture, not interpolation."""
MOST_ZOOM = 32.0
"""Device-independent pixels for one of the picture: there a pixel is a thing to look at."""


@dataclass(frozen=True)
class Pair:
    """Two pictures by their full sizes (width, height), and the map from A to B."""

    size_a: Size
    size_b: Size
    a_to_b: Matrix

    @classmethod
    def of(cls, size_a: Size, size_b: Size, homography: Matrix | None) -> "Pair":
        """Tied by the homography; without one by relative position, edge to edge."""
        edges = np.diag([size_b[0] / size_a[0], size_b[1] / size_a[1], 1.0])
        return cls(size_a, size_b, edges if homography is None else homography / homography[2, 2])

    def near(self, x: float, y: float) -> tuple[Matrix, Matrix]:
        """(2,) point and (2, 2) Jacobian of the map at a point of A.

        Beyond the edges of A it goes on as straight as it was there: a perspective has a horizon further out.
        """
        inside = np.clip([x, y], 0.0, self.size_a)
        u, v, w = self.a_to_b @ [*inside, 1.0]
        point = np.array([u, v]) / w
        jacobian = (self.a_to_b[:2, :2] - np.outer(point, self.a_to_b[2, :2])) / w
        return point + jacobian @ (np.array([x, y]) - inside), jacobian


@dataclass(frozen=True)
class Camera:
    """What is looked at: the point of A (full-size pixels) in the middle of its pane, and how large.

    ``zoom``: device-independent pixels for one of A. ``turned``: B is drawn turned, mirrored and scaled as A lies;
    else upright as its file has it, and scaled alike.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    turned: bool = False

    def view_of_a(self, pane: QRectF) -> Matrix:
        """From A to the screen."""
        return _about(self.zoom * np.eye(2), np.array([self.x, self.y]), pane)

    def view_of_b(self, pair: Pair, pane: QRectF) -> Matrix:
        """From B to the screen: the same spot is in the middle of both panes."""
        point, jacobian = pair.near(self.x, self.y)
        return _about(self._linear_b(jacobian), point, pane)

    def zoomed(self, factor: float, about: QPointF, pane: QRectF) -> "Camera":
        """The spot of A at ``about`` on the screen stays where it is."""
        zoom = min(self.zoom * factor, max(MOST_ZOOM, self.zoom))
        offset = about - pane.center()
        keep = 1 / self.zoom - 1 / zoom
        return Camera(zoom, self.x + offset.x() * keep, self.y + offset.y() * keep, self.turned)

    def panned(self, by: QPointF) -> "Camera":
        """A moves along with the hand."""
        return Camera(self.zoom, self.x - by.x() / self.zoom, self.y - by.y() / self.zoom, self.turned)

    def panned_by_b(self, pair: Pair, by: QPointF) -> "Camera":
        """B moves along with the hand, and A with it."""
        _, jacobian = pair.near(self.x, self.y)
        x, y = np.linalg.solve(self._linear_b(jacobian) @ jacobian, [by.x(), by.y()])
        return Camera(self.zoom, self.x - x, self.y - y, self.turned)

    def _linear_b(self, jacobian: Matrix) -> Matrix:
        if self.turned:
            return np.asarray(self.zoom * np.linalg.inv(jacobian), dtype=np.float64)
        return np.diag([self.zoom / float(np.sqrt(abs(np.linalg.det(jacobian))))] * 2)


def fit_one(size: Size, pane: QRectF) -> Camera:
    """All of A, as large as it fits."""
    width, height = size
    zoom = min(MOST_FITTED, pane.width() / width, pane.height() / height)
    return Camera(max(zoom, 1e-6), width / 2, height / 2)


def fit_both(pair: Pair, pane: QRectF, turned: bool = False) -> Camera:
    """All of A and all of B, each in a pane of this size, with the same spot in the middle of both."""
    in_a = through(np.linalg.inv(pair.a_to_b), corners(pair.size_b))
    known = corners(pair.size_a) if in_a is None else np.vstack([corners(pair.size_a), in_a])
    x, y = (known.min(axis=0) + known.max(axis=0)) / 2
    unit, nowhere = Camera(1.0, x, y, turned), QRectF()
    of_a = on_screen(unit.view_of_a(nowhere), corners(pair.size_a))
    of_b = on_screen(unit.view_of_b(pair, nowhere), corners(pair.size_b))
    reach = np.abs(np.vstack([of_a, of_b])).max(axis=0)
    zoom = min(MOST_FITTED, pane.width() / 2 / reach[0], pane.height() / 2 / reach[1])
    return Camera(max(zoom, 1e-6), float(x), float(y), turned)


def corners(size: Size) -> Matrix:
    """(4, 2): around the picture, from the top left one."""
    width, height = size
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float64)


def through(matrix: npt.NDArray[np.floating[Any]], points: npt.ArrayLike) -> Matrix | None:
    """(n, 2) points through a map; None where one of them lies at or behind its horizon."""
    xy = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    mapped = np.column_stack([xy, np.ones(len(xy))]) @ matrix.T
    depth = mapped[:, 2:]
    return None if (depth <= 1e-9).any() else np.asarray(mapped[:, :2] / depth)


def on_screen(view: Matrix, points: npt.ArrayLike) -> Matrix:
    """(n, 2) points through a view, which is affine."""
    return np.asarray(np.asarray(points, dtype=np.float64) @ view[:2, :2].T + view[:2, 2])


def _about(linear: Matrix, point: Matrix, pane: QRectF) -> Matrix:
    """The affine map with this linear part that puts ``point`` into the middle of the pane."""
    middle = np.array([pane.center().x(), pane.center().y()])
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    matrix[:2, 2] = middle - linear @ point
    return matrix
