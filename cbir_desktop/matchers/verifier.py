"""The verdict on a pair: a transform, what speaks for it, a probability for each proof, and the relations."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

import cv2
import numpy as np

from cbir_desktop.core.types import Image, Matches, Picture, Vectors
from cbir_desktop.core.verification import Label, Prepared, Relation, Verification
from cbir_desktop.matchers import direct, geometry
from cbir_desktop.matchers.agreement import THRESHOLD, Agreement, agree
from cbir_desktop.matchers.aligned import Overlay, compare, overlay, rectangle
from cbir_desktop.matchers.evidence import NO_COPY, Evidence, Models, Way, load_models, matched, may_prove, perspective
from cbir_desktop.matchers.geometry import Matrix
from cbir_desktop.matchers.outline import on_even_ground
from cbir_desktop.matchers.relations import WHOLE, changes_of, relations, shape_of, taken_again
from cbir_desktop.matchers.shared import on_shared_overlay
from cbir_desktop.matchers.sift import full_size, growth
from cbir_desktop.matchers.tilts import second_chance
from cbir_desktop.matchers.tracking import follow, sharpened

_SAME = 4.0
"""Levels, mean difference of two bounded copies kept as JPEG, below which the pictures may be equal."""
_UNRELATED = 0.05
_TILTED = 0.02
"""Logarithm of the largest over the smallest length scale, from which on it is asked whether a tilt was drawn."""


def always_false() -> bool:
    return False


def verify(
    a: Prepared,
    b: Prepared,
    same_pixels: Callable[[], bool] = always_false,
    models: Models | None = None,
    thorough: bool = False,
) -> Verification:
    """The verdict on A and B. ``same_pixels`` says whether the full pictures are equal; it is asked only where that
    may be, for it decodes them. ``thorough``: where nothing is proved, simulated tilts are tried, which takes half a
    second."""
    started = time.perf_counter()
    same_bytes = a.content is not None and a.content == b.content
    if same_bytes or (_may_be_equal(a.picture, b.picture) and same_pixels()):
        return _identical(a, b, same_bytes, started)
    models = models or load_models()
    agreement = agree(a, b)
    evidence = by_keypoints(a, b, agreement)
    copy, scene = models.probabilities(evidence) if evidence is not None else (0.0, 0.0)
    shared = evidence is not None and evidence.shared
    if copy < models.thresholds["copy"] and not shared:
        other = by_pixels(a, b)
        if other is not None and _speaks_louder(models, chances := models.probabilities(other), (copy, scene)):
            evidence, (copy, scene) = other, chances
    doubtful = evidence is None or models.proof(copy, scene, evidence.way) is None
    if thorough and doubtful and not shared and (tilted := second_chance(a, b)) is not None:
        other = by_keypoints(a, b, tilted)
        if other is not None and models.proof(*(chances := models.probabilities(other))) is not None:
            agreement, evidence, (copy, scene) = tilted, other, chances
    proved = models.proof(copy, scene, evidence.way) if evidence is not None else None
    if evidence is None or proved is None:
        return _unproved(a, b, agreement, copy, scene, started)
    shape = shape_of(a.picture, b.picture, evidence)
    changed = changes_of(evidence, shape) if proved == "copy" else None
    if changed is not None and taken_again(changed, shape):
        copy, scene = _as_scene(evidence, copy, scene)
        proved, changed = models.proof(copy, scene, evidence.way), None
        if proved is None:
            return _unproved(a, b, agreement, copy, scene, started)
    matches = _matches(a, b, agreement, evidence)
    return Verification(
        labels=relations(a, b, evidence, shape, changed),
        proved=proved,
        copy=copy,
        scene=scene,
        matches=matches,
        residuals=_residuals(b, matches),
        rotation_degrees=shape.rotation_degrees,
        scale=shape.scale,
        coverage_a=shape.coverage_a,
        coverage_b=shape.coverage_b,
        contains=shape.contains if proved == "copy" else None,
        seconds=time.perf_counter() - started,
    )


def _as_scene(evidence: Evidence, copy: float, scene: float) -> tuple[float, float]:
    """The probabilities of what looks like a copy and is none."""
    copy = min(copy, NO_COPY)
    return copy, scene if evidence.way == "keypoints" and may_prove("scene", evidence.numbers()) else copy


def _speaks_louder(models: Models, frames: tuple[float, float], keypoints: tuple[float, float]) -> bool:
    """Whether frame on frame counts, and not what the keypoints say: a scene that they prove stands."""
    if models.proof(*frames, "direct") == "copy":
        return True
    return models.proof(*keypoints) is None and frames > keypoints


def _may_be_equal(a: Picture, b: Picture) -> bool:
    if a.full_size != b.full_size or a.image.shape != b.image.shape:
        return False
    return float(cv2.absdiff(a.image, b.image).mean()) < _SAME


def _identical(a: Prepared, b: Prepared, same_bytes: bool, started: float) -> Verification:
    pixels = Label(Relation.IDENTICAL_PIXELS, {"difference": 0.0})
    xy = ((a.features.xy + np.float32(0.5)) * growth(a.picture)).astype(np.float32)
    matches = Matches(xy, xy, np.ones(len(xy), np.bool_), np.eye(3))
    return Verification(
        labels=(Label(Relation.IDENTICAL_BYTES), pixels) if same_bytes else (pixels,),
        proved="copy",
        copy=1.0,
        scene=1.0,
        matches=matches,
        residuals=np.zeros(len(xy), np.float32),
        coverage_a=1.0,
        coverage_b=1.0,
        seconds=time.perf_counter() - started,
    )


def _unproved(
    a: Prepared, b: Prepared, agreement: Agreement, copy: float, scene: float, started: float
) -> Verification:
    """``unrelated`` is said only where nothing speaks for the pair; in between, nothing is said."""
    matches = full_size(a, b, replace(agreement, homography=None))
    unrelated = Label(Relation.UNRELATED, {"copy": copy, "scene": scene, "inliers": float(agreement.inliers)})
    return Verification(
        labels=(unrelated,) if max(copy, scene) < _UNRELATED else (),
        proved=None,
        copy=copy,
        scene=scene,
        matches=matches,
        residuals=np.full(len(matches.xy_a), np.nan, np.float32),
        seconds=time.perf_counter() - started,
    )


def by_keypoints(a: Prepared, b: Prepared, agreement: Agreement) -> Evidence | None:
    """What speaks for the transform that the keypoints agree on; None where there is none."""
    if agreement.homography is None:
        return None
    numbers = matched(agreement, [max(side.picture.image.shape[:2]) for side in (a, b)])
    found = _measured(a, b, "keypoints", agreement.homography, agreement.mirrored, numbers)
    if found is None:
        return None
    pictures, inliers = (a.picture.image, b.picture.image), agreement.xy_a[agreement.inlier]
    return replace(
        found, shared=on_shared_overlay(*pictures, found.homography, found.over, found.pixels.agreeing, inliers)
    )


def by_pixels(a: Prepared, b: Prepared) -> Evidence | None:
    """What speaks for the pictures laid over each other frame on frame."""
    found = direct.lay_over(a.picture.image, b.picture.image)
    return None if found is None else _measured(a, b, "direct", *found, {})


def _measured(
    a: Prepared, b: Prepared, way: Way, homography: Matrix, mirrored: bool, numbers: Mapping[str, float]
) -> Evidence | None:
    """The pixels under a transform, which they may make better."""
    over = overlay(a.picture.image, b.picture.image, homography)
    if over is None:
        return None
    tracks = follow(over)
    sharper = sharpened(homography, over, tracks)
    if sharper is not None and (better := overlay(a.picture.image, b.picture.image, sharper)) is not None:
        again = follow(better)
        if again.rigid * again.share > tracks.rigid * tracks.share:
            homography, over, tracks = sharper, better, again
    drawn = perspective(homography, over) > _TILTED and _drawn(a.picture.image, b.picture.image, homography, over)
    return Evidence(way, homography, mirrored, over, compare(over), tracks, numbers, drawn)


def _drawn(a: Image, b: Image, homography: Matrix, over: Overlay) -> bool:
    """Whether one picture is shown whole in the other, on even ground."""
    if over.share_a >= WHOLE:
        return on_even_ground(b, geometry.apply(homography, rectangle(a)))
    return over.share_b >= WHOLE and on_even_ground(a, geometry.apply(geometry.inverse(homography), rectangle(b)))


def _matches(a: Prepared, b: Prepared, agreement: Agreement, evidence: Evidence) -> Matches:
    """In full-size pixels, under the transform that was proved."""
    inlier = agreement.inlier
    if evidence.way == "direct":
        inlier = geometry.residuals(evidence.homography, agreement.xy_a, agreement.xy_b) < THRESHOLD
    moved = replace(agreement, homography=evidence.homography, inlier=inlier, mirrored=evidence.mirrored)
    return full_size(a, b, moved)


def _residuals(b: Prepared, matches: Matches) -> Vectors:
    """(m,) float32 pixels of B bounded."""
    assert matches.homography is not None
    off = geometry.residuals(matches.homography, matches.xy_a, matches.xy_b)
    return np.asarray(off / growth(b.picture).mean(), np.float32)
