"""Objects that two pictures share, each moved in its own way: OS2OS."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Picture, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.matchers import geometry
from cbir_desktop.matchers.agreement import THRESHOLD
from cbir_desktop.matchers.correspondences import Correspondences, Rows, correspond, turned_and_scaled, wrapped
from cbir_desktop.matchers.geometry import Mask, Matrix
from cbir_desktop.matchers.sift import growth

_RADIUS = 0.02
"""Of the query's long side: how far apart the votes of one object may lie at least."""
_LEVER = 0.15
"""Of the way from a keypoint to the centroid it votes for: a turn off by 9 degrees moves the vote as far."""
_TURN = np.deg2rad(40.0)
_OCTAVES = 1.0
_CHANCE = 2
"""Votes that meet by chance: a cluster counts by what it has beyond."""
_LEAST = 3
MIN_INLIERS = 6
"""Matches that an object must have under its own transform. Of 480 unrelated pairs (split `train`) none had 5."""


def os2os(c: Correspondences) -> float:
    """Brogan et al. 2021 ("Fast local spatial verification for feature-agnostic large-scale image retrieval", OS2OS):
    each match carries the centroid of B's keypoints over into the query by its own turn and scale; where votes gather
    there is an object, and the score of B is the sum over its objects.

    The paper's text could not be had, only its abstract and descriptions of it: the width of a cluster, that its votes
    agree in turn and scale too, and what an object counts (its distinct keypoints of the query beyond ``_CHANCE``) are
    ours.
    """
    return float(sum(len(np.unique(c.rows[rows, 0])) - _CHANCE for rows in clusters(c)))


def clusters(c: Correspondences) -> list[Rows]:
    """Numbers of the correspondences whose votes gather, the largest cluster first; each is in one at most.

    A cluster has ``_LEAST`` keypoints of either picture. The vote with most others about it is a centre, takes them,
    and the rest are looked at again.
    """
    if len(c) < _LEAST:
        return []
    together = _together(c)
    found: list[Rows] = []
    free = np.ones(len(c), np.bool_)
    while free.any():
        around = together[:, free].sum(axis=1) * free
        members = np.flatnonzero(together[int(around.argmax())] & free)
        if min(len(np.unique(c.rows[members, side])) for side in (0, 1)) < _LEAST:
            return found
        found.append(members)
        free[members] = False
    return found


def votes(c: Correspondences) -> npt.NDArray[np.float64]:
    """(m, 2): where each match puts the centroid of B's keypoints, pixels of A."""
    return np.asarray(c.xy_a + turned_and_scaled(c.turn, c.octaves, c.centre_b - c.xy_b))


def _together(c: Correspondences) -> Mask:
    """(m, m): whether the vote of the second lies within the reach of the first, with a like turn and scale."""
    place = votes(c)
    reach = _RADIUS * max(c.size_a) + _LEVER * np.linalg.norm(place - c.xy_a, axis=1)
    x, y = place.T
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    alike = np.abs(wrapped(c.turn[:, None] - c.turn)) < _TURN
    alike &= np.abs(c.octaves[:, None] - c.octaves) < _OCTAVES
    return np.asarray(alike & (apart < reach[:, None]))


@dataclass(frozen=True, slots=True)
class FoundObject:
    """One object that A and B share, in pixels of the bounded pictures (``in_full_size``: of the full ones), centres at
    +0.5.

    ``xy_a``, ``xy_b``: (m, 2) float32 the matches that agree on ``homography`` (3, 3) from A to B as it is.
    ``outline_a``, ``outline_b``: (k, 2) float64 the hull around these keypoints in each. ``mirrored``: as B shows it.
    """

    xy_a: Vectors
    xy_b: Vectors
    homography: Matrix
    outline_a: Matrix
    outline_b: Matrix
    mirrored: bool = False

    @property
    def inliers(self) -> int:
        return len(self.xy_a)


def find_objects(a: Prepared, b: Prepared) -> list[FoundObject]:
    """The objects that A and B share, the one with most matches first; as they are, and mirrored.

    Each cluster of votes that at least ``MIN_INLIERS`` matches agree on under a transform of their own is one; a match
    belongs to one object. What only agrees because of another object's matches is none.
    """
    found = [one for mirrored in (False, True) for one in _objects(correspond(a, b, mirrored))]
    found.sort(key=lambda one: -one.inliers)
    kept: list[FoundObject] = []
    for one in found:
        if not any(one.mirrored != other.mirrored and _covers(other, one) for other in kept):
            kept.append(one)
    return kept


def in_full_size(found: FoundObject, a: Picture, b: Picture) -> FoundObject:
    """In the pixels of the two originals."""
    grow_a, grow_b = growth(a), growth(b)
    homography = np.diag([*grow_b, 1.0]) @ found.homography @ np.diag([*(1 / grow_a), 1.0])
    return FoundObject(
        xy_a=(found.xy_a * grow_a).astype(np.float32),
        xy_b=(found.xy_b * grow_b).astype(np.float32),
        homography=homography / homography[2, 2],
        outline_a=found.outline_a * grow_a,
        outline_b=found.outline_b * grow_b,
        mirrored=found.mirrored,
    )


def _objects(c: Correspondences) -> list[FoundObject]:
    free, found = np.ones(len(c), np.bool_), []
    for members in clusters(c):
        rows = members[free[members]]
        inlier = _agreeing(c, rows, free)
        if inlier is None:
            continue
        homography, chosen = inlier
        free[chosen] = False
        found.append(_found(c, homography, chosen))
    return found


def _agreeing(c: Correspondences, rows: Rows, free: Mask) -> tuple[Matrix, Rows] | None:
    """The transform of a cluster and all free matches that follow it, each keypoint once."""
    if len(rows) < MIN_INLIERS:
        return None
    fitted = geometry.fit(
        c.xy_a[rows], c.xy_b[rows], c.size_a, THRESHOLD, lambda homography: c.judge(homography)[rows], MIN_INLIERS
    )
    if fitted is None:
        return None
    better = geometry.refine(
        fitted.homography, fitted.model, c.xy_a, c.xy_b, THRESHOLD, lambda homography: c.judge(homography) & free
    )
    if better is None or not geometry.is_plausible(better, c.xy_a, c.xy_b, c.size_a):
        return None
    chosen = np.flatnonzero(better.inlier)
    for side in (0, 1):
        _, first = np.unique(c.rows[chosen, side], return_index=True)
        chosen = chosen[np.sort(first)]
    return (better.homography, chosen) if len(chosen) >= MIN_INLIERS else None


def _found(c: Correspondences, homography: Matrix, chosen: Rows) -> FoundObject:
    xy_a, xy_b = c.xy_a[chosen], c.xy_b[chosen]
    if c.mirrored:
        width = c.size_b[0]
        xy_b = np.column_stack([width - xy_b[:, 0], xy_b[:, 1]]).astype(np.float32)
        homography = np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]]) @ homography
    homography = homography / homography[2, 2]
    return FoundObject(xy_a, xy_b, homography, _hull(xy_a), _hull(xy_b), c.mirrored)


def _hull(xy: Vectors) -> Matrix:
    return np.asarray(cv2.convexHull(xy)[:, 0], np.float64)


def _covers(one: FoundObject, other: FoundObject) -> bool:
    """Whether the middle of ``other`` lies in ``one``: what looks the same mirrored is one object, not two."""
    x, y = other.xy_a.mean(axis=0).tolist()
    return cv2.pointPolygonTest(one.outline_a.astype(np.float32), (x, y), False) >= 0
