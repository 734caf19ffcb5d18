"""Where what was asked for lies on a photo that was found."""

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.region import Region
from cbir_desktop.core.verification import Verification

Outline = npt.NDArray[np.float64]
"""(4, 2): points in upright full-size pixels of the photo."""


def outline(verdict: Verification, region: Region) -> Outline | None:
    """The region of the query on the photo, by the homography; None where nothing is proved."""
    matrix = verdict.matches.homography
    if verdict.proved is None or matrix is None:
        return None
    corners = np.column_stack([region.corners, np.ones(4)]) @ matrix.T
    if (corners[:, 2] <= 0).any():  # beyond the horizon
        return None
    return np.asarray(corners[:, :2] / corners[:, 2:], dtype=np.float64)
