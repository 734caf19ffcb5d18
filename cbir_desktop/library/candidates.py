"""Pairs that may be copies: a self-join of the index, within a radius that the library itself tells."""

from collections.abc import Iterator, Sequence

import numpy as np

from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.vector_index import BLOCK
from cbir_desktop.store.catalog import Catalog

NEIGHBOURS, MOST = 16, 64
"""Neighbours that are asked for at first, and, of a picture that has so many within the radius, at last: plain and dark
pictures have thousands, and no list of them is of use."""

_SAMPLE = 1000  # pictures, so half a million pairs: they tell how alike pictures are by chance
_DEVIATIONS = 4.0  # 1 pair in 30,000 is beyond by chance, were they normal
_HIGHEST = 0.95  # what is nearer than this is always looked at: small libraries may be all copies
_NORMAL = 1.4826  # median absolute deviation to standard deviation


def radius(sample: Vectors) -> float:
    """The similarity from which on a pair is a candidate: far outside of what chance gives. ``sample``: (n, dim) unit
    rows. Median and MAD, for copies in the sample must not widen it."""
    if len(sample) < 2:
        return _HIGHEST
    likeness = (sample @ sample.T)[np.triu_indices(len(sample), 1)]
    middle = float(np.median(likeness))
    spread = _NORMAL * float(np.median(np.abs(likeness - middle)))
    return min(middle + _DEVIATIONS * spread, _HIGHEST)


def radius_of(catalog: Catalog, encoder_id: int) -> float:
    """``radius`` of a library, the same for the same contents."""
    ids = catalog.vectors.ids(encoder_id)
    chosen = np.random.default_rng(0).permutation(len(ids))[:_SAMPLE]
    return radius(catalog.vectors.of(np.sort(ids[chosen]).tolist(), encoder_id)[1])


def near_pairs(
    catalog: Catalog, engine: Engine, ids: Sequence[int], task: Task, within: float | None = None
) -> Iterator[tuple[int, int, float]]:
    """(content, its neighbour, similarity) for these contents and the whole index; each pair may come from both sides.

    O(n log n) with HNSW: one search of 16 neighbours each, and a second of 64 where all of them are within the radius.
    """
    within = radius_of(catalog, engine.encoder_id) if within is None else within
    for start in range(0, len(ids), BLOCK):
        task.step(start, len(ids))
        found, vectors = catalog.vectors.of(list(ids[start : start + BLOCK]), engine.encoder_id)
        if len(found):
            yield from neighbours(engine, found, vectors, within, task)


def neighbours(
    engine: Engine, ids: Ids, vectors: Vectors, within: float, task: Task
) -> Iterator[tuple[int, int, float]]:
    """The same for (n, dim) vectors that need not be in the index; ``ids`` names them."""
    index = engine.open_index(task)
    crowded = np.zeros(len(ids), np.bool_)
    for k in (NEIGHBOURS, MOST):
        rows = np.flatnonzero(crowded) if k == MOST else np.arange(len(ids))
        if not len(rows):
            return
        ranking = index.search(vectors[rows], k)
        full = ranking.scores[:, -1] >= within
        crowded[rows] = full
        for row, near, scores in zip(rows, ranking.ids, ranking.scores, strict=True):
            if k == MOST or not crowded[row]:
                keep = (scores >= within) & (near != ids[row]) & (near >= 0)
                yield from ((int(ids[row]), int(b), float(s)) for b, s in zip(near[keep], scores[keep], strict=True))


def among(ids: Ids, vectors: Vectors, within: float) -> Iterator[tuple[int, int, float]]:
    """The same for vectors, (n, dim), that are in no index: each is compared with all."""
    for start in range(0, len(ids), BLOCK):
        likeness = vectors[start : start + BLOCK] @ vectors.T
        for row, other in np.argwhere(likeness >= within):
            if start + row < other:
                yield int(ids[start + row]), int(ids[other]), float(likeness[row, other])
