"""A transform made better by the pixels: points of A are followed into B, warped to lie over A."""

import cv2
import numpy as np

from cbir_desktop.core.types import Image
from cbir_desktop.matchers import geometry
from cbir_desktop.matchers.geometry import Fit, Matrix, inverse

_POINTS = 300
_ROUNDS = 2
_WINDOW = (15, 15)
_LEVELS = 3
"""Of the pyramid: a point is found again up to some 20 pixels away."""
_RETURN = 0.7
"""Pixels by which a point, followed there and back, may miss its start."""
_THRESHOLD = 1.5
_LEAST = 24
"""Points that must be followed for the pixels to overrule the keypoints."""


def sharpen(a: Image, b: Image, homography: Matrix, mirrored: bool) -> tuple[Matrix, int]:
    """The homography from A to B, fitted to points followed by Lucas and Kanade (Bouguet 2001) both ways; and how many
    of them agree. Coordinates have pixel centres at +0.5. What it was, and 0, where too few can be followed.
    """
    grey_a, grey_b = _grey(a), _grey(b)
    height, width = grey_a.shape
    followed, count = homography, 0
    for _ in range(_ROUNDS):
        aligned, covered = onto(grey_b, followed, (width, height))
        inner = cv2.erode(covered, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
        start = cv2.goodFeaturesToTrack(grey_a, _POINTS, 0.005, 7, mask=inner)
        if start is None or len(start) < _LEAST:
            break
        there, found, _ = cv2.calcOpticalFlowPyrLK(grey_a, aligned, start, None, None, None, _WINDOW, _LEVELS)
        back, returned, _ = cv2.calcOpticalFlowPyrLK(aligned, grey_a, there, None, None, None, _WINDOW, _LEVELS)
        kept = (found.ravel() > 0) & (returned.ravel() > 0)
        kept &= np.linalg.norm(back - start, axis=2).ravel() < _RETURN
        if kept.sum() < _LEAST:
            break
        xy_a = start[kept, 0] + np.float32(0.5)
        xy_b = geometry.apply(followed, there[kept, 0] + 0.5).astype(np.float32)
        fitted = _fit(xy_a, xy_b, (width, height), b.shape[1] if mirrored else None)
        if fitted is None or fitted[1] < _LEAST:
            break
        followed, count = fitted
    return followed, count


def onto(image: Image, homography: Matrix, size: tuple[int, int]) -> tuple[Image, Image]:
    """``image`` (B) drawn over A, of ``size`` (width, height), and where it covers A, 0 or 255."""
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    pixels = inverse(half) @ homography @ half  # OpenCV counts from pixel centres
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(image, pixels, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    full = np.full(image.shape[:2], 255, np.uint8)
    covered = cv2.warpPerspective(full, pixels, size, flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP)
    return np.asarray(warped, np.uint8), np.asarray(covered, np.uint8)


def _fit(
    xy_a: np.ndarray, xy_b: np.ndarray, size: tuple[int, int], mirror_width: int | None
) -> tuple[Matrix, int] | None:
    """Geometry accepts no mirrored map: B is turned back for it."""
    flip = np.eye(3) if mirror_width is None else np.array([[-1.0, 0, mirror_width], [0, 1, 0], [0, 0, 1]])
    turned = xy_b if mirror_width is None else geometry.apply(flip, xy_b).astype(np.float32)
    found: Fit | None = geometry.fit(xy_a, turned, size, _THRESHOLD)
    return None if found is None else (flip @ found.homography, int(found.inlier.sum()))


def _grey(image: Image) -> Image:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.createCLAHE(2.0, (4, 4)).apply(grey), np.uint8)  # light may have changed
