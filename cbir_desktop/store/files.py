"""The catalog's files, and what each was found to hold."""

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Vectors
from cbir_desktop.images.capture import Capture
from cbir_desktop.images.companions import Companion
from cbir_desktop.store.captures import CaptureTable
from cbir_desktop.store.db import Database
from cbir_desktop.store.folders import FolderTable
from cbir_desktop.store.looks import LookTable
from cbir_desktop.store.places import Place, Volume
from cbir_desktop.store.previews import PreviewTable, StoredPreview
from cbir_desktop.store.vectors import VectorTable, as_given_back


class KnownFile(NamedTuple):
    """What the catalog knows of a file."""

    size: int
    mtime_ns: int
    inode: int
    id: int
    content_id: int | None
    state: str


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """A file of the catalog that may be the one that was found elsewhere now: same inode, size and time."""

    file: KnownFile
    place: Place
    name: str

    @property
    def path(self) -> str:
        return os.path.join(self.place.full, self.name)


@dataclass(frozen=True, slots=True)
class Adopted:
    """A file found at ``place`` that is ``before``, known from elsewhere: it was moved there when ``moved``, else it is
    another name of the same file (a hard link). ``replaces``: the catalog has a file at this place already."""

    place: Place
    name: str
    before: KnownFile
    moved: bool
    replaces: bool


