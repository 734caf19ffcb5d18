"""A second chance for pictures of one plane seen from far apart: simulated tilts, after Morel & Yu 2009 (ASIFT).

SIFT stands changes of direction up to some 50 degrees. Each picture is drawn as it would look from four more directions
and matched with the other one as it is; the transform found is no proof. A is drawn by it as B would see it, and that
picture is matched with B as any other: what proves a pair is the same as without tilts.
"""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from cbir_desktop.core.types import Image, LocalFeatures, Picture, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.matchers import geometry
from cbir_desktop.matchers.agreement import THRESHOLD, Agreement, agree, match
from cbir_desktop.matchers.geometry import Matrix
from cbir_desktop.matchers.sift import SiftExtractor

_SIDE = 480
"""Pixels: the views of a picture of 640 take 0.4 s, of one of 480 half of that."""
_TILT = 2.83
"""The third of ASIFT's, 2 * sqrt(2): a plane turned away by 70 degrees. SIFT's own reach covers those beside it."""
_ROLLS = (0.0, 45.0, 90.0, 135.0)
"""Degrees: the directions in which a picture is tilted. ASIFT has 72 / tilt degrees between them; 45 lose little."""
_KEYPOINTS = 500
_PROMISING = 8
"""Inliers, under one of the tilts or of all of them together, below which A is not drawn anew."""
_BLUR = 0.8
"""Of the tilt's square less one, rooted: the blur before a picture is squeezed (Morel & Yu, section 3.2)."""


def second_chance(a: Prepared, b: Prepared) -> Agreement | None:
    """What A, drawn as B sees it, and B agree on, in the pixels of A and B as they are; None where no tilt helps."""
    start = _rough(a, b)
    if start is None:
        return None
    height, width = b.picture.image.shape[:2]
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    pixels = geometry.inverse(half) @ start @ half
    drawn = np.asarray(cv2.warpPerspective(a.picture.image, pixels, (width, height), flags=cv2.INTER_AREA), np.uint8)
    within = cv2.warpPerspective(np.full(a.picture.image.shape[:2], 255, np.uint8), pixels, (width, height))
    prepared = SiftExtractor().prepare(drawn, (width, height))
    found = agree(replace(prepared, features=_away_from_rim(prepared.features, within)), b)
    if found.homography is None:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        xy_a = geometry.apply(geometry.inverse(start), found.xy_a).astype(np.float32)
    homography = found.homography @ start
    return replace(found, xy_a=xy_a, homography=homography / homography[2, 2])


def _rough(a: Prepared, b: Prepared) -> Matrix | None:
    """The transform on which most matches of the views agree: those of A, and those of B where these do not do."""
    pairs = [match(a.features, b.features), *(match(view, b.features) for view in _views(a.picture))]
    found = _agreed(pairs, a.picture)
    if found is None:
        found = _agreed([*pairs, *(match(a.features, view) for view in _views(b.picture))], a.picture)
    return found


def _agreed(pairs: Sequence[tuple[Vectors, Vectors]], picture: Picture) -> Matrix | None:
    xy_a, xy_b = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    xy_a, xy_b = _once(xy_a, xy_b)
    found = geometry.fit(xy_a, xy_b, picture.image.shape[1::-1], THRESHOLD, min_inliers=_PROMISING)
    return None if found is None else found.homography


def _once(xy_a: Vectors, xy_b: Vectors) -> tuple[Vectors, Vectors]:
    """Matches of the same two places, found in several views, count once."""
    _, first = np.unique((np.column_stack([xy_a, xy_b]) / THRESHOLD).round(), axis=0, return_index=True)
    return xy_a[first], xy_b[first]


def _views(picture: Picture) -> list[LocalFeatures]:
    """The keypoints of each tilted view, in the pixels of the picture."""
    small = fit_long_side(picture.image, _SIDE)
    grow = np.float32(picture.image.shape[1] / small.shape[1])
    views = (_view(small, roll) for roll in _ROLLS)
    return [replace(view, xy=(view.xy + np.float32(0.5)) * grow - np.float32(0.5)) for view in views]


def _view(image: Image, roll: float) -> LocalFeatures:
    height, width = image.shape[:2]
    radians = np.deg2rad(roll)
    cos, sin = np.cos(radians), np.sin(radians)
    turn = np.array([[cos, -sin], [sin, cos]])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ turn.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    size = np.ceil(high - low).astype(int)
    turned = cv2.warpAffine(
        image, np.column_stack([turn, -low]), (int(size[0]), int(size[1])), borderMode=cv2.BORDER_REPLICATE
    )
    blurred = cv2.GaussianBlur(turned, (0, 0), sigmaX=_BLUR * np.sqrt(_TILT**2 - 1), sigmaY=0.01)
    squeezed = cv2.resize(blurred, (max(8, round(size[0] / _TILT)), int(size[1])), interpolation=cv2.INTER_LINEAR)
    found = SiftExtractor(max_side=max(squeezed.shape[:2]), features=_KEYPOINTS).extract(np.asarray(squeezed))
    grow = np.array([size[0] / squeezed.shape[1], size[1] / squeezed.shape[0]])
    xy = ((found.xy + 0.5) * grow + low) @ turn - 0.5
    kept = ((xy > 0) & (xy < np.array([width, height]) - 1)).all(axis=1)
    return LocalFeatures(xy[kept].astype(np.float32), found.scale[kept], found.angle[kept], found.descriptors[kept])


def _away_from_rim(features: LocalFeatures, within: Image) -> LocalFeatures:
    """Those whose surroundings lie in what was drawn: the rim of a drawing looks like a thing."""
    inner = cv2.erode(within, np.ones((9, 9), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    height, width = within.shape
    x, y = (np.clip(features.xy[:, i].astype(int), 0, limit - 1) for i, limit in ((0, width), (1, height)))
    kept = inner[y, x] == 255
    return LocalFeatures(features.xy[kept], features.scale[kept], features.angle[kept], features.descriptors[kept])
