"""Words of local descriptors as pairs of words of their halves, and signatures within a word."""

from dataclasses import dataclass
from typing import Self, TypeAlias

import cv2
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
        halves = [np.ascontiguousarray(sample[:, part]) for part in (slice(HALF), slice(HALF, None))]
        return cls.of((_k_means(halves[0]), _k_means(halves[1])), bits)

    @property
    def count(self) -> int:
        return len(self.centres[0]) * len(self.centres[1])

    def assigned(self, descriptors: Vectors) -> tuple[Words, npt.NDArray[np.uint64]]:
        """(n,) words and (n,) signatures of (n, 128) descriptors."""
        words, signatures = self.probed(descriptors, 1)
        return words[:, 0], signatures[:, 0]

    def probed(self, descriptors: Vectors, count: int) -> tuple[Words, npt.NDArray[np.uint64]]:
        """(n, count) nearest words of each, and its signature in each of them."""
        if not len(descriptors):
            return np.empty((0, count), np.int64), np.empty((0, count), np.uint64)
        halves = (np.ascontiguousarray(descriptors[:, :HALF]), np.ascontiguousarray(descriptors[:, HALF:]))
        each = 1 if count == 1 else _NEAREST
        nearest, distance = zip(*map(_nearest, halves, self.centres, (each, each)), strict=True)
        sums = (distance[0][:, :, None] + distance[1][:, None, :]).reshape(len(descriptors), -1)
        pairs = np.argsort(sums, axis=1, kind="stable")[:, :count]
        first = np.take_along_axis(nearest[0], pairs // nearest[1].shape[1], axis=1)
        second = np.take_along_axis(nearest[1], pairs % nearest[1].shape[1], axis=1)
        bits = (
            cv2.gemm(descriptors, self.rotation, 1, None, 0)[:, None]
            > self.projected[0][first] + self.projected[1][second]
        )
        packed = np.packbits(bits, axis=2)
        return first * len(self.centres[1]) + second, packed.view(np.uint64)[..., 0]


def _nearest(points: Vectors, centres: Vectors, count: int) -> tuple[Words, Vectors]:
    """(n, count) nearest centres, nearest first, and their squared distances but for the points' own lengths."""
    # By OpenCV, in this thread: BLAS shares so little among threads that wait for each other where others work.
    lengths = np.broadcast_to((centres**2).sum(axis=1), (len(points), len(centres)))
    products = cv2.gemm(points, centres, -2, np.ascontiguousarray(lengths), 1, flags=cv2.GEMM_2_T)
    apart: Vectors = np.asarray(products, np.float32)
    if count == 1:
        best = apart.argmin(axis=1)[:, None]
        return best, np.asarray(np.take_along_axis(apart, best, axis=1), np.float32)
    best = np.argpartition(apart, min(count, len(centres)) - 1, axis=1)[:, :count]
    near: Vectors = np.take_along_axis(apart, best, axis=1)
    order = np.argsort(near, axis=1, kind="stable")
    return np.take_along_axis(best, order, axis=1), np.take_along_axis(near, order, axis=1)


def _k_means(points: Vectors) -> Vectors:
    """Lloyd's algorithm from points spread over the sample; a centre that nobody is near stays where it is."""
    centres: Vectors = points[np.unique(np.linspace(0, len(points) - 1, _CENTRES).astype(int))].astype(np.float32)
    for _ in range(_ROUNDS):
        member = _nearest(points, centres, 1)[0][:, 0]
        order = np.argsort(member, kind="stable")
        present, starts = np.unique(member[order], return_index=True)
        sums = np.add.reduceat(points[order], starts, axis=0)
        centres[present] = sums / np.diff(starts, append=len(points))[:, None]
    return centres
