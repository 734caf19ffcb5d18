"""Encoders that nobody had to train: the baselines, and what serves where no network can run."""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders.pooling import unit_rows
from cbir_desktop.encoders.preprocessing import resize

_HISTOGRAM_SIDE = 256
"""Longest side a histogram is taken at: larger adds time and no information."""


class HsvHistogram:
    """A joint colour histogram, 8 hues x 4 saturations x 4 values (Swain & Ballard 1991), of the whole picture.

    The square root of the shares makes their cosine the Bhattacharyya coefficient of two histograms, so that large
    plain areas do not rule (the Hellinger kernel, as in RootSIFT: Arandjelovic & Zisserman 2012).
    """

    key = "hsv-8x4x4-hellinger-p1"
    dim = 128

    def encode(self, images: Sequence[Image]) -> Vectors:
        rows = [self._histogram(image) for image in images]
        return unit_rows(np.stack(rows)) if rows else np.empty((0, self.dim), np.float32)

    def _histogram(self, image: Image) -> npt.NDArray[np.float64]:
        scale = min(1.0, _HISTOGRAM_SIDE / max(image.shape[:2]))
        height, width = (max(1, round(side * scale)) for side in image.shape[:2])
        hsv = cv2.cvtColor(resize(image, width, height), cv2.COLOR_RGB2HSV).astype(np.int64)
        hue, saturation, value = hsv[..., 0] * 8 // 180, hsv[..., 1] // 64, hsv[..., 2] // 64
        counts = np.bincount((hue * 16 + saturation * 4 + value).ravel(), minlength=self.dim)
        shares: npt.NDArray[np.float64] = np.sqrt(counts / counts.sum())
        return shares


def _dct_matrix(size: int) -> npt.NDArray[np.float64]:
    """The orthonormal DCT-II, (size, size): row u is the u-th cosine."""
    place = np.arange(size)
    matrix = np.sqrt(2 / size) * np.cos(np.pi * (2 * place[None, :] + 1) * place[:, None] / (2 * size))
    matrix[0] /= np.sqrt(2)
    return np.asarray(matrix)


class PerceptualHash:
    """The 64-bit DCT hash of pHash (Zauner 2010): signs of 8 x 8 low frequencies about their median.

    Grey, 32 x 32, frequencies 1 to 8 of both axes (the mean and its row and column are left out). A bit is +1/8 or
    -1/8, so the cosine of two hashes is 1 - 2 * (Hamming distance) / 64. A plain picture hashes to all -1/8.
    """

    key = "phash-dct64-p1"
    dim = 64
    _DCT = _dct_matrix(32)[1:9]

    def encode(self, images: Sequence[Image]) -> Vectors:
        rows = [self._hash(image) for image in images]
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)

    def _hash(self, image: Image) -> npt.NDArray[np.float32]:
        grey = resize(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), 32, 32).astype(np.float64)
        # Rounded, as the last bits of a product would otherwise draw the hash of a plain picture by lot.
        frequencies = np.round(self._DCT @ grey @ self._DCT.T, 3).ravel()
        bits = frequencies > np.median(frequencies)
        return np.where(bits, np.float32(1 / 8), np.float32(-1 / 8))
