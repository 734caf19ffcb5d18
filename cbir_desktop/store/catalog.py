"""The catalog of a library: the one truth, from which everything else on disk can be made again."""

import os
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cbir_desktop.core.types import Ids
from cbir_desktop.store.arrivals import ArrivalTable
from cbir_desktop.store.captures import CaptureTable
from cbir_desktop.store.db import Database
from cbir_desktop.store.decisions import DecisionTable
from cbir_desktop.store.files import FileTable
from cbir_desktop.store.folders import FolderTable
from cbir_desktop.store.looks import LookTable
from cbir_desktop.store.places import full_path, in_folders
from cbir_desktop.store.previews import PreviewTable, preview_key
from cbir_desktop.store.proofs import ProofTable
from cbir_desktop.store.schema import MIGRATIONS
from cbir_desktop.store.selection import Selection
from cbir_desktop.store.vectors import VectorTable

# A content's files in the order in which one of them stands for it.
_STATE_ORDER = "CASE f.state WHEN 'online' THEN 0 WHEN 'offline' THEN 1 WHEN 'missing' THEN 2 ELSE 3 END"
_FILES = "files f JOIN folders d ON d.id = f.folder_id JOIN volumes v ON v.id = d.volume_id"
_NUMBER = "coalesce(f.content_id, -f.id)"  # of a photo: of its content, or provisional
_PATH = "v.mount || '/' || d.path || '/' || f.name"


