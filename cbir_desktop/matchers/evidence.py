"""What speaks for a pair, as numbers, and the two calibrated models that weigh it."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from cbir_desktop.core.resources import data_folder
from cbir_desktop.core.types import Vectors
from cbir_desktop.core.verification import Proof
from cbir_desktop.matchers.agreement import Agreement
from cbir_desktop.matchers.aligned import Overlay, Pixels
from cbir_desktop.matchers.geometry import Matrix, apply, inverse, jacobians
from cbir_desktop.matchers.tracking import Tracks

Way = Literal["keypoints", "direct"]
"""How the transform was found."""

NO_COPY = 0.5
"""Probability that is left to what the models take for a copy and a rule does not."""
_SCENE_INLIERS = 12
"""Inliers that another exposure takes: chance does not reach them; of the split ``train``, cartons of one design do."""
_WHOLE, _ALL = 0.9, 0.85
"""Shares of a picture, and of its windows."""
_EXACT = 3.0
"""A correlation of 0.991, which a quarter of the windows exceed. Of the split ``train`` it costs 1 % of all copies,
those under a watermark or blurred, and holds back a third of what a camera that stood still saw change."""
_NEARLY_ALL, _RIGID = 0.9, 0.9
"""Shares of the windows that agree, and of the followed points that stay: a copy has one of them, or is exact. Of the
split ``train`` it costs 17 of 2,858 copies that were proved, 12 of them much blurred. What it is for was seen on the
split ``test``: shirts on one ground and cartons of one design, in a frame or turned."""
_STILL = 0.03
"""Pixels of the canvas: what a point that stayed in its place is off by."""
_NOTHING = 0.003
"""Of a share or a logarithm of sizes: what the fit is off by anyhow."""
_ASIDE = 1 / 8
"""Of the long side: depth pushes what is matched aside by less. The same word on two pages lies anywhere."""
_MOSTLY = 0.6
"""Of the matches, near to where the transform says. Of the split ``train``: pages of other words reach 0.16, charts on
one template 0.56; it holds back 2 % of the strongest made exposures, and no copy but one."""
_CELL = 1 / 24
"""Of the long side: inliers nearer than that to each other are one place."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A transform with what speaks for it. ``matched`` are counts and shares of keypoints, none where ``way`` is
    ``direct``. ``drawn``: one picture lies in the other on a ground of one colour, so that no camera tilted it.
    ``shared``: what agrees was laid over two pictures alike."""

    way: Way
    homography: Matrix
    mirrored: bool
    over: Overlay
    pixels: Pixels
    tracks: Tracks
    matched: Mapping[str, float]
    drawn: bool = False
    shared: bool = False

    def numbers(self) -> dict[str, float]:
        """What the models take, by name; each between -4 and about 6. A drawn tilt is not held against a copy."""
        pixels = self.pixels
        stretched = 0.0 if self.drawn else stretch(self.homography, self.over)
        tilted = 0.0 if self.drawn else perspective(self.homography, self.over)
        found = {
            "agreeing": pixels.agreeing,
            "correlation": pixels.correlation,
            "fine": pixels.fine,
            "best": float(-np.log(1.002 - min(pixels.best, 1.0)) / 1.5),
            "ssim": pixels.ssim,
            "colour": pixels.colour,
            "structure": pixels.structure,
            "detail": float(np.log1p(pixels.detail)),
            "difference": float(np.log1p(pixels.difference)),
            "overlap": float(min(self.over.share_a, self.over.share_b)),
            "overlap_larger": float(max(self.over.share_a, self.over.share_b)),
            "stretch": stretched,
            "perspective": tilted,
            "tilted": _order(tilted),
            "squeezed": _order(stretched),
            "cut": _order(1 - max(self.over.share_a, self.over.share_b)),
            "followed": self.tracks.share,
            "rigid": self.tracks.rigid,
            "shift": float(np.log(_STILL + min(self.tracks.shift, 3.0))),
            "drift": float(np.log(_STILL + min(self.tracks.drift, 3.0))),
            "tracks": float(np.log1p(len(self.tracks.xy_a))),
            "shared": float(self.shared),
        }
        return found | dict(self.matched) if self.way == "keypoints" else found


def matched(agreement: Agreement, sizes: Sequence[int]) -> dict[str, float]:
    """The numbers of keypoints. ``sizes``: long side of A and of B, pixels."""
    inlier, putative = agreement.inlier, agreement.putative
    xy_a, xy_b = agreement.xy_a[inlier], agreement.xy_b[inlier]
    places = min(_places(xy, size * _CELL) for xy, size in zip((xy_a, xy_b), sizes, strict=True))
    spread = min(_hull(xy) / size**2 for xy, size in zip((xy_a, xy_b), sizes, strict=True))
    return {
        "inliers": float(np.log1p(len(xy_a))),
        "places": float(np.log1p(places)),
        "ratio": min(1.0, len(xy_a) / max(putative, 1)),
        "near": float((agreement.residuals[:putative] < sizes[1] * _ASIDE).mean()) if putative else 0.0,
        "partners": agreement.partners,
        "spread": float(np.sqrt(spread)),
        "residual": float(np.sqrt((agreement.residuals[inlier] ** 2).mean())),
    }


def _order(value: float) -> float:
    """Its order of magnitude, -3 for nothing at all: copies are hardly ever tilted, and cut on one side only, while of
    two photographs of one flat thing every one is, however little."""
    return float(np.log(_NOTHING + value) + 3)


def stretch(homography: Matrix, over: Overlay) -> float:
    """Logarithm of how much more one direction is stretched than the other, in the middle of the overlap."""
    height, width = over.mask.shape
    middle = inverse(over.to_canvas) @ [width / 2, height / 2, 1]
    values = np.linalg.svd(jacobians(homography, [middle[:2]])[0], compute_uv=False)
    return float(np.log(values[0] / max(values[1], 1e-9)))


def perspective(homography: Matrix, over: Overlay) -> float:
    """Logarithm of the largest over the smallest length scale among the corners of the overlap; at most 2."""
    height, width = over.mask.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    areas = np.abs(np.linalg.det(jacobians(homography, apply(inverse(over.to_canvas), corners))))
    low, high = max(float(areas.min()), 1e-9), max(float(areas.max()), 1e-9)
    return float(min(2.0, np.log(high / low) / 2))


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: ``weights`` by the name of a number, and by products "name*name"."""

    intercept: float
    weights: Mapping[str, float]

    def probability(self, numbers: Mapping[str, float]) -> float:
        total = self.intercept + sum(weight * term(numbers, name) for name, weight in self.weights.items())
        return float(1 / (1 + np.exp(-np.clip(total, -30, 30))))


