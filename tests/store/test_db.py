import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.store.db import Database

ONE = ("CREATE TABLE t (\n    a INTEGER\n);\nCREATE INDEX i ON t (a);",)
TWO = (*ONE, "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'x;y';\nUPDATE t SET b = 'z';")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "library" / "catalog.sqlite"


def test_a_migration_keeps_the_rows_and_makes_a_backup_first(path):
    db = Database(path, ONE)
    with db.writing() as connection:
        connection.execute("INSERT INTO t VALUES (7)")
    db.close()
    db = Database(path, TWO)
    assert db.connection.execute("SELECT a, b FROM t").fetchall() == [(7, "z")]
    db.close()
    with sqlite3.connect(path.with_name("catalog.sqlite.v1.bak")) as backup:
        assert backup.execute("SELECT * FROM t").fetchall() == [(7,)]
        assert backup.execute("PRAGMA user_version").fetchone() == (1,)
    backup.close()


def test_a_failing_migration_changes_nothing(path):
    Database(path, ONE).close()
    with pytest.raises(sqlite3.OperationalError):
        Database(path, (*ONE, "CREATE TABLE u (a);\nCREATE TABLE t (again);"))
    db = Database(path, ONE)
    assert db.connection.execute("SELECT name FROM sqlite_master WHERE name = 'u'").fetchone() is None
    db.close()


def test_a_newer_catalog_is_left_alone(path):
    Database(path, TWO).close()
    before = path.read_bytes()
    with pytest.raises(KnownError) as caught:
        Database(path, ONE)
    assert caught.value.kind == "newer-catalog"
    assert path.read_bytes() == before


def test_a_damaged_file_is_named(path):
    path.parent.mkdir()
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(KnownError, match="damaged") as caught:
        Database(path, ONE)
    assert caught.value.kind == "damaged-catalog"


def test_a_schema_of_a_number_below_nothing_is_damage(path):
    Database(path, ONE).close()
    with sqlite3.connect(path) as raw:
        raw.execute("PRAGMA user_version = -3")
    raw.close()
    with pytest.raises(KnownError) as caught:
        Database(path, ONE)
    assert caught.value.kind == "damaged-catalog"


def test_a_transaction_is_kept_whole_or_not_at_all(path):
    db = Database(path, ONE)

    def fail_late():
        with db.writing() as connection:
            connection.execute("INSERT INTO t VALUES (1)")
            with db.writing() as inner:
                inner.execute("INSERT INTO t VALUES (2)")
            raise RuntimeError("on purpose")

    with pytest.raises(RuntimeError, match="on purpose"):
        fail_late()
    assert db.connection.execute("SELECT count(*) FROM t").fetchone() == (0,)
    db.close()


def test_what_is_read_in_one_reading_is_of_one_moment(path):
    database = Database(path, ["CREATE TABLE numbers (n INTEGER);"])
    count = "SELECT count(*) FROM numbers"

    def write():
        with database.writing() as connection:
            connection.execute("INSERT INTO numbers VALUES (1)")

    with ThreadPoolExecutor(1) as other, database.reading(), database.reading():
        before = database.connection.execute(count).fetchone()
        other.submit(write).result()
        assert database.connection.execute(count).fetchone() == before == (0,)
    assert database.connection.execute(count).fetchone() == (1,)
    write()  # and this thread writes again
    database.close()


def test_many_threads_write_and_read(path):
    db = Database(path, ONE)

    def work():
        for number in range(20):
            with db.writing() as connection:
                connection.execute("INSERT INTO t VALUES (?)", (number,))
            db.connection.execute("SELECT count(*) FROM t").fetchone()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert db.connection.execute("SELECT count(*), sum(a) FROM t").fetchone() == (80, 4 * 190)
    db.close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(KnownError) as caught:
        Database(tmp_path / "file" / "catalog.sqlite", ONE)
    assert caught.value.kind == "no-library-folder"


def test_the_data_version_tells_that_somebody_committed(tmp_path):
    database = Database(tmp_path / "a.sqlite", ["CREATE TABLE t (x INTEGER);"])
    first = database.data_version()
    assert database.data_version() == first
    with database.writing() as connection:
        connection.execute("INSERT INTO t VALUES (1)")
    second = database.data_version()
    assert second != first
    other = Database(tmp_path / "a.sqlite", ["CREATE TABLE t (x INTEGER);"])
    with other.writing() as connection:
        connection.execute("INSERT INTO t VALUES (2)")
    assert database.data_version() != second
    other.close()
    database.close()
