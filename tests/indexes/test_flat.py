import numpy as np

from cbir_desktop.indexes import flat
from cbir_desktop.indexes.flat import FlatIndex


def test_the_answer_is_the_same_in_any_order_and_any_block(clusters, monkeypatch):
    vectors = np.repeat(clusters(300), 3, axis=0)  # every vector thrice: ties everywhere
    order = np.random.default_rng(0).permutation(900)
    one, two = FlatIndex(64), FlatIndex(64)
    one.add(np.arange(900), vectors)
    for part in np.array_split(order, 7):
        two.add(part, vectors[part])
    expected = one.search(vectors[::9], 10)
    monkeypatch.setattr(flat, "_PRODUCTS", 7 * 101)
    monkeypatch.setattr(flat, "_EXACT_ROWS", 2)
    monkeypatch.setattr(flat, "_BLOCK_QUERIES", 7)
    found = two.search(vectors[::9], 10)
    np.testing.assert_array_equal(found.ids, expected.ids)
    np.testing.assert_array_equal(found.scores, expected.scores)
    alone = two.search(vectors[9:10], 10)
    np.testing.assert_array_equal(alone.scores[0], expected.scores[1])


def test_equal_scores_are_ordered_by_id():
    index = FlatIndex(4)
    index.add(np.array([9, 2, 7, 5]), np.tile(np.float32([0, 1, 0, 0]), (4, 1)))
    assert index.search(np.float32([[0, 1, 0, 0]]), 3).row() == [(2, 1.0), (5, 1.0), (7, 1.0)]


def test_it_agrees_with_sorting_everything(clusters):
    vectors, queries = clusters(2000), clusters(50, seed=1)
    index = FlatIndex(64)
    index.add(np.arange(2000) * 3, vectors)
    index.remove(np.arange(0, 6000, 30))
    kept = np.setdiff1d(np.arange(2000), np.arange(0, 2000, 10))
    truth = kept[np.argsort(-queries.astype(float) @ vectors[kept].T.astype(float), axis=1)[:, :20]] * 3
    np.testing.assert_array_equal(index.search(queries, 20).ids, truth)


def test_room_grows_by_halves(clusters):
    index = FlatIndex(64)
    rooms = set()
    for start in range(0, 5000, 100):
        index.add(np.arange(start, start + 100), clusters(100, seed=start))
        rooms.add(len(index._ids))
    assert len(rooms) <= 6
    assert len(index) == 5000
