"""The catalog's volumes and folders: where files lie, and which folders the user gave to the library."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cbir_desktop.store.db import Database
from cbir_desktop.store.places import Place, Volume


@dataclass(frozen=True, slots=True)
class KnownFolder:
    """A folder of the catalog. ``excludes`` are the globs of a watched one."""

    id: int
    place: Place
    watched: bool
    excludes: tuple[str, ...] = ()


class FolderTable:
    """Reads and writes ``volumes`` and ``folders``."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def all(self) -> list[KnownFolder]:
        """Every folder that ever held a known file, ordered by path."""
        return self._select("1")

    def by_path(self) -> dict[str, int]:
        """The row of each folder by its full path: where two drives had one mount point, of the one that is there."""
        return {folder.place.full: folder.id for folder in sorted(self.all(), key=lambda one: one.place.volume.online)}

    def watched(self) -> list[KnownFolder]:
        """The folders that the user gave to the library, ordered by path."""
        return self._select("d.watched = 1")

    def volumes(self) -> list[Volume]:
        rows = self._db.connection.execute("SELECT uuid, mount, label, online FROM volumes ORDER BY id")
        return [Volume(uuid, os.fsdecode(mount), label, bool(online)) for uuid, mount, label, online in rows]

    def states(self) -> dict[int, dict[str, int]]:
        """How many files there are in each state, by folder."""
        found: dict[int, dict[str, int]] = {}
        rows = self._db.connection.execute("SELECT folder_id, state, count(*) FROM files GROUP BY folder_id, state")
        for folder, state, count in rows:
            found.setdefault(folder, {})[state] = count
        return found

    def watch(self, places: Iterable[Place], excludes: Sequence[str] | None = None) -> None:
        """Remember folders that the user gave to the library; ``excludes`` replaces their globs (None: as they are)."""
        with self._db.writing() as connection:
            for place in places:
                folder = self.id_of(place)
                connection.execute("UPDATE folders SET watched = 1 WHERE id = ? AND watched = 0", (folder,))
                if excludes is not None:
                    connection.execute(
                        "UPDATE folders SET excludes = ? WHERE id = ?", (json.dumps(list(excludes)), folder)
                    )

    def unwatch(self, folder_id: int) -> None:
        with self._db.writing() as connection:
            connection.execute("UPDATE folders SET watched = 0, excludes = '[]' WHERE id = ?", (folder_id,))

    def remove_empty(self) -> None:
        """Forget the folders that hold no known file and are not watched."""
        with self._db.writing() as connection:
            connection.execute("DELETE FROM folders WHERE watched = 0 AND id NOT IN (SELECT folder_id FROM files)")

    def rename_volume(self, uuid: str, new: str) -> None:
        with self._db.writing() as connection:
            connection.execute("UPDATE volumes SET uuid = ? WHERE uuid = ?", (new, uuid))

    def set_volume(self, volume: Volume) -> None:
        """Write where a known volume is now. The files of one that went become ``offline``; those of one that came
        back ``online`` (the next scan looks closer)."""
        old, new = ("online", "offline") if not volume.online else ("offline", "online")
        with self._db.writing() as connection:
            turned = connection.execute(
                "UPDATE volumes SET online = ? WHERE uuid = ? AND online <> ?",
                (volume.online, volume.uuid, volume.online),
            ).rowcount
            connection.execute(
                "UPDATE volumes SET mount = ?, label = ? WHERE uuid = ?",
                (os.fsencode(volume.mount), volume.label, volume.uuid),
            )
            if turned:
                connection.execute(
                    "UPDATE files SET state = ? WHERE state = ? AND folder_id IN (SELECT d.id FROM folders d"
                    " JOIN volumes v ON v.id = d.volume_id WHERE v.uuid = ?)",
                    (new, old, volume.uuid),
                )

    def id_of(self, place: Place) -> int:
        """The row of a folder, made when it is new, inside the caller's transaction."""
        connection = self._db.connection
        connection.execute(
            "INSERT INTO volumes (uuid, mount, label) VALUES (?, ?, ?) ON CONFLICT (uuid) DO UPDATE"
            " SET mount = excluded.mount, label = excluded.label WHERE mount <> excluded.mount",
            (place.volume.uuid, os.fsencode(place.volume.mount), place.volume.label),
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

    def _select(self, condition: str) -> list[KnownFolder]:
        rows = self._db.connection.execute(
            "SELECT d.id, v.uuid, v.mount, v.label, v.online, d.path, d.watched, d.excludes"
            f" FROM folders d JOIN volumes v ON v.id = d.volume_id WHERE {condition} ORDER BY v.mount, d.path"
        )
        volumes: dict[str, Volume] = {}
        return [
            KnownFolder(
                folder_id,
                Place(
                    volumes.setdefault(uuid, Volume(uuid, os.fsdecode(mount), label, bool(online))), os.fsdecode(path)
                ),
                bool(watched),
                () if excludes == "[]" else tuple(json.loads(excludes)),
            )
            for folder_id, uuid, mount, label, online, path, watched, excludes in rows
        ]
