"""Keypoints of two pictures that look alike, before any geometry: what the methods of spatial checking start from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import LocalFeatures, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.matchers.agreement import RATIO, Judge, centred, mirrored_features, one_witness, products

Rows: TypeAlias = npt.NDArray[np.intp]
Reals: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Correspondences:
    """Pairs of a keypoint of A (the query) and one of B, (m,) each.

    ``rows``: (m, 2) their numbers in A and B. ``xy_a``, ``xy_b``: (m, 2) float32 pixels of the bounded pictures,
    centres at +0.5. ``turn``, ``octaves``: (m,) float64, what takes B's keypoint to A's: radians in (-pi, pi], and the
    base-2 logarithm of their sizes' ratio. ``size_a``, ``size_b``: (width, height). ``centre_b``: (2,) mean place of
    all keypoints of B. ``judge``: which pairs may follow a homography from A to B, by their angles and sizes.
    Where ``mirrored``, B is taken as its mirror shows it.
    """

    rows: Rows
    xy_a: Vectors
    xy_b: Vectors
    turn: Reals
    octaves: Reals
    size_a: tuple[int, int]
    size_b: tuple[int, int]
    centre_b: Reals
    judge: Judge
    mirrored: bool = False

    def __len__(self) -> int:
        return len(self.rows)


PairScore: TypeAlias = Callable[[Correspondences], float]
"""How much two pictures have in common by their correspondences; 0 is nothing, higher is more."""


def correspond(a: Prepared, b: Prepared, mirrored: bool = False, ratio: float = RATIO) -> Correspondences:
    """Nearest neighbours of A in B and of B in A, each under Lowe's ratio on its own side.

    Not mutual: what A shows twice and B once passes the test in B, though not in A, and is found at both places.
    """
    of_a, of_b = centred(a.features), centred(b.features)
    size_a, size_b = _size(a), _size(b)
    if mirrored:
        of_b = mirrored_features(of_b, size_b[0])
    likeness = products(of_a.descriptors, of_b.descriptors)
    there, back = _distinct(likeness, ratio), _distinct(np.ascontiguousarray(likeness.T), ratio)[:, ::-1]
    pairs = one_witness(np.unique(np.vstack([there, back]), axis=0), of_a, of_b)
    return _of(of_a, of_b, pairs, size_a, size_b, mirrored)


def _of(
    a: LocalFeatures, b: LocalFeatures, pairs: Rows, size_a: tuple[int, int], size_b: tuple[int, int], mirrored: bool
) -> Correspondences:
    turn = np.deg2rad(a.angle[pairs[:, 0]].astype(np.float64) - b.angle[pairs[:, 1]])
    return Correspondences(
        rows=pairs,
        xy_a=a.xy[pairs[:, 0]],
        xy_b=b.xy[pairs[:, 1]],
        turn=wrapped(turn),
        octaves=np.log2(a.scale[pairs[:, 0]].astype(np.float64) / b.scale[pairs[:, 1]]),
        size_a=size_a,
        size_b=size_b,
        centre_b=b.xy.mean(axis=0, dtype=np.float64) if len(b) else np.array(size_b) / 2,
        judge=Judge(a, b, pairs),
        mirrored=mirrored,
    )


def wrapped(radians: Reals) -> Reals:
    """The same angles in [-pi, pi)."""
    return np.asarray((radians + np.pi) % (2 * np.pi) - np.pi)


def turned_and_scaled(turn: Reals, octaves: Reals, offsets: npt.ArrayLike) -> Reals:
    """(m, 2) offsets through the turn and the scale of each correspondence."""
    x, y = np.asarray(offsets, np.float64).T
    scale, cos, sin = np.exp2(octaves), np.cos(turn), np.sin(turn)
    return np.column_stack([scale * (cos * x - sin * y), scale * (sin * x + cos * y)])


def translations(c: Correspondences) -> Reals:
    """(m, 2): where each similarity puts the middle of B, from the middle of A, in long sides of A.

    So no shift is exaggerated by a turn about a far corner.
    """
    offsets = np.array(c.size_b) / 2 - c.xy_b
    middles = c.xy_a + turned_and_scaled(c.turn, c.octaves, offsets)
    return np.asarray((middles - np.array(c.size_a) / 2) / max(c.size_a))


def _distinct(likeness: Vectors, ratio: float) -> Rows:
    """(m, 2) rows and their nearest columns, where nearer than ``ratio`` times the second one."""
    if likeness.shape[0] == 0 or likeness.shape[1] < 2:
        return np.empty((0, 2), np.intp)
    rows = np.arange(len(likeness))
    nearest = likeness.argmax(axis=1)
    best = likeness[rows, nearest]
    likeness[rows, nearest] = -1
    second = likeness.max(axis=1)
    likeness[rows, nearest] = best
    # Squared Euclidean distance of unit vectors: 2 - 2 (dot product).
    chosen = np.flatnonzero(1 - best < ratio**2 * (1 - second))
    return np.column_stack([chosen, nearest[chosen]])


def _size(side: Prepared) -> tuple[int, int]:
    return side.picture.image.shape[1], side.picture.image.shape[0]
