"""The instant preview pass: photos can be found by the thumbnails in their heads before the files are read."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.images.freedesktop import read_thumbnail
from cbir_desktop.images.preview import LEAST_SIDE, Preview, preview_of
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.moved import NewFile
from cbir_desktop.library.session import Session
from cbir_desktop.store.files import FileRecord, as_matrix
from cbir_desktop.store.previews import SUFFIX, StoredPreview, preview_key
from cbir_desktop.store.vectors import as_given_back

WORTH_BYTES = 300_000
"""Smaller files decode nearly as fast as a thumbnail is embedded."""
WORTH_FILES = 50
"""So many are read in full within some seconds: nobody has asked for anything by then."""
BATCH_FILES = 512
BATCH_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Previewed:
    record: FileRecord
    stored: StoredPreview


def candidates(session: Session, engine: Engine, new_files: Sequence[NewFile]) -> list[NewFile]:
    """The files that are worth a preview and have none yet; none at all where they are few."""
    large = [new for new in new_files if new.size >= WORTH_BYTES]
    if len(large) < WORTH_FILES or not session.settings.previews_first:
        return []
    encoder_id = session.catalog.previews.encoder_id(engine.encoder.key)
    stamps = {} if encoder_id is None else session.catalog.previews.stamps(encoder_id)
    return [new for new in large if stamps.get(new.path) != (new.size, new.mtime_ns)]


def preview_pass(session: Session, engine: Engine, files: Sequence[NewFile], task: Task, total: int) -> None:
    """Make ``files`` searchable by their thumbnails, where they have any; what they hold is read later.

    Progress counts ``files`` towards ``total``. Cancelling keeps what is done; the writer lock must be held.
    """
    engine.provisional.sync()
    if not files:
        return
    writer = _Writer(session, engine)

    def prepare(new: NewFile) -> _Previewed | None:
        task.check()
        return _prepare(session, engine, new)

    try:
        for done, previewed in enumerate(
            bounded_map(session.decoders, prepare, files, ahead=8 * session.settings.threads), start=1
        ):
            writer.add(previewed)
            session.follow_power()
            task.step(done, total)
    except Cancelled:
        writer.flush()
        raise
    writer.flush()


def _prepare(session: Session, engine: Engine, new: NewFile) -> _Previewed | None:
    """Runs in the decode threads."""
    preview = preview_of(new.path) or _from_file_manager(new.path, new.mtime_ns, new.size)
    if preview is None:
        return None
    session.thumbs.put(preview_key(new.path, new.size, new.mtime_ns), preview.image)
    vector = as_given_back(engine.encoder.encode([preview.image]))[0]
    record = FileRecord(new.place, os.path.basename(new.path), new.size, new.mtime_ns, new.inode)
    return _Previewed(record, StoredPreview(vector, preview.width, preview.height))


def _from_file_manager(path: str, mtime_ns: int, size: int) -> Preview | None:
    image = read_thumbnail(path, mtime_ns, size)
    return None if image is None or min(image.shape[:2]) < LEAST_SIDE else Preview(image, 0, 0)


class _Writer:
    """Gathers previews into batches: thumbnails, then the catalog, then the index in memory."""

    def __init__(self, session: Session, engine: Engine) -> None:
        self._thumbs = session.thumbs
        self._files, self._index, self._dim = session.catalog.files, engine.provisional, engine.encoder.dim
        self._encoder_id = session.catalog.vectors.encoder_id(engine.encoder.key + SUFFIX, engine.name, self._dim)
        self._batch: list[_Previewed] = []
        self._flushed = time.monotonic()

    def add(self, previewed: _Previewed | None) -> None:
        if previewed is not None:
            self._batch.append(previewed)
        if len(self._batch) >= BATCH_FILES or time.monotonic() - self._flushed >= BATCH_SECONDS:
            self.flush()

    def flush(self) -> None:
        self._thumbs.flush()
        written = self._files.record_previews([(one.record, one.stored) for one in self._batch], self._encoder_id)
        ids, vectors = _of_written(written, self._batch)
        self._index.add(ids, as_matrix(vectors, self._dim))
        self._batch, self._flushed = [], time.monotonic()


def _of_written(written: Sequence[int | None], batch: Sequence[_Previewed]) -> tuple[Ids, list[Vectors]]:
    pairs = [(file, one.stored.vector) for file, one in zip(written, batch, strict=True) if file is not None]
    return np.array([file for file, _ in pairs], np.int64), [vector for _, vector in pairs]
