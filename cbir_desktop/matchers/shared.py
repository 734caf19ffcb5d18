"""Two pictures under one caption, mark or screen: what agrees was laid over both, and proves nothing about them."""

import cv2
import numpy as np

from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.matchers.aligned import Overlay, largest, rectangle
from cbir_desktop.matchers.geometry import Mask, Matrix, apply

_IN_PLACE = 0.01
"""Of the diagonal: as far as a corner may be off where the frames lie over each other."""
_AGREES = 0.75
"""Share of the windows that agree, above which this is not asked."""
_SAME, _OTHER = 10.0, 20.0
"""Levels, largest of the three channels in the mean of 3 by 3 pixels: up to it pixels are the same to JPEG at quality
92, from it on they are something else. In another light nothing is the same, and there was another exposure."""
_AROUND = 4
"""Pixels of the canvas about an inlier."""
_MOST_SAME, _RIM, _ELSEWHERE = 0.4, 0.04, 0.35
"""Shares: of the ground about inliers that is the same; of it that is something else, for they lie at its rim, as those
of letters do; and of the whole frame that is something else. Of the split ``train``, pairs that were proved before: all
40 under one text pass all three, and 21 of 27 in one screen. Of 427 copies under text or stickers, on one or both, and
of 28 bursts, none does: inliers of copies lie in what was left free."""


def on_shared_overlay(a: Image, b: Image, homography: Matrix, over: Overlay, agreeing: float, xy_a: Vectors) -> bool:
    """Whether the inliers ``xy_a`` ((n, 2), pixels of A) lie on something that was laid over two pictures alike.

    Frames must coincide, and be the same to the level where the inliers are, while most else is another picture."""
    if agreeing >= _AGREES or not len(xy_a) or not _in_place(a, b, homography):
        return False
    off = cv2.boxFilter(largest(cv2.absdiff(over.a, over.b)), cv2.CV_32F, (3, 3))
    other = (off > _OTHER) & over.mask
    if other.sum() < _ELSEWHERE * over.mask.sum():
        return False
    at = _pixels(apply(over.to_canvas, xy_a.astype(np.float64)), over.mask)
    return _about(other, at) > _RIM and _about((off <= _SAME) & over.mask, at) > _MOST_SAME


def _in_place(a: Image, b: Image, homography: Matrix) -> bool:
    corners = rectangle(b)
    off = np.linalg.norm(apply(homography, rectangle(a)) - corners, axis=1).max()
    return bool(off < _IN_PLACE * np.linalg.norm(corners[2]))


def _pixels(xy: Matrix, mask: Mask) -> tuple[Vectors, Vectors]:
    """(n,) rows and columns."""
    height, width = mask.shape
    column, row = np.floor(xy).astype(np.intp).T
    return np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)


def _about(where: Mask, at: tuple[Vectors, Vectors]) -> float:
    """Mean share of ``where`` in discs about some pixels."""
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _AROUND + 1, 2 * _AROUND + 1)).astype(np.float32)
    return float(cv2.filter2D(where.astype(np.float32), cv2.CV_32F, disc / disc.sum())[at].mean())
