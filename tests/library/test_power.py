"""Priorities of the threads and processes that index, as the system shows them while they work."""

import contextlib
import os
import sys
import threading
from pathlib import Path

import pytest

from cbir_desktop.core.priority import NICE
from cbir_desktop.core.tasks import Task
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import search_files
from cbir_desktop.library.session import Session
from cbir_desktop.settings import Folders, Settings

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads priorities as Linux shows them")

NORMAL = os.getpriority(os.PRIO_PROCESS, 0)
LOW = max(NICE, NORMAL)


def nice_of(stat):
    """Field 19 of a stat file of /proc; the name, field 2, may hold blanks."""
    return int(Path(stat).read_text().rpartition(")")[2].split()[16])


def threads_of(name):
    """The nice values of this process's threads of that name."""
    found = [thread for thread in threading.enumerate() if thread.name.startswith(name)]
    nices = []
    for thread in found:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
            nices.append(nice_of(f"/proc/self/task/{thread.native_id}/stat"))
    return nices


def workers():
    """The nice values of the processes that decode for this one, each with all of its threads."""
    own = Path(f"/proc/self/task/{os.getpid()}/children").parent.parent
    pids = " ".join(path.read_text() for path in own.glob("*/children")).split()
    commands = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in pids}
    decoding = [pid for pid in pids if b"images.worker" in commands[pid]]
    return [{nice_of(stat) for stat in Path(f"/proc/{pid}/task").glob("*/stat")} for pid in decoding]


@pytest.fixture
def mixed(photos, write_photo):
    """Those that come last are decoded in processes apart: TIFF, more of them than are taken up at once."""
    for seed in range(100, 130):
        write_photo(photos / "z" / f"{seed}.tif", seed)
    return photos


@pytest.fixture
def open_powered(tmp_path):
    opened = []

    def open_powered(power):
        settings = Settings(encoder="hsv", decode_threads=4, power=power)
        opened.append(Session(Folders.of(tmp_path / "library"), settings))
        return opened[-1]

    yield open_powered
    for session in opened:
        session.close()


def looked_at(session, folder, then=lambda done: None):
    """Index; after each file, (decode threads, indexing thread, workers) as they are."""
    seen = []

    def report(done, total):
        if total:
            then(done)
            seen.append((threads_of("decode"), threads_of("indexer"), workers()))

    session.indexer.submit(index_paths, session, [str(folder)], Task(report, per_second=1e9)).result()
    return seen


def test_in_the_background_everything_that_indexes_yields(open_powered, mixed):
    decode, indexer, apart = looked_at(open_powered("background"), mixed)[-1]
    assert decode == [LOW]  # one thread where full speed has four
    assert indexer == [LOW]
    assert apart
    assert all(nices == {LOW} for nices in apart)


def test_at_full_speed_nothing_yields(open_powered, mixed):
    decode, indexer, apart = looked_at(open_powered("full"), mixed)[-1]
    assert decode == [NORMAL] * 4
    assert indexer == [NORMAL]
    assert apart
    assert all(nices == {NORMAL} for nices in apart)


def test_searches_and_the_window_do_not_yield(open_powered, mixed, tmp_path, write_photo):
    session = open_powered("background")
    session.indexer.submit(index_paths, session, [str(mixed)]).result()
    query = write_photo(tmp_path / "query.tif", 200)
    session.queries.submit(search_files, session, [query]).result()
    assert threads_of("query") == [NORMAL]
    assert {NORMAL} in workers()  # the one that decoded the query


def test_power_changes_while_indexing_runs(open_powered, mixed):
    session = open_powered("full")

    def change(done):
        if done == 3:
            session.set_power("background")

    seen = looked_at(session, mixed, change)
    assert seen[0][:2] == ([NORMAL] * 4, [NORMAL])
    assert seen[-1][1] == [LOW, LOW]  # the next run's thread waits for this one
    assert LOW in seen[-1][0]  # the old threads end when they have no work left
    assert {LOW} in seen[-1][2]


def test_full_speed_comes_back(open_powered, photos, mixed, write_photo):
    session = open_powered("background")
    session.indexer.submit(index_paths, session, [str(mixed)]).result()
    session.set_power("full")
    for seed in range(200, 212):
        write_photo(photos / "z" / f"{seed}.tif", seed)
    decode, indexer, apart = looked_at(session, mixed)[-1]
    assert (decode, indexer) == ([NORMAL] * 4, [NORMAL])
    assert {NORMAL} in apart
