"""From folders to a searchable library: scan, compare with the catalog, decode and encode what is new, write."""

import logging
import os
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from glob import escape
from itertools import chain

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import NULL_TASK, Cancelled, Task
from cbir_desktop.core.types import Vectors
from cbir_desktop.encoders import looks
from cbir_desktop.images.capture import capture_of
from cbir_desktop.images.colour import average_rgb
from cbir_desktop.images.companions import with_identifiers
from cbir_desktop.images.decode import Decoded, read_file
from cbir_desktop.images.hashing import hash_bytes, hash_pixels
from cbir_desktop.images.scan import Rules
from cbir_desktop.images.thumbs import shrunk
from cbir_desktop.library.captures import fill_captures
from cbir_desktop.library.changes import Changes, Scope, find_changes, is_in
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.filling_looks import fill_looks
from cbir_desktop.library.mounts import Mounts, read_mounts
from cbir_desktop.library.moved import NewFile
from cbir_desktop.library.previewing import candidates, preview_pass
from cbir_desktop.library.session import Session
from cbir_desktop.library.volumes import refresh_volumes
from cbir_desktop.store.catalog import Problem
from cbir_desktop.store.files import Content, FileRecord, as_matrix
from cbir_desktop.store.previews import preview_key

_log = logging.getLogger(__name__)

# What a kill can lose: the files of one batch, and at most this many seconds of work.
BATCH_FILES = 64
BATCH_SECONDS = 2.0
# A backup copies the whole catalog; what changes in between is copied when the session is closed.
BACKUP_SECONDS = 600.0
# Pictures are decoded to at least this short side: enough for the encoders' inputs and for a 256-pixel thumbnail.
WORKING_SIDE = 256
# Of what one decode thread is handed at a time: at most a few hundredths of a second of work.
_GROUP_FILES = 8
_GROUP_BYTES = 500_000
_LOGGED = 50  # paths and problems of a run: the catalog has them all


@dataclass
class IndexReport:
    """What an indexing run did, in files.

    ``indexed`` were decoded and encoded; ``reused`` have contents that the library already knew (renamed, copied);
    ``unchanged`` were not even opened; ``missing`` are known below the given paths and not there; ``failed`` could not
    be read, in this run or, unchanged since, in an earlier one (those that the user ignores count as unchanged).
    seen = indexed + reused + unchanged + failed files.
    """

    seen: int = 0
    indexed: int = 0
    reused: int = 0
    unchanged: int = 0
    missing: int = 0
    failed: list[Problem] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def changed(self) -> bool:
        """Whether it says more than that all is as it was."""
        return bool(self.indexed or self.reused or self.missing or self.failed)


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
    mounts = read_mounts()
    roots = _canonical(mounts, paths)
    session.encoder  # noqa: B018 - fail before anything is written when the model cannot be loaded
    with session.writing(wait_seconds):
        return _bring_level(session, mounts, roots, (), (), task, watch=True)


def rescan(
    session: Session,
    roots: Sequence[str] | None = None,
    task: Task = NULL_TASK,
    wait_seconds: float = 0.0,
    folders: Sequence[str] = (),
    unfinished: Collection[str] = (),
) -> IndexReport:
    """Bring the library level with what it knows already: all watched folders, or these ``roots`` with everything below
    and these ``folders`` alone. ``unfinished`` files are left as they are. Watches nothing new; raises as
    ``index_paths`` does.
    """
    session.encoder  # noqa: B018
    with session.writing(wait_seconds):
        mounts = read_mounts()
        refresh_volumes(session.catalog, mounts)
        known = session.catalog.watched() if roots is None else _canonical(mounts, roots)
        return _bring_level(session, mounts, known, _canonical(mounts, folders), unfinished, task)


def _canonical(mounts: Mounts, paths: Sequence[str]) -> list[str]:
    """Each path once, ordered by its bytes. Raises ``KnownError`` for an empty one: an unset variable of a script."""
    if "" in paths:
        raise KnownError("a path is empty", "no-such-path")
    return sorted({mounts.canonical(os.path.abspath(path)) for path in paths}, key=os.fsencode)


def _bring_level(
    session: Session,
    mounts: Mounts,
    roots: Sequence[str],
    folders: Sequence[str],
    unfinished: Collection[str],
    task: Task,
    watch: bool = False,
) -> IndexReport:
    started = time.monotonic()
    for path in [*roots, *folders][:_LOGGED]:
        _log.info("looking at %s", path)
    session.keep_encoder()
    session.catalog.looks.settle(looks.KEY)
    engines = Engines(session.engine, _loadable(session.next_engine))
    refresh_volumes(session.catalog, mounts)
    scope = Scope(roots, folders, _rules(session), unfinished)
    changes = find_changes(session.catalog, engines.now.encoder_id, mounts, scope, task)
    if watch:  # not before it is known that every path is there
        session.catalog.folders.watch(mounts.place_of(root) for root in roots if os.path.isdir(root))
    report = IndexReport(changes.seen, unchanged=changes.unchanged, missing=changes.missing, reused=changes.adopted)
    report.failed += changes.problems
    try:
        if changes.new:
            engines.now.open_index(task).follow(task)
            _work_off(session, engines, changes, report, task)
        fill_captures(session, task)
        fill_looks(session, task)
    finally:
        session.save_index()
    if report.indexed:
        session.thumbs.trim(session.settings.thumbnail_cache_bytes)
    session.backup_catalog(BACKUP_SECONDS)
    report.failed.sort(key=lambda problem: os.fsencode(problem.path))
    report.seconds = time.monotonic() - started
    _log_report(report)
    return report


