import numpy as np

from cbir_desktop.indexes import inverted
from cbir_desktop.indexes.flat import FlatIndex
from cbir_desktop.indexes.inverted import InvertedIndex
from cbir_desktop.library.vector_index import _create

WORDS = 10_000


def bags(rows, seed=0):
    """Unit vectors of thirty words each, the first hundred words in most of them."""
    random = np.random.default_rng(seed)
    vectors = np.zeros((rows, WORDS), np.float32)
    for row in vectors:
        row[random.integers(0, 100, 15)] = random.random(15)
        row[random.integers(0, WORDS, 15)] = random.random(15)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_bags_of_words_are_found_as_by_exact_search(monkeypatch):
    monkeypatch.setattr(inverted, "_FRESH", 50)  # some stand in the file, some wait beside it
    index, flat = InvertedIndex(WORDS), FlatIndex(WORDS)
    vectors = bags(330)
    for one in (index, flat):
        for start in range(0, 330, 40):
            one.add(np.arange(start, min(start + 40, 330)), vectors[start : start + 40])
        one.remove(np.array([3, 60, 329]))
        one.add(np.array([7, 400]), bags(2, seed=5))
    found, truth = (one.search(bags(20, seed=1), 25) for one in (index, flat))
    np.testing.assert_array_equal(found.ids, truth.ids)
    np.testing.assert_allclose(found.scores, truth.scores, atol=1e-6)
    assert index.ids().tolist() == flat.ids().tolist()


def test_what_shares_no_word_is_given_behind_by_id():
    index = InvertedIndex(WORDS)
    index.add(np.array([5, 2, 9]), np.eye(3, WORDS, dtype=np.float32))
    found = index.search(np.eye(3, WORDS, dtype=np.float32)[1:2], 3)
    assert found.ids.tolist() == [[2, 5, 9]]
    assert found.scores.tolist() == [[1, 0, 0]]


def test_the_file_costs_eight_bytes_a_word(tmp_path):
    index = InvertedIndex(WORDS)
    vectors = bags(100)
    index.add(np.arange(100), vectors)
    index.save(tmp_path)
    size = sum(path.stat().st_size for path in tmp_path.glob("*.bin"))
    assert size == 8 * np.count_nonzero(vectors) + 8 * 100 + 8 * 101


def test_a_library_of_many_words_has_one_by_itself():
    assert isinstance(_create("auto", WORDS, "bovw-words10000-1234"), InvertedIndex)
    assert not isinstance(_create("auto", 1000, "bovw-words1000-1234"), InvertedIndex)
    assert not isinstance(_create("auto", 12_800, "vlad-words100-1234"), InvertedIndex)
