"""Hough pyramid matching: correspondences that fall together in the space of similarities support each other."""

import numpy as np
import numpy.typing as npt

from cbir_desktop.matchers.correspondences import Correspondences, translations

LEVELS = 5
_REACH = 3.0
"""Long sides of the query that B's middle may be moved by, each way; beyond, all fall into the last bin."""
_OCTAVES = float(np.log2(10))
"""Scales from 0.1 to 10."""


def hough_pyramid(c: Correspondences) -> float:
    """Avrithis & Tolias 2014 ("Hough pyramid matching", IJCV 107): the four parameters of each
    correspondence's similarity (place, log scale, turn) in a pyramid of ``LEVELS`` histograms, 16 bins an axis in the
    finest and half as many in each next.

    The strength of a correspondence is the sum over the levels of the correspondences that newly share its bin, each
    level counting half of the one before; the score is the sum of strengths. One-to-one: of those in a bin that share
    a keypoint one counts, and of each keypoint the strongest correspondence adds to the score. Place is that of B's
    middle, of which the paper's origin is a shift. Each counts one, without the paper's idf.
    """
    if len(c) < 2:
        return 0.0
    strength, before = np.zeros(len(c)), np.zeros(len(c))
    for level in range(LEVELS):
        group = _companions(_bins(c, 1 << (LEVELS - 1 - level)), c)
        strength += 2.0**-level * (group - before)
        before = group
    return float(strength[one_to_one(c, strength)].sum())


def one_to_one(c: Correspondences, strength: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """The strongest correspondence of each keypoint of A, and of these the strongest of each of B."""
    order = np.argsort(-strength, kind="stable")
    for side in (0, 1):
        _, first = np.unique(c.rows[order, side], return_index=True)
        order = order[np.sort(first)]
    return order


def _bins(c: Correspondences, count: int) -> npt.NDArray[np.int64]:
    """(m,) the number of each correspondence's bin among ``count`` to the fourth."""
    place = (translations(c) + _REACH) / (2 * _REACH)
    scale = (c.octaves + _OCTAVES) / (2 * _OCTAVES)
    unit = np.column_stack([place, scale, (c.turn + np.pi) / (2 * np.pi)])
    steps = np.clip(np.floor(unit * count), 0, count - 1).astype(np.int64)
    return np.asarray(steps @ (count ** np.arange(4)), np.int64)


def _companions(bins: npt.NDArray[np.int64], c: Correspondences) -> npt.NDArray[np.float64]:
    """(m,) how many others share the bin of each: no more than there are keypoints of A, or of B, in it."""
    _, number = np.unique(bins, return_inverse=True)
    number = number.ravel()
    sizes = []
    for side in (0, 1):
        keypoints = int(c.rows[:, side].max()) + 1
        distinct = np.unique(number * keypoints + c.rows[:, side])
        sizes.append(np.bincount(distinct // keypoints))
    return np.asarray(np.minimum(*sizes)[number] - 1.0)
