"""Hand-made descriptors of the whole picture, the field's classics: colour and blocks."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Floats, Image, Vectors
from cbir_desktop.encoders.pooling import unit_rows
from cbir_desktop.encoders.preprocessing import resize

_HISTOGRAM_SIDE = 256
"""Side of the square a histogram is taken at: larger adds time and no information."""


class OneByOne:
    """An encoder by a function from (h, w, 3) RGB to ``dim`` numbers."""

    def __init__(self, key: str, dim: int, describe: Callable[[Image], Floats]) -> None:
        self.key, self.dim, self._describe = key, dim, describe

    def encode(self, images: Sequence[Image]) -> Vectors:
        rows = [self._describe(image) for image in images]
        return unit_rows(np.stack(rows)) if rows else np.empty((0, self.dim), np.float32)


def gray_histogram() -> OneByOne:
    """64 gray levels; square roots of shares, so that the cosine is the Bhattacharyya coefficient."""

    def describe(image: Image) -> npt.NDArray[np.float64]:
        gray = cv2.cvtColor(resize(image, _HISTOGRAM_SIDE, _HISTOGRAM_SIDE), cv2.COLOR_RGB2GRAY)
        return np.asarray(np.sqrt(np.bincount(gray.ravel() // 4, minlength=64)))

    return OneByOne("gray-64-hellinger-p1", 64, describe)


def lab_histogram() -> OneByOne:
    """A joint histogram in CIE L*a*b*, 4 x 8 x 8 (Swain & Ballard 1991 in a space of even steps); square roots.

    a* and b* are cut at 40 to either side of neutral: photographs hold hardly anything beyond, and what is goes to the
    outer bins.
    """

    def describe(image: Image) -> npt.NDArray[np.float64]:
        small = resize(image, _HISTOGRAM_SIDE, _HISTOGRAM_SIDE)
        lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB).astype(np.int64)
        chroma = np.clip((lab[..., 1:] - 128 + 40) // 10, 0, 7)
        bins = lab[..., 0] // 64 * 64 + chroma[..., 0] * 8 + chroma[..., 1]
        return np.asarray(np.sqrt(np.bincount(bins.ravel(), minlength=256)))

    return OneByOne("lab-4x8x8-hellinger-p1", 256, describe)


def block_means() -> OneByOne:
    """Means of 8 x 8 blocks in CIE L*a*b*, less the mean of the picture: a thumbnail as a vector."""

    def describe(image: Image) -> npt.NDArray[np.float64]:
        lab = cv2.cvtColor(resize(image, 64, 64), cv2.COLOR_RGB2LAB).astype(np.float64)
        means = lab.reshape(8, 8, 8, 8, 3).mean(axis=(1, 3))
        return np.asarray((means - means.mean(axis=(0, 1))).ravel())

    return OneByOne("blocks-8x8-lab-p1", 192, describe)
