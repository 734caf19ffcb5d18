"""RootSIFT keypoints, well spread over the picture, and the matcher that stands on them."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from blake3 import blake3

from cbir_desktop.core.types import Image, LocalFeatures, Matches, Picture, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.matchers.agreement import Agreement, agree
from cbir_desktop.store.features import MAX_KEYPOINTS, pack, unpack

_REMEMBERED = 16
"""Pictures whose features are kept, about 1.5 MB each: one query is matched with many."""
_DETECTED = 2000
"""Keypoints among which the spread ones are chosen."""
_LEAST_SIDE = 8
"""Pixels: OpenCV finds nothing in less, or fails."""
_CELLS = 8
"""Cells along each side in which keypoints are ranked: every part of the picture gets its share of them."""


class SiftExtractor:
    """SIFT (Lowe 2004) as RootSIFT (Arandjelovic & Zisserman 2012), on the picture bounded to ``max_side`` pixels."""

    def __init__(self, max_side: int = 640, features: int = MAX_KEYPOINTS) -> None:
        self.max_side, self.features = max_side, features
        self.key = f"rootsift-{max_side}-{features}-p2"

    def extract(self, image: Image) -> LocalFeatures:
        """Up to ``features`` keypoints in the pixels of ``image``; none in a plain one."""
        height, width = image.shape[:2]
        scale = min(1.0, self.max_side / max(width, height))
        small = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
        if min(small.shape) < _LEAST_SIDE:
            nothing = np.empty(0, np.float32)
            return LocalFeatures(np.empty((0, 2), np.float32), nothing, nothing, np.empty((0, 128), np.float32))
        # Without the precise upscale the doubled first octave moves every keypoint by a quarter of a pixel.
        sift = cv2.SIFT.create(_DETECTED, enable_precise_upscale=True)
        keypoints = sift.detect(small, None)
        keypoints = [keypoints[i] for i in _spread(keypoints, small.shape, self.features)]
        keypoints, descriptors = sift.compute(small, keypoints)
        if descriptors is None:
            descriptors = np.empty((0, 128), np.float32)
        grow = np.array([width / small.shape[1], height / small.shape[0]])
        xy = np.array([point.pt for point in keypoints]).reshape(-1, 2)
        return LocalFeatures(
            xy=((xy + 0.5) * grow - 0.5).astype(np.float32),
            scale=np.array([point.size for point in keypoints], np.float32) * np.float32(grow.mean()),
            angle=np.array([point.angle for point in keypoints], np.float32),
            descriptors=root_sift(descriptors),
        )

    def prepare(self, image: Image, full_size: tuple[int, int], content: bytes | None = None) -> Prepared:
        """One side of a pair. What is matched is what a cache would keep: a cached picture gives the same verdict."""
        small = fit_long_side(image, self.max_side)
        return Prepared(Picture(small, full_size), unpack(pack(self.extract(small))), content)


class SiftMatcher:
    """Mutual nearest neighbours under Lowe's ratio, then a transform by MAGSAC++; see ``matchers.agreement``.

    B is tried as it is and mirrored. Safe to call from several threads.
    """

    MIN_INLIERS = 16
    """Geometry alone: below it unrelated pictures may agree."""

    def __init__(self, max_side: int = 640, features: int = MAX_KEYPOINTS) -> None:
        self.extractor = SiftExtractor(max_side, features)
        self.key = f"{self.extractor.key}-m2"
        self._cache: OrderedDict[bytes, Prepared] = OrderedDict()
        self._lock = threading.Lock()

    def match(self, a: Picture, b: Picture) -> Matches:
        """What agrees, in the full-size pixels of both; ``homography`` None and no inlier when nothing does."""
        side_a, side_b = self._prepared(a), self._prepared(b)
        return full_size(side_a, side_b, agree(side_a, side_b), self.MIN_INLIERS)

    def _prepared(self, picture: Picture) -> Prepared:
        digest = blake3(np.ascontiguousarray(picture.image).data)
        digest.update(repr((picture.image.shape, picture.full_size)).encode())
        key = digest.digest()
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        prepared = self.extractor.prepare(picture.image, picture.full_size)
        with self._lock:
            self._cache[key] = prepared
            while len(self._cache) > _REMEMBERED:
                self._cache.popitem(last=False)
        return prepared


def full_size(a: Prepared, b: Prepared, found: Agreement, min_inliers: int = 0) -> Matches:
    """An agreement in full-size pixels; without a transform where fewer than ``min_inliers`` agree."""
    grow_a, grow_b = growth(a.picture), growth(b.picture)
    xy_a, xy_b = (found.xy_a * grow_a).astype(np.float32), (found.xy_b * grow_b).astype(np.float32)
    if found.homography is None or found.inliers < min_inliers:
        return Matches(xy_a, xy_b, np.zeros(len(xy_a), np.bool_), None, found.mirrored)
    homography = np.diag([*grow_b, 1.0]) @ found.homography @ np.diag([*(1 / grow_a), 1.0])
    return Matches(xy_a, xy_b, found.inlier, homography / homography[2, 2], found.mirrored)


def growth(picture: Picture) -> npt.NDArray[np.float64]:
    """(2,): full-size pixels for one pixel of the image, along x and y."""
    height, width = picture.image.shape[:2]
    return np.array([picture.full_size[0] / width, picture.full_size[1] / height])


def root_sift(descriptors: Vectors) -> Vectors:
    """(n, 128) SIFT to unit rows whose dot product is the Hellinger kernel of the two histograms."""
    sums = descriptors.sum(axis=1, keepdims=True)
    return np.asarray(np.sqrt(descriptors / np.maximum(sums, 1e-12)), dtype=np.float32)


def _spread(keypoints: Sequence[cv2.KeyPoint], shape: tuple[int, ...], count: int) -> npt.NDArray[np.intp]:
    """The strongest of each cell first, then the second strongest of each, until there are ``count``."""
    if not keypoints:
        return np.empty(0, np.intp)
    xy = np.array([point.pt for point in keypoints])
    response = np.array([point.response for point in keypoints])
    places = np.clip((xy * _CELLS / (shape[1], shape[0])).astype(np.intp), 0, _CELLS - 1)
    cell = places[:, 0] + _CELLS * places[:, 1]
    order = np.lexsort((-response, cell))
    starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
    rank = np.empty(len(cell), np.intp)
    rank[order] = np.arange(len(cell)) - np.repeat(starts, np.diff(starts, append=len(cell)))
    return np.lexsort((-response, rank))[:count]
