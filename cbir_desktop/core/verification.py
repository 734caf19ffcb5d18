"""What is proved about two pictures: the verdict of geometric verification, with the numbers that led to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from cbir_desktop.core.types import LocalFeatures, Matches, Picture, Vectors

Proof = Literal["copy", "scene"]
"""``copy``: one picture, edited. ``scene``: one place or object, another exposure."""
Side = Literal["a", "b"]


class Relation(StrEnum):
    """How two pictures are related; several may hold at once."""

    IDENTICAL_BYTES = "identical-bytes"
    IDENTICAL_PIXELS = "identical-pixels"
    RE_ENCODED = "re-encoded"
    RESIZED = "resized"
    ROTATED = "rotated"
    MIRRORED = "mirrored"
    CROPPED = "cropped"
    EDITED = "edited"
    BORDERED = "bordered"
    SAME_SCENE = "same-scene"
    UNRELATED = "unrelated"


@dataclass(frozen=True, slots=True)
class Prepared:
    """One side of a pair as verification looks at it: a picture bounded in size, and its keypoints.

    ``features`` are in pixels of ``picture.image``. ``content``: the hash of the file's bytes, where there is a file.
    """

    picture: Picture
    features: LocalFeatures
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Label:
    """A relation that holds, and the numbers that led to it by name (degrees, share, scale, difference ...)."""

    relation: Relation
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict on a pair A, B.

    ``proved``: None where nothing is proved. ``copy`` and ``scene``: calibrated probabilities. ``matches``: point
    pairs, inliers and the homography from A to B, in upright full-size pixels with centres at +0.5. ``residuals``:
    (m,) float32, how far each match lies from where the homography puts it, in pixels of B bounded to 640; NaN
    without a homography. ``rotation_degrees``: counter-clockwise on the screen, from A to B, after the mirroring where
    ``matches.mirrored``. ``scale``: length in B over length in A, full size. ``coverage_a``, ``coverage_b``: share of
    each picture that the other shows. ``contains``: the picture that shows all of the other and more, where one is a
    crop. ``seconds``: what the verification took, without decoding.
    """

    labels: tuple[Label, ...]
    proved: Proof | None
    copy: float
    scene: float
    matches: Matches
    residuals: Vectors
    rotation_degrees: float = 0.0
    scale: float = 1.0
    coverage_a: float = 0.0
    coverage_b: float = 0.0
    contains: Side | None = None
    seconds: float = 0.0

    def label(self, relation: Relation) -> Label | None:
        """The label of that relation, where it holds."""
        return next((label for label in self.labels if label.relation is relation), None)
