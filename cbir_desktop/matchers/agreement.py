"""What the keypoints of two pictures agree on: matched both ways, straight and mirrored, under one transform."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import LocalFeatures, Picture, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.matchers import geometry
from cbir_desktop.matchers.geometry import Mask, Matrix, Model, inverse

RATIO = 0.8
THRESHOLD = 3.0
"""Pixels of the bounded pictures."""
_TURN = 40.0
"""Degrees that a keypoint's angle may differ from where the transform turns it."""
_OCTAVES = 1.0
"""And its size. Of unrelated pairs one in eight passes both."""
_NEAR = 0.80
"""Least likeness (dot product) of a pair that is looked for where the transform says."""
_CLEAR = 60
"""Inliers from which on the other way round is not tried: unrelated pictures reach 12."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """``xy_a``, ``xy_b``: (m, 2) float32 pixels of the bounded pictures, centres at +0.5. ``homography``: from A to B
    in these (B as it is, mirrored or not), None when nothing fits. ``putative``: matches before any transform.
    ``partners``: of the keypoints of A that fall into B, and of B into A, the share that meets one alike there, the
    smaller of the two shares. ``residuals``: (m,) pixels of B.
    """

    xy_a: Vectors
    xy_b: Vectors
    inlier: Mask
    homography: Matrix | None
    mirrored: bool
    putative: int
    residuals: Matrix
    model: Model = "similarity"
    partners: float = 0.0

    @property
    def inliers(self) -> int:
        return int(self.inlier.sum())


def agree(a: Prepared, b: Prepared) -> Agreement:
    """The better of B as it is and B mirrored."""
    straight = _agree(a, b, mirrored=False)
    if straight.inliers >= _CLEAR:
        return straight
    mirrored = _agree(a, b, mirrored=True)
    return mirrored if mirrored.inliers > straight.inliers else straight


def _agree(a: Prepared, b: Prepared, mirrored: bool) -> Agreement:
    of_a, of_b = centred(a.features), centred(b.features)
    width = b.picture.image.shape[1]
    if mirrored:
        of_b = mirrored_features(of_b, width)
    likeness = products(of_a.descriptors, of_b.descriptors)
    pairs = one_witness(mutual_matches(likeness, RATIO), of_a, of_b)
    judge = Judge(of_a, of_b, pairs)
    size = (a.picture.image.shape[1], a.picture.image.shape[0])
    xy_a, xy_b = of_a.xy[pairs[:, 0]], of_b.xy[pairs[:, 1]]
    found = geometry.fit(xy_a, xy_b, size, THRESHOLD, judge)
    putative, partners = len(pairs), 0.0
    if found is not None:
        more, partners = _guided(of_a, of_b, likeness, found.homography, a.picture, b.picture)
        pairs = one_witness(np.vstack([pairs, more]), of_a, of_b)
        judge = Judge(of_a, of_b, pairs)
        xy_a, xy_b = of_a.xy[pairs[:, 0]], of_b.xy[pairs[:, 1]]
        better = geometry.refine(found.homography, found.model, xy_a, xy_b, THRESHOLD, judge)
        found = better if better is not None and geometry.is_plausible(better, xy_a, xy_b, size) else None
    return _answer(xy_a, xy_b, found, mirrored, width, putative, partners)


def match(a: LocalFeatures, b: LocalFeatures) -> tuple[Vectors, Vectors]:
    """(m, 2) each: the places of mutual neighbours under the ratio, centres at +0.5, before any transform."""
    of_a, of_b = centred(a), centred(b)
    pairs = mutual_matches(products(of_a.descriptors, of_b.descriptors), RATIO)
    return of_a.xy[pairs[:, 0]], of_b.xy[pairs[:, 1]]


def _answer(
    xy_a: Vectors, xy_b: Vectors, found: geometry.Fit | None, mirrored: bool, width: int, putative: int, partners: float
) -> Agreement:
    if mirrored:
        xy_b = np.column_stack([width - xy_b[:, 0], xy_b[:, 1]]).astype(np.float32)
    if found is None:
        nothing = np.zeros(len(xy_a), np.bool_)
        return Agreement(xy_a, xy_b, nothing, None, mirrored, putative, np.full(len(xy_a), np.nan))
    flip = np.array([[-1.0, 0, width], [0, 1, 0], [0, 0, 1]]) if mirrored else np.eye(3)
    homography = flip @ found.homography
    return Agreement(
        xy_a,
        xy_b,
        found.inlier,
        homography / homography[2, 2],
        mirrored,
        putative,
        found.residuals,
        found.model,
        partners,
    )


class Judge:
    """Whether the angles and sizes of paired keypoints changed as a homography changes them."""

    def __init__(self, a: LocalFeatures, b: LocalFeatures, pairs: npt.NDArray[np.intp]) -> None:
        self._xy = a.xy[pairs[:, 0]]
        radians = np.deg2rad(a.angle[pairs[:, 0]])
        self._heading = np.column_stack([np.cos(radians), np.sin(radians)])
        self._angle_b = b.angle[pairs[:, 1]]
        self._octaves = np.log2(b.scale[pairs[:, 1]] / a.scale[pairs[:, 0]])

    def __call__(self, homography: Matrix) -> Mask:
        with np.errstate(divide="ignore", invalid="ignore"):
            local = geometry.jacobians(homography, self._xy)
            turned = np.einsum("mij,mj->mi", local, self._heading)
            angle = np.rad2deg(np.arctan2(turned[:, 1], turned[:, 0]))
            octaves = np.log2(np.abs(np.linalg.det(local))) / 2
            off = np.abs((angle - self._angle_b + 180) % 360 - 180)
            return np.asarray((off < _TURN) & (np.abs(octaves - self._octaves) < _OCTAVES))


def _guided(
    a: LocalFeatures, b: LocalFeatures, likeness: Vectors, homography: Matrix, picture_a: Picture, picture_b: Picture
) -> tuple[npt.NDArray[np.intp], float]:
    """Pairs that lie where the homography says and are each other's most alike there; and the share of partners."""
    with np.errstate(divide="ignore", invalid="ignore"):
        there = geometry.apply(homography, a.xy).astype(np.float32)
        back = geometry.apply(inverse(homography), b.xy).astype(np.float32)
    in_b, in_a = _inside(there, picture_b), _inside(back, picture_a)
    near = np.flatnonzero(in_b)
    if not len(near) or not in_a.any():
        return np.empty((0, 2), np.intp), 0.0
    rows, columns = _neighbours(there[near], b.xy)
    rows = near[rows]
    alike = likeness[rows, columns]
    kept = np.flatnonzero(alike > _NEAR)
    order = kept[np.argsort(-alike[kept], kind="stable")]  # the most alike first
    rows, columns = rows[order], columns[order]
    of_rows, of_columns = np.unique(rows, return_index=True), np.unique(columns, return_index=True)
    mutual = np.intersect1d(of_rows[1], of_columns[1])
    met_b = np.isin(of_columns[0], np.flatnonzero(in_a)).sum() / in_a.sum()
    return np.column_stack([rows[mutual], columns[mutual]]), float(min(len(of_rows[0]) / len(near), met_b))


