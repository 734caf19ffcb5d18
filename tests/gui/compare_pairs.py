"""Verdicts on made pairs."""

import numpy as np

from cbir_desktop.core.types import Matches
from cbir_desktop.core.verification import Label, Relation, Verification
from cbir_desktop.gui.compare_camera import through


def verdict_of(homography: np.ndarray, spots: np.ndarray) -> Verification:
    """A copy, tied by this homography; every spot of A is a match without any residual."""
    there = through(homography, spots)
    matches = Matches(
        np.asarray(spots, np.float32).reshape(-1, 2),
        np.asarray(there, np.float32).reshape(-1, 2),
        np.ones(len(spots), np.bool_),
        homography,
    )
    residuals = np.zeros(len(spots), np.float32)
    return Verification((Label(Relation.EDITED),), "copy", 1.0, 1.0, matches, residuals)
