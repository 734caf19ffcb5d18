"""Pairs that may be copies: a self-join of the index, within a radius that the library and each picture's own
neighbourhood tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Ids, Ranking, Vectors
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.vector_index import BLOCK
from cbir_desktop.store.catalog import Catalog

Pairs: TypeAlias = Ids
"""(m, 2) content ids, the smaller first, each pair once."""

NEIGHBOURS, MOST = 16, 64
"""Neighbours that are asked for at first, and, of a picture with as many that are all but the same, at last: plain and
dark pictures have thousands, and no list of them is of use."""
ALWAYS = 4
"""Of the nearest neighbours, so many are looked at wherever they are, as long as they are more alike than most: the
original of a heavy edit is far away, and still nearer than anything else."""
NEAR = 0.9
"""Similarity from which on a neighbour is looked at however crowded it is."""
NEARER = 0.85
"""Of the distance to the last of the first neighbours: what is nearer than this stands out from its neighbourhood. Of
the pictures of one event, all about as far from each other, this leaves the copies. On 2,500 unrelated photos and 849
planted pictures, 0.85 asks for 2.96 proofs a photo where 0.9 asks for 3.61, for one pair in 600 that is lost (version 2
of the encoder; by version 3 a set that asked for 5.5 asks for 4.5, and finds more)."""
EF = 96
"""Breadth of the join's searches: a search of a person's has 400 for the last of 20 neighbours, which no copy is."""

_PLACES = 512
"""Pictures around which the others are put in order, at most: comparing with them costs a hundredth of a search."""
_SAMPLE = 1000  # pictures, so half a million pairs: they tell how alike pictures are by chance
_DEVIATIONS = 4.0  # 1 pair in 30,000 is beyond by chance, were they normal
_MORE_THAN_MOST = 1.0  # deviations: 1 pair in 6
_HIGHEST = 0.95  # what is nearer than this is always looked at: small libraries may be all copies
_NORMAL = 1.4826  # median absolute deviation to standard deviation


@dataclass(frozen=True, slots=True)
class Radius:
    """Similarities from which on a pair is a candidate: ``nearest`` for the nearest neighbours of a picture, ``others``
    for all."""

    nearest: float
    others: float


def radius(sample: Vectors) -> Radius:
    """How alike a pair must be: more than most by chance, and far outside of what chance gives. ``sample``: (n, dim)
    unit rows. Median and MAD, for copies in the sample must not widen it."""
    if len(sample) < 2:
        return Radius(_HIGHEST, _HIGHEST)
    likeness = (sample @ sample.T)[np.triu_indices(len(sample), 1)]
    middle = float(np.median(likeness))
    spread = _NORMAL * float(np.median(np.abs(likeness - middle)))
    return Radius(*(min(middle + times * spread, _HIGHEST) for times in (_MORE_THAN_MOST, _DEVIATIONS)))


def radius_of(catalog: Catalog, encoder_id: int) -> Radius:
    """``radius`` of a library, the same for the same contents."""
    ids = catalog.vectors.ids(encoder_id)
    chosen = np.random.default_rng(0).permutation(len(ids))[:_SAMPLE]
    return radius(catalog.vectors.of(np.sort(ids[chosen]).tolist(), encoder_id)[1])


def near_pairs(catalog: Catalog, engine: Engine, ids: Sequence[int], within: Radius, task: Task) -> Pairs:
    """These contents with their neighbours in the whole index that may be copies of them.

    O(n log n) with HNSW: one search of 16 neighbours each, and one of 64 where these are all but the same.
    """
    found: list[Pairs] = [np.empty((0, 2), np.int64)]
    ids = _by_place(catalog, engine.encoder_id, ids, task) if len(ids) > BLOCK else ids
    for start in range(0, len(ids), BLOCK):
        task.step(start, len(ids))
        some, vectors = catalog.vectors.of(list(ids[start : start + BLOCK]), engine.encoder_id)
        if len(some):
            found.append(neighbours(engine, some, vectors, within, task))
    return each_once(np.concatenate(found))


def _by_place(catalog: Catalog, encoder_id: int, ids: Sequence[int], task: Task) -> list[int]:
    """The ids in an order in which pictures that are alike follow each other. Their searches walk through one part of
    the graph, which stays in the processor's caches: of 30,000 and of 100,000 each takes half to two thirds."""
    chosen = np.random.default_rng(0).permutation(len(ids))[: min(_PLACES, len(ids) // 64)]
    places = catalog.vectors.of([ids[row] for row in chosen], encoder_id)[1]
    places = places[_chain(places)]
    found = []
    for start in range(0, len(ids), BLOCK):
        task.check()
        some, vectors = catalog.vectors.of(list(ids[start : start + BLOCK]), encoder_id)
        if len(some):
            found.append(np.stack([np.argmax(vectors @ places.T, axis=1), some], axis=1))
    placed = np.concatenate(found) if found else np.empty((0, 2), np.int64)
    ordered: list[int] = placed[np.argsort(placed[:, 0], kind="stable"), 1].tolist()
    return ordered


def _chain(vectors: Vectors) -> list[int]:
    """Rows so that each is the nearest of what is left to the one before."""
    order, left = [0], np.ones(len(vectors), np.bool_)
    left[0] = False
    while left.any():
        likeness = np.where(left, vectors @ vectors[order[-1]], -2)
        order.append(int(np.argmax(likeness)))
        left[order[-1]] = False
    return order


def neighbours(engine: Engine, ids: Ids, vectors: Vectors, within: Radius, task: Task) -> Pairs:
    """The same for (n, dim) vectors that need not be in the index; ``ids`` names them."""
    index = engine.open_index(task)
    first = index.search(vectors, NEIGHBOURS + 1, EF)  # each finds itself
    crowded = first.scores[:, -1] >= NEAR
    found = [_chosen(ids[~crowded], _rows(first, ~crowded), within)]
    if crowded.any():
        found.append(_chosen(ids[crowded], index.search(vectors[crowded], MOST + 1, EF), within))
    return each_once(np.concatenate(found))


def among(ids: Ids, vectors: Vectors, within: Radius) -> Pairs:
    """The same for vectors, (n, dim), that are in no index: each is compared with all."""
    found: list[Pairs] = [np.empty((0, 2), np.int64)]
    for start in range(0, len(ids), BLOCK):
        likeness = vectors[start : start + BLOCK] @ vectors.T
        rows, others = np.nonzero(likeness >= within.nearest)
        found.append(np.stack([ids[start + rows], ids[others]], axis=1))
    return each_once(np.concatenate(found))


def _chosen(ids: Ids, ranking: Ranking, within: Radius) -> Pairs:
    """Of each row of neighbours those that are near enough: all in all, and for this neighbourhood."""
    scores, near = ranking.scores, ranking.ids
    last = np.maximum(scores[:, min(NEIGHBOURS, scores.shape[1] - 1)], -1)  # -inf: there are no more, all stand out
    distances, limits = (np.sqrt(np.maximum(2 - 2 * one, 0)) for one in (scores, last))
    known = (near >= 0) & (near != ids[:, np.newaxis])
    stands_out = (distances <= NEARER * limits[:, np.newaxis]) | (scores >= NEAR)
    is_nearest = (np.cumsum(known, axis=1) <= ALWAYS) & (scores >= within.nearest)
    rows, places = np.nonzero(known & (is_nearest | (stands_out & (scores >= within.others))))
    return np.stack([ids[rows], near[rows, places]], axis=1)


def _rows(ranking: Ranking, rows: np.ndarray) -> Ranking:
    return Ranking(ranking.ids[rows], ranking.scores[rows])


def each_once(pairs: Pairs) -> Pairs:
    """The smaller id first, no pair twice, none of a content with itself."""
    ordered = np.sort(pairs, axis=1)
    return np.unique(ordered[ordered[:, 0] != ordered[:, 1]], axis=0)


def as_tuples(pairs: Pairs) -> Iterator[tuple[int, int]]:
    return zip(pairs[:, 0].tolist(), pairs[:, 1].tolist(), strict=True)
