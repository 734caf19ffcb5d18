"""From folders to a searchable library: scan, compare with the catalog, decode and encode what is new, write."""

import logging
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import NULL_TASK, Cancelled, Task
from cbir_desktop.core.types import Vectors
from cbir_desktop.images.capture import capture_of
from cbir_desktop.images.colour import average_rgb
from cbir_desktop.images.companions import with_identifiers
from cbir_desktop.images.decode import Decoded, read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.captures import fill_captures
from cbir_desktop.library.changes import Changes, NewFile, find_changes
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.previewing import candidates, preview_pass
from cbir_desktop.library.session import Session
from cbir_desktop.library.volumes import place_of
from cbir_desktop.store.catalog import Problem
from cbir_desktop.store.files import Content, FileRecord, as_matrix
from cbir_desktop.store.previews import preview_key
from cbir_desktop.store.vectors import as_stored

_log = logging.getLogger(__name__)

# What a kill can lose: the files of one batch, and at most this many seconds of work.
BATCH_FILES = 64
BATCH_SECONDS = 2.0
# Pictures are decoded to at least this short side: enough for the encoders' inputs and for a 256-pixel thumbnail.
WORKING_SIDE = 256


@dataclass
class IndexReport:
    """What an indexing run did, in files.

    ``indexed`` were decoded and encoded; ``reused`` have contents that the library already knew (renamed, copied);
    ``unchanged`` were not even opened; ``missing`` are known below the given paths and not there; ``failed`` could not
    be read, in this run or, unchanged since, in an earlier one. seen = indexed + reused + unchanged + failed files.
    """

    seen: int = 0
    indexed: int = 0
    reused: int = 0
    unchanged: int = 0
    missing: int = 0
    failed: list[Problem] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Engines:
    """What new photos are encoded by: the library's engine, and the one that it is being re-embedded for."""

    now: Engine
    following: Engine | None


def index_paths(
    session: Session, paths: Sequence[str], task: Task = NULL_TASK, wait_seconds: float = 0.0
) -> IndexReport:
    """Bring the library level with these files and folders, and watch the folders from now on.

    Where there is much to read, a first pass makes it searchable by the thumbnails that cameras leave: provisionally.
    Progress counts files that need work, in each pass. Cancelling keeps every finished batch. Raises ``KnownError`` for
    a path that is not there and was never known, ``LibraryInUseError`` when another process indexes this library (after
    waiting ``wait_seconds``), and for a full disk.
    """
    started = time.monotonic()
    roots = [os.path.abspath(path) for path in paths]
    session.encoder  # noqa: B018 - fail before anything is written when the model cannot be loaded
    with session.writing(wait_seconds):
        session.keep_encoder()
        engines = Engines(session.engine, _loadable(session.next_engine))
        engines.now.open_index(task).sync(task)
        folders = [root for root in roots if os.path.isdir(root)]
        session.catalog.files.watch(place_of(folder) for folder in folders)
        changes = find_changes(session.catalog, engines.now.encoder_id, roots, task)
        report = IndexReport(changes.seen, unchanged=changes.unchanged, missing=changes.missing)
        report.failed += changes.problems
        try:
            _work_off(session, engines, changes, report, task)
            fill_captures(session, task)
        finally:
            engines.now.open_index().save()
    report.failed.sort(key=lambda problem: os.fsencode(problem.path))
    report.seconds = time.monotonic() - started
    return report


def _loadable(engine: Engine | None) -> Engine | None:
    """A next encoder whose model went away must not keep photos from being indexed: its vectors come later."""
    try:
        return engine if engine is not None and engine.encoder else None
    except KnownError as error:
        _log.warning("new photos get no vector of the next encoder: %s", error)
        return None


def _work_off(session: Session, engines: Engines, changes: Changes, report: IndexReport, task: Task) -> None:
    def prepare(new: NewFile) -> FileRecord:
        task.check()
        return _prepare(session, engines, new)

    first = candidates(session, engines.now, changes.new)
    total = len(first) + len(changes.new)
    preview_pass(session, engines.now, first, task, total)
    writer = _Writer(session, engines.now, report)
    try:
        for done, record in enumerate(
            bounded_map(session.decoders, prepare, changes.new, ahead=4 * session.settings.threads),
            start=len(first) + 1,
        ):
            writer.add(record)
            task.step(done, total)
    except Cancelled:
        writer.flush()
        raise
    writer.flush()


class _Writer:
    """Gathers records into batches: catalog first, then the index."""

    def __init__(self, session: Session, engine: Engine, report: IndexReport) -> None:
        self._catalog, self._index = session.catalog, engine.open_index()
        self._provisional, self._thumbs = engine.provisional, session.thumbs
        self._encoder_id, self._dim = engine.encoder_id, engine.encoder.dim
        self._report = report
        self._batch: list[FileRecord] = []
        self._flushed = time.monotonic()

    def add(self, record: FileRecord) -> None:
        self._batch.append(record)
        if len(self._batch) >= BATCH_FILES or time.monotonic() - self._flushed >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        batch = self._batch
        recorded = self._catalog.files.record(batch, self._encoder_id)
        self._index.add(np.array(recorded.ids, np.int64), as_matrix(recorded.vectors, self._dim))
        if recorded.replaced:
            self._provisional.remove(np.array([file_id for file_id, _ in recorded.replaced], np.int64))
            for _, record in recorded.replaced:
                self._thumbs.remove(preview_key(record.path, record.size, record.mtime_ns))
        self._report.indexed += len(recorded.ids)
        self._report.reused += recorded.reused
        self._report.failed += [
            Problem(record.path, record.problem.kind, str(record.problem)) for record in batch if record.problem
        ]
        self._batch, self._flushed = [], time.monotonic()


def _prepare(session: Session, engines: Engines, new: NewFile) -> FileRecord:
    """Read once, hash, and decode once for everything that needs pixels. Runs in the decode threads."""
    found, name = new.found, os.path.basename(new.found.path)

    def record(
        content: Content | bytes | None,
        vector: Vectors | None = None,
        problem: DecodeError | None = None,
        more: tuple[tuple[int, Vectors], ...] = (),
    ) -> FileRecord:
        beside = found.companions and with_identifiers(new.place.full, found.companions)
        facts = (found.size, found.mtime_ns, found.inode)
        return FileRecord(new.place, name, *facts, content, vector, problem, more, beside)

    try:
        data = read_file(found.path)
        content_hash = hash_bytes(data)
        if session.catalog.vectors.content_with_vector(content_hash, engines.now.encoder_id) is not None:
            return record(content_hash)
        decoded = session.decoder.decode(data, min_side=WORKING_SIDE)
        session.thumbs.put(content_hash, decoded.image)
        content = Content(
            content_hash,
            len(data),
            decoded.width,
            decoded.height,
            decoded.format,
            average_rgb(decoded.image),
            capture_of(data),
        )
        more = engines.following and (engines.following.encoder_id, stored_vector(engines.following, decoded))
        return record(content, stored_vector(engines.now, decoded), more=(more,) if more else ())
    except DecodeError as problem:
        return record(None, problem=problem)


def stored_vector(engine: Engine, decoded: Decoded) -> Vectors:
    """The picture's vector, rounded as the catalog will give it back: the index must not know more than the truth."""
    return as_stored(engine.encoder.encode([decoded.image])[0]).astype(np.float32)
