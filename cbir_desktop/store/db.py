"""One SQLite file for many threads: a connection for each, one writer at a time, migrations with a backup first."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError

BUSY_SECONDS = 30.0
_SHRINK_PAGES = 1_000  # 4 MB a transaction
_NO_ROOM = 1 << 20  # SQLite calls it an I/O error when its shared-memory file has no room


class Database:
    """``migrations[n]`` is the SQL script that brings ``user_version`` n to n + 1.

    Opening creates the file, or backs it up to ``NAME.vN.bak`` and migrates it. ``durable``: what is committed is on
    the disk before ``writing`` ends, whatever happens to the machine; else a power cut may take the last commits, never
    the file. ``shrinks``: a new file is made so that ``shrink`` can make it smaller. ``cache_kb``: memory that each
    connection may take. Raises ``KnownError`` of kind ``newer-catalog``, ``damaged-catalog`` or ``no-library-folder``.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[str],
        durable: bool = False,
        shrinks: bool = False,
        cache_kb: int = 16_000,
    ) -> None:
        self.path = path
        self._shrinks, self._cache_kb = shrinks, cache_kb
        self._synchronous = "FULL" if durable else "NORMAL"
        self.read_only = False  # the file cannot be written: a read-only folder or disk
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._registry_lock = threading.Lock()
        self._write_lock = threading.RLock()
        self._watcher: sqlite3.Connection | None = None
        self._watch_lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KnownError(
                f"the library folder {path.parent} cannot be made: {error}", "no-library-folder"
            ) from error
        try:
            self._migrate(migrations)
        except BaseException:
            self.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection: for reading; writes go through ``writing``."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with known_errors(self.path):
                connection = self._connect()
            self._local.connection = connection
        return connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed at the end, rolled back when anything is raised. Re-entry joins the outer one."""
        with self._write_lock, known_errors(self.path):
            connection = self.connection
            if connection.in_transaction:
                yield connection
                return
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What this thread reads in it is all of one moment, whoever writes meanwhile. Nothing is written in it."""
        connection = self.connection
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            connection.execute("ROLLBACK")

    def shrink(self) -> None:
        """Give the room of what was deleted back to the disk; others may write in between."""
        with self._write_lock, known_errors(self.path):
            free, before = self._free_pages(), -1
            while free and free != before:
                # execute() would take one step of it, which is one page.
                self.connection.executescript(f"PRAGMA incremental_vacuum({_SHRINK_PAGES})")
                free, before = self._free_pages(), free
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def data_version(self) -> int:
        """A number that is another one whenever somebody, this process too, has committed something since."""
        # A connection of its own: SQLite does not count what is committed through the connection that asks.
        with self._watch_lock, known_errors(self.path):
            if self._watcher is None:
                self._watcher = self._connect()
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        with self._registry_lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
        self._watcher = None
        self._local = threading.local()

    def backup(self, target: Path) -> None:
        """Write a consistent, checked copy to ``target``, atomically. Raises OSError, sqlite3.Error, ``KnownError``."""

        def copy(temporary: Path) -> None:
            copied = sqlite3.connect(temporary)
            try:
                copied.execute("PRAGMA synchronous = OFF")  # it is synced as a whole before it gets its name
                self.connection.backup(copied)
                copied.execute("PRAGMA journal_mode = DELETE")  # one file, whole in itself
                verdict = copied.execute("PRAGMA quick_check(1)").fetchone()[0]
            finally:
                copied.close()
            if verdict != "ok":
                raise KnownError(f"the copy of {self.path} is damaged: {verdict}", "damaged-catalog")

        replace_atomic(target, copy)

    def changes(self) -> int:
        """Rows written by this process since the file was opened."""
        with self._registry_lock:
            return sum(connection.total_changes for connection in self._connections)

    def _connect(self) -> sqlite3.Connection:
        connection = self._open_file(str(self.path))
        try:
            if self._shrinks:
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # before anything is in the file
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if not self.path.exists() or (os.access(self.path, os.W_OK) and os.access(self.path.parent, os.W_OK)):
                raise
            self.read_only = True
            connection = self._open_read_only()
        connection.execute(f"PRAGMA synchronous = {self._synchronous}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{self._cache_kb}")
        return connection

    def _open_read_only(self) -> sqlite3.Connection:
        """For a folder that cannot be written, where the usual shared-memory file has no place."""
        uri = "file:" + quote(os.fsencode(os.path.abspath(self.path)))
        try:
            connection = self._open_file(f"{uri}?mode=ro", uri=True)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection = self._open_file(f"{uri}?immutable=1", uri=True)
        return connection

    def _open_file(self, name: str, uri: bool = False) -> sqlite3.Connection:
        # used by its own thread only, but closed by whoever closes the database
        connection = sqlite3.connect(name, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, uri=uri)
        with self._registry_lock:
            self._connections.append(connection)
        return connection

    def _migrate(self, migrations: Sequence[str]) -> None:
        with known_errors(self.path):
            version = self._version()
            if version == len(migrations):
                return
            if version < 0:
                raise KnownError(f"the catalog {self.path} is damaged: its schema is {version}", "damaged-catalog")
            if version > len(migrations):
                raise KnownError(
                    f"{self.path} was made by a newer version of this program (schema {version}); nothing was changed",
                    "newer-catalog",
                )
            if version > 0:
                self.backup(self.path.with_name(f"{self.path.name}.v{version}.bak"))
        with self.writing() as connection:
            for number in range(self._version(), len(migrations)):  # again: another process may have been faster
                for statement in _statements(migrations[number]):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {number + 1}")

    def _free_pages(self) -> int:
        return int(self.connection.execute("PRAGMA freelist_count").fetchone()[0])

    def _version(self) -> int:
        return int(self.connection.execute("PRAGMA user_version").fetchone()[0])


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # a full disk rolls back by itself
        connection.execute("ROLLBACK")


def _statements(script: str) -> Iterator[str]:
    """Single statements (each begins on a line of its own): ``executescript`` would commit the transaction."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        raise ValueError(f"an SQL statement without its end: {statement.strip()[:60]}")


def is_damage(error: BaseException | None) -> bool:
    """Whether an error, of SQLite's or made of one, says that the file's pages are not what was written."""
    text = str(error)
    told = any(words in text for words in ("malformed", "not a database", "corrupt"))
    return told if isinstance(error, sqlite3.DatabaseError) else getattr(error, "kind", "") == "damaged-catalog"


@contextmanager
def known_errors(path: Path) -> Iterator[None]:
    """Turn what the world did to the file into ``KnownError``; our own mistakes in SQL pass through."""
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "full" in text or ("disk I/O" in text and shutil.disk_usage(path.parent).free < _NO_ROOM):
            raise KnownError(f"the disk with {path} is full; nothing half-written was kept", "disk-full") from error
        if "locked" in text or "busy" in text:
            raise KnownError(f"another program keeps {path} locked", "library-in-use") from error
        if "readonly" in text or "unable to open" in text or "disk I/O" in text:
            raise KnownError(f"{path} cannot be written: {text}", "unwritable-catalog") from error
        raise
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise KnownError(f"the catalog {path} is damaged: {error}", "damaged-catalog") from error
        raise
