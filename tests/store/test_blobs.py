"""The cache that thumbnails and keypoints stand on, with real files and processes."""

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing

import pytest

from cbir_desktop.store.blob_cache import PENDING_BYTES, BlobCache

linux_root = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root on Linux")

# Puts values that follow from their keys, and says after each flush how many there are.
CHILD = """
import hashlib, sys
from pathlib import Path
from cbir_desktop.store.blob_cache import BlobCache
cache = BlobCache(Path(sys.argv[1]), "values")
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    key = hashlib.sha256(b"%d" % number).digest()
    cache.put(key, key * 300)
    if number % 8 == 7:
        assert cache.flush()
        print(number + 1, flush=True)
cache.close()
"""


def key(number):
    return hashlib.sha256(b"%d" % number).digest()


def value(number):
    return key(number) * 300


def child(path, start, end):
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, path, str(start), str(end)], stdout=subprocess.PIPE, text=True
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "values.sqlite"


@pytest.fixture
def open_cache():
    opened = []

    def open_cache(path):
        opened.append(BlobCache(path, "values"))
        return opened[-1]

    yield open_cache
    for cache in opened:
        cache.close()


@pytest.fixture
def cache(open_cache, path):
    return open_cache(path)


def fill(cache, count, start=0):
    for number in range(start, start + count):
        assert cache.put(key(number), value(number), number)
    assert cache.flush()


def present(cache, count):
    return [number for number in range(count) if key(number) in cache]


def test_what_is_put_is_found_before_and_after_it_is_written(cache, open_cache, path):
    fill(cache, 1)
    for number in (1, 2):
        assert cache.put(key(number), value(number))
    other = open_cache(path)
    assert [cache.get(key(number)) for number in range(4)] == [value(0), value(1), value(2), None]
    assert [other.get(key(number)) for number in range(4)] == [value(0), None, None, None]
    cache.remove(key(0))
    cache.remove(key(1))
    assert present(cache, 4) == [2]
    assert cache.flush()
    assert present(cache, 4) == present(other, 4) == [2]
    cache.put(key(2), b"another")
    cache.flush()
    assert cache.get(key(2)) == other.get(key(2)) == b"another"


