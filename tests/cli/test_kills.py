"""kill -9 at any moment: the catalog stays sound, and the next run makes up for it."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

CBIR = [sys.executable, "-m", "cbir_desktop"]
PHOTOS = 240


def index(photos, library):
    done = subprocess.run(
        [*CBIR, "index", photos, "--library", library, "--json"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return json.loads(done.stdout)


def check_invariants(library):
    """What must hold whenever the program died."""
    with closing(sqlite3.connect(library / "catalog.sqlite")) as catalog:
        assert catalog.execute("PRAGMA quick_check").fetchone() == ("ok",)
        assert catalog.execute("PRAGMA foreign_key_check").fetchall() == []
        for nothing in (
            "SELECT * FROM vectors WHERE content_id NOT IN (SELECT id FROM contents)",
            "SELECT * FROM files WHERE content_id IS NULL AND id NOT IN (SELECT file_id FROM errors)",
            "SELECT * FROM files WHERE content_id IS NOT NULL AND content_id NOT IN (SELECT content_id FROM vectors)",
        ):
            assert catalog.execute(nothing).fetchall() == []


def knowledge(library):
    """Of the files that are there. A name that was seen by one library and by the other never may be missing in one."""
    with closing(sqlite3.connect(library / "catalog.sqlite")) as catalog:
        return catalog.execute(
            "SELECT f.name, f.size, f.state, c.hash, v.vector FROM files f LEFT JOIN contents c ON c.id = f.content_id"
            " LEFT JOIN vectors v ON v.content_id = c.id WHERE f.state = 'online' ORDER BY f.name"
        ).fetchall()


@pytest.fixture
def photos(tmp_path, write_photos):
    folder = write_photos(tmp_path / "photos", PHOTOS)
    (folder / "bad.jpg").write_text("no picture")
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
@pytest.mark.parametrize("rounds", [6, pytest.param(int(os.environ.get("CBIR_KILLS", "60")), marks=pytest.mark.slow)])
def test_killed_at_random_moments_it_ends_as_if_it_had_not_been(tmp_path, library, photos, rounds):
    other = tmp_path / "other"
    other.mkdir()
    (other / "settings.toml").write_bytes((library / "settings.toml").read_bytes())
    started = time.monotonic()
    index(photos, other)
    seconds = time.monotonic() - started
    rng = random.Random(rounds)
    killed = 0
    for number in range(rounds):
        if number and number % 3 == 0:  # so that there is work again: new names, new bytes
            _stir(photos, number)
        running = subprocess.Popen([*CBIR, "index", str(photos), "--library", str(library)], stdout=subprocess.DEVNULL)
        try:
            running.wait(rng.uniform(0.2, 1.0) * seconds)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
            running.wait()
            killed += 1
        if (library / "catalog.sqlite").exists() and knowledge_is_there(library):
            check_invariants(library)
    assert killed > 0
    index(photos, library)
    report = index(photos, library)
    assert (report["seen"], report["unchanged"], len(report["failed"])) == (PHOTOS + 1, PHOTOS, 1)
    check_invariants(library)
    index(photos, other)
    assert knowledge(library) == knowledge(other)


def knowledge_is_there(library):
    """False while the tables are being made."""
    with closing(sqlite3.connect(library / "catalog.sqlite")) as catalog:
        return catalog.execute("SELECT 1 FROM sqlite_master WHERE name = 'vectors'").fetchone() is not None


def _stir(photos, number):
    """Rename twenty files and change twenty others; the kill may fall between two of them being noticed."""
    names = sorted(path for path in photos.iterdir() if path.name != "bad.jpg")
    for path in names[:20]:
        path.rename(path.with_name(f"r{number}-{path.name}"))
    for path in names[20:40]:
        path.write_bytes(path.read_bytes() + b"\x00" * number)
