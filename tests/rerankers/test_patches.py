import cv2
import numpy as np
import pytest
import skimage.data

from cbir_desktop.core import registry
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.types import Query, Ranking
from cbir_desktop.rerankers.patches import PatchMatching, parts

PLACES = np.arange(6 * 9 * 3, dtype=np.uint8).reshape(6, 9, 3)


def test_parts_overlap_by_half_and_reach_every_border():
    views = parts(PLACES, 3)
    assert [view.shape[:2] for view in views] == [(6, 9)] + 4 * [(4, 6)] + 9 * [(3, 4)]
    for last in (views[4], views[13]):
        np.testing.assert_array_equal(last[-1, -1], PLACES[-1, -1])
    np.testing.assert_array_equal(views[2][0, -1], PLACES[0, -1])
    assert {view.shape for view in parts(np.zeros((1, 1, 3), np.uint8), 4)} == {(1, 1, 3)}


class Level:
    """A picture is its mean of red and of green."""

    key, dim = "level", 2

    def encode(self, images):
        rows = np.array([image.reshape(-1, 3).mean(axis=0)[:2] + 1e-3 for image in images])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


RED, GREEN = np.zeros((2, 12, 12, 3), np.uint8)
RED[..., 0] = GREEN[..., 1] = 200
MIXED = np.where(np.arange(12)[None, :, None] < 4, RED, GREEN).astype(np.uint8)
GALLERY = {0: GREEN, 1: MIXED, 2: RED}


def reranked(by, query, images=GALLERY, **knobs):
    found = PatchMatching(Level(), images.__getitem__, by=by, **knobs)
    order = Ranking(np.array([[0, 1, 2]]), np.array([[0.9, 0.8, 0.7]], np.float32))
    return found.rerank(Query([query], Level().encode([query])[0]), order)


def test_a_part_is_found_wherever_it_lies():
    found = reranked("average", RED)
    assert found.ids.tolist() == [[2, 1, 0]]
    half = (Level().encode(parts(RED, 1)) @ Level().encode(parts(MIXED, 3)).T).max()
    assert found.scores[0, 1] == pytest.approx(half, abs=1e-6)
    assert reranked("average", RED, levels=1).scores[0, 1] < half  # of the whole picture only


def test_the_best_pair_counts_or_the_mean_of_all():
    best, mean = reranked("best", MIXED), reranked("average", MIXED)
    assert best.scores[0, list(best.ids[0]).index(2)] > mean.scores[0, list(mean.ids[0]).index(2)]
    assert mean.ids[0, 0] == 1
    with pytest.raises(ValueError, match="average or best"):
        reranked("median", RED)


def test_what_cannot_be_had_stands_behind():
    class Away(dict):
        def __getitem__(self, identity):
            if identity == 2:
                raise KnownError("the drive is away", "missing")
            return super().__getitem__(identity)

    assert reranked("average", RED, Away(GALLERY)).ids.tolist() == [[1, 0, 2]]


def test_parts_are_encoded_once_and_forgotten_beyond_their_number():
    asked = []

    def image_of(identity):
        asked.append(identity)
        return GALLERY[identity]

    order = Ranking(np.array([[0, 1, 2]]), np.zeros((1, 3), np.float32))
    query = Query([RED], Level().encode([RED])[0])
    keeping, forgetting = (PatchMatching(Level(), image_of, kept=kept) for kept in (3, 1))
    for built, times in ((keeping, 3), (forgetting, 6)):
        asked.clear()
        built.rerank(query, order)
        built.rerank(query, order)
        assert len(asked) == times


def test_an_object_in_a_corner_of_a_photograph_is_found():
    """The cat takes a ninth of a page."""
    rocket, cat = skimage.data.rocket(), skimage.data.chelsea()
    page = skimage.data.coffee().copy()
    page[-133:, -200:] = cv2.resize(cat, (200, 133), interpolation=cv2.INTER_AREA)
    images = {0: skimage.data.astronaut(), 1: rocket, 2: page}
    encoder = registry.encoders.create("blocks")
    built = PatchMatching(encoder, images.__getitem__, levels=5, query_levels=1, by="best")
    found = built.rerank(
        Query([cat], encoder.encode([cat])[0]), Ranking(np.array([[0, 1, 2]]), np.zeros((1, 3), np.float32))
    )
    assert found.ids[0, 0] == 2
