"""The shapes that travel between the layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Image: TypeAlias = npt.NDArray[np.uint8]
"""An upright sRGB picture: (height, width, 3) uint8, C-contiguous."""

Vectors: TypeAlias = npt.NDArray[np.float32]
"""(n, dim) float32; unit rows where an encoder made them."""

Ids: TypeAlias = npt.NDArray[np.int64]
"""Content ids, (n,) int64, not negative; -1 pads what was not found."""

Floats: TypeAlias = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The answer to n queries, best first.

    ``ids``: (n, k) int64, padded with -1. ``scores``: (n, k) float32, higher is nearer (cosine similarity for unit
    vectors), padded with -inf.
    """

    ids: Ids
    scores: Vectors

    def __post_init__(self) -> None:
        if self.ids.shape != self.scores.shape or self.ids.ndim != 2:
            raise ValueError(f"ids {self.ids.shape} and scores {self.scores.shape} must be one (n, k) shape")

    def row(self, query: int = 0) -> list[tuple[int, float]]:
        """(id, score) pairs of one query, without the padding."""
        found = self.ids[query] >= 0
        return list(zip(self.ids[query][found].tolist(), self.scores[query][found].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class LocalFeatures:
    """Keypoints of one picture.

    ``xy``: (n, 2) float32 pixels, the centre of the first pixel at (0, 0) as OpenCV counts. ``scale``: (n,) float32
    diameter in pixels. ``angle``: (n,) float32 degrees. ``descriptors``: (n, d) float32.
    """

    xy: Vectors
    scale: Vectors
    angle: Vectors
    descriptors: Vectors

    def __len__(self) -> int:
        return len(self.xy)


@dataclass(frozen=True, slots=True)
class Picture:
    """One side of a pair: what a matcher looks at, and the size of the original its answers are given in.

    ``image`` may be smaller than the original; ``full_size`` is (width, height) of the upright original in pixels.
    """

    image: Image
    full_size: tuple[int, int]

    @classmethod
    def of(cls, image: Image) -> "Picture":
        """A picture that is its own original."""
        return cls(image, (image.shape[1], image.shape[0]))


@dataclass(frozen=True, slots=True)
class Matches:
    """What two pictures have in common.

    ``xy_a``, ``xy_b``: (m, 2) float32, upright full-size pixels of each picture, pixel centres at +0.5.
    ``inlier``: (m,) bool. ``homography``: (3, 3) float64 from A to B in the same coordinates, or None when no
    transform was found. ``mirrored`` is True where B shows A mirrored.
    """

    xy_a: Vectors
    xy_b: Vectors
    inlier: npt.NDArray[np.bool_]
    homography: npt.NDArray[np.float64] | None
    mirrored: bool = False

    @property
    def inliers(self) -> int:
        return int(self.inlier.sum())


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked for: the pictures shown as examples and the one vector made of them ((dim,) float32, unit)."""

    images: Sequence[Image]
    vector: Vectors
