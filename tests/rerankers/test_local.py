"""What the re-rankers by local matches share, whatever their method."""

import numpy as np
import pytest

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Query, Ranking
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.rerankers.local import LocalReranker, merged
from tests.collages import ASTRONAUT, CAT, COFFEE, collage

GALLERY = {1: COFFEE, 2: ASTRONAUT, 3: CAT}
VECTOR = np.zeros(4, np.float32)


def prepared_of(identity):
    if identity not in GALLERY:
        raise DecodeError("the drive is away", "vanished")
    image = GALLERY[identity]
    return SiftExtractor().prepare(image, (image.shape[1], image.shape[0]))


def ranking(*ids):
    return Ranking(np.array([ids], np.int64), np.linspace(1, 0.5, len(ids), dtype=np.float32)[None])


def order(images, *ids):
    return LocalReranker(prepared_of).rerank(Query(images, VECTOR), ranking(*ids)).ids[0].tolist()


def test_both_donors_of_a_collage_come_first():
    assert set(order([collage()[0]], 1, 2, 3)[:2]) == {2, 3}


def test_a_picture_that_cannot_be_read_counts_nothing_and_stands_as_it_stood():
    assert order([ASTRONAUT], 99, 1, 2) == [2, 99, 1]


def test_of_several_examples_the_best_counts():
    assert order([ASTRONAUT], 1, 3, 2)[0] == 2
    assert set(order([ASTRONAUT, CAT], 1, 3, 2)[:2]) == {2, 3}


def test_one_query_at_a_time():
    two = Ranking(np.zeros((2, 1), np.int64), np.zeros((2, 1), np.float32))
    with pytest.raises(ValueError, match="one query"):
        LocalReranker(prepared_of).rerank(Query([ASTRONAUT], VECTOR), two)


def test_two_rankings_take_turns_and_give_each_once():
    found = merged(ranking(5, 6, 7), ranking(6, 1, 2, 3), 5)
    assert found.ids.tolist() == [[5, 6, 1, 7, 2]]
    assert (np.diff(found.scores[0]) < 0).all()
    padded = Ranking(np.array([[4, -1]]), np.array([[1.0, -np.inf]], np.float32))
    assert merged(padded, ranking(9), 5).ids.tolist() == [[4, 9]]
    assert merged(ranking(), ranking(2, 1), 5).ids.tolist() == [[2, 1]]
