"""Where the colours of a picture lie: the Color Layout Descriptor of MPEG-7 (ISO/IEC 15938-3, section 6.8)."""

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image, Vectors

LENGTH = 12
_COUNTS = (6, 3, 3)  # coefficients of Y, Cb and Cr
_ZIGZAG = ((0, 0), (0, 1), (1, 0), (2, 0), (1, 1), (0, 2))  # (row, column) of the 8 x 8 frequencies
# Rows: Y, Cb, Cr of ITU-R BT.601 from RGB of 0 to 255.
_YCBCR = np.array([[65.481, 128.553, 24.966], [-37.797, -74.203, 112.0], [112.0, -93.786, -18.214]]) / 255
_OFFSET = (16.0, 128.0, 128.0)
# The reference software's weights: low frequencies, and red, tell most.
_WEIGHTS = np.array([2, 2, 2, 1, 1, 1, 2, 1, 1, 4, 2, 2], np.float32)


def describe(small: Image) -> npt.NDArray[np.uint8]:
    """(12,) uint8: 6 of Y, 3 of Cb, 3 of Cr.

    Kasutani & Yamada 2001; Manjunath et al. 2001, section III.D: the mean colour of each of 8 x 8 parts, in YCbCr; the
    DCT-II of each channel; its first coefficients in zigzag order, quantised to 6 bits (the means) and 5 bits.
    """
    means = cv2.resize(small, (8, 8), interpolation=cv2.INTER_AREA).reshape(-1).astype(np.float32)
    return _quantised(_TRANSFORM @ means + _CONSTANT)


def distances(query: npt.NDArray[np.uint8], columns: npt.NDArray[np.uint8]) -> Vectors:
    """(n,) distances of one descriptor to many, (12, n): of each channel the root of the weighted squares of the
    differences, added (Manjunath et al. 2001, equation 5)."""
    found = np.zeros(columns.shape[1], np.float32)
    for part in _PARTS:
        squares = np.zeros_like(found)
        for value, column, weight in zip(query[part], columns[part], _WEIGHTS[part], strict=True):
            off = column - np.float32(value)
            squares += weight * off * off
        found += np.sqrt(squares)
    return found


_PARTS = (slice(0, 6), slice(6, 9), slice(9, 12))
_IS_MEAN = np.zeros(LENGTH, np.bool_)
_IS_MEAN[[part.start for part in _PARTS]] = True


def _quantised(values: Vectors) -> npt.NDArray[np.uint8]:
    whole = np.rint(values).astype(np.int64)
    luma, chroma = (np.clip(whole[i], 0, 255) for i in (0, 6))
    levels = _AC[np.clip(whole, -256, 255) + 256]
    levels[0], levels[6], levels[9] = _LUMA[luma], _CHROMA[chroma], _CHROMA[np.clip(whole[9], 0, 255)]
    return levels


def _dct() -> npt.NDArray[np.float64]:
    """(8, 8): row u is the u-th cosine of the orthonormal DCT-II."""
    place = np.arange(8)
    matrix = 0.5 * np.cos(np.pi * (2 * place + 1) * place[:, np.newaxis] / 16)
    matrix[0] /= np.sqrt(2)
    return np.asarray(matrix)


def _linear() -> tuple[Vectors, Vectors]:
    """(12, 192) and (12,): all that comes before the quantisers, of 8 x 8 x 3 RGB, in one product."""
    cosine, matrix, constant = _dct(), [], []
    for channel, count in enumerate(_COUNTS):
        for row, column in _ZIGZAG[:count]:
            wave = np.outer(cosine[row], cosine[column])
            is_mean = row == column == 0
            scale = 1 / 8 if is_mean else 1 / 2 if channel == 0 else 1.0
            matrix.append((scale * wave[..., np.newaxis] * _YCBCR[channel]).ravel())
            constant.append(_OFFSET[channel] if is_mean else 0.0)
    return np.array(matrix, np.float32), np.array(constant, np.float32)


def _luma() -> npt.NDArray[np.uint8]:
    """The quantiser of the mean of Y, 0 to 255: finest in the middle, 6 bits."""
    value = np.arange(256)
    edges = [value > 192, value > 160, value > 96, value > 64]
    levels = [112 + (value - 192) // 4, 96 + (value - 160) // 2, 32 + value - 96, 16 + (value - 64) // 2]
    return np.asarray(np.select(edges, levels, value // 4) // 2, np.uint8)


def _chroma() -> npt.NDArray[np.uint8]:
    """The quantiser of the means of Cb and Cr, 0 to 255, 6 bits."""
    value = np.arange(256)
    edges = [value > 191, value > 160, value > 144, value > 112, value > 96, value > 64]
    levels = [
        np.full(256, 63),
        56 + (value - 160) // 4,
        48 + (value - 144) // 2,
        16 + value - 112,
        8 + (value - 96) // 2,
        (value - 64) // 4,
    ]
    return np.asarray(np.select(edges, levels, 0), np.uint8)


def _ac() -> npt.NDArray[np.uint8]:
    """The quantiser of all other coefficients, -256 to 255, 5 bits."""
    value = np.arange(-256, 256)
    size = np.abs(value)
    levels = np.select([size > 127, size > 63], [64 + size // 4, 32 + size // 2], size) * np.sign(value)
    return np.asarray(np.clip(levels + 128, 0, 255) // 8, np.uint8)


BITS = np.where(_IS_MEAN, 6, 5)
"""(12,): what each coefficient takes."""
_TRANSFORM, _CONSTANT = _linear()
_LUMA, _CHROMA, _AC = _luma(), _chroma(), _ac()
