"""The transform that two point sets agree on, and whether it can be a photograph of the same thing."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Vectors

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Model = Literal["similarity", "affine", "homography"]
Judge: TypeAlias = Callable[[Matrix], Mask]
"""Which pairs may follow a homography, by more than their places: the angles and sizes of their keypoints."""

MIN_INLIERS = 5
"""One more than a homography always fits."""
_PARAMETERS: dict[Model, int] = {"similarity": 4, "affine": 6, "homography": 8}
_PRICE = 4.0
"""What a parameter must save in squared residuals, of a standard deviation of ``_SIGMA`` pixels, to be worth having."""
_SIGMA = 0.8
_ROUNDS = 2
_MIN_SPREAD = 3.0
"""Pixels, standard deviation across the narrow way: inliers on one line or spot prove no plane."""
_MAX_SCALE = 20.0
_MAX_PERSPECTIVE = 8.0
"""Largest over smallest local area scale among the corners."""
_MAX_STRETCH = 5.0
"""Of one direction over another. A plane seen under 75 degrees is squeezed by 4."""


@dataclass(frozen=True, slots=True)
class Fit:
    """``homography``: (3, 3), from A to B, of the simplest ``model`` that explains the points. ``inlier``: (m,) bool.

    ``residuals``: (m,) float64 pixels of B.
    """

    homography: Matrix
    inlier: Mask
    residuals: Matrix
    model: Model


def fit(
    xy_a: Vectors,
    xy_b: Vectors,
    size_a: tuple[float, float],
    threshold: float = 3.0,
    judge: Judge | None = None,
    min_inliers: int = MIN_INLIERS,
) -> Fit | None:
    """The similarity, affine map or homography that at least ``min_inliers`` pairs agree on within ``threshold`` px.

    MAGSAC++ (Barath et al. 2020) as OpenCV has it, seeded alike in every run; the similarity is fitted from inliers.
    Each is refined by least squares over all that agree, and the least sum of squares cut off at ``threshold``, with a
    price on each parameter (as in GRIC, Torr 1998), decides. ``xy_a``, ``xy_b``: (m, 2) pixels; ``size_a``: (width,
    height) of A. None when nothing that keeps the orientation and is possible for a camera fits.
    """
    if len(xy_a) < min_inliers:
        return None
    judge = judge or (lambda _: np.ones(len(xy_a), np.bool_))
    starts = [
        matrix for matrix in (_homography(xy_a, xy_b, threshold), _affine(xy_a, xy_b, threshold)) if matrix is not None
    ]
    agreeing = [(residuals(start, xy_a, xy_b) < threshold) & judge(start) for start in starts]
    if not agreeing:
        return None
    first = max(agreeing, key=np.count_nonzero)
    if first.sum() < min_inliers:
        return None
    fits = [
        found
        for model in _PARAMETERS
        if (found := _refined(first, model, xy_a, xy_b, threshold, judge)) is not None
        and found.inlier.sum() >= min_inliers
        and is_plausible(found, xy_a, xy_b, size_a)
    ]
    return min(fits, key=lambda found: _cost(found, threshold), default=None)


def refine(start: Matrix, model: Model, xy_a: Vectors, xy_b: Vectors, threshold: float, judge: Judge) -> Fit | None:
    """``start`` fitted again, as ``model``, to the pairs that agree with it; twice, for their number grows."""
    inlier = (residuals(start, xy_a, xy_b) < threshold) & judge(start)
    return _refined(inlier, model, xy_a, xy_b, threshold, judge)


def _refined(inlier: Mask, model: Model, xy_a: Vectors, xy_b: Vectors, threshold: float, judge: Judge) -> Fit | None:
    found = None
    for _ in range(_ROUNDS):
        if inlier.sum() < max(MIN_INLIERS, _PARAMETERS[model] // 2):
            return None
        homography = least_squares(xy_a[inlier], xy_b[inlier], model)
        if homography is None:
            return None
        off = residuals(homography, xy_a, xy_b)
        inlier = (off < threshold) & judge(homography)
        found = Fit(homography, inlier, off, model)
    return found


def least_squares(xy_a: Vectors, xy_b: Vectors, model: Model) -> Matrix | None:
    """The (3, 3) map of that model nearest to all pairs; None where they do not determine one."""
    a, b = np.asarray(xy_a, np.float64), np.asarray(xy_b, np.float64)
    if model == "homography":
        found, _ = cv2.findHomography(a, b, 0)
        return None if found is None else np.asarray(found, np.float64)
    x, y, one, zero = a[:, 0], a[:, 1], np.ones(len(a)), np.zeros(len(a))
    if model == "affine":
        design = np.column_stack([x, y, one])
        solved, _, rank, _ = np.linalg.lstsq(design, b, rcond=None)
        return np.vstack([solved.T, [0.0, 0.0, 1.0]]) if rank == 3 else None
    design = np.vstack([np.column_stack([x, -y, one, zero]), np.column_stack([y, x, zero, one])])
    (c, s, tx, ty), _, rank, _ = np.linalg.lstsq(design, b.T.ravel(), rcond=None)
    return np.array([[c, -s, tx], [s, c, ty], [0.0, 0.0, 1.0]]) if rank == 4 else None


def residuals(homography: Matrix, xy_a: npt.ArrayLike, xy_b: npt.ArrayLike) -> Matrix:
    """(m,) distances in B; infinite where a point goes beyond the horizon."""
    with np.errstate(divide="ignore", invalid="ignore"):
        off = np.linalg.norm(apply(homography, xy_a) - np.asarray(xy_b, np.float64), axis=1)
    return np.where(np.isfinite(off), off, np.inf)


def is_plausible(found: Fit, xy_a: Vectors, xy_b: Vectors, size_a: tuple[float, float]) -> bool:
    """Inliers not on one line, and a map that neither folds A, nor mirrors it, nor stretches or shrinks it too far."""
    inlier = found.inlier
    if min(_spread(xy_a[inlier]), _spread(xy_b[inlier])) < _MIN_SPREAD:
        return False
    width, height = size_a
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    areas = _local_area_scales(found.homography, corners)
    if areas is None or areas.min() <= 0:
        return False
    low, high = np.sqrt(areas.min()), np.sqrt(areas.max())
    stretch = np.linalg.svd(jacobians(found.homography, xy_a[inlier].mean(axis=0, keepdims=True))[0], compute_uv=False)
    return bool(
        low > 1 / _MAX_SCALE
        and high < _MAX_SCALE
        and areas.max() / areas.min() < _MAX_PERSPECTIVE**2
        and stretch[0] < _MAX_STRETCH * stretch[1]
    )


def apply(homography: Matrix, xy: npt.ArrayLike) -> Matrix:
    """(m, 2) points through a (3, 3) homography."""
    points = np.asarray(xy, dtype=np.float64)
    mapped = points @ homography[:, :2].T + homography[:, 2]
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def inverse(homography: Matrix) -> Matrix:
    return np.asarray(np.linalg.inv(homography), np.float64)


def jacobians(homography: Matrix, xy: npt.ArrayLike) -> Matrix:
    """(m, 2, 2): the linear map that a homography is near each of (m, 2) points."""
    points = np.asarray(xy, dtype=np.float64)
    mapped = points @ homography[:, :2].T + homography[:, 2]
    depth = mapped[:, 2, None, None]
    quotient = (mapped[:, :2] / mapped[:, 2:])[:, :, None]
    return np.asarray((homography[None, :2, :2] - quotient * homography[None, 2:, :2]) / depth)


def _homography(xy_a: Vectors, xy_b: Vectors, threshold: float) -> Matrix | None:
    matrix, _ = cv2.findHomography(xy_a, xy_b, cv2.USAC_MAGSAC, threshold, None, 5000, 0.9999)
    return None if matrix is None or not np.isfinite(matrix).all() else np.asarray(matrix, np.float64)


def _affine(xy_a: Vectors, xy_b: Vectors, threshold: float) -> Matrix | None:
    matrix, _ = cv2.estimateAffine2D(
        xy_a, xy_b, method=cv2.USAC_MAGSAC, ransacReprojThreshold=threshold, maxIters=5000, confidence=0.9999
    )
    return None if matrix is None or not np.isfinite(matrix).all() else np.vstack([matrix, [0.0, 0.0, 1.0]])


def _cost(found: Fit, threshold: float) -> float:
    off = np.where(found.inlier, np.minimum(found.residuals, threshold), threshold)
    return float((off**2).sum() / _SIGMA**2 + _PRICE * _PARAMETERS[found.model])


def _spread(xy: Vectors) -> float:
    """Standard deviation along the line that the points are nearest to being on."""
    off = np.asarray(xy, np.float64) - xy.mean(axis=0)
    (x, both), (_, y) = (off.T @ off / len(off)).tolist()
    return math.sqrt(max(0.0, (x + y - math.hypot(x - y, 2 * both)) / 2))


def _local_area_scales(homography: Matrix, points: Matrix) -> Matrix | None:
    """The Jacobian determinant of the map at each point: det(H) / w^3. None when the horizon crosses the points."""
    depth = np.column_stack([points, np.ones(len(points))]) @ homography[2]
    if not (np.isfinite(homography).all() and ((depth > 0).all() or (depth < 0).all())):
        return None
    return np.asarray(np.linalg.det(homography) / depth**3)
