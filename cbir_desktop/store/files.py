"""The catalog's view of the disk: volumes, folders and files, and what each file was found to hold."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Vectors
from cbir_desktop.images.capture import Capture
from cbir_desktop.images.companions import Companion
from cbir_desktop.store.captures import CaptureTable
from cbir_desktop.store.db import Database
from cbir_desktop.store.places import Place, Volume, full_path
from cbir_desktop.store.previews import PreviewTable, StoredPreview
from cbir_desktop.store.vectors import VectorTable

__all__ = ["Content", "FileRecord", "FileTable", "KnownFile", "Place", "Recorded", "StoredFile", "Volume", "as_matrix"]


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the catalog knows of a file; ``problem`` is (kind, reason) where it could not be read."""

    id: int
    size: int
    mtime_ns: int
    inode: int
    content_id: int | None
    state: str
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the catalog with its full path, and the volume that it was seen on."""

    id: int
    path: str
    state: str
    volume_uuid: str


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file, by their BLAKE3-256. Sizes in pixels are of the upright full picture."""

    hash: bytes
    size_bytes: int
    width: int
    height: int
    format: str
    average_rgb: int | None = None
    capture: Capture | None = None


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file as an indexing run found it. Either ``content`` or ``problem`` is set; ``vector`` where it is new.

    ``content`` may be a bare hash of a content that the catalog already has. ``more_vectors`` are (encoder id, vector)
    of other encoders: of the next one, while the library is being re-embedded.
    """

    place: Place
    name: str
    size: int
    mtime_ns: int
    inode: int
    content: Content | bytes | None = None
    vector: Vectors | None = None
    problem: DecodeError | None = None
    more_vectors: tuple[tuple[int, Vectors], ...] = ()
    companions: tuple[Companion, ...] | None = None  # None: nobody looked, what is known stays

    @property
    def path(self) -> str:
        return os.path.join(self.place.full, self.name)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a batch brought: the contents that got a vector now, and how many files hold one that was there before.

    ``replaced``: (file id, its record) of the files that were provisional until now.
    """

    ids: tuple[int, ...]
    vectors: tuple[Vectors, ...]
    reused: int
    replaced: tuple[tuple[int, FileRecord], ...] = ()


