"""Search among photos that are not indexed yet, by the vectors of their previews."""

import threading

import numpy as np

from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.indexes.flat import FlatIndex
from cbir_desktop.store.catalog import Catalog


class ProvisionalIndex:
    """An exact index in memory of the previews of one encoder; never written: there are few, and not for long.

    A photo is known by its file's id made negative, until it has a content. Safe to call from any thread.
    """

    def __init__(self, catalog: Catalog, encoder_key: str, dim: int) -> None:
        self._catalog = catalog
        self._key = encoder_key
        self._index = FlatIndex(dim)
        self._level = (0, 0)  # of the catalog's previews, when the two were last brought level
        self._lock = threading.Lock()

    def __len__(self) -> int:
        self.sync()
        return len(self._index)

    def sync(self) -> None:
        """Bring it level with the catalog, where something changed: mostly one query that reads an index."""
        with self._lock:
            level = self._catalog.previews.level()
            if level == self._level:
                return
            encoder_id = self._catalog.previews.encoder_id(self._key)
            if encoder_id is not None:
                self._index.remove(np.setdiff1d(self._index.ids(), self._catalog.previews.ids(encoder_id)))
                ids, vectors = self._catalog.previews.since(self._level[0], encoder_id)
                if len(ids):
                    self._index.add(ids, vectors)
            self._level = level

    def add(self, file_ids: Ids, vectors: Vectors) -> None:
        """Take what this process has just stored. The writer lock must be held, as for ``remove``."""
        with self._lock:
            self._index.add(file_ids, vectors)
            self._level = self._catalog.previews.level()

    def remove(self, file_ids: Ids) -> None:
        """Leave out what this process has just removed from the catalog."""
        with self._lock:
            self._index.remove(file_ids)
            self._level = self._catalog.previews.level()

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """The k nearest to one query (1, dim), best first: (id below zero, score)."""
        count = len(self)
        if not count:
            return []
        return [(-file_id, score) for file_id, score in self._index.search(query, min(k, count)).row()]

    def vectors(self, ids: Ids) -> Vectors:
        """(n, dim) vectors of some provisional photos; those that have none any more are left out."""
        encoder_id = self._catalog.previews.encoder_id(self._key)
        if encoder_id is None:
            return np.empty((0, 0), np.float32)
        return self._catalog.previews.of((-ids).tolist(), encoder_id)[1]
