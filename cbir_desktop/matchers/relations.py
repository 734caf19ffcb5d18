"""The names of what was done to a picture, from the transform that was proved and the aligned pixels."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.types import Picture
from cbir_desktop.core.verification import Label, Prepared, Relation, Side
from cbir_desktop.matchers.aligned import rectangle
from cbir_desktop.matchers.changes import BLURRED, Changes, changes, grain
from cbir_desktop.matchers.evidence import Evidence
from cbir_desktop.matchers.geometry import Matrix, apply, inverse, jacobians
from cbir_desktop.matchers.outline import Surround, surround
from cbir_desktop.matchers.sift import growth

WHOLE = 0.97
"""A picture that is shown to this share counts as shown whole."""
_FRAME = 0.9
_TURNED = 2.0
"""Degrees."""
_RESIZED = 0.02
_PERSPECTIVE = 0.10
"""Logarithm of the largest over the smallest length scale within the overlap."""
_OVERLAID, _OVERLAID_SOFT = 0.007, 0.02
"""Share of the overlap; where one was drawn anew or blurred, something is left at strong edges."""
_MARKED = 0.075
"""Share of the overlap. On 14 to 57 originals of the split ``train``: marks at a quarter of full white take 0.098 and
more, no edit that covers nothing takes more than 0.054 (a hue turned by 90 degrees)."""
_RECOLOURED = 5.0
"""Levels by which the broad colours differ: JPEG at quality 20 changes them by 2."""
_SHARPER = 0.5
_SHARPER_REDRAWN = 0.8
"""Logarithm of the ratio of fine detail; a picture that was drawn anew, turned or at another scale, loses some."""
_NOISIER, _NOISIER_REDRAWN = 0.4, 2.0
"""JPEG at quality 20 reaches 0.35."""
_GRAIN, _GRAINIER = 3.0, 1.9
"""Levels by which the noise of one exceeds that of the other, and how many times it is: of 7 originals of the split
train each, JPEG at quality 20 took away 2.7 of noise, text over half of a picture left 2.2 times the grain in the
evenest tenth, and noise of 12 levels added 4.4."""
_BROKEN_OFF = 0.35
"""Share of the outline that breaks off: that of crops reached 0.23, of frames on unlike ground it is above 0.9."""
_RELIT, _SOLID = 8.0, 0.03
"""Levels and share of the overlap, on 5 originals of the split train: where something was laid over a copy, its broad
colours changed by 0.5 under text and stickers and by 5.8 under marks, which are thinner than that; where a thing moved
between two exposures, by 13 and more, and it covered 0.037."""
_DIFFERS = 6.0
"""Levels, in the mean: JPEG at quality 20 reaches 5.6."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The transform in words, full size. ``perspective``: logarithm of the largest over the smallest length scale."""

    rotation_degrees: float
    scale: float
    width_scale: float
    height_scale: float
    perspective: float
    coverage_a: float
    coverage_b: float
    contains: Side | None


def shape_of(a: Picture, b: Picture, evidence: Evidence) -> Shape:
    """Read off the homography in the middle of the overlap."""
    over = evidence.over
    grow_a, grow_b = growth(a), growth(b)
    full = np.diag([*grow_b, 1.0]) @ evidence.homography @ np.diag([*(1 / grow_a), 1.0])
    height, width = over.mask.shape
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height], [width / 2, height / 2]], np.float64)
    places = apply(np.diag([*grow_a, 1.0]) @ inverse(over.to_canvas), frame)
    local = jacobians(full, places)
    middle = local[-1] @ np.diag([-1.0, 1.0]) if evidence.mirrored else local[-1]
    left, values, right = np.linalg.svd(middle)
    turn = left @ right
    lengths = np.linalg.norm(local[-1], axis=0)
    sizes = np.sqrt(np.abs(np.linalg.det(local)))
    whole_a, whole_b = over.share_a >= WHOLE, over.share_b >= WHOLE
    return Shape(
        rotation_degrees=float(-np.rad2deg(np.arctan2(turn[1, 0], turn[0, 0]))) + 0.0,
        scale=float(np.sqrt(values.prod())),
        width_scale=float(lengths[0]),
        height_scale=float(lengths[1]),
        perspective=float(np.log(sizes.max() / sizes.min())),
        coverage_a=over.share_a,
        coverage_b=over.share_b,
        contains=None if whole_a == whole_b else "b" if whole_a else "a",
    )


def changes_of(evidence: Evidence, shape: Shape) -> Changes:
    """From A to B, as a copy."""
    return changes(evidence.over, _redrawn(shape))


def taken_again(changed: Changes, shape: Shape) -> bool:
    """Whether a thing stands in one that is not in the other, in another light, and the frames lie over each other, or
    each goes on where the other ends: a camera that stood still, or was turned, saw that. An edit that does all of it
    at once is taken for it, which loses nobody a picture."""
    shares = (shape.coverage_a, shape.coverage_b)
    framed = min(shares) >= _FRAME or max(shares) < _FRAME
    return framed and changed.recoloured > _RELIT and changed.solid > _SOLID


