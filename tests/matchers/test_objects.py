"""The objects that two pictures share, against collages whose truth is known."""

import cv2
import numpy as np
import pytest

from cbir_desktop.core.types import Picture
from cbir_desktop.matchers.geometry import apply
from cbir_desktop.matchers.objects import MIN_INLIERS, find_objects, in_full_size
from cbir_desktop.matchers.sift import SiftExtractor
from tests.collages import ASTRONAUT, CAT, COFFEE, PARTS, background, collage, pasted

EXTRACTOR = SiftExtractor()


def prepared(image, full_size=None):
    image = np.ascontiguousarray(image)
    return EXTRACTOR.prepare(image, full_size or (image.shape[1], image.shape[0]))


def corners(box):
    x, y, width, height = box
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float64)


def off(homography, truth, box):
    """The largest distance of a corner of the box from where it is, pixels of the collage."""
    found = apply(np.linalg.inv(homography), corners(box))
    return float(np.linalg.norm(found - apply(truth, corners(box)), axis=1).max())


def test_each_part_is_found_with_its_own_move():
    picture, maps = collage()
    found = find_objects(prepared(picture), prepared(ASTRONAUT))
    assert len(found) == 2
    for truth, (box, *_) in zip(maps, PARTS, strict=True):
        assert min(off(one.homography, truth, box) for one in found) < 4


def test_outlines_lie_on_the_parts():
    picture, maps = collage()
    found = find_objects(prepared(picture), prepared(ASTRONAUT))
    for one in found:
        distances = []
        for truth, (box, *_) in zip(maps, PARTS, strict=True):
            frame = apply(truth, corners(box)).astype(np.float32)
            distances.append(min(cv2.pointPolygonTest(frame, point, True) for point in one.outline_a.tolist()))
        assert max(distances) > -4  # all of it inside one of the parts
        np.testing.assert_allclose(apply(one.homography, one.xy_a), one.xy_b, atol=3.01)


def test_nothing_is_found_where_nothing_is_shared():
    assert find_objects(prepared(background()), prepared(COFFEE)) == []
    assert find_objects(prepared(CAT), prepared(ASTRONAUT)) == []
    assert find_objects(prepared(CAT), prepared(np.full((200, 300, 3), 128, np.uint8))) == []


def test_a_copy_is_one_object():
    small = cv2.resize(ASTRONAUT, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    found = find_objects(prepared(ASTRONAUT), prepared(small))
    assert len(found) == 1
    assert found[0].inliers > 100


def test_what_is_pasted_twice_is_found_twice():
    canvas = background().copy()
    box = (140, 10, 190, 210)
    places = [(120, 120), (500, 250)]
    for angle, place in zip((0.0, 25.0), places, strict=True):
        pasted(canvas, ASTRONAUT, box, angle, 0.8, place)
    found = find_objects(prepared(canvas), prepared(ASTRONAUT))
    assert len(found) == 2
    middles = [one.xy_a.mean(axis=0) for one in found]
    assert all(min(np.linalg.norm(middle - place) for middle in middles) < 60 for place in places)


@pytest.mark.parametrize("mirror_first", [True, False])
def test_a_mirrored_part_is_found_and_called_so(mirror_first):
    canvas = background().copy()
    pasted(canvas, np.ascontiguousarray(ASTRONAUT[:, ::-1]), (182, 10, 190, 210), 10.0, 0.8, (200, 150))
    pictures = [prepared(canvas), prepared(ASTRONAUT)]
    found = find_objects(*(pictures if mirror_first else pictures[::-1]))
    assert [one.mirrored for one in found] == [True]
    assert found[0].inliers >= MIN_INLIERS
    np.testing.assert_allclose(apply(found[0].homography, found[0].xy_a), found[0].xy_b, atol=3.01)


def test_full_size_pixels_are_those_of_the_originals():
    picture, _ = collage()
    a, b = prepared(picture, (1280, 854)), prepared(ASTRONAUT, (1024, 1024))
    small = find_objects(a, b)[0]
    full = in_full_size(small, Picture(a.picture.image, (1280, 854)), Picture(b.picture.image, (1024, 1024)))
    np.testing.assert_allclose(full.xy_a, small.xy_a * 2)
    np.testing.assert_allclose(full.outline_b, small.outline_b * 2)
    np.testing.assert_allclose(apply(full.homography, full.xy_a), full.xy_b, atol=6.02)
