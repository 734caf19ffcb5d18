"""Two pictures laid over each other by a transform: what their pixels say, edits of light and colour apart."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image
from cbir_desktop.matchers.geometry import Mask, Matrix, apply, inverse, jacobians

Plane = npt.NDArray[np.float32]

CANVAS = 240
"""Long side of the overlap when it is looked at, in pixels."""
_WINDOW = 15
_FINE_WINDOW = 7
_SMOOTH = 1.2
"""Pixels of the canvas, standard deviation."""
_STRUCTURE = 4.0
"""Grey levels, standard deviation in a window: below it there is nothing to compare."""
_AGREES = 0.7
_MIN_PIXELS = 400
_EVERY = 3
"""Of the windows, one in so many is looked at for a quantile."""
COLOURS = 1000
"""Pixels that a map of colours is fitted to."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A and B over their common ground. ``a``, ``b``: (h, w, 3) float32. ``mask``: where both are.

    ``to_canvas``: (3, 3) from A's pixels. ``share_a``, ``share_b``: the part of each picture that the overlap is.
    """

    a: Plane
    b: Plane
    mask: Mask
    to_canvas: Matrix
    share_a: float
    share_b: float


@dataclass(frozen=True, slots=True)
class Pixels:
    """How well the overlay agrees.

    ``agreeing``: share of the windows with structure whose normalised correlation is at least 0.7. ``correlation``,
    ``fine``: its mean, on smoothed and on bare pixels. ``best``: what a quarter of the windows exceed on bare pixels:
    where nothing was laid over a copy, all but the noise is the same. ``structure``: share of windows with any.
    ``ssim``: mean structural similarity (Wang et al. 2004) after a fit of brightness and contrast. ``colour``: variance
    of one picture's colours that a linear map of the other's explains. ``difference``: mean absolute, in levels,
    without any fit. ``detail``: standard deviation of the grey, in levels, of the plainer one.
    """

    agreeing: float
    correlation: float
    fine: float
    best: float
    structure: float
    ssim: float
    colour: float
    difference: float
    detail: float


def overlay(a: Image, b: Image, homography: Matrix, long_side: int = CANVAS) -> Overlay | None:
    """Both drawn over their common ground, neither enlarged; None where that is next to nothing."""
    height, width = a.shape[:2]
    corners = rectangle(b)
    with np.errstate(divide="ignore", invalid="ignore"):
        outline = apply(inverse(homography), corners)
    if not np.isfinite(outline).all() or not _same_side(inverse(homography), corners):
        return None
    area, polygon = cv2.intersectConvexConvex(rectangle(a).astype(np.float32), outline.astype(np.float32))
    if polygon is None or area < 16:
        return None
    polygon = polygon[:, 0].astype(np.float64)
    area_b = abs(cv2.contourArea(apply(homography, polygon).astype(np.float32)))
    low, high = polygon.min(axis=0), polygon.max(axis=0)
    finest = np.sqrt(abs(np.linalg.det(jacobians(homography, polygon.mean(axis=0, keepdims=True))[0])))
    scale = min(1.0, long_side / (high - low).max(), finest)
    size = np.maximum(np.rint((high - low) * scale), 1).astype(int)
    to_canvas = np.diag([*(size / (high - low)), 1.0]) @ np.array([[1, 0, -low[0]], [0, 1, -low[1]], [0, 0, 1.0]])
    drawn_a, inside_a = _draw(a, to_canvas, size)
    drawn_b, inside_b = _draw(b, to_canvas @ inverse(homography), size)
    mask = (inside_a > 0) & (inside_b > 0)
    if mask.sum() < _MIN_PIXELS:
        return None
    share_a, share_b = area / (width * height), area_b / (b.shape[0] * b.shape[1])
    return Overlay(drawn_a, drawn_b, mask, to_canvas, min(1.0, float(share_a)), min(1.0, float(share_b)))


def compare(over: Overlay) -> Pixels:
    """The measures of an overlay."""
    grey_a, grey_b = grey(over.a), grey(over.b)
    smooth_a, smooth_b = (cv2.GaussianBlur(plane, (0, 0), _SMOOTH) for plane in (grey_a, grey_b))
    coarse, structure, var_a, var_b, covariance = correlation(smooth_a, smooth_b, over.mask, _WINDOW)
    fine = correlation(grey_a, grey_b, over.mask, _FINE_WINDOW)
    windows = structure & over.mask
    has = bool(windows.sum() >= 16)
    spread_a, spread_b = (float(plane[over.mask].std()) for plane in (smooth_a, smooth_b))
    gain = max(spread_a, 0.03) / max(spread_b, 0.03)
    ssim = (2 * gain * covariance + 58.5) / (var_a + gain**2 * var_b + 58.5)  # (0.03 x 255)^2
    fine_mask = fine[1] & over.mask
    finely = fine[0][fine_mask]
    has_fine = len(finely) >= 16
    return Pixels(
        agreeing=float((coarse[windows] > _AGREES).mean()) if has else 0.0,
        correlation=float(coarse[windows].mean()) if has else 0.0,
        fine=float(finely.mean()) if has_fine else 0.0,
        best=float(np.quantile(finely[::_EVERY], 0.75)) if has_fine else 0.0,
        structure=float(windows.sum() / over.mask.sum()),
        ssim=float(ssim[over.mask].mean()),
        colour=_explained(over),
        difference=float(cv2.absdiff(over.a, over.b)[over.mask].mean()),
        detail=min(spread_a, spread_b),
    )


def textured(plane: Plane, mask: Mask) -> Image:
    """(h, w) uint8, 1 in windows with structure, noise smoothed away."""
    smooth = cv2.GaussianBlur(plane, (0, 0), _SMOOTH) * mask
    weight = np.maximum(_mean(mask.astype(np.float32), _WINDOW), 1e-6)
    variance = _mean(smooth * smooth, _WINDOW) / weight - (_mean(smooth, _WINDOW) / weight) ** 2
    return np.asarray((variance > _STRUCTURE**2) & mask, np.uint8)


def grey(picture: Plane) -> Plane:
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def largest(colours: Plane) -> Plane:
    """Of the three channels: a reduction along the short axis takes numpy ten times as long."""
    red, green, blue = cv2.split(colours)
    return np.asarray(cv2.max(cv2.max(red, green), blue))


def rectangle(image: Image) -> Matrix:
    """(4, 2): the corners, clockwise from the upper left."""
    height, width = image.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def linear_colour(source: Plane, target: Plane, share: float = 0.9) -> tuple[Matrix, float]:
    """(4, 3): the affine map of colours from (n, 3) to (n, 3) levels, fitted to the ``share`` that follows it best, and
    the part of that share's variance that it explains."""
    design = np.column_stack([source, np.ones(len(source))]).astype(np.float64)
    wanted = target.astype(np.float64)
    fitted, kept = trimmed_fit(design, wanted, share, 2 if share > 0.8 else 4)
    variance = wanted[kept].var(axis=0).sum()
    residual = ((design[kept] @ fitted - wanted[kept]) ** 2).sum(axis=1).mean()
    return fitted, float(1 - residual / max(variance, 1e-6))


