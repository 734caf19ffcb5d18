"""Approximate search in a navigable small-world graph (Malkov & Yashunin 2018), by hnswlib."""

import os
import threading
from pathlib import Path
from typing import Any

import hnswlib
import numpy as np

from cbir_desktop.core.errors import DamagedError
from cbir_desktop.core.types import Ids, Ranking, Vectors
from cbir_desktop.indexes import files
from cbir_desktop.indexes.arrays import best_first, blank_ranking, checked_batch, checked_vectors
from cbir_desktop.indexes.locks import TurnstileLock
from cbir_desktop.settings import available_cores

_ADD, _ASK = 128, 256
"""Vectors a turn: about 50 ms, after which whoever waits has its turn."""
_REBUILD_ABOVE = 1 / 3
"""Dead share of the graph: at half, recall had fallen to 0.98."""
_SPARE = 1024
_MAX_THREADS = 16


class HnswIndex:
    """An HNSW graph whose slots are numbered in the order of adding, and the id of each slot (-1: dead).

    A slot is used once. A replaced or removed vector stays as a dead signpost, because hnswlib's update in place takes
    7 ms and cuts nodes off, and its reuse of dead labels may leave one label on two nodes. When more than a third is
    dead, a fresh graph is built beside the old one, which goes on answering.

    ``ef`` (breadth of the search) may be set at any time; at least 2 k is used. At 400, on 20,000 x 256: recall@20 is
    1.000 on clustered vectors of few inner dimensions, as networks give, 0.986 on loose clusters and 0.83 on noise, at
    1 ms. Among a thousand equal vectors 1 % of the others get lost.
    """

    def __init__(
        self, dim: int, m: int = 16, ef_construction: int = 200, ef: int = 400, num_threads: int | None = None
    ) -> None:
        """``num_threads``: of one add or batch search, default the cores; the graph is reproducible with 1 only."""
        self.dim, self.ef = dim, ef
        self.key = f"hnsw-m{m}-efc{ef_construction}-ip-d{dim}"
        self._m, self._ef_construction = m, ef_construction
        self._threads = num_threads or min(available_cores(), _MAX_THREADS)
        self._changing = threading.Lock()  # one change at a time
        self._lock = TurnstileLock()  # hnswlib: no search while something is added
        self._graph = self._empty_graph(_SPARE)
        self._ids: Ids = np.empty(0, np.int64)
        self._slots: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def deleted_share(self) -> float:
        """The dead part of the graph, 0 to 1."""
        return 1 - len(self._slots) / len(self._ids) if len(self._ids) else 0.0

    def fit(self, sample: Vectors) -> None:
        """Nothing to learn: the graph grows vector by vector."""

    def ids(self) -> Ids:
        """All ids, (n,) int64, rising."""
        with self._lock:
            return np.sort(self._ids[self._ids >= 0])

    def add(self, ids: Ids, vectors: Vectors) -> None:
        ids, vectors = checked_batch(ids, vectors, self.dim)
        with self._changing:
            for start in range(0, len(ids), _ADD):
                turn = slice(start, start + _ADD)
                with self._lock:
                    self._bury(ids[turn])
                    self._append(ids[turn], vectors[turn])
            self._rebuild_if_needed()

    def remove(self, ids: Ids) -> None:
        with self._changing:
            with self._lock:
                self._bury(np.asarray(ids, dtype=np.int64))
            self._rebuild_if_needed()

    def _append(self, ids: Ids, vectors: Vectors) -> None:
        first = len(self._ids)
        slots = np.arange(first, first + len(ids))
        if first + len(ids) > self._graph.max_elements:
            self._graph.resize_index((first + len(ids)) * 3 // 2)
        self._graph.add_items(vectors, slots, num_threads=self._threads)
        self._ids = np.concatenate([self._ids, ids])
        self._slots.update(zip(ids.tolist(), slots.tolist(), strict=True))

    def _bury(self, ids: Ids) -> None:
        for identity in ids.tolist():
            slot = self._slots.pop(identity, None)
            if slot is not None:
                self._graph.mark_deleted(slot)
                self._ids[slot] = -1

    def _rebuild_if_needed(self) -> None:
        if len(self._ids) - len(self._slots) <= len(self._ids) * _REBUILD_ABOVE:
            return
        alive = np.flatnonzero(self._ids >= 0)
        ids, graph = self._ids[alive], self._empty_graph(len(alive) + _SPARE)
        for start in range(0, len(alive), _ADD):
            with self._lock:
                vectors = self._stored(alive[start : start + _ADD])
            graph.add_items(vectors, np.arange(start, start + len(vectors)), num_threads=self._threads)
        with self._lock:
            self._graph, self._ids = graph, ids
            self._slots = {identity: slot for slot, identity in enumerate(ids.tolist())}

    def search(self, queries: Vectors, k: int) -> Ranking:
        queries = checked_vectors(queries, self.dim)
        ranking = blank_ranking(len(queries), k)
        for start in range(0, len(queries), _ASK):
            turn = slice(start, start + _ASK)
            with self._lock:
                if self._slots:
                    self._search_turn(queries[turn], k, ranking.ids[turn], ranking.scores[turn])
        return ranking

    def _search_turn(self, queries: Vectors, k: int, ids: Ids, scores: Vectors) -> None:
        found = min(k, len(self._slots))
        slots, similarities = self._nearest(queries, found)
        for row, (near, similarity) in enumerate(zip(self._ids[slots], similarities, strict=True)):
            order = best_first(near, similarity)
            ids[row, :found], scores[row, :found] = near[order], similarity[order]

    def _nearest(self, queries: Vectors, k: int) -> tuple[Ids, Vectors]:
        """(n, k) slots and inner products. Where the graph has islands the walk may find fewer: then compare all."""
        ef = max(self.ef, 2 * k)
        while ef < 4 * len(self._ids) + 2 * k:
            self._graph.set_ef(ef)
            try:
                slots, distances = self._graph.knn_query(queries, k, num_threads=self._threads)
            except RuntimeError:  # fewer than k were found
                ef *= 4
            else:
                return slots.astype(np.int64), 1 - distances
        return self._nearest_of_all(queries, k)

    def _nearest_of_all(self, queries: Vectors, k: int) -> tuple[Ids, Vectors]:
        alive = np.flatnonzero(self._ids >= 0)
        products = queries @ self._stored(alive).T
        best = np.argpartition(-products, k - 1, axis=1)[:, :k]
        return alive[best], np.take_along_axis(products, best, axis=1)

    def save(self, folder: Path) -> None:
        with self._changing:  # searches go on: saving only reads
            graph = self._graph
            # Bytes, as a str with surrogates (a folder that is not UTF-8) cannot pass into C++.
            writers = {"graph": lambda path: graph.save_index(os.fsencode(path)), "ids": self._ids.tofile}
            files.save(folder, self.key, self.dim, len(self._slots), writers)

    def load(self, folder: Path) -> None:
        rows, parts = files.load(folder, self.key, self.dim, ("graph", "ids"))
        ids = np.fromfile(parts["ids"], np.int64)
        graph = hnswlib.Index("ip", self.dim)
        try:
            graph.load_index(os.fsencode(parts["graph"]), max_elements=len(ids) + _SPARE)
        except RuntimeError as error:
            raise DamagedError(f"hnswlib cannot read the index in {folder}: {error}") from error
        slots = {int(ids[slot]): int(slot) for slot in np.flatnonzero(ids >= 0)}
        if graph.get_current_count() != len(ids) or len(slots) != rows:
            raise DamagedError(f"the index in {folder} does not hold {rows} rows")
        with self._changing, self._lock:
            self._graph, self._ids, self._slots = graph, ids, slots

    def _empty_graph(self, room: int) -> Any:
        graph = hnswlib.Index("ip", self.dim)
        graph.init_index(room, M=self._m, ef_construction=self._ef_construction)
        return graph

    def _stored(self, slots: Ids) -> Vectors:
        return np.asarray(self._graph.get_items(slots, return_type="numpy"), dtype=np.float32)
