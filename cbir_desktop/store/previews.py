"""Vectors of files that are not read yet, made of the thumbnails in their heads: until their contents are known."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from blake3 import blake3

from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.store.db import Database
from cbir_desktop.store.places import full_path
from cbir_desktop.store.vectors import as_stored, matrix

SUFFIX = "+preview"
"""What the key of an encoder gets: its vectors of thumbnails are not those of the pictures."""


def preview_key(path: str, size: int, mtime_ns: int) -> bytes:
    """32 bytes that stand for the hash of a file that nobody has read: the name of its thumbnail in the cache."""
    return blake3(b"%d %d %s" % (size, mtime_ns, os.fsencode(path))).digest()


@dataclass(frozen=True, slots=True)
class StoredPreview:
    """``width``, ``height``: of the upright original in pixels, 0 where its head does not say."""

    vector: Vectors
    width: int
    height: int


class PreviewTable:
    """Reads and writes ``previews``: a row for each file whose content is not known yet and that has a preview."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def encoder_id(self, encoder_key: str) -> int | None:
        """The row of the encoder with this key as that of previews; None where there never was one."""
        row = self._db.connection.execute("SELECT id FROM encoders WHERE key = ?", (encoder_key + SUFFIX,)).fetchone()
        return None if row is None else int(row[0])

    def put(self, file_id: int, encoder_id: int, preview: StoredPreview) -> None:
        """Store a preview inside the caller's transaction, in place of what was."""
        with self._db.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO previews (file_id, encoder_id, vector, width, height) VALUES (?, ?, ?, ?, ?)",
                (file_id, encoder_id, as_stored(preview.vector).tobytes(), preview.width, preview.height),
            )

    def remove(self, file_ids: Iterable[int]) -> list[int]:
        """Remove the previews of these files; gives those that had one."""
        removed: list[int] = []
        with self._db.writing() as connection:
            for file_id in file_ids:
                rows = connection.execute("DELETE FROM previews WHERE file_id = ? RETURNING file_id", (file_id,))
                removed += [row[0] for row in rows]
        return removed

    def level(self) -> tuple[int, int]:
        """Two numbers, of which one changes with every preview stored or removed, by whichever process."""
        last, count = self._db.connection.execute(
            "SELECT max(id), (SELECT count(*) FROM previews) FROM previews"
        ).fetchone()
        return int(last or 0), int(count)

    def count(self) -> int:
        return self.level()[1]

    def ids(self, encoder_id: int) -> Ids:
        """Sorted ids of the files that have a preview of this encoder."""
        rows = self._db.connection.execute(
            "SELECT file_id FROM previews WHERE encoder_id = ? ORDER BY file_id", (encoder_id,)
        )
        return np.fromiter((row[0] for row in rows), np.int64)

    def since(self, row: int, encoder_id: int) -> tuple[Ids, Vectors]:
        """(file ids, vectors) of what was stored after ``level`` gave ``row`` as its first number."""
        rows = self._db.connection.execute(
            "SELECT file_id, vector FROM previews WHERE id > ? AND encoder_id = ? ORDER BY id", (row, encoder_id)
        )
        return matrix(rows.fetchall())

    def of(self, file_ids: Sequence[int], encoder_id: int) -> tuple[Ids, Vectors]:
        """The vectors of some files; those without a preview are left out."""
        found: list[tuple[int, bytes]] = []
        for file_id in file_ids:
            found += self._db.connection.execute(
                "SELECT file_id, vector FROM previews WHERE file_id = ? AND encoder_id = ?", (file_id, encoder_id)
            )
        return matrix(found)

    def file_at(self, path: str) -> int | None:
        """The file with this path, where it has a preview."""
        if not self.count():
            return None
        rows = self._db.connection.execute(  # folders first: they are few, and each finds the name by an index
            "SELECT f.id, v.mount, d.path, f.name FROM folders d"
            " CROSS JOIN files f ON f.folder_id = d.id AND f.name = ? CROSS JOIN previews p ON p.file_id = f.id"
            " JOIN volumes v ON v.id = d.volume_id",
            (os.fsencode(os.path.basename(path)),),
        )
        return next((file_id for file_id, *parts in rows if full_path(*parts) == path), None)

    def stamps(self, encoder_id: int) -> dict[str, tuple[int, int]]:
        """Path -> (size, mtime_ns) of each file with a preview of this encoder."""
        rows = self._db.connection.execute(
            "SELECT v.mount, d.path, f.name, f.size, f.mtime_ns FROM previews p JOIN files f ON f.id = p.file_id"
            " JOIN folders d ON d.id = f.folder_id JOIN volumes v ON v.id = d.volume_id WHERE p.encoder_id = ?",
            (encoder_id,),
        )
        return {full_path(mount, path, name): (size, mtime_ns) for mount, path, name, size, mtime_ns in rows}