def _neighbours(a: Vectors, b: Vectors) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Rows of A and of B nearer than ``THRESHOLD`` to each other; only what is near in x is looked at."""
    order = np.argsort(b[:, 0])
    x = b[order, 0]
    low, high = np.searchsorted(x, a[:, 0] - THRESHOLD), np.searchsorted(x, a[:, 0] + THRESHOLD)
    rows = np.repeat(np.arange(len(a)), high - low)
    columns = order[np.arange(len(rows)) - np.repeat(np.cumsum(high - low) - high, high - low)]
    near = ((a[rows] - b[columns]) ** 2).sum(axis=1) < THRESHOLD**2
    return rows[near], columns[near]


def products(a: Vectors, b: Vectors) -> Vectors:
    """(n_a, n_b). By OpenCV, in this thread: BLAS shares out 0.9 ms among threads that wait for each other, and took
    285 ms where the other core was busy."""
    if not len(a) or not len(b):
        return np.empty((len(a), len(b)), np.float32)
    return np.asarray(cv2.gemm(a, b, 1, None, 0, flags=cv2.GEMM_2_T), np.float32)


def _inside(xy: Vectors, picture: Picture) -> Mask:
    height, width = picture.image.shape[:2]
    return np.asarray((xy[:, 0] > 0) & (xy[:, 0] < width) & (xy[:, 1] > 0) & (xy[:, 1] < height))


def centred(features: LocalFeatures) -> LocalFeatures:
    return LocalFeatures(features.xy + np.float32(0.5), features.scale, features.angle, features.descriptors)


def mirrored_features(features: LocalFeatures, width: int) -> LocalFeatures:
    """What the mirrored picture would have."""
    xy = np.column_stack([width - features.xy[:, 0], features.xy[:, 1]]).astype(np.float32)
    angle = (180 - features.angle) % 360
    return LocalFeatures(xy, features.scale, angle, mirror_descriptors(features.descriptors))


def one_witness(pairs: npt.NDArray[np.intp], a: LocalFeatures, b: LocalFeatures) -> npt.NDArray[np.intp]:
    """Pairs without those that join the same two places again: a place with two orientations is one witness."""
    places = np.column_stack([a.xy[pairs[:, 0]], b.xy[pairs[:, 1]]]).round(1)
    _, first = np.unique(places, axis=0, return_index=True)
    return pairs[np.sort(first)]


def mirror_descriptors(descriptors: Vectors) -> Vectors:
    """(n, 128): what the same keypoints would have in the mirrored picture.

    4 rows x 4 columns x 8 directions in the frame of the keypoint's own angle: mirrored, the rows change sides and the
    directions turn the other way. Spares a second extraction.
    """
    cells = descriptors.reshape(-1, 4, 4, 8)
    return np.ascontiguousarray(cells[:, ::-1][..., (-np.arange(8)) % 8]).reshape(-1, 128)


def mutual_matches(likeness: Vectors, ratio: float) -> npt.NDArray[np.intp]:
    """(m, 2) indices of rows and columns that are each other's nearest, and nearer than ``ratio`` times the row's
    second one. ``likeness``: (n_a, n_b) dot products of unit descriptors."""
    if likeness.shape[0] == 0 or likeness.shape[1] < 2:
        return np.empty((0, 2), np.intp)
    rows = np.arange(len(likeness))
    nearest = likeness.argmax(axis=1)
    best = likeness[rows, nearest]
    back = np.ascontiguousarray(likeness.T).argmax(axis=1)[nearest]  # ten times as fast as along the columns
    likeness[rows, nearest] = -1
    second = likeness.max(axis=1)
    likeness[rows, nearest] = best
    # Squared Euclidean distance of unit vectors: 2 - 2 (dot product).
    distinct = 1 - best < ratio**2 * (1 - second)
    chosen = np.flatnonzero(distinct & (back == rows))
    return np.column_stack([chosen, nearest[chosen]])