class FileTable:
    """Reads and writes ``volumes``, ``folders``, ``files``, ``contents`` and ``errors``."""

    def __init__(self, db: Database, vectors: VectorTable, captures: CaptureTable, previews: PreviewTable) -> None:
        self._db = db
        self._vectors = vectors
        self._captures = captures
        self._previews = previews

    def in_folder(self, place: Place) -> dict[str, KnownFile]:
        """The known files of one folder, by name."""
        rows = self._db.connection.execute(
            "SELECT f.name, e.kind, e.reason, f.id, f.size, f.mtime_ns, f.inode, f.content_id, f.state FROM files f"
            " JOIN folders d ON d.id = f.folder_id JOIN volumes v ON v.id = d.volume_id"
            " LEFT JOIN errors e ON e.file_id = f.id WHERE v.uuid = ? AND d.path = ?",
            (place.volume.uuid, os.fsencode(place.path)),
        )
        return {
            os.fsdecode(name): KnownFile(file_id, size, mtime_ns, inode, content_id, state, kind and (kind, reason))
            for name, kind, reason, file_id, size, mtime_ns, inode, content_id, state in rows
        }

    def record(self, records: Sequence[FileRecord], encoder_id: int) -> Recorded:
        """Write one batch in one transaction."""
        ids: list[int] = []
        vectors: list[Vectors] = []
        replaced: list[tuple[int, FileRecord]] = []
        reused = 0
        with self._db.writing():
            for record in records:
                content_id = None if record.content is None else self._content(record.content)
                file_id = self._file(record, content_id)
                replaced += [(removed, record) for removed in self._previews.remove([file_id])]
                if content_id is None:
                    continue
                for other_id, vector in record.more_vectors:
                    self._vectors.put(content_id, other_id, vector)
                if record.vector is not None and self._vectors.put(content_id, encoder_id, record.vector):
                    ids.append(content_id)
                    vectors.append(record.vector)
                else:
                    reused += 1
        return Recorded(tuple(ids), tuple(vectors), reused, tuple(replaced))

    def record_previews(
        self, previews: Iterable[tuple[FileRecord, StoredPreview]], encoder_id: int
    ) -> list[int | None]:
        """Write files that nobody has read yet, with their previews, in one transaction; gives their ids in order.

        A file that is known with a content keeps it until it is read again: None in its place.
        """
        ids: list[int | None] = []
        with self._db.writing():
            for record, preview in previews:
                if self._has_content(record):
                    ids.append(None)
                    continue
                file_id = self._file(record, None)
                self._previews.put(file_id, encoder_id, preview)
                ids.append(file_id)
        return ids

    def watch(self, places: Iterable[Place]) -> None:
        """Remember folders that the user gave to the library."""
        with self._db.writing() as connection:
            for place in places:
                connection.execute("UPDATE folders SET watched = 1 WHERE id = ?", (self._folder(place),))

    def set_state(self, file_ids: Iterable[int], state: str) -> None:
        """A file that is not there any more and was never read leaves no preview behind."""
        files = list(file_ids)
        with self._db.writing() as connection:
            connection.executemany("UPDATE files SET state = ? WHERE id = ?", ((state, file) for file in files))
            if state in ("missing", "trashed"):
                self._previews.remove(files)

    def below(self, folder: str) -> list[StoredFile]:
        """Every known file in a folder and the folders below it, on whichever volume it was when it was last seen."""
        found: list[StoredFile] = []
        volumes = self._db.connection.execute("SELECT id, uuid, mount FROM volumes").fetchall()
        for volume_id, uuid, mount in volumes:
            condition, values = _folders_below(os.fsencode(folder), mount)
            rows = self._db.connection.execute(
                "SELECT f.id, d.path, f.name, f.state FROM files f JOIN folders d ON d.id = f.folder_id"
                f" WHERE d.volume_id = ? AND {condition}",
                (volume_id, *values),
            )
            found += [
                StoredFile(file_id, full_path(mount, path, name), state, uuid) for file_id, path, name, state in rows
            ]
        return found

    def at(self, path: str) -> list[StoredFile]:
        """The known file with this full path, as a list of one or none."""
        return [file for file in self.below(os.path.dirname(path)) if file.path == path]

    def _content(self, content: Content | bytes) -> int:
        connection = self._db.connection
        if isinstance(content, Content):
            connection.execute(
                "INSERT INTO contents (hash, bytes, width, height, format, average_rgb) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (hash) DO UPDATE SET average_rgb = excluded.average_rgb WHERE average_rgb IS NULL",
                (
                    content.hash,
                    content.size_bytes,
                    content.width,
                    content.height,
                    content.format,
                    content.average_rgb,
                ),
            )
        content_hash = content.hash if isinstance(content, Content) else content
        row = connection.execute("SELECT id FROM contents WHERE hash = ?", (content_hash,)).fetchone()
        if isinstance(content, Content) and content.capture is not None:
            self._captures.put(int(row[0]), content.capture)
        return int(row[0])

    def _has_content(self, record: FileRecord) -> bool:
        row = self._db.connection.execute(
            "SELECT content_id FROM files WHERE folder_id = ? AND name = ?",
            (self._folder(record.place), os.fsencode(record.name)),
        ).fetchone()
        return row is not None and row[0] is not None

    def _file(self, record: FileRecord, content_id: int | None) -> int:
        connection = self._db.connection
        row = connection.execute(
            "INSERT INTO files (folder_id, name, size, mtime_ns, inode, content_id) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (folder_id, name) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,"
            " inode = excluded.inode, content_id = excluded.content_id, state = 'online' RETURNING id",
            (
                self._folder(record.place),
                os.fsencode(record.name),
                record.size,
                record.mtime_ns,
                record.inode,
                content_id,
            ),
        ).fetchone()
        connection.execute("DELETE FROM errors WHERE file_id = ?", row)
        if record.companions is not None:
            self._captures.set_companions(int(row[0]), record.companions)
        if record.problem is not None:
            problem = (row[0], record.problem.kind, str(record.problem))
            connection.execute("INSERT INTO errors (file_id, kind, reason) VALUES (?, ?, ?)", problem)
        return int(row[0])

    def _folder(self, place: Place) -> int:
        connection = self._db.connection
        connection.execute(
            "INSERT INTO volumes (uuid, mount) VALUES (?, ?)"
            " ON CONFLICT (uuid) DO UPDATE SET mount = excluded.mount WHERE mount <> excluded.mount",
            (place.volume.uuid, os.fsencode(place.volume.mount)),
        )
        connection.execute(
            "INSERT INTO folders (volume_id, path) SELECT id, ? FROM volumes WHERE uuid = ?"
            " ON CONFLICT (volume_id, path) DO NOTHING",
            (os.fsencode(place.path), place.volume.uuid),
        )
        row = connection.execute(
            "SELECT d.id FROM folders d JOIN volumes v ON v.id = d.volume_id WHERE v.uuid = ? AND d.path = ?",
            (place.volume.uuid, os.fsencode(place.path)),
        ).fetchone()
        return int(row[0])


def _folders_below(folder: bytes, mount: bytes) -> tuple[str, tuple[bytes, ...]]:
    """An SQL condition on ``d.path``, relative to ``mount``, and its values."""
    inside = mount.rstrip(b"/") + b"/"
    if (folder.rstrip(b"/") + b"/").startswith(inside):
        relative = folder[len(inside) :]
        if not relative:
            return "1", ()
        return "(d.path = ? OR (d.path > ? AND d.path < ?))", (relative, relative + b"/", relative + b"0")  # "/" + 1
    return ("1", ()) if inside.startswith(folder.rstrip(b"/") + b"/") else ("0", ())


def as_matrix(vectors: Sequence[Vectors], dim: int) -> Vectors:
    """(n, dim) float32 of n vectors, also for none."""
    return np.stack(vectors).astype(np.float32) if vectors else np.empty((0, dim), np.float32)
