"""What the descriptors of colour, layout and edges share: the small picture they look at, and one distance."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.images.thumbs import shrunk

SIDE = 64


def small(image: Image) -> Image:
    """(64, 64, 3) of an upright picture of any size, its sides stretched alike to the descriptors' grids.

    From the thumbnail's size, so that a picture and its thumbnail say the same; by halves: 0.04 ms at 256 pixels, and
    0.7 ms for area averaging at 500.
    """
    double = cv2.resize(shrunk(image), (2 * SIDE, 2 * SIDE), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(double, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def l1(query: npt.NDArray[Any], columns: npt.NDArray[Any]) -> Vectors:
    """(n,) float32: sums of the absolute differences between a query (d,) and n columns of (d, n) small integers.

    Column by column: 100,000 of 64 in 1.2 ms, and 16 ms the other way round.
    """
    found = np.zeros(columns.shape[1], np.int16)
    for value, column in zip(query.astype(columns.dtype), columns, strict=True):
        found += np.abs(column - value)
    return found.astype(np.float32)
