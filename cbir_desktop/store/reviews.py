"""How far a person got in looking through duplicates. A file of its own: losing it loses no photo and no decision."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cbir_desktop.store.db import Database

_MIGRATIONS = (
    """
CREATE TABLE marks (
    path BLOB PRIMARY KEY,
    content BLOB NOT NULL CHECK (length(content) = 32),
    keep INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE done (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;
""",
)


@dataclass
class Progress:
    """``marks``: by path, the content and whether a person keeps it. ``done``: the id of a group and the key of what it
    holds. ``meta``: where it was looked, the rules, the group that was in view and so on, as JSON has them."""

    marks: dict[str, tuple[bytes, bool]] = field(default_factory=dict)
    done: dict[str, str] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)


@dataclass
class Changes:
    """What is to be written: None where something is to be forgotten."""

    marks: dict[str, tuple[bytes, bool] | None] = field(default_factory=dict)
    done: dict[str, str | None] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.marks or self.done or self.meta)


class ReviewStore:
    """Opens or makes the file."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, _MIGRATIONS)

    def close(self) -> None:
        self._db.close()

    def load(self) -> Progress:
        read = self._db.connection.execute
        marks = {os.fsdecode(path): (content, bool(keep)) for path, content, keep in read("SELECT * FROM marks")}
        meta = {name: json.loads(value) for name, value in read("SELECT name, value FROM meta")}
        return Progress(marks, dict(read("SELECT id, key FROM done")), meta)

    def write(self, changes: Changes) -> None:
        """All of them or none."""
        with self._db.writing() as connection:
            marks = {os.fsencode(path): mark for path, mark in changes.marks.items()}
            for table, column, gone in (("marks", "path", _gone(marks)), ("done", "id", _gone(changes.done))):
                connection.executemany(f"DELETE FROM {table} WHERE {column} = ?", gone)
            rows = [(path, *mark) for path, mark in marks.items() if mark is not None]
            connection.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", rows)
            done = [(name, key) for name, key in changes.done.items() if key is not None]
            connection.executemany("INSERT OR REPLACE INTO done VALUES (?, ?)", done)
            meta = [(name, json.dumps(value)) for name, value in changes.meta.items()]
            connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta)


def _gone(entries: Mapping[Any, Any]) -> list[tuple[Any]]:
    return [(name,) for name, value in entries.items() if value is None]
