import numpy as np
import pytest
import skimage.data

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Picture, Query, Ranking
from cbir_desktop.matchers.sift import SiftMatcher
from cbir_desktop.rerankers.spatial import SpatialReranker

ASTRONAUT, COFFEE = skimage.data.astronaut(), skimage.data.coffee()
GALLERY = {1: ASTRONAUT[:, 100:], 2: COFFEE, 3: ASTRONAUT, 4: COFFEE[50:, 50:], 5: skimage.data.chelsea()}
VECTOR = np.zeros(4, np.float32)


def picture_of(identity):
    if identity not in GALLERY:
        raise DecodeError("the drive is away", "vanished")
    return Picture.of(np.ascontiguousarray(GALLERY[identity]))


def ranking(*ids):
    return Ranking(np.array([ids]), np.linspace(1, 0, len(ids), dtype=np.float32)[None])


def order(reranker, images, *ids):
    return reranker.rerank(Query(images, VECTOR), ranking(*ids)).ids[0].tolist()


def test_more_inliers_go_first_and_the_rest_keeps_its_order():
    assert order(SpatialReranker(SiftMatcher(), picture_of), [ASTRONAUT], 4, 2, 1, 3) == [3, 1, 4, 2]


def test_only_the_first_depth_are_looked_at():
    assert order(SpatialReranker(SiftMatcher(), picture_of, depth=3), [ASTRONAUT], 4, 2, 1, 3) == [1, 4, 2, 3]


def test_of_several_examples_the_best_counts():
    reranker = SpatialReranker(SiftMatcher(), picture_of)
    assert order(reranker, [ASTRONAUT], 5, 2, 3) == [3, 5, 2]
    assert order(reranker, [COFFEE, ASTRONAUT], 5, 2, 3) == [3, 2, 5]


def test_a_picture_that_cannot_be_read_stays_unverified():
    assert order(SpatialReranker(SiftMatcher(), picture_of), [ASTRONAUT], 99, 2, 3) == [3, 99, 2]


def test_one_query_at_a_time():
    two = Ranking(np.zeros((2, 1), np.int64), np.zeros((2, 1), np.float32))
    with pytest.raises(ValueError, match="one query"):
        SpatialReranker(SiftMatcher(), picture_of).rerank(Query([ASTRONAUT], VECTOR), two)
