"""The transform that two point sets agree on, and whether it can be a photograph of the same thing."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Vectors

Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

MIN_INLIERS = 12
"""Unrelated photographs reach 4 by chance (136 pairs of scikit-image's and scikit-learn's pictures, 3 px in 640)."""
_MIN_SPREAD = 3.0
"""Pixels, standard deviation across the narrow way: inliers on one line or spot prove no plane."""
_MAX_SCALE = 20.0
_MAX_PERSPECTIVE = 8.0
"""Largest over smallest local area scale among the corners."""


@dataclass(frozen=True, slots=True)
class Fit:
    """``homography``: (3, 3), from A to B. ``inlier``: (m,) bool."""

    homography: Matrix
    inlier: Mask


def fit(xy_a: Vectors, xy_b: Vectors, size_a: tuple[float, float], threshold: float = 3.0) -> Fit | None:
    """A homography, else an affine map, that at least ``MIN_INLIERS`` pairs agree on within ``threshold`` pixels.

    MAGSAC++ (Barath et al. 2020) as OpenCV has it, seeded alike in every run. ``xy_a``, ``xy_b``: (m, 2) pixels;
    ``size_a``: (width, height) of A. None when nothing that keeps the orientation and is possible for a camera fits.
    """
    if len(xy_a) < MIN_INLIERS:
        return None
    for estimate in (_homography, _affine):
        found = estimate(xy_a, xy_b, threshold)
        if found is not None and is_plausible(found, xy_a, xy_b, size_a):
            return found
    return None


def _homography(xy_a: Vectors, xy_b: Vectors, threshold: float) -> Fit | None:
    matrix, mask = cv2.findHomography(xy_a, xy_b, cv2.USAC_MAGSAC, threshold, None, 5000, 0.9999)
    if matrix is None:
        return None
    inlier = mask.ravel() > 0
    if inlier.sum() >= MIN_INLIERS:
        refined, _ = cv2.findHomography(xy_a[inlier], xy_b[inlier], 0)  # least squares over all that agree
        matrix = matrix if refined is None else refined
    return Fit(np.asarray(matrix, dtype=np.float64), inlier)


def _affine(xy_a: Vectors, xy_b: Vectors, threshold: float) -> Fit | None:
    matrix, mask = cv2.estimateAffine2D(
        xy_a, xy_b, method=cv2.USAC_MAGSAC, ransacReprojThreshold=threshold, maxIters=5000, confidence=0.9999
    )
    if matrix is None or not np.isfinite(matrix).all():
        return None
    return Fit(np.vstack([matrix, [0.0, 0.0, 1.0]]), mask.ravel() > 0)


def is_plausible(found: Fit, xy_a: Vectors, xy_b: Vectors, size_a: tuple[float, float]) -> bool:
    """Enough inliers, not on one line, and a map that neither folds A, nor mirrors it, nor shrinks it to nothing."""
    inlier = found.inlier
    if inlier.sum() < MIN_INLIERS or min(_spread(xy_a[inlier]), _spread(xy_b[inlier])) < _MIN_SPREAD:
        return False
    width, height = size_a
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    areas = _local_area_scales(found.homography, corners)
    if areas is None or areas.min() <= 0:
        return False
    low, high = np.sqrt(areas.min()), np.sqrt(areas.max())
    return bool(low > 1 / _MAX_SCALE and high < _MAX_SCALE and areas.max() / areas.min() < _MAX_PERSPECTIVE**2)


def apply(homography: Matrix, xy: npt.ArrayLike) -> Matrix:
    """(m, 2) points through a (3, 3) homography."""
    points = np.asarray(xy, dtype=np.float64)
    mapped = np.column_stack([points, np.ones(len(points))]) @ homography.T
    return np.asarray(mapped[:, :2] / mapped[:, 2:])


def _spread(xy: Vectors) -> float:
    singular = np.linalg.svd(xy - xy.mean(axis=0), compute_uv=False)
    return float(singular[-1] / np.sqrt(len(xy)))


def _local_area_scales(homography: Matrix, points: Matrix) -> Matrix | None:
    """The Jacobian determinant of the map at each point: det(H) / w^3. None when the horizon crosses the points."""
    depth = np.column_stack([points, np.ones(len(points))]) @ homography[2]
    if not (np.isfinite(homography).all() and ((depth > 0).all() or (depth < 0).all())):
        return None
    return np.asarray(np.linalg.det(homography) / depth**3)
