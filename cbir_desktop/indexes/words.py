"""Words of local descriptors as pairs of words of their halves, and signatures within a word."""

from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Vectors

HALF = 64
_CENTRES = 256
_ROUNDS = 12
_NEAREST = 4
"""Centres of either half that the words to probe are pairs of."""

Words: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ProductWords:
    """``centres``: (k, 64) float32 of either half; a word is ``first * k + second``. ``projected``: (k, bits) each
    centre through its half of the random rotation ``rotation`` (128, bits)."""

    centres: tuple[Vectors, Vectors]
    rotation: Vectors
    projected: tuple[Vectors, Vectors]

    @classmethod
    def of(cls, centres: tuple[Vectors, Vectors], bits: int) -> Self:
        random = np.random.default_rng(0).standard_normal((2 * HALF, 2 * HALF))
        rotation = np.asarray(np.linalg.qr(random)[0][:, :bits], np.float32)
        return cls(centres, rotation, (centres[0] @ rotation[:HALF], centres[1] @ rotation[HALF:]))

    @classmethod
    def empty(cls, bits: int) -> Self:
        nothing = np.empty((0, HALF), np.float32)
        return cls.of((nothing, nothing), bits)

    @classmethod
    def fit(cls, sample: Vectors, bits: int) -> Self:
        """k-means of either half of (n, 128) descriptors. Raises ValueError for an empty sample."""
        if not len(sample):
            raise ValueError("there is nothing to learn words from")
        return cls.of((_k_means(sample[:, :HALF]), _k_means(sample[:, HALF:])), bits)

    @property
    def count(self) -> int:
        return len(self.centres[0]) * len(self.centres[1])

    def assigned(self, descriptors: Vectors) -> tuple[Words, npt.NDArray[np.uint64]]:
        """(n,) words and (n,) signatures of (n, 128) descriptors."""
        words, signatures = self.probed(descriptors, 1)
        return words[:, 0], signatures[:, 0]

    def probed(self, descriptors: Vectors, count: int) -> tuple[Words, npt.NDArray[np.uint64]]:
        """(n, count) nearest words of each, and its signature in each of them."""
        nearest, distance = zip(
            *(
                _nearest(descriptors[:, half * HALF : (half + 1) * HALF], self.centres[half], 1 if count == 1 else _NEAREST)
                for half in (0, 1)
            ),
            strict=True,
        )
        sums = (distance[0][:, :, None] + distance[1][:, None, :]).reshape(len(descriptors), -1)
        pairs = np.argsort(sums, axis=1, kind="stable")[:, :count]
        first = np.take_along_axis(nearest[0], pairs // nearest[1].shape[1], axis=1)
        second = np.take_along_axis(nearest[1], pairs % nearest[1].shape[1], axis=1)
        bits = (descriptors @ self.rotation)[:, None] > self.projected[0][first] + self.projected[1][second]
        packed = np.packbits(bits, axis=2)
        return first * len(self.centres[1]) + second, packed.view(np.uint64)[..., 0]


def _nearest(points: Vectors, centres: Vectors, count: int) -> tuple[Words, Vectors]:
    """(n, count) nearest centres, nearest first, and their squared distances but for the points' own lengths."""
    apart = (centres**2).sum(axis=1) - 2 * (points @ centres.T)
    if count == 1:
        best = apart.argmin(axis=1)[:, None]
    else:
        best = np.argsort(apart, axis=1, kind="stable")[:, :count]
    return best, np.take_along_axis(apart, best, axis=1)


def _k_means(points: Vectors) -> Vectors:
    """Lloyd's algorithm from points spread over the sample; a centre that nobody is near stays where it is."""
    centres = points[np.unique(np.linspace(0, len(points) - 1, _CENTRES).astype(int))].astype(np.float32)
    for _ in range(_ROUNDS):
        member = _nearest(points, centres, 1)[0][:, 0]
        order = np.argsort(member, kind="stable")
        present, starts = np.unique(member[order], return_index=True)
        sums = np.add.reduceat(points[order], starts, axis=0)
        centres[present] = sums / np.diff(starts, append=len(points))[:, None]
    return centres
