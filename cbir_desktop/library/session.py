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
from cbir_desktop.core.power import PowerPool
from cbir_desktop.core.priority import lower_this_thread
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.models import resolve
from cbir_desktop.images.isolated import Limits
from cbir_desktop.images.resize import leave_threads_to_the_program
from cbir_desktop.images.safe import SafeDecoder
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.keypoint_store import KeypointStore
from cbir_desktop.library.look_index import LookIndex
from cbir_desktop.library.precision import settle
from cbir_desktop.library.vector_index import LibraryIndex, remove_other_indexes
from cbir_desktop.library.volumes import refresh_volumes
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.settings import Folders, Settings, load_settings
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.db import is_damage, known_errors
from cbir_desktop.store.features import FeatureCache
from cbir_desktop.store.recovery import backup_path, close_in_order, is_there, open_checked, restore
from cbir_desktop.store.thumbs import ThumbCache

_log = logging.getLogger(__name__)


_ENCODER, _NEXT_ENCODER = "encoder", "next_encoder"  # the keys in the catalog's meta


class Session:
    """Made by ``Session.open``; close it, or use it in a ``with``.

    The encoder and the index are made on first use, by whichever thread comes first. Executors: ``indexer`` (1)
    runs the indexing loop, ``decoders`` (n) read, decode and encode for it, ``queries`` (2) search, ``verifiers`` (n)
    prove matches for them, ``reviewer`` (1) finds duplicates and does away with them for the window,
    ``thumb_loaders`` (2), ``watch`` (1) is the loop of ``library.watch``, ``settings_writer`` (1) reads and writes the
    settings in the order asked. The first two are as eager as ``power`` says. ``decoder`` owns the processes in which
    pictures are decoded that could do harm, ``index_decoder`` those for indexing.
    """

    def __init__(self, folders: Folders, settings: Settings, encoder: str | None = None) -> None:
        leave_threads_to_the_program()
        self.folders = folders
        self.settings = settings
        self.folder = folders.data
        self._writer_lock = FileLock(folders.data / "writer.lock", thread_local=False)
        self._watcher_lock = FileLock(folders.data / "watcher.lock", thread_local=False)
        self._is_trusted = True
        self.catalog = self._open_catalog()
        self._backed_up = 0
        self._last_backup = float("-inf")
        self._engine: Engine | None = None
        self._next: Engine | None = None
        self._engine_lock = threading.Lock()
        self._chosen: str | None = None  # what a library without vectors will keep, once photos are indexed
        if encoder is not None:
            try:
                self._choose(encoder)
            except KnownError:
                self.catalog.close()
                raise
        self.looks = LookIndex(self.catalog)
        self.keypoints = KeypointStore(self.folder / "index", self.catalog.library_id)
        self.thumbs = ThumbCache(folders.cache)
        self.extractor = SiftExtractor()
        self.features = FeatureCache(folders.cache / "features", self.extractor.key, settings.feature_cache_bytes)
        limits = Limits(settings.decode_seconds, settings.decode_memory_bytes)
        self.decoder = SafeDecoder(settings.threads, limits)
        self.index_decoder = SafeDecoder(settings.threads, limits)
        self.power = settings.power
        low = self.power == "background"
        self.index_decoder.set_low(low)
        self.indexer = PowerPool("indexer", 1, 1, low)
        self.decoders = PowerPool("decode", settings.threads, settings.background_threads, low)
        self.queries = ThreadPoolExecutor(2, "query")
        self.verifiers = ThreadPoolExecutor(settings.threads, "verify")
        self.reviewer = ThreadPoolExecutor(1, "review")
        self.thumb_loaders = ThreadPoolExecutor(2, "thumbs")
        self.watch = ThreadPoolExecutor(1, "watch")
        self.settings_writer = ThreadPoolExecutor(1, "settings")
        self._at_close: list[Callable[[], None]] = []

    @classmethod
    def open(
        cls,
        folder: Path | None = None,
        encoder: str | None = None,
        index: str | None = None,
        create: bool = True,
        power: str | None = None,
    ) -> Self:
        """Open the library in ``folder`` (None: the user's own), making it when it is new and ``create``.

        ``encoder`` (``NAME[+POOL][@PRECISION]``) is what a library without vectors keeps once photos are indexed;
        ``index`` and ``power`` overrule the settings for this session.

        Raises ``KnownError``: no library (kind ``no-library``), unreadable settings, a folder that cannot be made, a
        damaged or newer catalog, an unknown encoder, or (kind ``other-encoder``) one that is not the library's.
        """
        folders = Folders.of(folder)
        if not create and not is_there(folders.data / "catalog.sqlite"):
            raise KnownError(f"there is no library in {folders.data}; cbir index makes it", "no-library")
        settings = load_settings(folders.settings_file)
        settings = replace(settings, index=index or settings.index, power=power or settings.power)
        return cls(folders, settings, encoder)

    def use(self, settings: Settings) -> None:
        """Go on with other settings. The kind of the index, and the threads and limits of decoding, stay as they were
        when the library was opened."""
        if settings.power != self.settings.power:
            self.set_power(settings.power)
        self.settings = replace(settings, index=self.settings.index)
        self.features.max_bytes = settings.feature_cache_bytes

    @property
    def encoder_name(self) -> str:
        """The encoder that searches, as the catalog has it: another process may have switched it."""
        stored = self.catalog.meta(_ENCODER)
        if self._chosen is not None and (stored is None or not self.catalog.vectors.any()):
            return self._chosen
        return stored or self.settings.encoder

    @property
    def next_encoder_name(self) -> str | None:
        """The encoder that the library is being re-embedded for; searched only once every photo has its vector."""
        return self.catalog.meta(_NEXT_ENCODER)

    @property
    def engine(self) -> Engine:
        """Encoder and index that search now. Hold on to it for the length of a query or of an indexing run.

        Raises ``KnownError`` for a library whose model is not there.
        """
        with self._engine_lock:
            name = self._settled() if self._engine is None else self.encoder_name
            if self._engine is None or self._engine.name != name:
                follows = self._next is not None and self._next.name == name
                self._engine, self._next = (self._next, None) if follows else (self.make_engine(name), self._next)
            assert self._engine is not None
            return self._engine

    @property
    def next_engine(self) -> Engine | None:
        """The engine of ``next_encoder_name``: new photos get its vector too."""
        name = self.next_encoder_name
        with self._engine_lock:
            if name is None:
                self._next = None
            elif self._next is None or self._next.name != name:
                self._next = self.make_engine(name)
            return self._next

    def set_power(self, power: str) -> None:
        """Index at ``full`` speed or in the ``background``, from now on and in this session; a run under way follows
        within a few files. Back at full speed, the decode threads are raised at once, the one thread that writes after
        its run: Linux does not let a program raise it."""
        self.power = power
        for part in (self.index_decoder, self.decoders, self.indexer):
            part.set_low(power == "background")

    def follow_power(self) -> None:
        """For a thread that has been indexing since before the power was changed."""
        if self.power == "background":
            lower_this_thread()

    def make_engine(self, name: str) -> Engine:
        """Any encoder over this library's catalog; nothing is loaded yet."""
        return Engine(self.catalog, name, self.folders.models, self.folder / "index", self.settings.index)

    def begin_switch(self, name: str) -> None:
        """From now on new photos get a vector of ``name`` as well. A switch to another encoder under way ends."""
        self.catalog.set_meta(_NEXT_ENCODER, None if name == self.encoder_name else name)

    def finish_switch(self, name: str) -> None:
        """Search with ``name`` from now on: in one transaction.

        Raises ``KnownError`` (kind ``superseded``) when another switch was begun meanwhile.
        """
        with self.catalog.db.writing():
            if self.next_encoder_name != name:
                raise KnownError("another encoder was chosen meanwhile; this switch ends here", "superseded")
            self.catalog.set_meta(_ENCODER, name)
            self.catalog.set_meta(_NEXT_ENCODER, None)
        self._chosen = None  # of a library that is still empty

    def keep_encoder(self) -> None:
        """The library keeps the encoder of its first photos, whatever the settings say later. Hold the writer lock."""
        self.catalog.set_meta(_ENCODER, self.engine.name)

    def _choose(self, wanted: str) -> None:
        choice = resolve(wanted, self.folders.models)
        current = self.catalog.meta(_ENCODER)
        if current is None or not self.catalog.vectors.any():
            self._chosen = str(choice)
        elif not _agrees(choice, current):
            raise KnownError(
                f"this library uses the encoder {current}; to switch it: cbir reembed --encoder {choice}",
                "other-encoder",
            )

    def _settled(self) -> str:
        """The precision is measured for a library that has no vectors yet, and stays."""
        if not self.catalog.vectors.any():
            self._chosen = str(settle(Choice.parse(self.encoder_name), self.folders.models))
        return self.encoder_name

    @property
    def encoder(self) -> Encoder:
        """The library's encoder. Raises ``KnownError`` where its model is damaged or onnxruntime is missing."""
        return self.engine.encoder

    @property
    def encoder_id(self) -> int:
        return self.engine.encoder_id

    @property
    def index(self) -> LibraryIndex:
        return self.open_index()

    def open_index(self, task: Task = NULL_TASK) -> LibraryIndex:
        """The index; its first opening loads it and brings it level with the catalog."""
        return self.engine.open_index(task)

    def _open_catalog(self) -> Catalog:
        """The catalog: a damaged one gives way to its backup."""
        path = self.folder / "catalog.sqlite"
        try:
            return self._open_sound(path)
        except KnownError as error:
            if not is_damage(error):
                raise
            self._acquire(self._writer_lock, 0.0, self._is_indexed_elsewhere())
            try:
                restore(path, str(error))
            finally:
                self._writer_lock.release()
            return self._open_sound(path)

    def _open_sound(self, path: Path) -> Catalog:
        """The catalog with its drives. Raises ``KnownError`` (kind ``damaged-catalog``): damage may also show in a file
        that is as it was left, size and time."""
        with known_errors(path):
            catalog = open_checked(path)
            try:
                refresh_volumes(catalog)
            except (KnownError, sqlite3.DatabaseError) as error:
                if is_damage(error) or not isinstance(error, KnownError):
                    close_in_order(catalog, trusted=False)
                    raise
                # a library that can only be read shows its drives as they were
                _log.info("the drives were not looked for: %s", error)
            return catalog

    def _is_indexed_elsewhere(self) -> str:
        return f"another process is indexing the library in {self.folder}; wait for it to finish, or stop it"

    def _acquire(self, lock: FileLock, wait_seconds: float, in_use: str) -> None:
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise LibraryInUseError(in_use) from None
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise KnownError(f"the disk with {self.folder} is full", "disk-full") from error
            raise KnownError(f"the library in {self.folder} is read-only: {error}", "unwritable-library") from error

    @contextlib.contextmanager
    def writing(self, wait_seconds: float = 0.0) -> Iterator[None]:
        """Hold the library's writer lock, which ends with the process however that ends.

        Raises ``LibraryInUseError`` when another process still holds it after ``wait_seconds``.
        """
        self._acquire(self._writer_lock, wait_seconds, self._is_indexed_elsewhere())
        try:
            remove_other_indexes(self.folder / "index", self.catalog.library_id)
            with self.index_decoder.journal(self.folder / "decoding"):
                yield
        finally:
            self._writer_lock.release()

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Be the one process that follows the library's folders: two would get into each other's way at each change.

        Raises ``LibraryInUseError`` when another one is, and ``KnownError`` for a library that can only be read.
        """
        self._acquire(
            self._watcher_lock,
            0.0,
            f"another process follows the folders of the library in {self.folder}: what changes is taken in there",
        )
        try:
            yield
        finally:
            self._watcher_lock.release()

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
            if is_damage(error):
                self.distrust_catalog()
            return
        self._backed_up, self._last_backup = changes, time.monotonic()

    def distrust_catalog(self) -> None:
        """Something says that the catalog is damaged: the next opening looks through it, and restores it."""
        self._is_trusted = False

    def sync_index(self) -> None:
        """Bring an index that is open level with a catalog that lost rows; else that happens when it is opened."""
        if self._engine is not None and (index := self._engine.opened) is not None:
            index.sync()
            self.save_index()

    def save_index(self) -> None:
        """Keep what the index gained; where that cannot be, say so in the log: the catalog has it all."""
        index = None if self._engine is None else self._engine.opened
        if index is None or not os.access(self.folder, os.W_OK):
            return
        try:
            with self.writing():
                index.follow()  # or an older index would replace what another process saved meanwhile
                index.save()
        except KnownError as error:
            _log.info("the index was not saved, and will be brought level with the catalog: %s", error)

    def at_close(self, stop: Callable[[], None]) -> None:
        """Call ``stop`` before the executors are waited for."""
        self._at_close.append(stop)

    def close(self) -> None:
        """Wait for what runs (cancel its task first), then close the files."""
        for stop in self._at_close:
            stop()
        own = (self.watch, self.indexer, self.reviewer, self.queries, self.settings_writer)
        for executor in (*own, self.verifiers, self.thumb_loaders, self.decoders):
            executor.shutdown(wait=True, cancel_futures=True)
        self.decoder.close()
        self.index_decoder.close()
        self.thumbs.close()
        self.features.close()
        self.save_index()
        self.backup_catalog()
        close_in_order(self.catalog, self._is_trusted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if is_damage(error):
            self.distrust_catalog()
        self.close()


def _agrees(choice: Choice, current: str) -> bool:
    """Whether what was asked for is what the library uses; a precision that was not asked for may be any."""
    there = Choice.parse(current)
    return (choice.name, choice.pool) == (there.name, there.pool) and choice.precision in (None, there.precision)
