"""An inverted file: for each dimension the vectors that are not nought there (Sivic & Zisserman 2003, section 4.1)."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from cbir_desktop.core.errors import DamagedError
from cbir_desktop.core.types import Floats, Ids, Ranking, Vectors
from cbir_desktop.indexes import files
from cbir_desktop.indexes.arrays import best_first, blank_ranking, checked_batch, checked_vectors
from cbir_desktop.indexes.locks import TurnstileLock

_FRESH = 1024
"""Vectors that may wait beside the file, or a tenth of it: it is made anew for more, as each costs every entry."""


class InvertedIndex:
    """Exact search through sparse vectors, as bags of many thousand words are: a query reads the postings of its own
    words only, and a vector costs 8 bytes for each value that is not nought. Scores are summed in float64, word by
    word, and do not depend on the order in which vectors were added; equal ones are ordered by id.

    Dense vectors are found too, at twice the memory of ``FlatIndex``.
    """

    def __init__(self, dim: int) -> None:
        self.dim = dim
        self.key = f"inverted-ip-d{dim}"
        self._lock, self._saving = TurnstileLock(), threading.Lock()
        self._set(np.empty(0, np.int64), sparse.csr_matrix((0, dim), dtype=np.float32))

    def _set(self, ids: Ids, rows: Any) -> None:
        """``rows``: (n, dim) in CSR, sorted by ``ids``."""
        self._ids, self._rows, self._postings = ids, rows, rows.tocsc()
        self._gone = np.zeros(len(ids), np.bool_)
        self._fresh: dict[int, Any] = {}

    def __len__(self) -> int:
        with self._lock:
            return self._count()

    def _count(self) -> int:
        return len(self._ids) - int(self._gone.sum()) + len(self._fresh)

    def fit(self, sample: Vectors) -> None:
        """Nothing to learn."""

    def ids(self) -> Ids:
        """All ids, (n,) int64, rising."""
        with self._lock:
            return np.sort(np.concatenate([self._ids[~self._gone], np.fromiter(self._fresh, np.int64)]))

    def add(self, ids: Ids, vectors: Vectors) -> None:
        ids, vectors = checked_batch(ids, vectors, self.dim)
        with self._lock:
            self._forget(ids)
            rows = sparse.csr_matrix(vectors)
            self._fresh.update((identity, rows[place]) for place, identity in enumerate(ids.tolist()))
            if len(self._fresh) > max(_FRESH, len(self._ids) // 10):
                self._set(*self._together())

    def remove(self, ids: Ids) -> None:
        with self._lock:
            self._forget(np.asarray(ids, np.int64))

    def _forget(self, ids: Ids) -> None:
        for identity in ids.tolist():
            self._fresh.pop(identity, None)
        self._gone |= np.isin(self._ids, ids)

    def _together(self) -> tuple[Ids, Any]:
        """All ids, rising, and their vectors."""
        ids = np.concatenate([self._ids[~self._gone], np.fromiter(self._fresh, np.int64)])
        rows = sparse.vstack([self._rows[~self._gone], *self._fresh.values()], format="csr", dtype=np.float32)
        order = np.argsort(ids)
        return ids[order], rows[order]

    def search(self, queries: Vectors, k: int) -> Ranking:
        queries = checked_vectors(queries, self.dim)
        ranking = blank_ranking(len(queries), k)
        with self._lock:
            # Nothing below changes what it reads: a change puts new arrays in place, but for ``_gone``.
            parts = [(self._ids, self._postings, self._gone.copy())]
            if self._fresh:
                fresh = sparse.vstack(list(self._fresh.values()), format="csc", dtype=np.float32)
                parts.append((np.fromiter(self._fresh, np.int64), fresh, np.zeros(len(self._fresh), np.bool_)))
        for query, ids, scores in zip(queries, ranking.ids, ranking.scores, strict=True):
            found = [_near(query, *part, k) for part in parts]
            all_ids, all_scores = (np.concatenate([one[side] for one in found]) for side in (0, 1))
            order = best_first(all_ids, all_scores)[:k]
            ids[: len(order)], scores[: len(order)] = all_ids[order], all_scores[order]
        return ranking

    def save(self, folder: Path) -> None:
        with self._saving:
            with self._lock:
                ids, rows = self._together()
            writers = {
                "ids": ids.tofile,
                "starts": rows.indptr.astype(np.int64).tofile,
                "words": rows.indices.astype(np.int32).tofile,
                "values": rows.data.astype(np.float32).tofile,
            }
            files.save(folder, self.key, self.dim, len(ids), writers)

    def load(self, folder: Path) -> None:
        count, parts = files.load(folder, self.key, self.dim, ("ids", "starts", "words", "values"))
        ids, starts = np.fromfile(parts["ids"], np.int64), np.fromfile(parts["starts"], np.int64)
        words, values = np.fromfile(parts["words"], np.int32), np.fromfile(parts["values"], np.float32)
        if len(ids) != count or len(starts) != count + 1 or not len(words) == len(values) == starts[-1]:
            raise DamagedError(f"the index in {folder} does not hold {count} rows")
        rows = sparse.csr_matrix((values, words, starts), shape=(count, self.dim))
        with self._lock:
            self._set(ids, rows)


def _near(query: Vectors, ids: Ids, postings: Any, gone: npt.NDArray[np.bool_], k: int) -> tuple[Ids, Vectors]:
    """The ``k`` best and their ties: (ids, scores)."""
    scores = _scores(query, postings).astype(np.float32)
    scores[gone] = -np.inf
    left = len(ids) - int(gone.sum())
    near = np.flatnonzero(scores >= np.partition(scores, -k)[-k] if left > k else ~gone)
    return ids[near], scores[near]


def _scores(query: Vectors, postings: Any) -> Floats:
    """(n,) sums over the words of the query, in their order."""
    scores: npt.NDArray[np.float64] = np.zeros(postings.shape[0])
    for word in np.flatnonzero(query):
        entries = slice(postings.indptr[word], postings.indptr[word + 1])
        # An id stands once in a posting list, so a plain indexed sum is right.
        scores[postings.indices[entries]] += np.float64(query[word]) * postings.data[entries]
    return scores
