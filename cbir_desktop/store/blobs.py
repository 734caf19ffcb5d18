"""A bounded cache of small values in one file. Derived data: delete the file at any time, at no loss."""

import logging
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cbir_desktop.core.errors import KnownError
from cbir_desktop.store.db import Database, known_errors

# Apart, so that a mark of use writes a narrow row and not a value.
_MIGRATIONS = (
    """
CREATE TABLE blobs (
    id INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
CREATE TABLE entries (
    key BLOB PRIMARY KEY,
    id INTEGER NOT NULL,
    used INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
""",
)
_BY_USE = "SELECT key, coalesce(CAST(bytes AS INTEGER), 0) FROM entries ORDER BY used"  # damage may leave no number
_ERRORS = (KnownError, sqlite3.OperationalError, UnicodeDecodeError)
_CACHE_KB = 2_000  # a connection: values are read once, the system keeps the pages
_PAGE = 4096  # bytes of which a value takes whole ones, nearly
_ROWS = 500  # removed in a transaction: others wait for it

_log = logging.getLogger(__name__)


class Blob(NamedTuple):
    """A value, or None for one that is to go, with its time of use in ns."""

    data: bytes | None
    used: int


class BlobFile:
    """Values by key, with the time of their last use. Safe in threads and between processes; reads wait for no write.

    Nothing is raised for what the world does to the file: what cannot be read is absent, what cannot be written is a
    line in the log, a damaged file is begun anew. ``what`` names the values in the log.
    """

    def __init__(self, path: Path, what: str) -> None:
        self.path, self._what = path, what
        self._database: Database | None = None
        self._inode = 0
        # Who closes the file holds both: nobody is in it then.
        self._writing, self._reading = threading.RLock(), threading.RLock()

    def read(self, key: bytes) -> bytes | None:
        """None where there is none, or none that is whole."""
        row = self._row("SELECT checksum, data FROM entries JOIN blobs USING (id) WHERE key = ?", (key,))
        if row is None or not isinstance(row[1], bytes) or zlib.crc32(row[1]) != row[0]:
            return None
        return row[1]

    def __contains__(self, key: bytes) -> bool:
        return self._row("SELECT 1 FROM entries WHERE key = ?", (key,)) is not None

    def write(self, blobs: Mapping[bytes, Blob], marks: Mapping[bytes, int]) -> bool:
        """Put and remove values and set times of use, all in one transaction; False where the disk fails."""
        database: Database | None = None
        try:
            with self._writing:
                database = self._opened_for_writing()
                if database.read_only and not blobs:
                    return False
                with database.writing():
                    _remove(database, blobs)
                    _insert(database, blobs)
                    _mark(database, marks)
        except _ERRORS as error:
            self._failed(error, database)
            return False
        return True

    def held(self) -> int:
        """Bytes that the values take on the disk, with all that goes with them."""
        pages = [self._row(f"PRAGMA {name}") for name in ("page_count", "freelist_count", "page_size")]
        count, free, size = (0 if row is None else int(row[0]) for row in pages)
        return (count - free) * size

    def trim(self, max_bytes: int) -> int:
        """Remove the least recently used until ``max_bytes`` are held, and shrink the file; gives the bytes removed."""
        before = self.held()
        if before <= max_bytes:
            return 0
        database: Database | None = None
        try:
            with self._writing:
                database = self._opened_for_writing()
                excess, held = before - max_bytes, before + 1
                while excess > 0 and self.held() < held:  # or what is damaged could not be removed
                    held = self.held()
                    keys = _oldest(database, excess)
                    for start in range(0, len(keys), _ROWS):
                        with database.writing():
                            _remove(database, keys[start : start + _ROWS])
                    excess = self.held() - max_bytes
                database.shrink()
        except _ERRORS as error:
            self._failed(error, database)
        return max(0, before - self.held())

    def close(self) -> None:
        with self._writing, self._reading:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _row(self, statement: str, values: tuple[bytes, ...] = ()) -> tuple[Any, ...] | None:
        database: Database | None = None
        try:
            with self._reading:
                database = self._opened()
                if database is None:
                    return None
                with known_errors(self.path):
                    row: tuple[Any, ...] | None = database.connection.execute(statement, values).fetchone()
                    return row
        except _ERRORS as error:
            self._failed(error, database)
            return None

    def _opened(self, make: bool = False) -> Database | None:
        if self._database is None and (make or os.path.exists(self.path)):
            self._database = Database(self.path, _MIGRATIONS, shrinks=True, cache_kb=_CACHE_KB)
            self._inode = self._inode_now()
        return self._database

    def _opened_for_writing(self) -> Database:
        with self._reading:
            if self._inode_now() != self._inode:  # somebody deleted it
                self.close()
            database = self._opened(make=True)
            assert database is not None
            return database

    def _inode_now(self) -> int:
        try:
            return self.path.stat().st_ino
        except OSError:
            return 0

    def _failed(self, error: Exception, database: Database | None) -> None:
        if not self._is_damage(error):
            _log.warning("some %s could not be read or kept: %s", self._what, error)
            return
        with self._writing, self._reading:
            if self._database is not database:  # another thread was faster
                return
            ours = database is None or self._inode_now() == self._inode
            self.close()
            _log.warning("the file of the %s was damaged and is begun anew: %s", self._what, error)
            if ours:
                self._delete()

    def _is_damage(self, error: Exception) -> bool:
        """SQLite also takes a file for read-only whose head says that it is of a newer format; its other errors are of
        names in the schema that are not ours any more."""
        if not isinstance(error, KnownError):
            return True
        can_write = os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)
        return error.kind == "damaged-catalog" or ("readonly" in str(error.__cause__) and can_write)

    def _delete(self) -> None:
        try:
            for suffix in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            _log.warning("the file of the %s could not be removed: %s", self._what, error)


def _remove(database: Database, keys: Iterable[bytes]) -> None:
    rows = [(key,) for key in keys]
    database.connection.executemany("DELETE FROM blobs WHERE id = (SELECT id FROM entries WHERE key = ?)", rows)
    database.connection.executemany("DELETE FROM entries WHERE key = ?", rows)


def _insert(database: Database, blobs: Mapping[bytes, Blob]) -> None:
    """Those that have a value. OR REPLACE: what a damaged file holds besides must not be in the way."""
    first = int(database.connection.execute("SELECT coalesce(max(id), 0) FROM blobs").fetchone()[0]) + 1
    put = [(key, blob.used, blob.data) for key, blob in blobs.items() if blob.data is not None]
    database.connection.executemany(
        "INSERT OR REPLACE INTO blobs VALUES (?, ?)", ((first + n, data) for n, (_, _, data) in enumerate(put))
    )
    database.connection.executemany(
        "INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)",
        ((key, first + n, used, len(data), zlib.crc32(data)) for n, (key, used, data) in enumerate(put)),
    )


def _mark(database: Database, marks: Mapping[bytes, int]) -> None:
    database.connection.executemany(
        "UPDATE entries SET used = ? WHERE key = ?", ((used, key) for key, used in marks.items())
    )


def _oldest(database: Database, excess: int) -> list[bytes]:
    """The keys of the least recently used values that take ``excess`` bytes together."""
    keys: list[bytes] = []
    with known_errors(database.path):
        for key, size in database.connection.execute(_BY_USE):
            if excess <= 0:
                break
            keys.append(key)
            excess -= -(-size // _PAGE) * _PAGE
    return keys
