"""What lies around the outline of one picture inside another: more of the same scene, or something put there."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image
from cbir_desktop.matchers.geometry import Matrix

_STEP = 3.0
"""Pixels on either side of the outline that are compared: the alignment may be off by one or two."""
_MARGIN = 2 * _STEP + 1
_POINTS = 60
_SLANT = 0.02
_GROUND = 0.005
"""Share of a picture that a ground must have to be one."""
_EVEN, _ALL_OF_IT = 8, 0.98
"""Levels of 255 about the median, which JPEG at quality 92 keeps within, and the share of the ground that does."""


@dataclass(frozen=True, slots=True)
class Surround:
    """``edge``: share of the outline, as far as it lies inside, where the picture breaks off. ``plain``: share of what
    is outside of it that has no structure. ``slanted``: the outline is no upright rectangle."""

    edge: float
    plain: float
    slanted: bool


def surround(outer: Image, outline: Matrix) -> Surround:
    """``outline``: (4, 2) pixels of ``outer``, centres at +0.5: the corners of the inner picture in their order."""
    grey = cv2.cvtColor(outer, cv2.COLOR_RGB2GRAY)
    return Surround(_edge(outer, outline), _plain(grey, outline), _slanted(outline))


def on_even_ground(outer: Image, outline: Matrix) -> bool:
    """Whether all that ``outer`` shows beyond the outline is one colour: the picture was drawn there, and no camera
    tilted it. A wall or a table that was photographed has light and grain of its own."""
    beyond = _outside(outer.shape[:2], outline) > 0
    if beyond.mean() < _GROUND:
        return False
    pixels = outer[beyond].astype(np.int16)
    off = np.abs(pixels - np.median(pixels, axis=0)).max(axis=1)
    return bool((off <= _EVEN).mean() >= _ALL_OF_IT)


def _edge(outer: Image, outline: Matrix) -> float:
    height, width = outer.shape[:2]
    middle = outline.mean(axis=0)
    jumps: list[npt.NDArray[np.float64]] = []
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        along = (end - start) / max(float(np.linalg.norm(end - start)), 1e-6)
        outwards = np.array([along[1], -along[0]])
        outwards *= np.sign(outwards @ ((start + end) / 2 - middle)) or 1.0
        points = start + np.linspace(0.05, 0.95, _POINTS)[:, None] * (end - start)
        inside = (points > _MARGIN).all(axis=1) & (points < np.array([width, height]) - _MARGIN).all(axis=1)
        if inside.sum() < 5:
            continue
        rows = [_sample(outer, points[inside] + step * _STEP * outwards) for step in (-2, -1, 1, 2)]
        across = np.abs(rows[2] - rows[1]).max(axis=1)
        usual = np.maximum(np.abs(rows[1] - rows[0]).max(axis=1), np.abs(rows[3] - rows[2]).max(axis=1))
        jumps.append(across > 2 * np.median(usual) + 6)
    return float(np.concatenate(jumps).mean()) if jumps else 0.0


def _sample(image: Image, xy: Matrix) -> npt.NDArray[np.float32]:
    at = (xy - 0.5).astype(np.float32)
    found = cv2.remap(image, at[:, None, 0], at[:, None, 1], cv2.INTER_LINEAR)
    return np.asarray(found[:, 0], np.float32)


def _plain(grey: Image, outline: Matrix) -> float:
    outside = _outside(grey.shape, outline)
    if not outside.any():
        return 1.0
    slope = np.abs(cv2.Laplacian(cv2.GaussianBlur(grey, (0, 0), 1), cv2.CV_32F))
    return float((slope[outside > 0] < 3).mean())


def _outside(shape: tuple[int, ...], outline: Matrix) -> Image:
    """(h, w) uint8, 255 beyond the outline and three pixels away from it."""
    outside = np.full(shape, 255, np.uint8)
    cv2.fillConvexPoly(outside, np.rint(outline).astype(np.int32), 0)
    kernel = np.ones((7, 7), np.uint8)
    return np.asarray(cv2.erode(outside, kernel, borderType=cv2.BORDER_CONSTANT, borderValue=255), np.uint8)


def _slanted(outline: Matrix) -> bool:
    low, high = outline.min(axis=0), outline.max(axis=0)
    corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
    off = np.linalg.norm(outline[:, None] - corners[None], axis=2).min(axis=0).max()
    return bool(off > _SLANT * (high - low).max())