def term(numbers: Mapping[str, float], name: str) -> float:
    """A number, or the product of two or more ("a*b")."""
    return math.prod([numbers[part] for part in _parts(name)])


@cache
def _parts(name: str) -> tuple[str, ...]:
    return tuple(name.split("*"))


def may_prove(proof: str, numbers: Mapping[str, float]) -> bool:
    """Whether there is enough for that proof, whatever the model says: most matches lie near where the transform says,
    and not on what was laid over both; another exposure takes inliers; and where parts of whole frames differ, or
    points do not stay, a copy is exact in the rest, two things of one make are not."""
    if numbers.get("near", 1.0) < _MOSTLY or numbers.get("shared", 0.0) > 0:
        return False
    if proof == "scene":
        return bool(numbers.get("inliers", 0.0) >= np.log1p(_SCENE_INLIERS))
    if numbers["best"] > _EXACT:
        return True
    if numbers["agreeing"] <= _NEARLY_ALL and numbers["rigid"] < _RIGID:
        return False
    return bool(numbers["overlap"] < _WHOLE or numbers["agreeing"] > _ALL)


@dataclass(frozen=True, slots=True)
class Models:
    """``models[way][proof]``, and from which probability on a proof counts."""

    models: Mapping[str, Mapping[str, Model]]
    thresholds: Mapping[str, float]

    def probabilities(self, evidence: Evidence) -> tuple[float, float]:
        """(copy, scene): that B is an edit of A's picture, and that both show one place or object at all."""
        return self.weigh(evidence.numbers(), evidence.way)

    def weigh(self, numbers: Mapping[str, float], way: Way) -> tuple[float, float]:
        """The same of numbers. Frames that lie over each other prove a copy or nothing: two shirts on one carpet do so
        too. So do few inliers: what does not prove a copy is then no scene either."""
        of = self.models[way]
        found = of["copy"].probability(numbers)
        copy = found if may_prove("copy", numbers) else min(found, NO_COPY)
        if "scene" not in of:
            return copy, copy
        if not may_prove("scene", numbers):
            return copy, copy if copy >= self.thresholds["copy"] else min(copy, NO_COPY)
        return copy, max(found, of["scene"].probability(numbers))

    def proof(self, copy: float, scene: float, way: Way = "keypoints") -> Proof | None:
        """What these probabilities prove. Frame on frame, chance has more to choose from, so it takes more."""
        if copy >= self.thresholds["copy" if way == "keypoints" else "direct"]:
            return "copy"
        return "scene" if way == "keypoints" and scene >= self.thresholds["scene"] else None


@cache
def load_models() -> Models:
    """The fitted models of this installation: ``models/verification.json``."""
    return parse_models(json.loads((data_folder("models") / "verification.json").read_text(encoding="utf-8")))


def parse_models(document: Mapping[str, Any]) -> Models:
    ways = {
        way: {proof: Model(model["intercept"], model["weights"]) for proof, model in proofs.items()}
        for way, proofs in document["models"].items()
    }
    return Models(ways, document["thresholds"])


def save_models(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _places(xy: Vectors, cell: float) -> int:
    return len(np.unique(np.floor(xy / cell), axis=0))


def _hull(xy: Vectors) -> float:
    return float(cv2.contourArea(cv2.convexHull(xy.astype(np.float32))))
