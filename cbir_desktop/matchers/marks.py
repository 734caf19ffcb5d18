"""Marks over a whole picture that are hardly lighter than what they cover: thin, and to one side of its light only."""

import cv2
import numpy as np

from cbir_desktop.matchers.aligned import Plane, grey
from cbir_desktop.matchers.geometry import Mask

_AROUND = 31
"""Pixels of the canvas: strokes are narrower than half of it, so that the median about them is of the ground."""
_STROKE = 3
_LEAST, _USUAL, _EDGE = 4.0, 4.0, 0.3
"""A stroke differs by so many levels, by so many times the usual difference, and by that share of the picture's own
slope, for what is a third of a pixel off or coded coarsely differs at edges."""
_BALANCED = 2.0
"""Blur, noise and coding push as many pixels up as down: what goes the other way counts twice against a mark."""


def marked(target: Plane, made: Plane, mask: Mask) -> float:
    """Share of the pixels that strokes to one side take, less what goes to the other side. ``made``: what a map of the
    other picture's colours makes of ``target``."""
    off = cv2.transform(target - made, np.full((1, 3), 1 / 3, np.float32))
    ground = cv2.medianBlur(np.asarray(np.clip(off + 128, 0, 255), np.uint8), _AROUND)
    strokes = cv2.boxFilter(off - (ground.astype(np.float32) - 128), cv2.CV_32F, (_STROKE, _STROKE))
    usual = float(np.median(np.abs(strokes[mask])))
    least = np.maximum(max(_LEAST, _USUAL * usual), _EDGE * np.minimum(_slope(target), _slope(made)))
    few, many = sorted(float((side[mask] > least[mask]).mean()) for side in (strokes, -strokes))
    return many - _BALANCED * few


def _slope(picture: Plane) -> Plane:
    """Levels a pixel."""
    plane = grey(picture)
    across, down = cv2.Sobel(plane, cv2.CV_32F, 1, 0), cv2.Sobel(plane, cv2.CV_32F, 0, 1)
    return np.asarray(cv2.magnitude(across, down) / 8)
