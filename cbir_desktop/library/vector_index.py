"""The library's index of nearest neighbours: derived from the catalog, and brought level with it whenever opened."""

import copy
import logging
import re
import threading
from pathlib import Path

import numpy as np

from cbir_desktop.core import registry
from cbir_desktop.core.errors import DamagedError, MissingPluginError
from cbir_desktop.core.protocols import Index
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Ids, Ranking, Vectors
from cbir_desktop.indexes.files import discard
from cbir_desktop.store.catalog import Catalog

_MANY_WORDS = 10_000
BLOCK = 4096  # vectors taken from the catalog at once: 8 MB at 512 dimensions

_INDEX_FOLDER = re.compile(r"[0-9a-f]{12}-")

_log = logging.getLogger(__name__)

# A save rewrites the whole file, 2.2 kB a photo at 512 dimensions. What was not saved is taken from the catalog at the
# next start, at about 1 ms a photo. Within a run, waiting until a tenth is new keeps all saves together within ten
# times the last one. After it, one in a thousand may wait, and at most so many that the next start takes 0.2 s more.
_SAVE_SHARE = 0.1
_SAVE_AT_LEAST = 2000
_WAIT_SHARE = 0.001
_WAIT_AT_MOST = 200


class LibraryIndex:
    """An index of one encoder's vectors. Every method may be called from any thread.

    ``kind`` is a registered index or ``auto``: HNSW where it is installed, else exact search.
    """

    def __init__(self, catalog: Catalog, encoder_id: int, encoder_key: str, dim: int, root: Path, kind: str) -> None:
        self._catalog = catalog
        self._encoder_id = encoder_id
        self._unsaved = 0
        self._seen_row = -1
        self._lock = threading.Lock()
        self.dim = dim
        self._index = _create(kind, dim, encoder_key)
        self.folder = root / f"{catalog.library_id[:12]}-{encoder_key}-{self._index.key}"
        self.rebuilt: str | None = None  # why what was on disk could not be used

    @property
    def key(self) -> str:
        return self._index.key

    def __len__(self) -> int:
        return len(self._index)

    def open(self, task: Task = NULL_TASK) -> None:
        """Load what is on disk, then bring it level with the catalog; start afresh where it is damaged."""
        if self.folder.exists():
            try:
                self.load()
            except DamagedError as error:
                _log.warning("the index in %s is rebuilt: %s", self.folder, error)
                self.rebuilt = str(error)
        self.sync(task)

    def load(self) -> int:
        """Load what is on disk as it is; returns its rows. Raises ``DamagedError``."""
        try:
            self._index.load(self.folder)
        except DamagedError:
            self._index.load(self.folder)  # once more: another process may have saved between header and data
        return len(self._index)

    def sync(self, task: Task = NULL_TASK) -> int:
        """Add what the catalog has and the index lacks, remove what only the index has; returns how many changed."""
        with self._lock:
            last = self._catalog.vectors.last_row()
            wanted, present = self._catalog.vectors.ids(self._encoder_id), self._index.ids()
            extra = np.setdiff1d(present, wanted, assume_unique=True)
            lacking = np.setdiff1d(wanted, present, assume_unique=True)
            if len(extra):
                self._index.remove(extra)
            self._fill(lacking, task)
            self._seen_row = last  # not before: who searches meanwhile has to wait for what is lacking
            changed = len(extra) + len(lacking)
            self._unsaved += changed
            return changed

    def follow(self, task: Task = NULL_TASK) -> None:
        """Take over what another process wrote since the last look."""
        last = self._catalog.vectors.last_row()
        if last > self._seen_row and not self._catalog.vectors.any_since(self._seen_row, self._encoder_id):
            self._seen_row = last  # vectors of another encoder: a switch is under way
        elif last != self._seen_row:
            self.sync(task)

    def add(self, ids: Ids, vectors: Vectors) -> None:
        """Add contents just written to the catalog, and save when enough is new. The writer lock must be held."""
        if not len(ids):
            return
        with self._lock:
            self._index.add(ids, vectors)
            self._seen_row = self._catalog.vectors.last_row()
            self._unsaved += len(ids)
            if self._unsaved >= max(_SAVE_AT_LEAST, _SAVE_SHARE * len(self._index)):
                self._try_save()

    def search(self, queries: Vectors, k: int, ef: int | None = None) -> Ranking:
        """The k nearest contents of each query (n, dim), with what another process added in the meantime.

        ``ef``: for this search alone, where the index has such a breadth.
        """
        self.follow()
        index = self._index
        if ef is not None and hasattr(index, "ef"):
            index = copy.copy(index)  # the graph and its lock are shared; who else searches keeps the usual breadth
            index.ef = ef
        return index.search(queries, k)

    def save(self) -> None:
        """Write the index, unless too little of it is new to be worth it. The writer lock must be held."""
        with self._lock:
            if self._unsaved > min(_WAIT_SHARE * len(self._index), _WAIT_AT_MOST):
                self._try_save()

    def _try_save(self) -> None:
        """A full disk is no reason to stop: the catalog has it all, and a later save writes it."""
        try:
            self._index.save(self.folder)
        except OSError as error:
            _log.warning("the index was not saved, and will be made from the catalog: %s", error)
            return
        self._unsaved = 0
        self.rebuilt = None

    def _fill(self, lacking: Ids, task: Task) -> None:
        at_once = max(1, min(BLOCK, BLOCK * 256 // self.dim))
        for start in range(0, len(lacking), at_once):
            task.step(start, len(lacking))
            ids, vectors = self._catalog.vectors.of(lacking[start : start + at_once].tolist(), self._encoder_id)
            self._index.add(ids, vectors)


def remove_other_indexes(root: Path, library_id: str) -> None:
    """Delete index folders of another catalog that lay here before: they can never be right again."""
    for folder in root.iterdir() if root.is_dir() else ():
        # With --library, the folder may be the user's own: only what is surely ours is touched.
        if _INDEX_FOLDER.match(folder.name) and not folder.name.startswith(library_id[:12]):
            discard(folder)


def _create(kind: str, dim: int, encoder_key: str) -> Index:
    if kind != "auto":
        return registry.indexes.create(kind, dim=dim)
    # A picture has some hundred words: of thousands, nearly all are nought.
    sparse = encoder_key.startswith("bovw-") and dim >= _MANY_WORDS
    try:
        return registry.indexes.create("inverted" if sparse else "hnsw", dim=dim)
    except MissingPluginError as error:
        _log.info("exact search serves: %s", error)
        return registry.indexes.create("flat", dim=dim)