@dataclass(frozen=True, slots=True)
class Relinked:
    """A known file that is now at ``place``, with the time and the inode that it has there."""

    file: KnownFile
    place: Place
    name: str
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file, by their BLAKE3-256. Sizes in pixels are of the upright full picture; ``pixels`` is the
    ``hash_pixels`` of what indexing decodes, ``look`` what ``encoders.looks`` says of it."""

    hash: bytes
    size_bytes: int
    width: int
    height: int
    format: str
    average_rgb: int | None = None
    capture: Capture | None = None
    pixels: bytes | None = None
    look: bytes | None = None


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
    """Reads and writes ``files``, ``contents`` and ``errors``."""

    def __init__(
        self,
        db: Database,
        folders: FolderTable,
        vectors: VectorTable,
        captures: CaptureTable,
        previews: PreviewTable,
        looks: LookTable,
    ) -> None:
        self._db = db
        self._folders = folders
        self._vectors = vectors
        self._captures = captures
        self._previews = previews
        self._looks = looks

    def in_folder(self, folder_id: int) -> dict[str, KnownFile]:
        """The known files of one folder, by name."""
        rows = self._db.connection.execute(
            "SELECT name, size, mtime_ns, inode, id, content_id, state FROM files WHERE folder_id = ?", (folder_id,)
        )
        return {os.fsdecode(row[0]): KnownFile._make(row[1:]) for row in rows}

    def state_in(self, folder_id: int | None, name: str) -> str | None:
        """The state of one file; None where it is not known."""
        row = self._db.connection.execute(
            "SELECT state FROM files WHERE folder_id = ? AND name = ?", (folder_id, os.fsencode(name))
        ).fetchone()
        return None if row is None else str(row[0])

    def sound_in(self, folder_id: int, lacking: Collection[int]) -> set[tuple[bytes, int, int, int]]:
        """(name, size, mtime_ns, inode) of the files of a folder that are online and were read, without those whose
        contents are in ``lacking``: what a scan need not look at again. No Python runs for each row."""
        query = "SELECT name, size, mtime_ns, inode{} FROM files WHERE folder_id = ? AND state = 'online'"
        query += " AND content_id IS NOT NULL"
        if not lacking:
            return set(self._db.connection.execute(query.format(""), (folder_id,)))
        rows = self._db.connection.execute(query.format(", content_id"), (folder_id,))
        return {row[:4] for row in rows if row[4] not in lacking}

    def unsound_folders(self) -> set[int]:
        """The folders with files that ``sound_in`` does not give: not online, or never read."""
        rows = self._db.connection.execute(
            "SELECT DISTINCT folder_id FROM files WHERE state <> 'online' OR content_id IS NULL"
        )
        return {row[0] for row in rows}

    def unread(self) -> set[int]:
        """The files that nobody has read yet: they are known by a preview at most."""
        rows = self._db.connection.execute(
            "SELECT id FROM files f WHERE content_id IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM errors e WHERE e.file_id = f.id)"
        )
        return {row[0] for row in rows}

    def seen_before(self, inodes: Sequence[int]) -> list[SeenBefore]:
        """The files with these inode numbers, on any volume; without those that nobody has read."""
        found: list[SeenBefore] = []
        for start in range(0, len(inodes), 500):
            part = inodes[start : start + 500]
            found += self._placed(f"f.inode IN ({','.join('?' * len(part))})", part)
        unread = self.unread()
        return [before for before in found if before.file.id not in unread]

    def sample_of(self, volume_uuid: str, count: int) -> list[SeenBefore]:
        """Some files of a volume that were there when it was seen last."""
        return self._placed("v.uuid = ? AND f.state IN ('online', 'offline') LIMIT ?", (volume_uuid, count))

    def _placed(self, condition: str, values: Sequence[object]) -> list[SeenBefore]:
        rows = self._db.connection.execute(
            "SELECT f.size, f.mtime_ns, f.inode, f.id, f.content_id, f.state, v.uuid, v.mount, d.path, f.name"
            " FROM files f JOIN folders d ON d.id = f.folder_id JOIN volumes v ON v.id = d.volume_id"
            f" WHERE {condition}",
            tuple(values),
        )
        return [
            SeenBefore(
                KnownFile._make(row[:6]),
                Place(Volume(row[6], os.fsdecode(row[7])), os.fsdecode(row[8])),
                os.fsdecode(row[9]),
            )
            for row in rows
        ]

    def adopt(self, adopted: Sequence[Adopted]) -> None:
        """Write files that are known from elsewhere, without a look at their contents."""
        with self._db.writing() as connection:
            for one in adopted:
                where = (self._folders.id_of(one.place), os.fsencode(one.name))
                if one.moved and not one.replaces:
                    connection.execute(
                        "UPDATE files SET folder_id = ?, name = ?, state = 'online' WHERE id = ?",
                        (*where, one.before.id),
                    )
                    continue
                self._put(where, one.before.size, one.before.mtime_ns, one.before.inode, one.before.content_id)
                if one.moved:
                    connection.execute("DELETE FROM files WHERE id = ?", (one.before.id,))

    def record(self, records: Sequence[FileRecord], encoder_id: int) -> Recorded:
        """Write one batch in one transaction."""
        ids: list[int] = []
        vectors: list[Vectors] = []
        files: dict[int, FileRecord] = {}
        folders: dict[Place, int] = {}
        reused = 0
        with self._db.writing():
            for record in records:
                content_id = None if record.content is None else self._content(record.content)
                if record.place not in folders:
                    folders[record.place] = self._folders.id_of(record.place)
                files[self._file(record, content_id, folders[record.place])] = record
                if content_id is None:
                    continue
                for other_id, vector in record.more_vectors:
                    self._vectors.put(content_id, other_id, vector)
                if record.vector is not None and self._vectors.put(content_id, encoder_id, record.vector):
                    ids.append(content_id)
                    vectors.append(as_given_back(record.vector[np.newaxis])[0])
                else:
                    reused += 1
            removed = self._previews.remove(files) if self._previews.count() else ()
        return Recorded(tuple(ids), tuple(vectors), reused, tuple((file_id, files[file_id]) for file_id in removed))

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
                file_id = self._file(record, None, self._folders.id_of(record.place))
                self._previews.put(file_id, encoder_id, preview)
                ids.append(file_id)
        return ids

    def relink(self, files: Iterable[Relinked]) -> None:
        """Write new places of files. Where the catalog has a file there already, that one stays and the other goes."""
        with self._db.writing() as connection:
            for one in files:
                where = (self._folders.id_of(one.place), os.fsencode(one.name))
                connection.execute(
                    "UPDATE OR IGNORE files SET folder_id = ?, name = ?, inode = ?, state = 'online',"
                    # A copy with another time is read again at the next scan: its size alone proves too little.
                    " mtime_ns = CASE WHEN abs(mtime_ns - ?) < 2000000000 THEN ? ELSE mtime_ns END WHERE id = ?",
                    (*where, one.inode, one.mtime_ns, one.mtime_ns, one.file.id),
                )
                connection.execute(
                    "DELETE FROM files WHERE id = ? AND (folder_id, name) <> (?, ?)", (one.file.id, *where)
                )

    def set_state(self, file_ids: Iterable[int], state: str) -> None:
        """A file that is not there any more and was never read leaves no preview behind."""
        files = list(file_ids)
        with self._db.writing() as connection:
            connection.executemany("UPDATE files SET state = ? WHERE id = ?", ((state, file) for file in files))
            if state in ("missing", "trashed"):
                self._previews.remove(files)

    def ids_in(self, folder_ids: Iterable[int], state: str | None = None) -> list[int]:
        """The files of some folders (None: in every state)."""
        found: list[int] = []
        for folder in folder_ids:
            rows = self._db.connection.execute(
                "SELECT id FROM files WHERE folder_id = ? AND (?2 IS NULL OR state = ?2)", (folder, state)
            )
            found += [row[0] for row in rows]
        return found

    def remove(self, file_ids: Iterable[int]) -> None:
        """Forget files. Their contents and vectors stay until they are pruned."""
        with self._db.writing() as connection:
            connection.executemany("DELETE FROM files WHERE id = ?", ((file,) for file in file_ids))

    def _content(self, content: Content | bytes) -> int:
        connection = self._db.connection
        if isinstance(content, Content):
            connection.execute(
                "INSERT INTO contents (hash, bytes, width, height, format, average_rgb, pixels)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET"
                " average_rgb = coalesce(average_rgb, excluded.average_rgb), pixels = coalesce(pixels, excluded.pixels)"
                " WHERE average_rgb IS NULL OR pixels IS NULL",
                (
                    content.hash,
                    content.size_bytes,
                    content.width,
                    content.height,
                    content.format,
                    content.average_rgb,
                    content.pixels,
                ),
            )
        content_hash = content.hash if isinstance(content, Content) else content
        row = connection.execute("SELECT id FROM contents WHERE hash = ?", (content_hash,)).fetchone()
        if isinstance(content, Content) and content.capture is not None:
            self._captures.put(int(row[0]), content.capture)
        if isinstance(content, Content) and content.look is not None:
            self._looks.put([(int(row[0]), content.look)])
        return int(row[0])

    def _has_content(self, record: FileRecord) -> bool:
        row = self._db.connection.execute(
            "SELECT content_id FROM files WHERE folder_id = ? AND name = ?",
            (self._folders.id_of(record.place), os.fsencode(record.name)),
        ).fetchone()
        return row is not None and row[0] is not None

    def _file(self, record: FileRecord, content_id: int | None, folder_id: int) -> int:
        where = (folder_id, os.fsencode(record.name))
        file_id = self._put(where, record.size, record.mtime_ns, record.inode, content_id)
        if record.companions is not None:
            self._captures.set_companions(file_id, record.companions)
        if record.problem is not None:
            self._db.connection.execute(
                "INSERT INTO errors (file_id, kind, reason) VALUES (?, ?, ?)",
                (file_id, record.problem.kind, str(record.problem)),
            )
        return file_id

    def _put(self, where: tuple[int, bytes], size: int, mtime_ns: int, inode: int, content_id: int | None) -> int:
        """The row of a file, written whole; what was wrong with it before is forgotten."""
        connection = self._db.connection
        row = connection.execute(
            "INSERT INTO files (folder_id, name, size, mtime_ns, inode, content_id) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (folder_id, name) DO UPDATE SET size = excluded.size, mtime_ns = excluded.mtime_ns,"
            " inode = excluded.inode, content_id = excluded.content_id, state = 'online' RETURNING id",
            (*where, size, mtime_ns, inode, content_id),
        ).fetchone()
        connection.execute("DELETE FROM errors WHERE file_id = ?", row)
        return int(row[0])


def as_matrix(vectors: Sequence[Vectors], dim: int) -> Vectors:
    """(n, dim) float32 of n vectors, also for none."""
    return np.stack(vectors).astype(np.float32) if vectors else np.empty((0, dim), np.float32)
