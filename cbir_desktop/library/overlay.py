"""A picture of the proof: A and B side by side, lines between what agrees, and the outline of A in B."""

import cv2
import numpy as np

from cbir_desktop.core.types import Image
from cbir_desktop.core.verification import Verification
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.matchers.geometry import apply

SIDE = 800
"""Long side of each of the two pictures, in pixels."""
_MOST_LINES = 120
_GOOD, _POOR, _OUTLINE = (40, 200, 80), (240, 150, 30), (70, 140, 255)
_GAP = 12
_FAR = 2.0
"""Pixels of residual at which a line is drawn in the poor colour."""


def draw_overlay(a: Image, b: Image, verdict: Verification) -> Image:
    """``a``, ``b``: the pictures in any size. What is not proved is drawn without lines."""
    small = fit_long_side(a, SIDE), fit_long_side(b, SIDE)
    canvas = np.full((max(p.shape[0] for p in small), sum(p.shape[1] for p in small) + _GAP, 3), 24, np.uint8)
    offset = small[0].shape[1] + _GAP
    canvas[: small[0].shape[0], : small[0].shape[1]] = small[0]
    canvas[: small[1].shape[0], offset:] = small[1]
    homography = verdict.matches.homography
    if homography is None:
        return canvas
    scale_a, scale_b = small[0].shape[1] / a.shape[1], small[1].shape[1] / b.shape[1]
    chosen = np.flatnonzero(verdict.matches.inlier)
    chosen = chosen[:: max(1, -(-len(chosen) // _MOST_LINES))]
    for row in chosen[np.argsort(-verdict.residuals[chosen])]:
        start = verdict.matches.xy_a[row] * scale_a - 0.5
        end = verdict.matches.xy_b[row] * scale_b - 0.5 + [offset, 0]
        part = min(1.0, float(verdict.residuals[row]) / _FAR)
        colour = tuple(round(good * (1 - part) + poor * part) for good, poor in zip(_GOOD, _POOR, strict=True))
        cv2.line(canvas, _fixed(start), _fixed(end), colour, 1, cv2.LINE_AA, _SHIFT)
    height, width = a.shape[:2]
    corners = apply(homography, [[0, 0], [width, 0], [width, height], [0, height]]) * scale_b - 0.5 + [offset, 0]
    right = canvas[:, offset:]  # what lies outside of B is cut off
    points = np.array([_fixed(corner - [offset, 0]) for corner in corners], np.int32)
    cv2.polylines(right, [points], True, _OUTLINE, 2, cv2.LINE_AA, _SHIFT)
    return canvas


_SHIFT = 4
"""Bits of a fraction of a pixel in OpenCV's drawing."""


def _fixed(xy: np.ndarray) -> tuple[int, int]:
    x, y = np.clip(np.rint(np.asarray(xy) * (1 << _SHIFT)), -(1 << 26), 1 << 26)
    return int(x), int(y)
