"""Exact search: every vector is compared."""

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cbir_desktop.core.errors import DamagedError
from cbir_desktop.core.types import Ids, Ranking, Vectors
from cbir_desktop.indexes import files
from cbir_desktop.indexes.arrays import best_first, blank_ranking, checked_batch, checked_vectors
from cbir_desktop.indexes.locks import TurnstileLock

_PRODUCTS, _BLOCK_QUERIES = 1 << 22, 128
"""One matrix of products is at most 16 MB. For one query that is the whole library in one call: every call waits for
the slowest thread of BLAS, and on a busy machine four calls took twice the time of one."""
_EXACT_ROWS = 8192
"""Rows that are scored exactly at a time, 16 MB at 256 numbers: all may tie, in a library of plain pictures."""
_SLACK = 1e-5
"""More than BLAS may differ between two places of one matrix (about 1e-7 for unit vectors)."""


class FlatIndex:
    """All vectors in one growing float32 matrix; the answer does not depend on the order in which they were added.

    The matrix product only chooses candidates: its last bits depend on where a row stands. The scores that are given
    and sorted by are float64 dot products, one row at a time; equal scores are ordered by id.
    """

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.key = f"flat-ip-d{dim}"
        self._lock = TurnstileLock()
        self._saving = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._ids: Ids = np.empty(0, np.int64)
        self._vectors: Vectors = np.empty((0, self.dim), np.float32)
        self._rows: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def fit(self, sample: Vectors) -> None:
        """Nothing to learn: every vector is kept as it is."""

    def ids(self) -> Ids:
        """All ids, (n,) int64, rising."""
        with self._lock:
            return np.sort(self._ids[: len(self._rows)])

    def add(self, ids: Ids, vectors: Vectors) -> None:
        ids, vectors = checked_batch(ids, vectors, self.dim)
        with self._lock:
            self._reserve(len(self._rows) + len(ids))
            rows = [self._rows.setdefault(identity, len(self._rows)) for identity in ids.tolist()]
            self._ids[rows] = ids
            self._vectors[rows] = vectors

    def remove(self, ids: Ids) -> None:
        with self._lock:
            for identity in np.asarray(ids, dtype=np.int64).tolist():
                row = self._rows.pop(identity, None)
                if row is not None:
                    self._fill_hole(row)

    def _fill_hole(self, row: int) -> None:
        last = len(self._rows)
        if row != last:
            self._ids[row], self._vectors[row] = self._ids[last], self._vectors[last]
            self._rows[int(self._ids[row])] = row

    def _reserve(self, rows: int) -> None:
        if rows > len(self._ids):
            room = max(rows, len(self._ids) * 3 // 2, 1024)
            used = len(self._rows)
            ids, vectors = np.empty(room, np.int64), np.empty((room, self.dim), np.float32)
            ids[:used], vectors[:used] = self._ids[:used], self._vectors[:used]
            self._ids, self._vectors = ids, vectors

    def search(self, queries: Vectors, k: int) -> Ranking:
        queries = checked_vectors(queries, self.dim)
        ranking = blank_ranking(len(queries), k)
        for start in range(0, len(queries), _BLOCK_QUERIES):
            block = slice(start, start + _BLOCK_QUERIES)
            with self._lock:
                self._search_block(queries[block], k, ranking.ids[block], ranking.scores[block])
        return ranking

    def _search_block(self, queries: Vectors, k: int, ids: Ids, scores: Vectors) -> None:
        for stored_ids, stored in self._blocks(max(1, _PRODUCTS // len(queries))):
            products = queries @ stored.T
            for query, row, found_ids, found_scores in zip(queries, products, ids, scores, strict=True):
                near = _candidates(row, k)
                exact = _exact_scores(stored, near, query)
                all_ids = np.concatenate([found_ids[found_ids >= 0], stored_ids[near]])
                all_scores = np.concatenate([found_scores[found_ids >= 0], exact])
                order = best_first(all_ids, all_scores)[:k]
                found_ids[: len(order)], found_scores[: len(order)] = all_ids[order], all_scores[order]

    def _blocks(self, rows: int) -> Iterator[tuple[Ids, Vectors]]:
        for start in range(0, len(self._rows), rows):
            end = min(start + rows, len(self._rows))
            yield self._ids[start:end], self._vectors[start:end]

    def save(self, folder: Path) -> None:
        with self._saving:
            with self._lock:
                order = np.argsort(self._ids[: len(self._rows)])
                ids, vectors = self._ids[order], self._vectors[order]
            writers = {"ids": ids.tofile, "vectors": vectors.tofile}
            files.save(folder, self.key, self.dim, len(ids), writers)

    def load(self, folder: Path) -> None:
        rows, parts = files.load(folder, self.key, self.dim, ("ids", "vectors"))
        ids = np.fromfile(parts["ids"], np.int64)
        vectors = np.fromfile(parts["vectors"], np.float32)
        if len(ids) != rows or len(vectors) != rows * self.dim:
            raise DamagedError(f"the index in {folder} does not hold {rows} rows")
        with self._lock:
            self._ids, self._vectors = ids, vectors.reshape(rows, self.dim)
            self._rows = {identity: row for row, identity in enumerate(ids.tolist())}


def _candidates(products: Vectors, k: int) -> Ids:
    """Where everything stands that may be among the ``k`` best, ties of the last one and rounding included."""
    if len(products) <= k:
        return np.arange(len(products))
    last = np.partition(products, -k)[-k]
    return np.flatnonzero(products >= last - _SLACK)


def _exact_scores(stored: Vectors, rows: Ids, query: Vectors) -> Vectors:
    """Dot products in float64, one row at a time in numpy's fixed order of summing, rounded to float32."""
    scores = np.empty(len(rows), np.float32)
    wide = query.astype(np.float64)
    for start in range(0, len(rows), _EXACT_ROWS):
        part = slice(start, start + _EXACT_ROWS)
        scores[part] = (stored[rows[part]] * wide).sum(axis=1)
    return scores
