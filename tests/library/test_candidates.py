"""The self-join finds planted copies, and leaves what is only alike as everything else is."""

import numpy as np
import pytest

from cbir_desktop.core.tasks import NULL_TASK
from cbir_desktop.library.candidates import MOST, NEIGHBOURS, Radius, among, as_tuples, near_pairs, radius, radius_of
from cbir_desktop.library.vector_index import LibraryIndex
from cbir_desktop.store.vectors import as_stored, unit_rows

DIM = 32


def made(count, seed=0):
    return unit_rows(np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32))


class OneEncoder:
    """The part of an engine that a join asks for: vectors that no encoder made, in a real index of a real catalog."""

    def __init__(self, session, vectors, kind="flat"):
        catalog = session.catalog
        self.encoder_id = catalog.vectors.encoder_id("made", "made", DIM)
        with catalog.db.writing() as connection:
            for number, vector in enumerate(vectors, start=1):
                connection.execute(
                    "INSERT INTO contents (id, hash, bytes, width, height, format) VALUES (?, ?, 1, 1, 1, 'JPEG')",
                    (number, number.to_bytes(32, "big")),
                )
                connection.execute(
                    "INSERT INTO vectors (content_id, encoder_id, vector) VALUES (?, ?, ?)",
                    (number, self.encoder_id, as_stored(vector).tobytes()),
                )
        self._index = LibraryIndex(catalog, self.encoder_id, "made", DIM, session.folder / "index", kind)
        self._index.open()

    def open_index(self, task):
        return self._index


def joined(session, engine, ids):
    within = radius_of(session.catalog, engine.encoder_id)
    return set(as_tuples(near_pairs(session.catalog, engine, ids, within, NULL_TASK)))


def copies_of(vectors, spread=0.05, seed=1):
    noise = np.random.default_rng(seed).standard_normal(vectors.shape).astype(np.float32)
    return unit_rows(vectors + spread * noise)


@pytest.mark.parametrize("kind", ["flat", "hnsw"])
def test_planted_copies_are_found_and_each_pair_once(session, kind):
    vectors = made(600)
    engine = OneEncoder(session, [*vectors, *copies_of(vectors[:50])], kind)
    pairs = joined(session, engine, range(1, 651))
    assert {(number, 600 + number) for number in range(1, 51)} <= pairs
    assert all(a < b for a, b in pairs)
    assert len(pairs) < 4 * 650, "of 211,000, few are alike by chance"
    assert joined(session, engine, range(601, 651)) >= {(number, 600 + number) for number in range(1, 51)}


def test_pictures_of_one_event_are_not_all_compared(session):
    """Six hundred vectors about one centre, as alike as those of one event, and among them copies."""
    event = unit_rows(made(1)[0] * 1.5 + made(600, seed=5))
    vectors = [*made(2000, seed=3), *event, *copies_of(event[:40], 0.01)]
    pairs = joined(session, OneEncoder(session, vectors), range(1, len(vectors) + 1))
    assert {(2000 + number, 2600 + number) for number in range(1, 41)} <= pairs
    within_event = [pair for pair in pairs if pair[0] > 2000]
    assert len(within_event) < 8 * len(event), "of 179,700 pairs"


def test_a_hundred_copies_of_one_are_found_as_far_as_the_bound(session):
    vectors = [*made(300), *copies_of(np.repeat(made(1, seed=9), 100, axis=0), 0.01)]
    pairs = joined(session, OneEncoder(session, vectors), range(1, 401))
    degrees = np.bincount([number for pair in pairs for number in pair], minlength=401)[301:]
    assert degrees.min() >= MOST > NEIGHBOURS


def test_the_radius_is_that_of_chance_and_copies_do_not_move_it():
    vectors = made(500)
    chance = radius(vectors)
    assert 0.1 < chance.nearest < 0.3
    assert 0.5 < chance.others < 0.85
    with_copies = radius(np.concatenate([vectors, copies_of(vectors[:100])]))
    assert abs(with_copies.others - chance.others) < 0.02
    assert radius(vectors[:1]) == radius(np.repeat(vectors[:1], 20, axis=0)) == Radius(0.95, 0.95)


def test_newcomers_are_compared_with_each_other():
    vectors = made(30)
    ids = -np.arange(1, 32)
    pairs = set(as_tuples(among(ids, np.concatenate([vectors, copies_of(vectors[:1])]), Radius(0.9, 0.9))))
    assert pairs == {(-31, -1)}


def test_a_join_of_many_blocks_finds_what_one_search_at_a_time_does(session, monkeypatch):
    monkeypatch.setattr("cbir_desktop.library.candidates.BLOCK", 128)
    vectors = made(600)
    engine = OneEncoder(session, [*vectors, *copies_of(vectors[:50])])
    ids = [*range(1, 651), 9999]  # one of which nobody knows a vector
    together = joined(session, engine, ids)
    assert together == set().union(*(joined(session, engine, ids[start : start + 100]) for start in range(0, 651, 100)))
