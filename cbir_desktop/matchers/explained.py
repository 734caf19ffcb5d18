"""What one picture's colours make of the other's: a linear map, and where light fell off with the place, one that does
so too."""

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.matchers.aligned import COLOURS, Plane, linear_colour, trimmed_fit
from cbir_desktop.matchers.geometry import Mask, Matrix

_SHARE = 0.6
"""Of the pixels, which a map is fitted to: the rest may lie under something."""
_LEAST, _LEAST_PLACED = 100, 300
"""Pixels that a map of colours is fitted to, and one that changes with the place, of 24 coefficients a channel."""
_ROUNDS, _WEIGHT = 4, 1.001
"""Of a fit. Hardly any weight: a picture of one colour has no map of its own."""
_FALLS_OFF = 0.5
"""What a map that changes with the place leaves in the median, over what a plain one leaves, below which it counts. On
12 originals of the split ``train``: 0.09 to 0.49 where corners were darkened; of blur, hue, text and marks the least is
0.58."""
_LITTLE = 2.0
"""Levels that a plain map leaves in the median, below which no other is looked for: that took a tenth of a proof."""


def explained(a: Plane, b: Plane, mask: Mask) -> tuple[Plane, Plane]:
    """One picture and what a map of the other's colours makes of it, (h, w, 3) each, the way round that leaves less.
    What the range cut off takes no part."""
    chosen = np.flatnonzero(mask)[:: max(1, int(mask.sum()) // COLOURS)]
    pixels_a, pixels_b = whole = a.reshape(-1, 3)[chosen], b.reshape(-1, 3)[chosen]
    places = _places(chosen, mask)
    within = ((pixels_a > 3) & (pixels_a < 252) & (pixels_b > 3) & (pixels_b < 252)).all(axis=1)
    if within.sum() > _LEAST:
        pixels_a, pixels_b, places = pixels_a[within], pixels_b[within], places[within]
    ways = ((a, b, pixels_a, pixels_b), (b, a, pixels_b, pixels_a))
    maps = [linear_colour(source, target, _SHARE)[0] for _, _, source, target in ways]
    plain = min(_left(_terms(way[2]), way[3], fit) for way, fit in zip(ways, maps, strict=True))
    if plain > _LITTLE and len(places) >= _LEAST_PLACED:
        placed = [_placed(source, target, places) for _, _, source, target in ways]
        left, best = min((placed[way][1], way) for way in (0, 1))
        if left < _FALLS_OFF * plain:
            return _drawn(ways[best][0], placed[best][0]), ways[best][1]
    way = int(np.argmin([_off(_terms(whole[way]), whole[1 - way], maps[way]).mean() for way in (0, 1)]))
    return np.asarray(np.clip(cv2.transform(ways[way][0], maps[way].T), 0, 255), np.float32), ways[way][1]


def _placed(source: Plane, target: Plane, places: Matrix) -> tuple[Matrix, float]:
    """(24, 3): the map whose coefficients are quadratic in the place, fitted to the share that follows it best; and
    what it leaves in the median, levels."""
    design = _terms(source, places)
    fit, _ = trimmed_fit(design, target.astype(np.float64), _SHARE, _ROUNDS, _WEIGHT)
    return fit, _left(design, target, fit)


def _left(design: Matrix, target: Plane, fit: Matrix) -> float:
    return float(np.median(_off(design, target, fit)))


def _off(design: Matrix, target: Plane, fit: Matrix) -> Matrix:
    return np.asarray(np.abs(np.clip(design @ fit, 0, 255) - target))


def _terms(colours: Plane, places: Matrix | None = None) -> Matrix:
    """(n, 4), the colours and one; with ``places`` (n, 24), each of these times each term of the place."""
    plain = np.column_stack([colours, np.ones(len(colours))]).astype(np.float64)
    if places is None:
        return plain
    return np.asarray((plain[:, :, None] * places[:, None, :]).reshape(len(plain), -1))


def _places(chosen: npt.NDArray[np.intp], mask: Mask) -> Matrix:
    """(n, 6): 1, x, y, x^2, xy, y^2, each coordinate from -1 to 1."""
    height, width = mask.shape
    y, x = (2 * (chosen // width) + 1) / height - 1, (2 * (chosen % width) + 1) / width - 1
    return np.column_stack([np.ones(len(chosen)), x, y, x * x, x * y, y * y])


def _drawn(source: Plane, fit: Matrix) -> Plane:
    """``source`` through a map that changes with the place: a sum of six plain maps, each weighed by a term of it."""
    height, width = source.shape[:2]
    places = _places(np.arange(height * width), np.ones((height, width), np.bool_))
    maps = fit.reshape(4, 6, 3)
    found = sum(
        cv2.transform(source, np.ascontiguousarray(maps[:, term].T)) * places[:, term].reshape(height, width, 1)
        for term in range(6)
    )
    return np.asarray(np.clip(found, 0, 255), np.float32)
