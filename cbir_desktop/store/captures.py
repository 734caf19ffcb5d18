"""The catalog's facts about pictures beyond their pixels: when and with what they were taken, what lies beside them."""

import os
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from cbir_desktop.images.capture import Capture
from cbir_desktop.images.companions import Companion
from cbir_desktop.store.db import Database
from cbir_desktop.store.places import Place, full_path


@dataclass(frozen=True, slots=True)
class StoredCompanion:
    """A file that belongs to a picture. ``is_certain``: a film that carries the picture's content identifier."""

    kind: str
    path: str
    is_certain: bool


class CaptureTable:
    """Reads and writes ``captures`` and ``companions``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, content_id: int, capture: Capture, average_rgb: int | None = None) -> None:
        """Store what is known of a content, in place of what was."""
        with self._db.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO captures (content_id, taken, utc_offset, camera, has_gps, content_identifier)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (content_id, *astuple(capture)),
            )
            if average_rgb is not None:
                connection.execute("UPDATE contents SET average_rgb = ? WHERE id = ?", (average_rgb, content_id))

    def of(self, content_id: int) -> Capture | None:
        row = self._db.connection.execute(
            "SELECT taken, utc_offset, camera, has_gps, content_identifier FROM captures WHERE content_id = ?",
            (content_id,),
        ).fetchone()
        return None if row is None else Capture(row[0], row[1], row[2], bool(row[3]), row[4])

    def lacking(self) -> list[int]:
        """Contents that have a file and no facts: those of a library made before there were any."""
        connection = self._db.connection
        contents = connection.execute("SELECT count(*) FROM contents").fetchone()[0]
        if contents == connection.execute("SELECT count(*) FROM captures").fetchone()[0]:
            return []  # the usual case costs two counts
        rows = connection.execute(
            "SELECT DISTINCT c.id FROM contents c JOIN files f ON f.content_id = c.id AND f.state = 'online'"
            " LEFT JOIN captures p ON p.content_id = c.id WHERE p.content_id IS NULL ORDER BY c.id"
        )
        return [int(row[0]) for row in rows]

    def accompanied_folders(self) -> set[int]:
        """The folders with files that have companions."""
        rows = self._db.connection.execute(
            "SELECT DISTINCT f.folder_id FROM companions p JOIN files f ON f.id = p.file_id"
        )
        return {row[0] for row in rows}

    def companions_in(self, place: Place) -> dict[int, frozenset[Companion]]:
        """The companions of the files of one folder, by the id of the file; files that have none are left out."""
        found: dict[int, set[Companion]] = {}
        rows = self._db.connection.execute(
            "SELECT p.file_id, p.kind, p.name FROM folders d JOIN volumes v ON v.id = d.volume_id"
            " JOIN files f ON f.folder_id = d.id JOIN companions p ON p.file_id = f.id WHERE v.uuid = ? AND d.path = ?",
            (place.volume.uuid, os.fsencode(place.path)),
        )
        for file_id, kind, name in rows:
            found.setdefault(file_id, set()).add(Companion(kind, os.fsdecode(name)))
        return {file_id: frozenset(companions) for file_id, companions in found.items()}

    def set_companions(self, file_id: int, companions: Sequence[Companion]) -> None:
        """Replace what belongs to a file."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM companions WHERE file_id = ?", (file_id,))
            connection.executemany(
                "INSERT INTO companions (file_id, kind, name, content_identifier) VALUES (?, ?, ?, ?)",
                [(file_id, c.kind, os.fsencode(c.name), c.content_identifier) for c in set(companions)],
            )

    def companions(self, content_id: int) -> list[StoredCompanion]:
        """What belongs to a picture, by name. A film whose identifier is another one than the picture's is not its."""
        rows = self._db.connection.execute(
            "SELECT v.mount, d.path, p.name, p.kind, p.content_identifier IS c.content_identifier AND p.kind = 'live'"
            "   AND p.content_identifier IS NOT NULL"
            " FROM companions p JOIN files f ON f.id = p.file_id JOIN folders d ON d.id = f.folder_id"
            " JOIN volumes v ON v.id = d.volume_id LEFT JOIN captures c ON c.content_id = f.content_id"
            " WHERE f.content_id = ? AND f.state IN ('online', 'offline')"
            " AND coalesce(p.content_identifier = c.content_identifier, 1) ORDER BY p.kind, p.name",
            (content_id,),
        )
        return [
            StoredCompanion(kind, full_path(mount, path, name), bool(certain))
            for mount, path, name, kind, certain in rows
        ]