def test_much_is_not_held_back(cache, open_cache, path):
    cache.put(key(0), b"first")
    large = bytes(PENDING_BYTES // 2)
    cache.put(key(1), large)
    assert key(1) not in open_cache(path)
    cache.put(key(2), large)
    assert open_cache(path).get(key(1)) == large


def test_closing_writes_and_it_opens_again(cache, open_cache, path):
    cache.put(key(0), value(0))
    cache.put(key(1), value(1))
    cache.close()
    assert open_cache(path).get(key(1)) == value(1)
    assert cache.get(key(1)) == value(1)


def test_trim_removes_the_least_recently_used_and_shrinks_the_file(cache, path):
    fill(cache, 1200)
    assert cache.get(key(3)) == value(3)
    before = cache.held()
    assert before > 1200 * len(value(0))
    removed = cache.trim(before // 4)
    assert removed >= before - before // 4
    assert cache.held() <= before // 4
    left = present(cache, 1200)
    assert 250 < len(left) < 300
    assert left == [3, *range(1200 - len(left) + 1, 1200)]
    assert cache.trim(before // 4) == 0
    cache.close()
    assert path.stat().st_size <= before // 4
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_marks_of_use_outlive_the_process(cache, open_cache, path):
    fill(cache, 40)
    cache.get(key(0))
    cache.close()
    other = open_cache(path)
    other.trim(other.held() // 2)
    assert 0 in present(other, 40)
    assert 1 not in present(other, 40)


def test_trim_to_nothing(cache):
    fill(cache, 20)
    cache.trim(0)
    assert present(cache, 20) == []
    fill(cache, 20)
    assert present(cache, 20) == list(range(20))


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_kill_at_any_time_loses_what_was_not_flushed_and_no_more(path, open_cache):
    seed = random.Random(4)
    flushed = start = 0
    for _ in range(6):
        with child(path, start, start + 100_000) as process:
            for _ in range(seed.randint(1, 30)):
                flushed = int(process.stdout.readline())
            process.send_signal(signal.SIGKILL)
        cache = open_cache(path)
        assert all(cache.get(key(number)) == value(number) for number in range(flushed))
        rest = [cache.get(key(number)) for number in range(flushed, flushed + 5000)]
        assert {data == value(flushed + n) for n, data in enumerate(rest) if data is not None} <= {True}
        fill(cache, 8, start=flushed)
        start = flushed
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA quick_check").fetchone() == ("ok",)


def test_two_processes_write_while_this_one_reads_and_trims(cache, path):
    with child(path, 0, 800) as one, child(path, 400, 1200) as two:
        for line in one.stdout:
            number = int(line) - 1
            assert cache.get(key(number)) == value(number)
            if number == 403:
                cache.trim(cache.held() // 2)
        two.stdout.read()
    assert (one.returncode, two.returncode) == (0, 0)
    assert set(range(800, 1200)) <= set(present(cache, 1200))
    assert all(cache.get(key(number)) == value(number) for number in present(cache, 1200))


def test_threads_that_put_get_flush_and_trim(cache):
    wrong = []

    def work(first):
        for number in range(first, first + 60):
            cache.put(key(number), value(number))
            if cache.get(key(number)) != value(number):
                wrong.append(number)
            if number % 20 == 0:
                cache.flush()
            if number % 30 == 0:
                cache.trim(10 << 20)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(0, 240, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert present(cache, 270) == list(range(270))


@pytest.mark.parametrize("harm", ["pages", "header", "cut", "garbage", "emptied"])
def test_a_damaged_file_is_begun_anew_and_said_so(cache, path, caplog, harm):
    fill(cache, 60)
    cache.close()
    data = path.read_bytes()
    path.write_bytes(
        {
            "pages": data[:4096] + b"\xa5" * (len(data) - 4096),
            "header": b"\x00" * 100 + data[100:],
            "cut": data[: len(data) // 2],
            "garbage": b"not a database at all" * 300,
            "emptied": b"",
        }[harm]
    )
    found = [cache.get(key(number)) for number in range(60)]
    assert all(data in (None, value(number)) for number, data in enumerate(found))
    assert found.count(None) > 10
    assert ("damaged" in caplog.text) == (harm != "emptied")
    fill(cache, 60)
    assert [cache.get(key(number)) for number in range(60)] == [value(number) for number in range(60)]
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA quick_check").fetchone() == ("ok",)


@pytest.mark.parametrize("seed", range(20))
def test_no_damage_is_an_error(cache, path, seed):
    fill(cache, 12)
    cache.close()
    data, rng = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(seed + 1):  # half of them in the heads of pages
        place = rng.choice(
            [rng.randrange(4096, len(data)), 4096 * rng.randrange(1, len(data) // 4096) + rng.randrange(64)]
        )
        data[place] = rng.randrange(256)
    path.write_bytes(data)
    for _ in range(2):
        for number in range(12):
            assert cache.get(key(number)) in (None, value(number))
        cache.put(key(0), value(0))
        cache.flush()
        cache.trim(cache.held() // 2)
    fill(cache, 12)
    assert cache.get(key(3)) == value(3)


def test_damage_under_the_feet_of_two_that_have_it_open(cache, open_cache, path):
    fill(cache, 300)
    other = open_cache(path)
    assert other.get(key(0)) == value(0)
    size = path.stat().st_size
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    with open(path, "r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))
    for one in (cache, other, cache, other):
        assert all(one.get(key(number)) in (None, value(number)) for number in range(300))
    fill(cache, 300)
    fill(other, 300, start=300)
    assert present(cache, 600) == present(other, 600) == list(range(600))


def test_a_value_that_was_changed_on_the_disk_counts_as_absent(cache, path):
    fill(cache, 3)
    cache.close()
    data = bytearray(path.read_bytes())
    place = data.index(key(1) * 50) + 40
    data[place] ^= 1
    path.write_bytes(data)
    assert [cache.get(key(number)) is not None for number in range(3)] == [True, False, True]
    cache.put(key(1), value(1))
    assert cache.get(key(1)) == value(1)


def test_a_file_that_was_deleted_while_open_is_made_anew(cache, open_cache, path):
    fill(cache, 3)
    for file in list(path.parent.iterdir()):
        file.unlink()
    fill(cache, 3)
    assert present(open_cache(path), 3) == [0, 1, 2]


@linux_root
def test_a_full_disk_is_logged_and_harms_nothing(small_disk, open_cache, caplog):
    disk, remount = small_disk
    cache = open_cache(disk / "values.sqlite")
    fill(cache, 20)
    results = []
    for number in range(20, 200):
        cache.put(key(number), value(number))
        results.append(cache.flush())
    assert results[0]
    assert not results[-1]
    assert "full" in caplog.text
    assert present(cache, 20) == list(range(20))
    assert cache.get(key(0)) == value(0)
    remount("size=50m")
    fill(cache, 200)
    assert present(cache, 200) == list(range(200))


@linux_root
def test_a_read_only_disk_can_be_read(small_disk, open_cache, caplog):
    disk, remount = small_disk
    writer = open_cache(disk / "values.sqlite")
    fill(writer, 20)
    writer.close()
    remount("ro")
    cache = open_cache(disk / "values.sqlite")
    assert cache.get(key(0)) == value(0)
    assert cache.flush() is False  # marks of use have no place, which is no news
    assert caplog.text == ""
    cache.put(key(30), value(30))
    assert not cache.flush()
    assert "values" in caplog.text
    assert cache.trim(0) == 0
    assert present(cache, 20) == list(range(20))
    cache.close()
    remount("rw")
