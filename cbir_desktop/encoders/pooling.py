"""From what a network gives to one unit vector a picture."""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Floats, Vectors

_Wide = npt.NDArray[np.float64]

RMAC_SCALES = 3
"""L of R-MAC: Tolias et al. 2016, section 5.1, find no gain beyond three."""
RMAC_OVERLAP = 0.4
"""Neighbouring regions of R-MAC share about this part of their width (section 3.2)."""
GEM_POWER = 3.0
"""Where Radenovic et al. 2018 start learning p from, and what they use where it is not learned."""
GEM_FLOOR = 1e-6
"""GeM is defined for activations above zero: smaller ones count as this."""


def pool(output: Floats, kind: str) -> Vectors:
    """(n, c, h, w) feature maps to (n, c); ``none`` takes an output that is (n, c) already.

    ``avg`` and ``max`` over all places (max: MAC, Razavian et al. 2014), ``spoc``, ``rmac`` and ``gem`` as below. Rows
    are not yet of unit length. Raises ValueError when the shape and the kind do not go together.
    """
    if kind not in POOLS:
        raise ValueError(f"there is no pooling named {kind!r}; known: {', '.join(POOLS)}")
    ranks = 2 if kind == "none" else 4
    if output.ndim != ranks:
        raise ValueError(f"pooling {kind!r} needs {ranks} axes, the network gives {output.shape}")
    if kind == "none":
        return np.asarray(output, dtype=np.float32)
    return np.asarray(_KINDS[kind](np.asarray(output, np.float64)), dtype=np.float32)


def spoc(maps: _Wide) -> _Wide:
    """Sum-pooled convolutional features with the centre prior (Babenko & Lempitsky 2015, section 3.2, equation 3)."""
    return np.asarray((maps * centre_prior(*maps.shape[2:])).sum(axis=(2, 3)))


def centre_prior(height: int, width: int) -> _Wide:
    """The weights of SPoC, (height, width): a Gaussian about the centre of the map (section 3.2, equation 4).

    Its sigma is a third of the distance from the centre to the nearest border. Places are taken at their centres, so
    that the weights are symmetrical.
    """
    sigma = min(height, width) / 2 / 3
    y, x = np.arange(height) + 0.5 - height / 2, np.arange(width) + 0.5 - width / 2
    return np.asarray(np.exp(-(y[:, None] ** 2 + x[None, :] ** 2) / (2 * sigma**2)))


def rmac(maps: _Wide) -> _Wide:
    """Regional maximum activations (Tolias, Sicre & Jegou 2016, section 3.2): each region's maximum over places, scaled
    to unit length, and their sum. The optional whitening of a region's vector in between is left out."""
    total = np.zeros(maps.shape[:2])
    for top, left, side in rmac_regions(*maps.shape[2:]):
        region = maps[:, :, top : top + side, left : left + side].max(axis=(2, 3))
        norms = np.linalg.norm(region, axis=1, keepdims=True)
        total += region / np.where(norms > 0, norms, 1)
    return total


def rmac_regions(height: int, width: int, scales: int = RMAC_SCALES) -> list[tuple[int, int, int]]:
    """The square regions of R-MAC as (top, left, side), all inside the map, large ones first.

    At scale l the side is 2 min(h, w) / (l + 1), rounded down; l regions go along the shorter axis and l + m - 1 along
    the longer, evenly spread. m is the number at scale 1 whose overlap is nearest to 40 %, from 2 to 7 as in the
    authors' code; a square map has m = 1 and thus 1 + 4 + 9 regions.
    """
    short, long = min(height, width), max(height, width)
    more = 0 if short == long else _regions_along(short, long) - 1
    regions = []
    for scale in range(1, scales + 1):
        side = max(1, 2 * short // (scale + 1))
        tops = _starts(height, side, scale + (more if height > width else 0))
        lefts = _starts(width, side, scale + (more if width > height else 0))
        regions += [(top, left, side) for top in tops for left in lefts]
    return regions


def _regions_along(short: int, long: int) -> int:
    def overlap(count: int) -> float:
        return 1 - (long - short) / (count - 1) / short

    return min(range(2, 8), key=lambda count: abs(overlap(count) - RMAC_OVERLAP))


def _starts(length: int, side: int, count: int) -> list[int]:
    step = (length - side) / (count - 1) if count > 1 else 0.0
    # A hair above, as 3 * (2 / 3) must not round down to 1.
    return [math.floor(number * step + 1e-9) for number in range(count)]


def gem(maps: _Wide) -> _Wide:
    """Generalised mean with p = 3 (Radenovic, Tolias & Chum 2018, equation 3)."""
    return np.asarray((np.maximum(maps, GEM_FLOOR) ** GEM_POWER).mean(axis=(2, 3)) ** (1 / GEM_POWER))


def _average(maps: _Wide) -> _Wide:
    return np.asarray(maps.mean(axis=(2, 3)))


def _maximum(maps: _Wide) -> _Wide:
    return np.asarray(maps.max(axis=(2, 3)))


_KINDS: dict[str, Callable[[_Wide], _Wide]] = {
    "avg": _average, "max": _maximum, "spoc": spoc, "rmac": rmac, "gem": gem,
}  # fmt: skip
MAP_POOLS = tuple(_KINDS)
POOLS = ("none", *MAP_POOLS)


def unit_rows(vectors: Floats) -> Vectors:
    """Rows of Euclidean length 1, (n, d) float32.

    A row without a direction (all zero, or not finite: what a network may give for an odd picture) becomes the first
    unit vector, so that it can be indexed and compared like any other.
    """
    wide = np.asarray(vectors, dtype=np.float64)
    norms = np.linalg.norm(wide, axis=1, keepdims=True)
    sound = np.isfinite(norms) & (norms > 0)
    first = np.zeros_like(wide)
    first[:, 0] = 1
    return np.where(sound, wide / np.where(sound, norms, 1), first).astype(np.float32)