def _log_report(report: IndexReport) -> None:
    for problem in report.failed[:_LOGGED]:
        _log.info(f"not read ({problem.kind}): %s: %s", problem.path, problem.reason)  # a kind is a word of ours
    _log.info(
        "%d files seen, %d indexed, %d with known contents, %d unchanged, %d missing, %d failed, in %.1f s",
        report.seen,
        report.indexed,
        report.reused,
        report.unchanged,
        report.missing,
        len(report.failed),
        report.seconds,
    )


def _rules(session: Session) -> Callable[[str], Rules]:
    """The rules for a root: the settings', and the globs of the watched folders that it is in."""
    settings = session.settings
    watched = session.catalog.folders.watched()
    mine = [str(folder) for folder in (session.folder, session.folders.cache)]  # thumbnails are no photos

    def rules_of(root: str) -> Rules:
        above = (folder for folder in watched if is_in(root, folder.place.full))
        own = tuple(glob for folder in above for glob in folder.excludes)
        own += tuple(escape(folder) for folder in mine if is_in(folder, root))
        return Rules((*settings.excludes, *own), settings.includes, settings.follow_symlinks)

    return rules_of


def _loadable(engine: Engine | None) -> Engine | None:
    """A next encoder whose model went away must not keep photos from being indexed: its vectors come later."""
    try:
        return engine if engine is not None and engine.encoder else None
    except KnownError as error:
        _log.warning("new photos get no vector of the next encoder: %s", error)
        return None


def _work_off(session: Session, engines: Engines, changes: Changes, report: IndexReport, task: Task) -> None:
    def prepare(group: Sequence[NewFile]) -> list[FileRecord]:
        records: list[FileRecord] = []
        for new in group:
            task.check()
            records.append(_prepare(session, engines, new))
        return records

    first = candidates(session, engines.now, changes.new)
    total = len(first) + len(changes.new)
    preview_pass(session, engines.now, first, task, total)
    writer = _Writer(session, engines.now, report)
    ahead = 4 * session.settings.threads
    # A short run has no groups, or some threads would have nothing to do.
    most = min(_GROUP_FILES, 1 + len(changes.new) // (2 * ahead))
    groups = bounded_map(session.decoders, prepare, _groups(changes.new, most), ahead)
    try:
        for done, record in enumerate(chain.from_iterable(groups), start=len(first) + 1):
            if record.problem is not None and record.problem.kind == "vanished":
                report.seen -= 1  # as if it had never been there; if it was, the next scan finds that it is missing
            else:
                writer.add(record)
            session.follow_power()
            task.step(done, total)
    except Cancelled:
        writer.flush()
        raise
    writer.flush()


def _groups(files: Sequence[NewFile], most: int) -> Iterator[list[NewFile]]:
    """Small files together, in order: to hand over each alone takes 0.1 ms, where all else takes 5."""
    group: list[NewFile] = []
    size = 0
    for new in files:
        if group and (len(group) == most or size + new.size > _GROUP_BYTES):
            yield group
            group, size = [], 0
        group.append(new)
        size += new.size
    if group:
        yield group


class _Writer:
    """Gathers records into batches: thumbnails, then the catalog, then the index."""

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
        self._thumbs.flush()  # first: whoever finds a photo in the catalog looks for its thumbnail
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
    name = os.path.basename(new.path)

    def record(
        content: Content | bytes | None,
        vector: Vectors | None = None,
        problem: DecodeError | None = None,
        more: tuple[tuple[int, Vectors], ...] = (),
    ) -> FileRecord:
        beside = new.companions and with_identifiers(new.place.full, new.companions)
        facts = (new.size, new.mtime_ns, new.inode)
        return FileRecord(new.place, name, *facts, content, vector, problem, more, beside)

    try:
        data = read_file(new.path)
        content_hash = hash_bytes(data)
        if session.catalog.vectors.content_with_vector(content_hash, engines.now.encoder_id) is not None:
            return record(content_hash)
        decoded = session.index_decoder.decode(data, min_side=WORKING_SIDE)
        small = shrunk(decoded.image)
        session.thumbs.put(content_hash, small)
        content = Content(
            content_hash,
            len(data),
            decoded.width,
            decoded.height,
            decoded.format,
            average_rgb(small),
            capture_of(data),
            hash_pixels(decoded.image, decoded.width, decoded.height),
            looks.describe(small),
        )
        more = engines.following and (engines.following.encoder_id, vector_of(engines.following, decoded))
        return record(content, vector_of(engines.now, decoded), more=(more,) if more else ())
    except DecodeError as problem:
        return record(None, problem=problem)


def vector_of(engine: Engine, decoded: Decoded) -> Vectors:
    """The picture's vector, (dim,)."""
    vector: Vectors = engine.encoder.encode([decoded.image])[0]
    return vector
