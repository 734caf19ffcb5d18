"""An open library: its catalog, caches, encoder, index and threads. One for each process and library."""

import contextlib
import errno
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from cbir_desktop.core.errors import KnownError, LibraryInUseError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.images.thumbs import ThumbCache
from cbir_desktop.library.vector_index import LibraryIndex, remove_other_indexes
from cbir_desktop.library.volumes import refresh_volumes
from cbir_desktop.settings import Folders, Settings, load_settings
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.recovery import backup_path, close_in_order, open_checked, restore

_log = logging.getLogger(__name__)


class Session:
    """Made by ``Session.open``; close it, or use it in a ``with``.

    The encoder and the index are made on first use, by whichever thread comes first. Executors: ``indexer`` (1)
    runs the indexing loop, ``decoders`` (n) read, decode and encode, ``queries`` (2) search, ``thumb_loaders`` (2),
    ``watch`` (1) is the loop of ``library.watch``.
    """

    def __init__(self, folders: Folders, settings: Settings, encoder: str | None = None) -> None:
        self.folders = folders
        self.settings = settings
        self.folder = folders.data
        self._writer_lock = FileLock(folders.data / "writer.lock", thread_local=False)
        self.catalog = self._open_catalog()
        self._backed_up = 0
        self._last_backup = float("-inf")
        self.encoder_name = encoder or self.catalog.meta("encoder") or settings.encoder
        self.thumbs = ThumbCache(folders.cache / "thumbs")
        self._encoder: Encoder | None = None
        self._encoder_lock = threading.Lock()
        self._index: LibraryIndex | None = None
        self._index_lock = threading.Lock()
        self.indexer = ThreadPoolExecutor(1, "indexer")
        self.decoders = ThreadPoolExecutor(settings.threads, "decode")
        self.queries = ThreadPoolExecutor(2, "query")
        self.thumb_loaders = ThreadPoolExecutor(2, "thumbs")
        self.watch = ThreadPoolExecutor(1, "watch")
        self._at_close: list[Callable[[], None]] = []

    @classmethod
    def open(cls, folder: Path | None = None, encoder: str | None = None, index: str | None = None) -> Self:
        """Open the library in ``folder`` (None: the user's own), making it when it is new.

        ``encoder`` overrules the library's own for this session, and is what a new library keeps once photos are
        indexed; ``index`` overrules the settings.

        Raises ``KnownError``: unreadable settings, a folder that cannot be made, a damaged or newer catalog.
        """
        folders = Folders.of(folder)
        settings = load_settings(folders.settings_file)
        return cls(folders, settings if index is None else replace(settings, index=index), encoder)

    @property
    def encoder(self) -> Encoder:
        """The library's encoder. Raises ``KnownError`` where its model is damaged or onnxruntime is missing."""
        with self._encoder_lock:
            if self._encoder is None:
                self._encoder = create_encoder(self.encoder_name)
            return self._encoder

    @property
    def encoder_id(self) -> int:
        return self.catalog.vectors.encoder_id(self.encoder.key, self.encoder_name, self.encoder.dim)

    @property
    def index(self) -> LibraryIndex:
        return self.open_index()

    def open_index(self, task: Task = NULL_TASK) -> LibraryIndex:
        """The index; its first opening loads it and brings it level with the catalog."""
        encoder = self.encoder
        with self._index_lock:
            if self._index is None:
                index = LibraryIndex(
                    self.catalog, self.encoder_id, encoder.key, encoder.dim, self.folder / "index", self.settings.index
                )
                index.open(task)
                self._index = index
            return self._index

    def _open_catalog(self) -> Catalog:
        """The catalog: a damaged one gives way to its backup."""
        path = self.folder / "catalog.sqlite"
        try:
            catalog = open_checked(path)
        except KnownError as error:
            if error.kind != "damaged-catalog":
                raise
            self._lock_for_writing(0.0)
            try:
                restore(path, str(error))
            finally:
                self._writer_lock.release()
            catalog = open_checked(path)
        try:
            refresh_volumes(catalog)
        except KnownError as error:  # a library that can only be read shows its drives as they were
            _log.info("the drives were not looked for: %s", error)
        return catalog

    def _lock_for_writing(self, wait_seconds: float) -> None:
        try:
            self._writer_lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise LibraryInUseError(
                f"another process is indexing the library in {self.folder}; wait for it to finish, or stop it"
            ) from None
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise KnownError(f"the disk with {self.folder} is full", "disk-full") from error
            raise KnownError(f"the library in {self.folder} is read-only: {error}", "unwritable-library") from error

    @contextlib.contextmanager
    def writing(self, wait_seconds: float = 0.0) -> Iterator[None]:
        """Hold the library's writer lock, which ends with the process however that ends.

        Raises ``LibraryInUseError`` when another process still holds it after ``wait_seconds``.
        """
        self._lock_for_writing(wait_seconds)
        try:
            remove_other_indexes(self.folder / "index", self.catalog.library_id)
            yield
        finally:
            self._writer_lock.release()

    def backup_catalog(self, every_seconds: float = 0.0) -> None:
        """Keep a copy of a catalog that changed, from which a damaged one is restored; not again before
        ``every_seconds`` have passed. Where that cannot be, say so in the log."""
        target, changes = backup_path(self.catalog.db.path), self.catalog.db.changes()
        if changes == self._backed_up or time.monotonic() - self._last_backup < every_seconds:
            return
        try:
            with self.writing():
                self.catalog.db.backup(target)
        except (OSError, sqlite3.Error, KnownError) as error:
            _log.warning("no backup of the catalog was made: %s", error)
            return
        self._backed_up, self._last_backup = changes, time.monotonic()

    def sync_index(self) -> None:
        """Bring an index that is open level with a catalog that lost rows; else that happens when it is opened."""
        if self._index is not None:
            self._index.sync()
            self.save_index()

    def save_index(self) -> None:
        """Keep what the index gained; where that cannot be, say so in the log: the catalog has it all."""
        if self._index is None or not os.access(self.folder, os.W_OK):
            return
        try:
            with self.writing():
                self._index.save()
        except KnownError as error:
            _log.warning("the index was not saved, and will be rebuilt from the catalog: %s", error)

    def at_close(self, stop: Callable[[], None]) -> None:
        """Call ``stop`` before the executors are waited for."""
        self._at_close.append(stop)

    def close(self) -> None:
        """Wait for what runs (cancel its task first), then close the files."""
        for stop in self._at_close:
            stop()
        for executor in (self.watch, self.indexer, self.queries, self.thumb_loaders, self.decoders):
            executor.shutdown(wait=True, cancel_futures=True)
        self.save_index()
        self.backup_catalog()
        close_in_order(self.catalog)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
