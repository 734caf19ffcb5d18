"""How the contents of a library look: a few bytes each, by descriptors of colour, layout and edges."""

from collections.abc import Iterable, Sequence

import numpy as np

from cbir_desktop.core.types import Ids
from cbir_desktop.store.db import Database

_KEY = "looks_key"


class LookTable:
    """Reads and writes ``looks``. All rows are of one key, which changes when the bytes would."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def key(self) -> str | None:
        row = self._db.connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
        return None if row is None else str(row[0])

    def settle(self, key: str) -> None:
        """From now on the rows are of ``key``: those of another one are forgotten."""
        if self.key() == key:
            return
        with self._db.writing() as connection:
            connection.execute("DELETE FROM looks")
            connection.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_KEY, key))

    def put(self, looks: Iterable[tuple[int, bytes]]) -> None:
        """Store (content id, look), in place of what was."""
        with self._db.writing() as connection:
            connection.executemany("INSERT OR REPLACE INTO looks (content_id, look) VALUES (?, ?)", looks)

    def lacking(self) -> list[int]:
        """Contents that have a file and no look. Costs two counts where there is none."""
        connection = self._db.connection
        contents = connection.execute("SELECT count(*) FROM contents").fetchone()[0]
        if contents == connection.execute("SELECT count(*) FROM looks").fetchone()[0]:
            return []
        rows = connection.execute(
            "SELECT DISTINCT c.id FROM contents c JOIN files f ON f.content_id = c.id"
            " AND f.state IN ('online', 'offline') LEFT JOIN looks l ON l.content_id = c.id"
            " WHERE l.content_id IS NULL ORDER BY c.id"
        )
        return [int(row[0]) for row in rows]

    def ids(self) -> Ids:
        """Sorted ids of the contents that have a look."""
        rows = self._db.connection.execute("SELECT content_id FROM looks ORDER BY content_id")
        return np.fromiter((row[0] for row in rows), np.int64)

    def of(self, content_ids: Sequence[int]) -> list[tuple[int, bytes]]:
        """(content id, look) of some contents; those without one are left out."""
        found: list[tuple[int, bytes]] = []
        for start in range(0, len(content_ids), 500):  # SQLite's oldest limit on parameters is 999
            part = [int(content) for content in content_ids[start : start + 500]]
            marks = ",".join("?" * len(part))
            found += self._db.connection.execute(
                f"SELECT content_id, look FROM looks WHERE content_id IN ({marks})", part
            ).fetchall()
        return found
