"""Weak geometric consistency: right matches turn and scale alike."""

import numpy as np
import numpy.typing as npt

from cbir_desktop.matchers.correspondences import Correspondences, Reals

_ANGLES = 64
_PER_OCTAVE = 4
_OCTAVES = 5.0
"""Scales from 1/32 to 32: beyond, a match is wrong."""


def sift_votes(c: Correspondences) -> float:
    """How many keypoints of the query have a partner: no geometry at all."""
    return float(len(np.unique(c.rows[:, 0])))


def weak_consistency(c: Correspondences) -> float:
    """Jégou, Douze & Schmid 2008 ("Hamming embedding and weak geometric consistency"), section 4.2: a histogram of
    the turns and one of the log scale ratios of all matches, each smoothed over its neighbouring bins, and the score is
    the smaller of their two peaks.

    Each match counts one; the paper weighs it by idf, which pairs of descriptors without words do not have.
    """
    if not len(c):
        return 0.0
    angle = _binned((c.turn + np.pi) / (2 * np.pi) * _ANGLES, _ANGLES)
    counts = np.bincount(angle % _ANGLES, minlength=_ANGLES)
    round_about = counts + np.roll(counts, 1) + np.roll(counts, -1)
    inside = np.abs(c.octaves) < _OCTAVES
    steps = round(2 * _OCTAVES * _PER_OCTAVE)
    scales = np.bincount(_binned((c.octaves[inside] + _OCTAVES) * _PER_OCTAVE, steps), minlength=steps)
    return float(min(round_about.max(), np.convolve(scales, np.ones(3), "same").max()))


def _binned(values: Reals, count: int) -> npt.NDArray[np.int64]:
    return np.clip(np.floor(values), 0, count - 1).astype(np.int64)
