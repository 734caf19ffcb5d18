from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

pytest.importorskip("hnswlib", reason="hnswlib could not be built here: the flat index serves")

from cbir_desktop.indexes.flat import FlatIndex
from cbir_desktop.indexes.hnsw import HnswIndex


def recall(index, ids, vectors, queries, k=20):
    flat = FlatIndex(vectors.shape[1])
    flat.add(ids, vectors)
    pairs = zip(index.search(queries, k).ids, flat.search(queries, k).ids, strict=True)
    return np.mean([np.isin(found, truth).mean() for found, truth in pairs])


def filled(vectors, **options):
    index = HnswIndex(vectors.shape[1], **options)
    index.add(np.arange(len(vectors)), vectors)
    return index


def test_the_key_names_what_the_graph_was_built_with():
    assert HnswIndex(8).key == "hnsw-m16-efc200-ip-d8"
    assert len({HnswIndex(8, m=m, ef_construction=efc).key for m in (8, 16) for efc in (100, 200)}) == 4
    assert HnswIndex(8, ef=10, num_threads=1).key == HnswIndex(8).key


def test_ef_is_swept_without_building_again(clusters):
    vectors, queries = clusters(5000), clusters(200, seed=1)
    index = filled(vectors, m=4, ef_construction=20)
    recalls = []
    for index.ef in (1, 400):
        recalls.append(recall(index, np.arange(5000), vectors, queries))
    assert recalls[0] < recalls[1]
    assert recalls[1] >= 0.99


def test_one_thread_builds_the_same_graph_twice(clusters, tmp_path):
    for name in ("a", "b"):
        filled(clusters(1500), num_threads=1).save(tmp_path / name)
    assert [path.name for path in sorted((tmp_path / "a").glob("*.bin"))] == [
        path.name for path in sorted((tmp_path / "b").glob("*.bin"))
    ]


def test_recall_holds_through_years_of_changes(clusters):
    vectors = clusters(4000)
    index = filled(vectors)
    random = np.random.default_rng(0)
    alive = np.arange(4000)
    for turn in range(12):
        index.remove(random.choice(alive, 500, replace=False))
        fresh = random.choice(4000, 500, replace=False)
        vectors[fresh] = clusters(500, seed=turn + 10)
        index.add(fresh, vectors[fresh])  # some present, some dead, some gone before
        alive = index.ids()
        assert index.deleted_share <= 1 / 3
    assert recall(index, alive, vectors[alive], clusters(200, seed=1)) >= 0.99


def test_it_is_rebuilt_when_more_than_a_third_is_dead(clusters):
    index = filled(clusters(900))
    index.remove(np.arange(300))
    assert index.deleted_share == pytest.approx(1 / 3)
    index.remove(np.array([300]))
    assert index.deleted_share == 0
    assert index.ids().tolist() == list(range(301, 900))
    index.remove(np.arange(900))
    assert len(index) == 0
    assert (index.search(clusters(1), 3).ids == -1).all()
    index.add(np.array([5]), clusters(1))
    assert index.search(clusters(1), 3).ids.tolist() == [[5, -1, -1]]


def test_a_thousand_equal_vectors_hide_nobody(clusters):
    """Plain pictures give one vector: the graph's links are spent among them, and the walk may end on an island."""
    equal, others = np.repeat(clusters(1), 1000, axis=0), clusters(500, seed=1)
    index = filled(np.vstack([equal, others]), m=4, ef_construction=10)
    found = index.search(np.vstack([equal[:1], others[:1]]), 1500)
    for row in found.ids:
        assert sorted(row.tolist()) == list(range(1500))


def test_what_hnswlib_holds_dead_stays_dead_on_the_disk(clusters, tmp_path):
    vectors = clusters(600)
    index = filled(vectors)
    index.remove(np.arange(100))
    index.save(tmp_path)
    loaded = HnswIndex(64)
    loaded.load(tmp_path)
    assert loaded.deleted_share == index.deleted_share > 0
    assert loaded.search(vectors[:50], 20).ids.min() >= 100
    loaded.add(np.arange(100), vectors[:100])
    assert loaded.search(vectors[:50], 1).ids[:, 0].tolist() == list(range(50))
    loaded.remove(np.arange(100))
    assert len(loaded) == 500


@pytest.mark.parametrize("kind", [FlatIndex, HnswIndex])
def test_adding_removing_saving_and_searching_at_once(kind, clusters, tmp_path):
    vectors = clusters(3000)
    index = kind(64)
    index.add(np.arange(500), vectors[:500])  # these stay

    def add(start):
        for first in range(start, start + 1250, 50):
            index.add(np.arange(first, first + 50), vectors[first : first + 50])
            index.remove(np.arange(first, first + 25))

    def search(_):
        for _ in range(30):
            found = index.search(vectors[:100], 10)
            assert (found.ids[:, 0] == np.arange(100)).all()
            assert (np.diff(found.scores, axis=1) <= 0).all()

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(add, 500), pool.submit(add, 1750), *(pool.submit(search, n) for n in range(3))]
        jobs += [pool.submit(index.save, tmp_path) for _ in range(3)]
        for job in jobs:
            job.result(timeout=120)
    assert len(index) == 500 + 1250
    index.save(tmp_path)
    loaded = kind(64)
    loaded.load(tmp_path)
    np.testing.assert_array_equal(loaded.ids(), index.ids())
