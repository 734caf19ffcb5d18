"""Vote and verify: the fullest bins of a Hough space are hypotheses, and each is tested and refined."""

import numpy as np
import numpy.typing as npt

from cbir_desktop.matchers.correspondences import Correspondences, Reals, translations, turned_and_scaled, wrapped

_PLACES, _SCALES, _ANGLES = 64, 32, 8
"""Bins of the finest level: of place along each axis, of log scale, of turn."""
_LEVELS = 4
_REACH, _OCTAVES = 3.0, float(np.log2(10))
HYPOTHESES = 30
_NEAR = 0.03
"""Of the long side of a picture: how far an inlier may lie from where the map puts it, both ways."""
_GROWTH = 1.0
"""Octaves that an inlier's size may differ."""
_CELLS = 32
"""Along the long side: inliers in one cell count once."""


def vote_and_verify(c: Correspondences) -> float:
    """Schönberger, Price, Sattler, Frahm & Pollefeys 2016 ("A vote-and-verify strategy for fast spatial verification in
    image retrieval"): each correspondence votes for its similarity in Hough spaces of ``_LEVELS`` resolutions, each
    coarser one counting half as much; the similarities of the ``HYPOTHESES`` fullest bins are verified by transfer both
    ways and by scale, and an affine map is fitted to the inliers of the best.

    The score is the effective number of inliers: of the cells of the query's grid that hold any (after Irschara et al.
    2009), so that many on one spot prove little.
    """
    if len(c) < 3:
        return 0.0
    best = np.zeros(len(c), np.bool_)
    for matrix in _hypotheses(c):
        inlier = _inliers(c, matrix)
        if inlier.sum() > best.sum():
            best = inlier
    refined = _refined(c, best)
    return float(max(_effective(c, best), _effective(c, refined)))


def _hypotheses(c: Correspondences) -> list[Reals]:
    """(2, 3) maps from B to A: the mean similarity of each of the fullest bins."""
    finest, votes = _votes(c)
    order = np.argsort(-votes, kind="stable")
    _, first = np.unique(finest[order], return_index=True)
    chosen = finest[order[np.sort(first)[:HYPOTHESES]]]
    maps = []
    for number in chosen:
        inside = np.flatnonzero(finest == number)
        turn = np.angle(np.exp(1j * c.turn[inside]).mean())
        octaves, a, b = c.octaves[inside].mean(), c.xy_a[inside].mean(axis=0), c.xy_b[inside].mean(axis=0)
        linear = turned_and_scaled(np.full(2, turn), np.full(2, octaves), np.eye(2)).T
        maps.append(np.column_stack([linear, a - linear @ b]))
    return maps


def _votes(c: Correspondences) -> tuple[npt.NDArray[np.int64], Reals]:
    """(m,) the finest bin of each correspondence, and the votes for it over all levels."""
    place = (translations(c) + _REACH) / (2 * _REACH)
    unit = np.column_stack([place, (c.octaves + _OCTAVES) / (2 * _OCTAVES), (c.turn + np.pi) / (2 * np.pi)])
    votes, finest = np.zeros(len(c)), np.zeros(len(c), np.int64)
    for level in range(_LEVELS):
        counts = np.maximum(np.array([_PLACES, _PLACES, _SCALES, _ANGLES]) >> level, 1)
        steps = np.clip(np.floor(unit * counts), 0, counts - 1).astype(np.int64)
        bins = np.ravel_multi_index(tuple(steps.T), tuple(counts.tolist()))
        _, number, size = np.unique(bins, return_inverse=True, return_counts=True)
        votes += 2.0**-level * size[number.ravel()]
        finest = bins if level == 0 else finest
    return finest, votes


def _inliers(c: Correspondences, matrix: Reals) -> npt.NDArray[np.bool_]:
    linear, shift = matrix[:, :2], matrix[:, 2]
    determinant = float(np.linalg.det(linear))
    if determinant <= 1e-6:
        return np.zeros(len(c), np.bool_)
    there = c.xy_b @ linear.T + shift - c.xy_a
    back = (c.xy_a - shift) @ np.linalg.inv(linear).T - c.xy_b
    near = (np.hypot(*there.T) < _NEAR * max(c.size_a)) & (np.hypot(*back.T) < _NEAR * max(c.size_b))
    angle = float(np.arctan2(linear[1, 0] - linear[0, 1], linear[0, 0] + linear[1, 1]))
    alike = np.abs(c.octaves - np.log2(determinant) / 2) < _GROWTH
    return np.asarray(near & alike & (np.abs(wrapped(c.turn - angle)) < np.pi / 4))


def _refined(c: Correspondences, inlier: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The inliers of the affine map nearest to these."""
    if inlier.sum() < 4:
        return inlier
    design = np.column_stack([c.xy_b[inlier], np.ones(int(inlier.sum()))])
    solved, _, rank, _ = np.linalg.lstsq(design, c.xy_a[inlier].astype(np.float64), rcond=None)
    return _inliers(c, solved.T) if rank == 3 else inlier


def _effective(c: Correspondences, inlier: npt.NDArray[np.bool_]) -> int:
    cells = np.floor(c.xy_a[inlier] * (_CELLS / max(c.size_a))).astype(np.int64)
    return len(np.unique(cells[:, 0] * (_CELLS + 1) + cells[:, 1]))
