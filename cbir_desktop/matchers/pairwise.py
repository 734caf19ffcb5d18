"""Pairwise geometric matching: the line between two keypoints turns and grows as each of them does."""

import numpy as np
import numpy.typing as npt

from cbir_desktop.matchers.correspondences import Correspondences, wrapped
from cbir_desktop.matchers.hough_pyramid import one_to_one

_ANGLES, _PER_OCTAVE = 12, 1
_TURN = np.deg2rad(30.0)
_GROWTH = 1.0
"""Octaves."""
_SHORT = 4.0
"""Pixels between two keypoints below which the line between them has no direction to trust."""
MOST = 150
"""Correspondences whose pairs are looked at, those of the fullest bins."""


def pairwise(c: Correspondences) -> float:
    """Li, Larson & Hanjalic 2015 ("Pairwise geometric matching for large-scale object retrieval"): one-to-one matching
    by votes for turn and scale, then of each two correspondences whether the line that joins their keypoints turns and
    grows from B to A as both keypoints do; the score is the number of such pairs, of which the square root is given.
    """
    if len(c) < 2:
        return 0.0
    votes = _votes(c)
    kept = one_to_one(c, votes)[:MOST]
    line_a, line_b = (_lines(xy[kept]) for xy in (c.xy_a, c.xy_b))
    length_a, length_b = np.abs(line_a), np.abs(line_b)
    long = (length_a > _SHORT) & (length_b > _SHORT)
    with np.errstate(divide="ignore", invalid="ignore"):
        turn = np.angle(line_a * np.conj(line_b))
        growth = np.log2(length_a / length_b)
        agrees = long & _agrees(turn, growth, c.turn[kept], c.octaves[kept])
    return float(np.sqrt((agrees & agrees.T).sum() / 2))


def _votes(c: Correspondences) -> npt.NDArray[np.float64]:
    """(m,) how many correspondences share the coarse turn and scale of each, neighbouring bins included."""
    angle = np.floor((c.turn + np.pi) / (2 * np.pi) * _ANGLES).astype(np.int64) % _ANGLES
    octave = np.clip(np.rint(c.octaves * _PER_OCTAVE), -6, 6).astype(np.int64) + 7
    counts = np.zeros((_ANGLES, 15))
    np.add.at(counts, (angle, octave), 1)
    around = np.sum([np.roll(counts, (i, j), (0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)], axis=0)
    return np.asarray(around[angle, octave], np.float64)


def _lines(xy: npt.NDArray[np.float32]) -> npt.NDArray[np.complex128]:
    """(m, m) from each point to each, as complex numbers."""
    points = xy[:, 0].astype(np.float64) + 1j * xy[:, 1].astype(np.float64)
    return np.asarray(points[None] - points[:, None])


def _agrees(
    turn: npt.NDArray[np.float64],
    growth: npt.NDArray[np.float64],
    own_turn: npt.NDArray[np.float64],
    own_octaves: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    """(m, m) whether the line between two follows the turn and scale of the first of them."""
    near = np.abs(wrapped(turn - own_turn[:, None])) < _TURN
    return np.asarray(near & (np.abs(growth - own_octaves[:, None]) < _GROWTH))
