"""Planes seen from far aside, which plain matching does not find."""

import cv2
import numpy as np
import pytest
import skimage.data

from cbir_desktop.matchers.geometry import apply
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.matchers.tilts import second_chance
from cbir_desktop.matchers.verifier import verify

EXTRACTOR = SiftExtractor()


def prepared(image):
    return EXTRACTOR.prepare(np.ascontiguousarray(image), (image.shape[1], image.shape[0]))


def aside(image, roll, tilt):
    """A far view of ``image`` from the side, squeezed by ``tilt`` along ``roll`` degrees, and the map to its pixels."""
    height, width = image.shape[:2]
    radians = np.deg2rad(roll)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    squeeze = turn.T @ np.diag([1 / tilt, 1.0]) @ turn
    middle = np.array([width / 2, height / 2])
    view = np.vstack([np.column_stack([squeeze, middle - squeeze @ middle]), [0, 0, 1]])
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    pixels = np.linalg.inv(half) @ view @ half
    soft = cv2.GaussianBlur(image, (0, 0), 1.2)  # a lens does not alias
    ground = cv2.warpPerspective(soft, pixels, (width, height), flags=cv2.INTER_AREA, borderValue=(90, 120, 90))
    return ground, view


@pytest.mark.parametrize("roll", [0, 45, 90])
def test_a_plane_seen_from_aside_is_found_by_the_second_chance(roll):
    picture = skimage.data.coffee()
    view, true = aside(picture, roll, 3.5)
    found = verify(prepared(picture), prepared(view), thorough=True)
    assert found.proved is not None
    spots = np.array([[200.0, 150], [400, 150], [300, 250]])
    off = np.linalg.norm(apply(found.matches.homography, spots) - apply(true, spots), axis=1)
    assert off.max() < 3


def test_the_second_chance_finds_what_the_first_misses():
    picture = skimage.data.coffee()
    view, true = aside(picture, 45, 3.5)
    a, b = prepared(picture), prepared(view)
    first, second = verify(a, b), second_chance(a, b)
    assert second is not None
    assert second.inliers > 2 * first.matches.inliers
    spots = np.array([[200.0, 150], [400, 150], [300, 250]])
    assert np.linalg.norm(apply(second.homography, spots) - apply(true, spots), axis=1).max() < 3
    inside = second.xy_a[second.inlier]
    assert (inside > -1).all()
    assert (inside < [picture.shape[1] + 1, picture.shape[0] + 1]).all()


def test_unrelated_pictures_stay_unproved_however_thorough():
    pictures = [prepared(getattr(skimage.data, name)()) for name in ("coffee", "astronaut", "chelsea", "rocket")]
    for place, one in enumerate(pictures):
        for other in pictures[:place]:
            assert verify(one, other, thorough=True).proved is None
