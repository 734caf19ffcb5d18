"""What only real processes can show: kill -9, two at once, a closed pipe, what a command loads."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys

import pytest

CBIR = [sys.executable, "-m", "cbir_desktop"]


def cbir(*arguments, **options):
    command = [*CBIR, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **options)


def rows(library):
    """How many vectors the catalog has; 0 while it is being made."""
    try:
        with sqlite3.connect(f"file:{library}/catalog.sqlite?mode=ro", uri=True) as connection:
            return connection.execute("SELECT count(*) FROM vectors").fetchone()[0]
    except sqlite3.OperationalError:
        return 0


def vectors(library):
    with sqlite3.connect(library / "catalog.sqlite") as connection:
        return connection.execute(
            "SELECT f.name, c.hash, v.vector FROM files f JOIN contents c ON c.id = f.content_id"
            " JOIN vectors v ON v.content_id = c.id ORDER BY f.name"
        ).fetchall()


def test_a_killed_run_is_taken_up_and_agrees_with_an_uninterrupted_one(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 400)
    running = subprocess.Popen([*CBIR, "index", str(photos), "--library", str(library)], stdout=subprocess.DEVNULL)
    while running.poll() is None and rows(library) == 0:
        pass
    running.send_signal(signal.SIGKILL)
    running.wait()
    kept = rows(library)
    if kept == 400:
        pytest.fail("the run was over before it could be killed: give it more to do")
    again = json.loads(cbir("index", photos, "--library", library, "--json").stdout)
    assert (again["unchanged"], again["indexed"]) == (kept, 400 - kept)

    other = tmp_path / "other"
    other.mkdir()
    (other / "settings.toml").write_bytes((library / "settings.toml").read_bytes())
    assert cbir("index", photos, "--library", other).returncode == 0
    assert vectors(library) == vectors(other)
    queries = sorted(map(str, photos.iterdir()))[:20]
    one, two = (
        cbir("search", *queries, "--each", "--exact", "--library", where, "--json") for where in (library, other)
    )
    answers = [[json.loads(line)["results"] for line in run.stdout.splitlines()] for run in (one, two)]
    assert len(answers[0]) == 20
    assert [[hit["path"] for hit in hits] for hits in answers[0]] == [[hit["path"] for hit in h] for h in answers[1]]


def test_a_second_process_is_told_that_the_library_is_in_use(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 5)
    assert cbir("index", photos, "--library", library).returncode == 0
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(library)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        refused = cbir("index", photos, "--library", library, "--json")
        assert refused.returncode == 2
        assert json.loads(refused.stdout)["error"]["kind"] == "library-in-use"
        assert cbir("search", photos / "0001.jpg", "--library", library).returncode == 0  # reading goes on
    finally:
        holder.communicate("\n", timeout=60)
    assert cbir("index", photos, "--library", library).returncode == 0


_HOLD = """
import sys
from pathlib import Path
from cbir_desktop.library.session import Session
with Session.open(Path(sys.argv[1])) as session, session.writing():
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_ctrl_c_keeps_what_was_finished(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 400)
    running = subprocess.Popen(
        [*CBIR, "index", str(photos), "--library", str(library), "--json"], stdout=subprocess.PIPE, text=True
    )
    while running.poll() is None and rows(library) == 0:
        pass
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 2
    assert json.loads(out)["error"]["kind"] == "cancelled"
    assert 0 < rows(library) < 400


def test_stdout_carries_json_only(tmp_path, library, write_photos):
    done = cbir("--verbose", "index", write_photos(tmp_path / "photos", 3), "--library", library, "--json")
    assert len(done.stdout.splitlines()) == 1
    assert json.loads(done.stdout)["indexed"] == 3


def test_a_reader_that_closes_early_is_no_error(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 30)
    cbir("index", photos, "--library", library)
    piped = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m cbir_desktop search {photos}/*.jpg --each --library {library} | head -1"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in piped.stderr
    assert piped.stdout


def test_a_command_loads_neither_qt_nor_torch(tmp_path):
    code = (
        "import sys; from cbir_desktop.cli.main import main; main(['models', 'list']);"
        "print([name for name in ('PySide6', 'torch', 'sklearn') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_version_is_printed():
    assert cbir("--version").stdout.startswith("cbir ")


@pytest.mark.parametrize("arguments", [["status", "--js"], ["status", "--lib", "x"]])
def test_options_are_not_guessed_from_their_beginnings(arguments):
    refused = cbir(*arguments)
    assert refused.returncode == 2
    assert "unrecognized arguments" in refused.stderr


def test_a_closed_or_full_stdout_is_no_traceback(tmp_path, library, write_photos):
    cbir("index", write_photos(tmp_path / "photos", 1), "--library", library)
    for redirection in (">&-", "> /dev/full"):
        command = f"{sys.executable} -m cbir_desktop status --library {library} {redirection}"
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
        assert "Traceback" not in done.stderr
        assert done.returncode == (0 if redirection == ">&-" else 2)


def test_names_cannot_steer_the_terminal_or_break_an_ascii_one(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 2)
    (photos / "0001.jpg").rename(photos / "gr\u00fc\u00dfe \x1b[31m.jpg")
    cbir("index", photos, "--library", library)
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = cbir("search", photos / "0000.jpg", "--library", library, env=environment)
    assert done.returncode == 0
    assert r"gr\xfc\xdfe \x1b[31m.jpg" in done.stdout


def test_without_a_screen_the_window_says_so():
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    done = cbir(env={name: value for name, value in os.environ.items() if name not in hidden})
    assert done.returncode == 2
    assert "no screen" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="reads priorities as Linux shows them")
def test_indexing_in_the_background_yields(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 300)
    normal = os.getpriority(os.PRIO_PROCESS, 0)
    command = [*CBIR, "index", str(photos), "--library", str(library), "--power", "background"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    seen = set()
    while running.poll() is None:
        seen.add(tuple(sorted(_nices(running.pid))))
    assert running.returncode == 0
    low = max(10, normal)
    # The thread that writes and the one that decodes; hnswlib starts more for a moment, which inherit it.
    assert low > normal, "these tests run at low priority themselves"
    assert max(nices.count(low) for nices in seen) >= 2


def _nices(pid):
    for thread in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{thread}/stat") as stat:
            yield int(stat.read().rpartition(")")[2].split()[16])