@dataclass(frozen=True, slots=True)
class Photo:
    """A content with the file that stands for it; ``also`` are its other paths. Pixels are of the upright picture.

    ``state`` is that of the file: ``online``, ``offline`` (its drive, ``volume``, is away), ``missing`` or ``trashed``.
    A ``provisional`` one is a file that was not read yet: ``content_id`` is the file's id made negative, ``hash`` the
    key of its preview, and ``width`` and ``height`` are 0 where the head of the file does not say.
    ``taken`` and ``camera`` are as in ``images.capture.Capture``; ``average_rgb`` is 0xRRGGBB. None: not known.
    """

    content_id: int
    path: str
    also: tuple[str, ...]
    size_bytes: int
    mtime_ns: int
    width: int
    height: int
    format: str
    hash: bytes
    state: str
    taken: str | None = None
    camera: str | None = None
    average_rgb: int | None = None
    volume: str = ""
    provisional: bool = False

    @property
    def drive(self) -> str | None:
        """The name of a drive that can be away: not the one that the system runs from, where only a folder can go."""
        return None if self.volume == os.sep else self.volume


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file that is online, with its content. ``exif``: how many of date, time zone, camera and place its EXIF has.

    ``pixels``: as in ``Content``. ``companions``: (kind, path) of what lies beside it and belongs to it.
    """

    path: str
    content_id: int
    hash: bytes
    size_bytes: int
    width: int
    height: int
    format: str
    pixels: bytes | None = None
    taken: str | None = None
    camera: str | None = None
    exif: int = 0
    companions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """A file (or folder) that could not be read, and why. ``ignored``: the user does not mind, until it changes."""

    path: str
    kind: str
    reason: str
    ignored: bool = False


class Catalog:
    """Opens or makes the catalog file. Raises ``KnownError`` as ``Database`` does."""

    def __init__(self, path: Path) -> None:
        self.db = Database(path, MIGRATIONS)
        self.vectors = VectorTable(self.db)
        self.folders = FolderTable(self.db)
        self.captures = CaptureTable(self.db)
        self.previews = PreviewTable(self.db)
        self.decisions = DecisionTable(self.db)
        self.proofs = ProofTable(self.db)
        self.arrivals = ArrivalTable(self.db)
        self.looks = LookTable(self.db)
        self.selection = Selection(self.db)
        self.files = FileTable(self.db, self.folders, self.vectors, self.captures, self.previews, self.looks)
        try:
            self.library_id = self.settle_meta("library_id", uuid.uuid4().hex)
        except BaseException:
            self.db.close()
            raise

    def close(self) -> None:
        self.db.close()

    def meta(self, key: str) -> str | None:
        """A value of the library, None where there is none yet."""
        row = self.db.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def settle_meta(self, key: str, value: str) -> str:
        """The library's value: ``value`` becomes it where there is none yet, whichever process comes first."""
        if self.meta(key) is None:
            with self.db.writing() as connection:
                connection.execute(
                    "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO NOTHING", (key, value)
                )
        return self.meta(key) or value

    def set_meta(self, key: str, value: str | None) -> None:
        """Set a value of the library, or forget it (None). Inside ``db.writing()`` it joins that transaction."""
        if self.meta(key) == value:
            return
        with self.db.writing() as connection:
            connection.execute("DELETE FROM meta WHERE key = ?", (key,))
            if value is not None:
                connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (key, value))

    def photo_ids(self, folder: str | None = None) -> Ids:
        """Contents with a file that is not missing or in the trash, and provisional photos (ids below 0), by path.

        ``folder``: only those with such a file in this folder or below it.
        """
        condition, values = _present_in(folder)
        rows = self.db.connection.execute(
            f"SELECT {_NUMBER} AS number FROM {_FILES} WHERE {condition} GROUP BY number ORDER BY min({_PATH})", values
        )
        return np.fromiter((row[0] for row in rows), np.int64)

    def photo_count(self, folder: str | None = None) -> int:
        """How many ids ``photo_ids`` gives."""
        condition, values = _present_in(folder)
        row = self.db.connection.execute(
            f"SELECT count(DISTINCT {_NUMBER}) FROM files f WHERE {condition}", values
        ).fetchone()
        return int(row[0])

    def missing_ids(self) -> Ids:
        """Contents of which no file is where it was, and one at least is missing; by path."""
        rows = self.db.connection.execute(
            f"SELECT f.content_id FROM {_FILES} WHERE f.content_id IN"
            " (SELECT content_id FROM files WHERE state = 'missing') GROUP BY f.content_id"
            f" HAVING NOT max(f.state IN ('online', 'offline')) ORDER BY min({_PATH})"
        )
        return np.fromiter((row[0] for row in rows), np.int64)

    def content_ids(self) -> Ids:
        """``photo_ids`` without the provisional ones."""
        ids = self.photo_ids()
        return ids[ids >= 0]

    def photos(self, ids: Sequence[int] | Ids) -> list[Photo]:
        """The photos with these ids, in this order; unknown ids, and contents without a file, are left out."""
        found: dict[int, Photo] = {}
        for start in range(0, len(ids), 500):
            part = [int(content) for content in ids[start : start + 500]]
            found |= self._photos([number for number in part if number >= 0])
            found |= self._provisional([-number for number in part if number < 0])
        return [found[int(content)] for content in ids if int(content) in found]

    def settled(self, ids: Iterable[int]) -> list[int]:
        """These ids, with the content in place of each provisional photo that was read since."""
        settled: list[int] = []
        for number in ids:
            row = (
                number < 0
                and self.db.connection.execute("SELECT content_id FROM files WHERE id = ?", (-number,)).fetchone()
            )
            settled.append(int(row[0]) if row and row[0] is not None else number)
        return settled

    def content_id(self, content_hash: bytes) -> int | None:
        row = self.db.connection.execute("SELECT id FROM contents WHERE hash = ?", (content_hash,)).fetchone()
        return None if row is None else int(row[0])

    def problems(self, with_ignored: bool = False) -> list[Problem]:
        """Files that are there and could not be read, ordered by path."""
        rows = self.db.connection.execute(
            f"SELECT v.mount, d.path, f.name, e.kind, e.reason, e.ignored FROM {_FILES}"
            f" JOIN errors e ON e.file_id = f.id WHERE e.ignored <= ? AND f.state = 'online' ORDER BY {_PATH}",
            (with_ignored,),
        )
        return [
            Problem(full_path(mount, path, name), kind, reason, bool(ignored))
            for mount, path, name, kind, reason, ignored in rows
        ]

    def problem_of(self, path: str, file_id: int) -> Problem | None:
        """Why a file could not be read; None where it could."""
        row = self.db.connection.execute(
            "SELECT kind, reason, ignored FROM errors WHERE file_id = ?", (file_id,)
        ).fetchone()
        return None if row is None else Problem(path, row[0], row[1], bool(row[2]))

    def ignore(self, paths: Iterable[str], ignored: bool) -> None:
        """Whether the problems of these files count."""
        with self.db.writing() as connection:
            connection.executemany(
                "UPDATE errors SET ignored = ? WHERE file_id = ?", ((ignored, file) for file in self._file_ids(paths))
            )

    def forget_sizes(self, paths: Iterable[str]) -> None:
        """Make the next scan read these files, as if they had changed."""
        with self.db.writing() as connection:
            connection.executemany(
                "UPDATE files SET size = -1 WHERE id = ?", ((file,) for file in self._file_ids(paths))
            )

    def paths_of(self, content_hash: bytes, states: Sequence[str] = ("online",)) -> list[str]:
        """The files with these contents that are in one of the ``states``, by path."""
        marks = ",".join("?" * len(states))
        rows = self.db.connection.execute(
            f"SELECT v.mount, d.path, f.name FROM {_FILES} JOIN contents c ON c.id = f.content_id"
            f" WHERE c.hash = ? AND f.state IN ({marks}) ORDER BY {_PATH}",
            (content_hash, *states),
        )
        return [full_path(*row) for row in rows]

    def hashes_below(self, folder: str) -> list[bytes]:
        """Of the contents with a file in this folder or below it that is not missing or in the trash."""
        condition, values = _present_in(folder)
        rows = self.db.connection.execute(
            f"SELECT DISTINCT c.hash FROM files f JOIN contents c ON c.id = f.content_id WHERE {condition}", values
        )
        return [row[0] for row in rows]

    def picture_files(self) -> list[PictureFile]:
        """All files that are online and were read, by path."""
        beside: dict[int, list[tuple[str, bytes]]] = {}
        for file_id, kind, name in self.db.connection.execute("SELECT file_id, kind, name FROM companions"):
            beside.setdefault(file_id, []).append((kind, name))
        rows = self.db.connection.execute(
            "SELECT f.id, v.mount, d.path, f.name, c.id, c.hash, c.bytes, c.width, c.height, c.format, c.pixels,"
            " p.taken, p.camera, coalesce("
            "(p.taken IS NOT NULL) + (p.utc_offset IS NOT NULL) + (p.camera IS NOT NULL) + p.has_gps, 0)"
            f" FROM {_FILES} JOIN contents c ON c.id = f.content_id LEFT JOIN captures p ON p.content_id = c.id"
            f" WHERE f.state = 'online' ORDER BY {_PATH}"
        )
        found: list[PictureFile] = []
        for file_id, mount, folder, name, *facts in rows:
            companions = tuple((kind, full_path(mount, folder, other)) for kind, other in beside.get(file_id, ()))
            found.append(PictureFile(*(full_path(mount, folder, name), *facts, companions)))
        return found

    def mark_trashed(self, paths: Iterable[str]) -> None:
        self.files.set_state(self._file_ids(paths), "trashed")

    def mark_restored(self, paths: Iterable[str]) -> None:
        """Files that came back from the trash; a scan then looks closer."""
        self.files.set_state(self._file_ids(paths), "online")

    def forget_files(self, paths: Iterable[str]) -> None:
        self.files.remove(self._file_ids(paths))

    def prunable(self, missing: bool) -> tuple[list[int], list[tuple[int, bytes]]]:
        """The files that are ``missing`` (none unless asked for), and (id, hash) of the contents that no other file
        refers to."""
        connection = self.db.connection
        files = connection.execute("SELECT id FROM files WHERE state = 'missing' AND ?", (missing,)).fetchall()
        contents = connection.execute(
            "SELECT id, hash FROM contents c WHERE NOT EXISTS"
            " (SELECT 1 FROM files f WHERE f.content_id = c.id AND NOT (? AND f.state = 'missing'))",
            (missing,),
        ).fetchall()
        return [row[0] for row in files], contents

    def prune(self, file_ids: Sequence[int], content_ids: Sequence[int]) -> None:
        """Remove files, and contents with their vectors."""
        with self.db.writing() as connection:
            self.files.remove(file_ids)
            for table, column in (("vectors", "content_id"), ("contents", "id")):
                statement = f"DELETE FROM {table} WHERE {column} = ?"
                connection.executemany(statement, ((content,) for content in content_ids))
            self.folders.remove_empty()

    def watched(self) -> list[str]:
        """The folders that the user gave to the library."""
        return [folder.place.full for folder in self.folders.watched()]

    def counts(self) -> dict[str, int]:
        """How many files there are in each state, how many of them are provisional, how many contents and problems."""
        connection = self.db.connection
        states = dict(connection.execute("SELECT state, count(*) FROM files GROUP BY state"))
        return {
            **{state: int(states.get(state, 0)) for state in ("online", "offline", "missing", "trashed")},
            "provisional": self.previews.count(),
            "contents": int(connection.execute("SELECT count(*) FROM contents").fetchone()[0]),
            "problems": len(self.problems()),
        }

    def _file_ids(self, paths: Iterable[str]) -> list[int]:
        by_path = self.folders.by_path()
        found: list[int] = []
        for path in paths:
            folder, name = os.path.split(path)
            row = self.db.connection.execute(
                "SELECT id FROM files WHERE folder_id = ? AND name = ?", (by_path.get(folder), os.fsencode(name))
            ).fetchone()
            found += row or ()
        return found

    def _photos(self, ids: Sequence[int]) -> dict[int, Photo]:
        marks = ",".join("?" * len(ids))
        rows = self.db.connection.execute(
            "SELECT f.content_id, v.mount, d.path, f.name, f.mtime_ns, f.state, v.label,"
            " c.bytes, c.width, c.height, c.format, c.hash, p.taken, p.camera, c.average_rgb"
            f" FROM {_FILES} JOIN contents c ON c.id = f.content_id LEFT JOIN captures p ON p.content_id = c.id"
            f" WHERE f.content_id IN ({marks}) ORDER BY {_STATE_ORDER}, {_PATH}",
            tuple(ids),
        )
        by_content: dict[int, list[tuple[Any, ...]]] = {}
        for content, mount, path, name, *rest in rows:
            by_content.setdefault(content, []).append((full_path(mount, path, name), *rest))
        return {content: _photo(content, files) for content, files in by_content.items()}

    def _provisional(self, file_ids: Sequence[int]) -> dict[int, Photo]:
        if not file_ids:
            return {}
        rows = self.db.connection.execute(
            "SELECT f.id, v.mount, d.path, f.name, f.size, f.mtime_ns, f.state, v.label, p.width, p.height"
            f" FROM {_FILES} JOIN previews p ON p.file_id = f.id WHERE f.id IN ({','.join('?' * len(file_ids))})",
            tuple(file_ids),
        )
        found: dict[int, Photo] = {}
        for file_id, mount, folder, name, size, mtime_ns, state, volume, width, height in rows:
            path = full_path(mount, folder, name)
            key = preview_key(path, size, mtime_ns)
            pixels = (width, height, "JPEG" if width else "")
            found[-file_id] = Photo(
                -file_id, path, (), size, mtime_ns, *pixels, key, state, volume=volume, provisional=True
            )
        return found


def _present_in(folder: str | None) -> tuple[str, tuple[bytes, ...]]:
    """An SQL condition on ``f``, and its values."""
    present = (
        "(f.content_id IS NOT NULL OR f.id IN (SELECT file_id FROM previews)) AND f.state IN ('online', 'offline')"
    )
    if folder is None:
        return present, ()
    below, values = in_folders([os.fsencode(folder)])
    return f"{present} AND {below}", values


def _photo(content: int, files: Sequence[tuple[Any, ...]]) -> Photo:
    """``files``: (path, mtime_ns, state, volume, bytes, width, height, format, hash, taken, camera, average_rgb), the
    first stands for all."""
    path, mtime_ns, state, volume, size, width, height, image_format, content_hash, taken, camera, rgb = files[0]
    also = tuple(other[0] for other in files[1:] if other[2] in ("online", "offline"))
    pixels = (width, height, image_format)
    return Photo(content, path, also, size, mtime_ns, *pixels, content_hash, state, taken, camera, rgb, volume)