def trimmed_fit(design: Matrix, wanted: Matrix, share: float, rounds: int, weight: float = 1.0) -> tuple[Matrix, Mask]:
    """(d, c): the linear map from (n, d) to (n, c) by least squares, each round fitted to the ``share`` of the rows
    that followed the one before best; and (n,), which followed the last. ``weight``: of the squares of the design."""
    kept = np.ones(len(design), np.bool_)
    fitted = np.zeros((design.shape[1], wanted.shape[1]))
    for _ in range(rounds):
        of = design[kept]
        gram = of.T @ of
        gram[np.diag_indices_from(gram)] *= weight
        fitted = np.asarray(np.linalg.solve(gram + 1e-3 * np.eye(len(gram)), of.T @ wanted[kept]), np.float64)
        kept = _nearest(np.abs(design @ fitted - wanted).sum(axis=1), share)
    return fitted, kept


def _nearest(off: Matrix, share: float) -> Mask:
    """The ``share`` of (n,) distances that is least; as by ``np.quantile``, in half the time."""
    last = int(share * (len(off) - 1))
    return np.asarray(off <= np.partition(off, last)[last])


def _explained(over: Overlay) -> float:
    chosen = np.flatnonzero(over.mask)[:: max(1, int(over.mask.sum()) // COLOURS)]
    a, b = over.a.reshape(-1, 3)[chosen], over.b.reshape(-1, 3)[chosen]
    return max(0.0, linear_colour(a, b)[1], linear_colour(b, a)[1])


def correlation(a: Plane, b: Plane, mask: Mask, window: int) -> tuple[Plane, Mask, Plane, Plane, Plane]:
    """Normalised correlation in windows, where there is structure in either, and the moments behind it."""

    weight = np.maximum(_mean(mask.astype(np.float32), window), 1e-6)
    a, b = a * mask, b * mask
    mean_a, mean_b = _mean(a, window) / weight, _mean(b, window) / weight
    var_a = np.asarray(np.maximum(_mean(a * a, window) / weight - mean_a**2, 0), np.float32)
    var_b = np.asarray(np.maximum(_mean(b * b, window) / weight - mean_b**2, 0), np.float32)
    covariance = np.asarray(_mean(a * b, window) / weight - mean_a * mean_b, np.float32)
    structure = np.asarray(np.maximum(var_a, var_b) > _STRUCTURE**2)
    correlation = np.asarray(covariance / np.sqrt(np.maximum(var_a * var_b, 1.0)), np.float32)
    return correlation, structure, var_a, var_b, covariance


def _mean(plane: Plane, window: int) -> Plane:
    return np.asarray(cv2.boxFilter(plane, cv2.CV_32F, (window, window)))


def _draw(image: Image, matrix: Matrix, size: npt.NDArray[np.int_]) -> tuple[Plane, Image]:
    """``image`` through ``matrix`` onto a canvas, averaged where it shrinks; and where it is."""
    height, width = image.shape[:2]
    centre = apply(inverse(matrix), [size / 2])
    shrink = float(np.sqrt(abs(np.linalg.det(jacobians(matrix, centre)[0]))))
    if shrink < 0.75:
        small = (max(1, round(width * shrink)), max(1, round(height * shrink)))
        image = np.asarray(cv2.resize(image, small, interpolation=cv2.INTER_AREA))
        matrix = matrix @ np.diag([width / small[0], height / small[1], 1.0])
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    pixels, extent = inverse(half) @ matrix @ half, (int(size[0]), int(size[1]))
    drawn = cv2.warpPerspective(image, pixels, extent, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    full = np.full(image.shape[:2], 255, np.uint8)
    return drawn.astype(np.float32), np.asarray(cv2.warpPerspective(full, pixels, extent, flags=cv2.INTER_NEAREST))


def _same_side(matrix: Matrix, points: Matrix) -> bool:
    depth = np.column_stack([points, np.ones(len(points))]) @ matrix[2]
    return bool((depth > 0).all() or (depth < 0).all())
