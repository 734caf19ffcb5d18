"""Which colours a picture has: the Scalable Color Descriptor of MPEG-7 (ISO/IEC 15938-3, section 6.6)."""

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders.descriptors import l1

COEFFICIENTS = 64
_BINS = 256
_SATURATION = 0.4  # of the picture: more of one colour counts no more (the reference software's non-linear quantiser)
_EXPONENT = 0.4
# (axis of (value, saturation, hue), distance): which neighbours are summed, in order, until all are one sum.
_HAAR = ((2, 1), (1, 1), (0, 1), (2, 2), (1, 2), (0, 2), (2, 4), (2, 8))
# Of each coefficient: what is subtracted, and the largest magnitude. From the standard's table, the first 64 rows.
_MEANS = (
    *(217, -71, -27, -54, -8, -14, -22, -29, -6, -13, -11, -22, -9, -14, -19, -22),
    *(0, -1, 0, -2, 1, -5, 0, 0, 2, -2, -2, 0, 3, -5, -1, 4),
    *(0, 0, 0, -1, 0, 0, -1, -2, -1, -1, -1, -3, -1, -2, -4, -5),
    *(-1, 0, -2, -2, -2, -3, -3, 0, 0, 0, 0, 2, -1, 0, 3, 3),
)
_LIMITS = (
    *(255, 255, 127, 255, 63, 63, 63, 127, 31, 63, 31, 63, 63, 63, 63, 63),
    *(7, 15, 3, 31, 15, 31, 15, 63, 15, 31, 15, 63, 15, 31, 31, 63),
    *(3, 3, 3, 15, 3, 3, 15, 15, 15, 7, 15, 15, 15, 15, 15, 15),
    *(15, 3, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 15, 31, 15),
)


def describe(small: Image) -> npt.NDArray[np.int16]:
    """(64,) int16 Haar coefficients of the HSV histogram of 16 hues x 4 saturations x 4 values.

    Manjunath, Ohm, Vasudevan & Yamada 2001, section III.B: each share p of the pixels becomes round(15 *
    (min(p, 0.4) / 0.4) ^ 0.4), so that small areas count; sums and differences of neighbouring bins follow, of which
    the coarse 64 are kept, less their means and clipped.
    """
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV_FULL)
    counts = cv2.calcHist([hsv], [2, 1, 0], None, [4, 4, 16], [0, 256] * 3).ravel()
    shares = np.minimum(counts * np.float32(1 / (small.shape[0] * small.shape[1] * _SATURATION)), 1)
    levels = np.rint(15 * shares**_EXPONENT)
    return np.asarray(np.clip(_TRANSFORM @ levels - _MEAN, -_LIMIT, _LIMIT), np.int16)


def distances(query: npt.NDArray[np.int16], columns: npt.NDArray[np.int16]) -> Vectors:
    """(n,) L1 distances of one descriptor to many, (64, n), in the Haar domain (same, section III.B)."""
    return l1(query, columns)


def _transform() -> npt.NDArray[np.float32]:
    """(64, 256): from the levels of the bins (value, saturation, hue) to the coefficients in the standard's order."""
    bins = np.eye(_BINS).reshape(4, 4, 16, _BINS)
    steps = [1, 1, 1]
    for axis, distance in _HAAR:
        starts, steps[axis] = [0, 0, 0], 2 * distance
        low = tuple(slice(start, None, step) for start, step in zip(starts, steps, strict=True))
        starts[axis] = distance
        high = tuple(slice(start, None, step) for start, step in zip(starts, steps, strict=True))
        bins[low], bins[high] = bins[low] + bins[high], bins[high] - bins[low]
    flat = bins.reshape(16, 16, _BINS)  # (value and saturation, hue)
    coarse, fine = (0, 2, 8, 10), (4, 6, 12, 14)
    parts = [flat[x, 0::4] for x in coarse] + [flat[x, 2::4] for x in coarse] + [flat[x, 0::2] for x in fine]
    return np.concatenate(parts).astype(np.float32)


_TRANSFORM = _transform()
_MEAN, _LIMIT = np.array(_MEANS, np.float32), np.array(_LIMITS, np.float32)
LIMITS = np.array(_LIMITS, np.int16)
"""(64,): the largest magnitude of each coefficient."""
BITS = np.log2(LIMITS + 1).astype(int) + 1
"""(64,): what each takes, with its sign."""
