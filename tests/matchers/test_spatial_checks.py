"""Methods that score a pair by its local matches: on photographs, and on correspondences made of one known move."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import skimage.data

from cbir_desktop.matchers.correspondences import correspond, translations, turned_and_scaled, wrapped
from cbir_desktop.matchers.hough_pyramid import hough_pyramid, one_to_one
from cbir_desktop.matchers.objects import clusters, os2os, votes
from cbir_desktop.matchers.pairwise import pairwise
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.matchers.vote_and_verify import vote_and_verify
from cbir_desktop.matchers.weak_geometry import sift_votes, weak_consistency
from cbir_desktop.rerankers.local import METHODS
from tests.collages import ASTRONAUT, CAT, COFFEE, collage

EXTRACTOR = SiftExtractor()


def prepared(image):
    image = np.ascontiguousarray(image)
    return EXTRACTOR.prepare(image, (image.shape[1], image.shape[0]))


@pytest.fixture(scope="module")
def query():
    return prepared(collage()[0])


@pytest.fixture(scope="module")
def donor():
    return prepared(ASTRONAUT)


@pytest.fixture(scope="module")
def turned():
    """The cat turned by 30 degrees and at 0.8 of its size, with the cat: one known similarity."""
    matrix = cv2.getRotationMatrix2D((225, 150), 30, 0.8)
    picture = cv2.warpAffine(CAT, matrix, (451, 300), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
    return correspond(prepared(picture), prepared(CAT)), matrix


@pytest.mark.parametrize("name", METHODS)
def test_the_donor_of_a_collage_scores_above_others(name, query, donor):
    found = METHODS[name](correspond(query, donor))
    others = [
        METHODS[name](correspond(query, prepared(image))) for image in (COFFEE, skimage.data.stereo_motorcycle()[0])
    ]
    assert found > 2 * max(others)


@pytest.mark.parametrize("name", METHODS)
def test_a_picture_without_keypoints_scores_nothing(name, query):
    blank = prepared(np.full((200, 300, 3), 128, np.uint8))
    assert METHODS[name](correspond(query, blank)) == 0
    assert METHODS[name](correspond(blank, query)) == 0


@pytest.mark.parametrize("name", [name for name in METHODS if name != "sift-votes"])
def test_matches_whose_turns_and_sizes_are_shuffled_count_less(name, query, donor):
    right = correspond(query, donor)
    rng = np.random.default_rng(0)
    wrong = replace(
        right, turn=rng.uniform(-np.pi, np.pi, len(right)), octaves=rng.uniform(-3, 3, len(right)),
        xy_a=rng.permutation(right.xy_a),
    )  # fmt: skip
    assert METHODS[name](wrong) < 0.6 * METHODS[name](right)


def test_correspondences_know_the_turn_and_the_scale(turned):
    found, _ = turned
    assert len(found) > 50
    assert np.median(np.abs(wrapped(found.turn - np.deg2rad(-30)))) < 0.05  # y points down: 30 against the clock
    assert np.median(found.octaves) == pytest.approx(np.log2(0.8), abs=0.1)


def test_all_votes_meet_at_the_centroid_that_the_move_gives(turned):
    found, matrix = turned
    there = matrix @ [*(found.centre_b - 0.5), 1.0] + 0.5
    off = np.linalg.norm(votes(found) - there, axis=1)
    assert np.median(off) < 8
    assert len(clusters(found)[0]) > 0.8 * len(found)


def test_the_middle_is_moved_as_the_similarity_moves_it(turned):
    found, _ = turned
    np.testing.assert_allclose(np.median(translations(found), axis=0), 0, atol=0.02)  # turned about its middle


def test_an_offset_is_turned_and_scaled():
    moved = turned_and_scaled(np.array([np.pi / 2]), np.array([1.0]), [[3.0, 0.0]])
    np.testing.assert_allclose(moved, [[0.0, 6.0]], atol=1e-12)


def test_what_the_query_shows_twice_is_matched_at_both_places(donor):
    canvas = np.zeros((400, 800, 3), np.uint8)
    face = ASTRONAUT[0:220, 130:340]
    canvas[100:320, 50:260] = canvas[100:320, 500:710] = face
    found = correspond(prepared(canvas), donor)
    left = found.xy_a[:, 0] < 400
    assert min(left.sum(), (~left).sum()) > 20


def test_clusters_share_nothing_and_the_largest_is_first(query, donor):
    found = clusters(correspond(query, donor))
    assert len(found) >= 2
    assert [len(rows) for rows in found[:1]] == [max(len(rows) for rows in found)]
    together = np.concatenate(found)
    assert len(np.unique(together)) == len(together)


def test_an_object_adds_to_the_score_what_it_has_alone(query, donor):
    """Two parts of the astronaut: each half of the collage has one, and the whole has the sum."""
    whole = correspond(query, donor)
    left = whole.xy_a[:, 0] < 320
    halves = [_part(whole, left), _part(whole, ~left)]
    assert all(os2os(half) > 10 for half in halves)
    assert os2os(whole) == pytest.approx(sum(os2os(half) for half in halves), rel=0.1)


def _part(c, chosen):
    names = ("rows", "xy_a", "xy_b", "turn", "octaves")
    return replace(c, **{name: getattr(c, name)[chosen] for name in names})


def test_one_keypoint_counts_once(query, donor):
    found = correspond(query, donor)
    assert sift_votes(found) == len(np.unique(found.rows[:, 0]))
    twice = _part(found, np.repeat(np.arange(len(found)), 2))
    assert sift_votes(twice) == sift_votes(found)
    assert os2os(twice) == os2os(found)
    assert hough_pyramid(twice) == pytest.approx(hough_pyramid(found))
    assert len(one_to_one(twice, np.ones(len(twice)))) == len(one_to_one(found, np.ones(len(found))))


def test_weak_consistency_is_the_smaller_of_two_peaks(turned):
    found, _ = turned
    assert weak_consistency(found) <= len(found)
    rng = np.random.default_rng(1)
    by_scale = replace(found, octaves=rng.uniform(-4, 4, len(found)))
    assert weak_consistency(by_scale) < 0.3 * weak_consistency(found)
    by_turn = replace(found, turn=rng.uniform(-np.pi, np.pi, len(found)))
    assert weak_consistency(by_turn) < 0.3 * weak_consistency(found)


def test_pairs_of_one_similarity_nearly_all_agree(turned):
    found, _ = turned
    n = min(len(found), 150)
    assert pairwise(found) > 0.7 * np.sqrt(n * (n - 1) / 2)


def test_verified_inliers_are_spread(turned):
    """Twenty matches on one spot prove less than twenty over the picture."""
    found, _ = turned
    wide = _part(found, np.arange(20))
    near = replace(wide, xy_a=wide.xy_a * np.float32(0.02) + 200)
    assert vote_and_verify(wide) > 2 * vote_and_verify(near)


def test_the_pyramid_holds_for_a_move_of_everything(turned):
    """What is compared is relative: the same pair from the other side has the same strength, nearly."""
    found, _ = turned
    mirrored_roles = replace(
        found, rows=found.rows[:, ::-1], xy_a=found.xy_b, xy_b=found.xy_a, turn=-found.turn, octaves=-found.octaves
    )
    assert hough_pyramid(mirrored_roles) == pytest.approx(hough_pyramid(found), rel=0.5)