def relations(a: Prepared, b: Prepared, evidence: Evidence, shape: Shape, changed: Changes | None) -> tuple[Label, ...]:
    """What holds of a proved pair, the plainest first. ``changed``: by ``changes_of``; None of another exposure."""
    numbers = {"coverage_a": shape.coverage_a, "coverage_b": shape.coverage_b, **_rounded(evidence.matched)}
    mirrored = [Label(Relation.MIRRORED)] if evidence.mirrored else []
    if changed is None:
        return (Label(Relation.SAME_SCENE, numbers), *mirrored)
    resampled, redrawn = _resampled(shape), _redrawn(shape)
    moved = _moved(shape)
    around = _around(a.picture, b.picture, evidence, shape)
    # A caption's ground is even: its grain says nothing of the picture's.
    covered = changed.overlaid > _OVERLAID or changed.marked > _MARKED
    own_grain = not redrawn and not covered
    grainier = _grainier(a.picture, b.picture) if own_grain else 0.0
    edited = _edited(changed, shape, redrawn, 0.0 if redrawn or covered else evidence.pixels.difference, grainier)
    overlaid = [] if around and around[0].relation is Relation.BORDERED else _laid_over(changed, redrawn)
    re_encoded = [] if edited or resampled else [Label(Relation.RE_ENCODED, {"difference": evidence.pixels.difference})]
    return (*mirrored, *moved, *around, *overlaid, *edited, *re_encoded)


def _resampled(shape: Shape) -> bool:
    return bool(abs(np.log(shape.scale)) > _RESIZED)


def _redrawn(shape: Shape) -> bool:
    return _resampled(shape) or shape.contains is not None or abs(shape.rotation_degrees) > 0.5


def _moved(shape: Shape) -> list[Label]:
    labels = []
    tilted = shape.perspective > _PERSPECTIVE
    if abs(shape.rotation_degrees) > (5 * _TURNED if tilted else _TURNED):
        labels.append(Label(Relation.ROTATED, {"degrees": shape.rotation_degrees}))
    stretched = max(abs(np.log(shape.width_scale)), abs(np.log(shape.height_scale)))
    if stretched > _RESIZED and not tilted:
        scales = {"scale": shape.scale, "width_scale": shape.width_scale, "height_scale": shape.height_scale}
        labels.append(Label(Relation.RESIZED, scales))
    return labels


def _around(a: Picture, b: Picture, evidence: Evidence, shape: Shape) -> list[Label]:
    """What one picture has around the other: more of the scene (a crop), or something that was put there."""
    shares = {"share_a": shape.coverage_a, "share_b": shape.coverage_b}
    if shape.contains is None:
        return [Label(Relation.CROPPED, shares)] if min(shares.values()) < WHOLE else []
    if shape.contains == "a":
        outer, homography = a, inverse(evidence.homography)
        inner, share = b, shape.coverage_a
    else:
        outer, homography, inner, share = b, evidence.homography, a, shape.coverage_b
    outline: Matrix = apply(homography, rectangle(inner.image))
    found: Surround = surround(outer.image, outline)
    numbers = {"share": share, **shares, "edge": found.edge, "plain": found.plain}
    if found.slanted and found.plain > 0.8:
        return []  # the ground that a turn or a tilt leaves in the corners
    if found.slanted or found.edge < _BROKEN_OFF:
        return [Label(Relation.CROPPED, numbers)]
    return [Label(Relation.BORDERED, numbers)]


def _laid_over(changed: Changes, redrawn: bool) -> list[Label]:
    least = _OVERLAID_SOFT if redrawn or abs(changed.sharper) > BLURRED else _OVERLAID
    if changed.overlaid <= least and changed.marked <= _MARKED:
        return []
    return [Label(Relation.BORDERED, {"overlay": changed.overlaid, "mark": changed.marked})]


def _grainier(a: Picture, b: Picture) -> float:
    """Levels of noise that one has more than the other, at their own size; 0 where that may be compression."""
    low, high = sorted((grain(a.image), grain(b.image)))
    return high - low if high > _GRAINIER * low else 0.0


def _edited(changed: Changes, shape: Shape, redrawn: bool, difference: float, grainier: float) -> list[Label]:
    edited = (
        changed.recoloured > _RECOLOURED
        or abs(changed.sharper) > (_SHARPER_REDRAWN if redrawn else _SHARPER)
        or changed.noisier > (_NOISIER_REDRAWN if redrawn else _NOISIER)
        or grainier > _GRAIN
        or shape.perspective > _PERSPECTIVE
        or difference > _DIFFERS
    )
    numbers = {
        "colour": changed.recoloured,
        "saturation": changed.saturation,
        "contrast": changed.contrast,
        "brightness": changed.brightness,
        "sharper": changed.sharper,
        "noise": changed.noisier,
        "grain": grainier,
        "perspective": shape.perspective,
    }
    return [Label(Relation.EDITED, numbers)] if edited else []


def _rounded(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in numbers.items()}
