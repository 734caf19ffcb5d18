import cv2
import numpy as np
import pytest
import skimage.data

from cbir_desktop.core.protocols import LocalEncoder
from cbir_desktop.core.types import Picture
from cbir_desktop.matchers.agreement import mirror_descriptors, mutual_matches
from cbir_desktop.matchers.sift import SiftExtractor, SiftMatcher, root_sift

CHELSEA = np.ascontiguousarray(skimage.data.chelsea()[:, :450])


def test_features_are_in_the_pixels_of_the_picture():
    extractor = SiftExtractor(max_side=640, features=300)
    large = cv2.resize(CHELSEA, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    features = extractor.extract(large)
    assert isinstance(extractor, LocalEncoder)
    assert 250 < len(features) <= 310
    assert features.xy.max() > 900
    assert (features.xy <= np.array(large.shape[1::-1])).all()
    assert features.scale.shape == features.angle.shape == (len(features),)
    np.testing.assert_allclose(np.linalg.norm(features.descriptors, axis=1), 1, atol=1e-5)


def test_a_plain_picture_has_none():
    features = SiftExtractor().extract(np.full((200, 300, 3), 90, np.uint8))
    assert features.xy.shape == (0, 2)
    assert features.descriptors.shape == (0, 128)


@pytest.mark.parametrize("max_side", [200, 640])
def test_a_blob_is_found_where_it_is(max_side):
    rows, columns = np.mgrid[:400, :400]
    blob = 250 * np.exp(-((columns - 161.0) ** 2 + (rows - 201.0) ** 2) / (2 * 8**2))
    strongest = SiftExtractor(max_side, features=1).extract(np.dstack([blob.astype(np.uint8)] * 3))
    assert np.abs(strongest.xy[0] - (161, 201)).max() < 0.1


def test_mirrored_descriptors_are_those_of_the_mirrored_picture():
    extractor = SiftExtractor()
    upright, mirrored = extractor.extract(CHELSEA), extractor.extract(np.ascontiguousarray(CHELSEA[:, ::-1]))
    pairs = mutual_matches(upright.descriptors @ mirror_descriptors(mirrored.descriptors).T, 0.8)
    across = (CHELSEA.shape[1] - 1 - mirrored.xy[:, 0])[pairs[:, 1]]
    same = np.abs(across - upright.xy[pairs[:, 0], 0]) < 1
    assert same.mean() > 0.95
    assert same.sum() > 0.8 * len(upright)
    np.testing.assert_array_equal(mirror_descriptors(mirror_descriptors(upright.descriptors)), upright.descriptors)


def test_root_sift_is_the_hellinger_kernel():
    a, b = np.zeros((2, 1, 128), np.float32)
    a[0, :2], b[0, 1:5] = 100, 50
    assert float((root_sift(a) @ root_sift(b).T)[0, 0]) == pytest.approx(np.sqrt(0.5 * 0.25))
    assert not root_sift(np.zeros((1, 128), np.float32)).any()


def test_matches_are_mutual_and_distinct():
    angles = np.deg2rad([0, 90, 180])
    a = np.column_stack([np.cos(angles), np.sin(angles)])
    turned = np.deg2rad([1, 88, 92, 181])  # the second of A has two equal candidates
    b = np.column_stack([np.cos(turned), np.sin(turned)])
    likeness = a @ b.T
    before = likeness.copy()
    assert mutual_matches(likeness, 0.8).tolist() == [[0, 0], [2, 3]]
    np.testing.assert_array_equal(likeness, before)
    assert mutual_matches(a[:0] @ b.T, 0.8).shape == (0, 2)
    assert mutual_matches(a @ b[:1].T, 0.8).shape == (0, 2)


def test_a_mirrored_warp_is_found_in_full_size_pixels():
    height, width = CHELSEA.shape[:2]
    half = cv2.resize(np.ascontiguousarray(CHELSEA[:, ::-1]), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    matches = SiftMatcher().match(Picture(half, (2 * width, 2 * height)), Picture.of(CHELSEA))
    assert matches.mirrored
    off = matches.xy_b - (matches.xy_a * [-0.5, 0.5] + [width, 0])
    assert np.abs(off[matches.inlier]).max() < 3
    assert np.abs(np.median(off[matches.inlier], axis=0)).max() < 0.1  # no drift by half a pixel


def test_a_match_is_the_same_with_a_warm_cache():
    matcher, other = SiftMatcher(), Picture.of(np.ascontiguousarray(CHELSEA[20:, 50:]))
    first, second = (matcher.match(Picture.of(CHELSEA), other) for _ in range(2))
    fresh = SiftMatcher().match(Picture.of(CHELSEA), other)
    for answer in (second, fresh):
        np.testing.assert_array_equal(first.xy_a, answer.xy_a)
        np.testing.assert_array_equal(first.homography, answer.homography)


def test_the_key_names_the_settings():
    assert len({SiftMatcher().key, SiftMatcher(max_side=800).key, SiftMatcher(features=300).key}) == 3


def test_keypoints_are_spread_over_the_picture():
    """Where one part has most of the detail, the others still get their share."""
    busy = np.random.default_rng(0).integers(0, 256, (160, 160, 3), dtype=np.uint8)
    picture = cv2.resize(CHELSEA, (640, 480), interpolation=cv2.INTER_CUBIC)
    picture[:160, :160] = busy
    features = SiftExtractor(features=200).extract(picture)
    elsewhere = (features.xy > 165).any(axis=1)
    assert elsewhere.mean() > 0.75
