"""One encoder of a library with the index of its vectors: what a query is answered by."""

import threading
from pathlib import Path

from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.library.provisional import ProvisionalIndex
from cbir_desktop.library.vector_index import LibraryIndex
from cbir_desktop.store.catalog import Catalog


class Engine:
    """Encoder and index, each made on first use by whichever thread comes first. Every method is safe to call.

    A search takes hold of one engine and keeps it to its end: the library may switch to another in between.
    """

    def __init__(self, catalog: Catalog, name: str, models: Path, indexes: Path, index_kind: str) -> None:
        self.name = name
        self._catalog = catalog
        self._models = models
        self._indexes = indexes
        self._index_kind = index_kind
        self._encoder: Encoder | None = None
        self._index: LibraryIndex | None = None
        self._provisional: ProvisionalIndex | None = None
        self._encoder_lock = threading.Lock()
        self._index_lock = threading.Lock()

    @property
    def encoder(self) -> Encoder:
        """Raises ``KnownError`` where its model is damaged or onnxruntime is missing."""
        with self._encoder_lock:
            if self._encoder is None:
                self._encoder = create_encoder(self.name, self._models)
            return self._encoder

    @property
    def encoder_id(self) -> int:
        return self._catalog.vectors.encoder_id(self.encoder.key, self.name, self.encoder.dim)

    def open_index(self, task: Task = NULL_TASK) -> LibraryIndex:
        """The index; its first opening loads it and brings it level with the catalog."""
        encoder = self.encoder
        with self._index_lock:
            if self._index is None:
                index = LibraryIndex(
                    self._catalog, self.encoder_id, encoder.key, encoder.dim, self._indexes, self._index_kind
                )
                index.open(task)
                self._index = index
            return self._index

    @property
    def provisional(self) -> ProvisionalIndex:
        """The photos that are not in the index yet, by their previews."""
        encoder = self.encoder
        with self._index_lock:
            if self._provisional is None:
                self._provisional = ProvisionalIndex(self._catalog, encoder.key, encoder.dim)
            return self._provisional

    @property
    def opened(self) -> LibraryIndex | None:
        """The index if it was opened."""
        return self._index
