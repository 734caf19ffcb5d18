"""Points of one picture followed into the other that lies over it: whether all of it moved as one, and better where."""

from dataclasses import dataclass

import cv2
import numpy as np

from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.matchers import geometry
from cbir_desktop.matchers.aligned import Overlay, Plane, grey, textured
from cbir_desktop.matchers.geometry import Mask, Matrix, inverse

_POINTS = 120
_WINDOW = (13, 13)
_SURROUND = (31, 31)
"""Pixels of the canvas over which light is evened out."""
_PLAIN = 0.15
"""Of the contrast of all: what is added to that of a part, or plain parts would be all noise."""
_LEVELS = 2
"""Of the pyramid: a point is found again up to some 10 pixels of the canvas away."""
_RETURN = 0.5
"""Pixels by which a point, followed there and back, may miss its start."""
_RIGID = 0.5
_NEIGHBOURS = 48
"""Side of the cells whose points are neighbours, pixels of the canvas."""
_LOST = 3.0
"""Shift and drift where nothing can be followed."""
_FIT_WITHIN = 1.0
_LEAST_HOMOGRAPHY, _LEAST_AFFINE = 30, 15


@dataclass(frozen=True, slots=True)
class Tracks:
    """``xy_a``, ``xy_b``: (n, 2) float32 pixels of the canvas, centres at 0: where points of A are, and are found in B.
    ``share``: of those that were looked for."""

    xy_a: Vectors
    xy_b: Vectors
    share: float

    @property
    def rigid(self) -> float:
        """Share of the followed points that stayed where they were: of a copy all, of another exposure only those at
        the depth of what the transform follows."""
        if not len(self.xy_a):
            return 0.0
        return float((np.linalg.norm(self.xy_b - self.xy_a, axis=1) < _RIGID).mean())

    @property
    def shift(self) -> float:
        """Median distance that the followed points moved, pixels."""
        return float(np.median(np.linalg.norm(self.xy_b - self.xy_a, axis=1))) if len(self.xy_a) else _LOST

    @property
    def drift(self) -> float:
        """How far neighbours moved together, pixels, root mean square: noise and blur push each point its own way,
        depth and motion push whole parts."""
        if not len(self.xy_a):
            return _LOST
        _, cell = np.unique(np.floor(self.xy_a / _NEIGHBOURS), axis=0, return_inverse=True)
        count = np.bincount(cell.ravel())
        moved = np.stack([np.bincount(cell.ravel(), self.xy_b[:, i] - self.xy_a[:, i]) / count for i in (0, 1)])
        joint = (moved**2).sum(axis=0)[count >= 3]
        return float(np.sqrt(joint.mean())) if len(joint) else _LOST


def follow(over: Overlay) -> Tracks:
    """The corners of A followed by Lucas and Kanade (Bouguet 2001) there and back. In a dark sky or a plain wall there
    is only noise to follow, which no copy keeps."""
    a, b = _even(grey(over.a), over.mask), _even(grey(over.b), over.mask)
    inner = cv2.erode(
        over.mask.astype(np.uint8), np.ones((9, 9), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0
    )
    start = cv2.goodFeaturesToTrack(a, _POINTS, 0.01, 6, mask=inner & textured(grey(over.a), over.mask))
    if start is None:
        nothing = np.empty((0, 2), np.float32)
        return Tracks(nothing, nothing, 0.0)
    there, found, _ = cv2.calcOpticalFlowPyrLK(a, b, start, None, None, None, _WINDOW, _LEVELS)
    back, returned, _ = cv2.calcOpticalFlowPyrLK(b, a, there, None, None, None, _WINDOW, _LEVELS)
    kept = (found.ravel() > 0) & (returned.ravel() > 0) & (np.linalg.norm(back - start, axis=2).ravel() < _RETURN)
    return Tracks(start[kept, 0], there[kept, 0], float(kept.mean()))


def sharpened(homography: Matrix, over: Overlay, tracks: Tracks) -> Matrix | None:
    """The transform that the followed points ask for; None where they are too few, or ask for nothing else."""
    model: geometry.Model = "homography" if len(tracks.xy_a) >= _LEAST_HOMOGRAPHY else "affine"
    if len(tracks.xy_a) < _LEAST_AFFINE:
        return None
    height, width = over.mask.shape
    found = geometry.fit(tracks.xy_a + np.float32(0.5), tracks.xy_b + np.float32(0.5), (width, height), _FIT_WITHIN)
    if found is None or found.inlier.sum() < 0.4 * len(tracks.xy_a):
        return None
    if model == "affine" and found.model == "homography":
        return None
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    if np.abs(geometry.apply(found.homography, corners) - corners).max() < 0.3:
        return None
    # The canvas shows B through the transform: what moved on it moved before that.
    return np.asarray(homography @ inverse(over.to_canvas) @ found.homography @ over.to_canvas)


def _even(plane: Plane, mask: Mask) -> Image:
    """Light and contrast evened out, for they may have changed, by the same measure in both pictures: histograms of
    parts, equalised up to a limit, differ where one picture is darker, and points seem to move."""
    mean = cv2.boxFilter(plane, cv2.CV_32F, _SURROUND)
    spread = np.sqrt(np.maximum(cv2.boxFilter(plane * plane, cv2.CV_32F, _SURROUND) - mean * mean, 0))
    floor = _PLAIN * float(plane[mask].std())
    return np.asarray(np.clip(128 + 48 * (plane - mean) / (spread + floor + 1e-3), 0, 255), np.uint8)
