"""Worker processes that really hang, crash and devour memory, and what becomes of the files after them."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.images.decode import decode
from cbir_desktop.images.isolated import DecodePool, Limits

from .conftest import encoded

SECONDS = 12.0
"""Long enough for a worker to start on a busy machine."""
HERE = Path(__file__).parent
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def pool(monkeypatch):
    monkeypatch.syspath_prepend(HERE)
    pool = DecodePool(2, Limits(SECONDS, 512 << 20, files=50), "hostile_decoder:decode")
    yield pool
    pool.close()


def pid_of(pool):
    return pool.decode(b"pid").width


def wait_until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def has_ended(pid):
    """Also a zombie has ended; one that stays is another test's business."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


@pytest.mark.parametrize("kind", ["TIFF", "HEIF", "AVIF", "GIF", "BMP", "JPEG2000", "PNG", "JPEG"])
@pytest.mark.parametrize("min_side", [None, 50])
def test_the_same_pixels_as_here(pool, photo, kind, min_side):
    data = encoded(photo, kind)
    there, here = pool.decode(data, min_side), decode(data, min_side)
    assert np.array_equal(there.image, here.image)
    assert (there.width, there.height, there.format) == (here.width, here.height, here.format)
    assert there.image.flags.writeable


@pytest.mark.parametrize("data", [b"", b"hello, a note", b"%!PS-Adobe", b"GIF89a"])
def test_the_same_refusals_as_here(pool, data):
    with pytest.raises(DecodeError) as here:
        decode(data)
    with pytest.raises(DecodeError) as there:
        pool.decode(data)
    assert (there.value.kind, str(there.value)) == (here.value.kind, str(here.value))


@pytest.mark.parametrize(
    ("data", "kind", "word"),
    [
        (b"hang", "timed-out", "12 s"),
        (b"spin", "timed-out", "12 s"),
        (b"abort", "crashed", "SIGABRT"),
        (b"segfault", "crashed", "SIGSEGV"),
        (b"exit", "crashed", "status 3"),
        (b"bug", "crashed", "status 1"),
        pytest.param(b"allocate", "out-of-memory", "memory", marks=linux),
        (b"whole", "out-of-memory", "memory"),
    ],
)
def test_it_costs_that_file_only(pool, photo, data, kind, word):
    good = encoded(photo, "BMP")
    before = pool.decode(good)
    started = time.monotonic()
    with pytest.raises(DecodeError) as caught:
        pool.decode(data)
    assert caught.value.kind == kind
    assert word in str(caught.value)
    assert time.monotonic() - started < SECONDS + 10
    assert np.array_equal(pool.decode(good).image, before.image)


def test_a_worker_serves_again_and_then_makes_room(pool):
    assert len({pid_of(pool) for _ in range(50)}) == 1
    assert len({pid_of(pool) for _ in range(51)}) == 2


def test_a_worker_that_ran_out_of_memory_is_not_used_again(pool):
    first = pid_of(pool)
    with pytest.raises(DecodeError):
        pool.decode(b"whole")
    assert pid_of(pool) != first


def test_what_a_decoder_prints_disturbs_nothing(pool):
    assert pool.decode(b"print").format == "PRINT"
    assert pool.decode(b"print").image.shape == (2, 3, 3)


def test_a_worker_loads_nothing_heavy(pool):
    assert pool.decode(b"modules").format == ""


def test_many_threads_at_once(pool, photo):
    """Good files among bad ones, eight threads on two workers: each gets its own answer."""
    good = {side: encoded(photo[:side, :side], "TIFF") for side in (40, 50, 60)}
    expected = {side: decode(data).image for side, data in good.items()}
    bad = [b"abort", b"exit", b"segfault"]

    def one(number):
        if number % 4 == 3:
            with pytest.raises(DecodeError) as caught:
                pool.decode(bad[number % 3])
            return caught.value.kind == "crashed"
        side = (40, 50, 60)[number % 3]
        return np.array_equal(pool.decode(good[side]).image, expected[side])

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(one, range(48)))


@linux
def test_a_worker_killed_between_two_files_is_replaced(pool):
    first = pid_of(pool)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: has_ended(first))
    assert pid_of(pool) != first


@linux
def test_a_worker_ended_from_outside_in_the_middle_is_not_the_files_fault(pool, tmp_path):
    """SIGTERM to all processes of a session, as at a log-out: the file is tried again, and here hangs again."""
    note = tmp_path / "pid"

    def interrupt():
        for _ in range(2):
            wait_until(lambda: note.exists() and note.read_text())
            pid = int(note.read_text())
            note.unlink()
            os.kill(pid, signal.SIGTERM)
        return pid

    with ThreadPoolExecutor(1) as thread:
        second = thread.submit(interrupt)
        with pytest.raises(DecodeError, match="outside"):
            pool.decode(b"hang " + os.fsencode(note))
        assert has_ended(second.result())


@linux
def test_one_killed_by_the_system_is_said_to_have_wanted_memory(pool, tmp_path):
    note = tmp_path / "pid"
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(pool.decode, b"hang " + os.fsencode(note))
        wait_until(lambda: note.exists() and note.read_text())
        os.kill(int(note.read_text()), signal.SIGKILL)
        error = answer.exception()
    assert isinstance(error, DecodeError)
    assert error.kind == "out-of-memory"


@linux
def test_closing_leaves_no_process_and_no_zombie(monkeypatch):
    monkeypatch.syspath_prepend(HERE)
    pool = DecodePool(2, decoder="hostile_decoder:decode")
    pid = pid_of(pool)
    pool.close()
    assert not Path(f"/proc/{pid}").exists()


@linux
@pytest.mark.parametrize("busy", [True, False])
def test_killing_the_program_ends_its_workers(tmp_path, busy):
    note = tmp_path / "pid"
    ask = f"pool.decode(b'hang ' + {os.fsencode(note)!r})"
    wait = f"open({str(note)!r}, 'w').write(str(pool.decode(b'pid').width)); sys.stdin.read()"
    program = (
        f"import sys; sys.path.insert(0, {str(HERE)!r})\n"
        "from cbir_desktop.images.isolated import DecodePool\n"
        f"pool = DecodePool(1, decoder='hostile_decoder:decode')\n{ask if busy else wait}\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as parent:
        wait_until(lambda: note.exists() and note.read_text())
        worker = int(note.read_text())
        assert not has_ended(worker)
        parent.kill()
        parent.wait()
        wait_until(lambda: has_ended(worker), SECONDS)


def test_a_decoder_that_cannot_start_is_named():
    pool = DecodePool(1, decoder="no_such_module:decode")
    try:
        with pytest.raises(KnownError, match="no_such_module") as caught:
            pool.decode(b"x")
        assert caught.value.kind == "no-worker"
    finally:
        pool.close()
