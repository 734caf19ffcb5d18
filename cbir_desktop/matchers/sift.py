"""RootSIFT keypoints, matched both ways and verified by one transform."""

import threading
from collections import OrderedDict

import cv2
import numpy as np
import numpy.typing as npt
from blake3 import blake3

from cbir_desktop.core.types import Image, LocalFeatures, Matches, Picture, Vectors
from cbir_desktop.matchers.geometry import Fit, Matrix, fit

_REMEMBERED = 16
"""Pictures whose features are kept, about 0.5 MB each: one query is matched with many."""


class SiftExtractor:
    """SIFT (Lowe 2004) as RootSIFT (Arandjelovic & Zisserman 2012), on the picture bounded to ``max_side`` pixels."""

    def __init__(self, max_side: int = 640, features: int = 1000) -> None:
        self.max_side, self.features = max_side, features
        self.key = f"rootsift-{max_side}-{features}-p1"

    def extract(self, image: Image) -> LocalFeatures:
        """Up to ``features`` keypoints in the pixels of ``image``; none in a plain one."""
        height, width = image.shape[:2]
        scale = min(1.0, self.max_side / max(width, height))
        small = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            small = cv2.resize(small, size, interpolation=cv2.INTER_AREA)
        # Without the precise upscale the doubled first octave moves every keypoint by a quarter of a pixel.
        sift = cv2.SIFT.create(self.features, enable_precise_upscale=True)
        keypoints, descriptors = sift.detectAndCompute(small, None)
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


class SiftMatcher:
    """Mutual nearest neighbours under Lowe's ratio, then a homography or an affine map by MAGSAC++.

    B is tried as it is and mirrored. Safe to call from several threads.
    """

    def __init__(self, max_side: int = 640, features: int = 1000, ratio: float = 0.8, threshold: float = 3.0) -> None:
        """``threshold``: how far an inlier may lie off, in pixels of the picture bounded to ``max_side``."""
        self.extractor = SiftExtractor(max_side, features)
        self.ratio, self.threshold = ratio, threshold
        self.key = f"{self.extractor.key}-r{ratio}-t{threshold}"
        self._cache: OrderedDict[bytes, LocalFeatures] = OrderedDict()
        self._lock = threading.Lock()

    def match(self, a: Picture, b: Picture) -> Matches:
        """What agrees, in the full-size pixels of both; ``homography`` None and no inlier when nothing does."""
        features_a, features_b = self._features(a.image), self._features(b.image)
        straight = self._match(a, b, features_a, features_b, mirrored=False)
        mirrored = self._match(a, b, features_a, features_b, mirrored=True)
        return mirrored if mirrored.inliers > straight.inliers else straight

    def _match(self, a: Picture, b: Picture, of_a: LocalFeatures, of_b: LocalFeatures, mirrored: bool) -> Matches:
        descriptors = mirror_descriptors(of_b.descriptors) if mirrored else of_b.descriptors
        pairs = mutual_matches(of_a.descriptors, descriptors, self.ratio)
        xy_a, xy_b = _full_size(of_a.xy[pairs[:, 0]], a), _full_size(of_b.xy[pairs[:, 1]], b)
        # A place with two orientations is one witness.
        _, first = np.unique(np.column_stack([xy_a, xy_b]).round(1), axis=0, return_index=True)
        xy_a, xy_b = xy_a[np.sort(first)], xy_b[np.sort(first)]
        found = self._fit(a, b, xy_a, xy_b, mirrored)
        if found is None:
            return Matches(xy_a, xy_b, np.zeros(len(xy_a), np.bool_), None, mirrored)
        return Matches(xy_a, xy_b, found.inlier, found.homography, mirrored)

    def _fit(self, a: Picture, b: Picture, xy_a: Vectors, xy_b: Vectors, mirrored: bool) -> Fit | None:
        """Fit where one pixel means the same for every picture: bounded to ``max_side``, B turned back if mirrored."""
        to_a, to_b = self._to_bounded(a), self._to_bounded(b)
        if mirrored:
            to_b = np.array([[-1.0, 0, to_b[0, 0] * b.full_size[0]], [0, 1, 0], [0, 0, 1]]) @ to_b
        small_a = xy_a * np.float32(to_a.diagonal()[:2])
        small_b = (xy_b @ to_b[:2, :2].T + to_b[:2, 2]).astype(np.float32)
        size = (a.full_size[0] * to_a[0, 0], a.full_size[1] * to_a[1, 1])
        found = fit(small_a, small_b, size, self.threshold)
        if found is None:
            return None
        homography = np.linalg.inv(to_b) @ found.homography @ to_a
        return Fit(homography / homography[2, 2], found.inlier)

    def _to_bounded(self, picture: Picture) -> Matrix:
        height, width = picture.image.shape[:2]
        scale = min(1.0, self.extractor.max_side / max(width, height))
        return np.diag([width * scale / picture.full_size[0], height * scale / picture.full_size[1], 1.0])

    def _features(self, image: Image) -> LocalFeatures:
        digest = blake3(np.ascontiguousarray(image).data)
        digest.update(repr(image.shape).encode())
        key = digest.digest()
        with self._lock:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        features = self.extractor.extract(image)
        with self._lock:
            self._cache[key] = features
            while len(self._cache) > _REMEMBERED:
                self._cache.popitem(last=False)
        return features


def root_sift(descriptors: Vectors) -> Vectors:
    """(n, 128) SIFT to unit rows whose dot product is the Hellinger kernel of the two histograms."""
    sums = descriptors.sum(axis=1, keepdims=True)
    return np.asarray(np.sqrt(descriptors / np.maximum(sums, 1e-12)), dtype=np.float32)


def mirror_descriptors(descriptors: Vectors) -> Vectors:
    """(n, 128): what the same keypoints would have in the mirrored picture.

    4 rows x 4 columns x 8 directions in the frame of the keypoint's own angle: mirrored, the rows change sides and the
    directions turn the other way. Spares a second extraction.
    """
    cells = descriptors.reshape(-1, 4, 4, 8)
    return np.ascontiguousarray(cells[:, ::-1][..., (-np.arange(8)) % 8]).reshape(-1, 128)


def mutual_matches(a: Vectors, b: Vectors, ratio: float) -> npt.NDArray[np.intp]:
    """(m, 2) indices of unit rows that are each other's nearest, and nearer than ``ratio`` times A's second one."""
    if len(a) == 0 or len(b) < 2:
        return np.empty((0, 2), np.intp)
    products = a @ b.T
    nearest = products.argmax(axis=1)
    rows = np.arange(len(a))
    best = products[rows, nearest]
    back = products.argmax(axis=0)[nearest]
    products[rows, nearest] = -1
    second = products.max(axis=1)
    # Squared Euclidean distance of unit vectors: 2 - 2 (dot product).
    distinct = 1 - best < ratio**2 * (1 - second)
    chosen = np.flatnonzero(distinct & (back == rows))
    return np.column_stack([chosen, nearest[chosen]])


def _full_size(xy: Vectors, picture: Picture) -> Vectors:
    """From pixels of the image, first centre at 0, to pixels of the original, first centre at 0.5."""
    height, width = picture.image.shape[:2]
    factor = np.array([picture.full_size[0] / width, picture.full_size[1] / height])
    return np.asarray((xy + 0.5) * factor, dtype=np.float32)
