"""A full disk, a folder that cannot be written, a damaged catalog: each really happens, in processes of their own."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

CBIR = [sys.executable, "-m", "cbir_desktop"]
linux_root = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root on Linux")


def cbir(*arguments):
    """(exit code, JSON document, stderr)."""
    command = [*CBIR, *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


@linux_root
def test_a_full_disk_stops_indexing_and_harms_nothing(small_disk, tmp_path, library, write_photos):
    disk, remount = small_disk
    photos = write_photos(tmp_path / "photos", 300)
    shutil.copytree(library, disk / "library")
    code, document, _ = cbir("index", photos, "--library", disk / "library")
    assert (code, document["error"]["kind"]) == (2, "disk-full")
    assert "full" in document["error"]["message"]
    remount("size=50m")
    with closing(sqlite3.connect(disk / "library" / "catalog.sqlite")) as catalog:
        assert catalog.execute("PRAGMA quick_check").fetchone() == ("ok",)
    code, report, _ = cbir("index", photos, "--library", disk / "library")
    assert (code, report["seen"], report["unchanged"] + report["indexed"]) == (0, 300, 300)
    assert cbir("search", photos / "0001.jpg", "--library", disk / "library")[0] == 0


def test_a_file_size_limit_stops_indexing_with_a_message(tmp_path, library, write_photos):
    """The same without root: no file may grow beyond 100 kB."""
    if sys.platform == "win32":
        pytest.skip("needs RLIMIT_FSIZE")
    photos = write_photos(tmp_path / "photos", 300)
    limited = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "from cbir_desktop.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, "index", photos, "--library", library, "--json"],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["kind"] in ("disk-full", "unwritable-catalog")
    assert cbir("index", photos, "--library", library)[1]["seen"] == 300


@linux_root
def test_a_library_on_a_read_only_disk_can_be_searched(small_disk, tmp_path, library, write_photos):
    disk, remount = small_disk
    remount("size=50m")
    photos = write_photos(tmp_path / "photos", 10)
    shutil.copytree(library, disk / "library")
    assert cbir("index", photos, "--library", disk / "library")[0] == 0
    remount("ro")
    _check_read_only(disk / "library", photos)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_library_folder_without_permission_to_write_can_be_searched(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 10)
    assert cbir("index", photos, "--library", library)[0] == 0
    library.chmod(0o500)
    try:
        _check_read_only(library, photos)
    finally:
        library.chmod(0o700)


def _check_read_only(library, photos):
    code, answer, _ = cbir("search", photos / "0001.jpg", "-k", "3", "--library", library)
    assert (code, len(answer["results"])) == (0, 3)
    assert cbir("status", "--library", library)[1]["contents"] == 10
    checks = {check["name"]: check for check in cbir("doctor", "--library", library)[1]["checks"]}
    assert "read-only" in checks["library"]["detail"]
    code, document, _ = cbir("index", photos, "--library", library)
    assert (code, document["error"]["kind"]) == (2, "unwritable-library")
    assert cbir("doctor", "--library", library, "--bundle", photos.parent / "report.zip")[0] == 0


@pytest.mark.parametrize("harm", ["pages", "header", "cut", "emptied", "garbage"])
def test_a_damaged_catalog_is_restored_from_its_backup(tmp_path, library, write_photos, harm):
    photos = write_photos(tmp_path / "photos", 60)
    assert cbir("index", photos, "--library", library)[0] == 0
    before = _library_id(library)
    catalog = library / "catalog.sqlite"
    data = catalog.read_bytes()
    harmed = {
        "pages": data[:8192] + b"\xa5" * (len(data) - 12288) + data[-4096:],
        "header": b"\x00" * 100 + data[100:],
        "cut": data[: len(data) // 2],
        "emptied": b"",
        "garbage": b"not a database at all" * 300,
    }[harm]
    catalog.write_bytes(harmed)
    code, answer, errors = cbir("search", photos / "0001.jpg", "-k", "5", "--library", library)
    assert (code, len(answer["results"])) == (0, 5)
    assert "restored from its backup" in errors
    assert "restored" in cbir("status", "--library", library)[1]["notice"]
    checks = {check["name"]: check for check in cbir("doctor", "--library", library)[1]["checks"]}
    assert "restored" in checks["catalog restored"]["detail"]
    (kept,) = library.glob("catalog.sqlite.damaged-????????-??????")
    assert kept.read_bytes() == harmed
    assert _library_id(library) != before
    code, report, errors = cbir("index", photos, "--library", library)
    assert (code, report["unchanged"], errors) == (0, 60, "")


@pytest.mark.parametrize("page", ["volumes", "vectors", "an index of the files"])
def test_damage_that_left_size_and_time_as_they_were_is_restored_too(tmp_path, library, write_photos, page):
    """As a failing disk leaves it: the file is as it was closed, to look at."""
    photos = write_photos(tmp_path / "photos", 30)
    assert cbir("index", photos, "--library", library)[0] == 0
    name = {"volumes": "volumes", "vectors": "vectors", "an index of the files": "sqlite_autoindex_files_1"}[page]
    _rot(library / "catalog.sqlite", name)
    cbir("search", photos / "0001.jpg", "--library", library)  # may meet it
    cbir("doctor", "--library", library)  # looks through all of it
    code, answer, _ = cbir("search", photos / "0001.jpg", "-k", "5", "--library", library)
    assert (code, len(answer["results"])) == (0, 5)
    assert "restored" in cbir("status", "--library", library)[1]["notice"]
    assert list(library.glob("catalog.sqlite.damaged-*"))


def test_a_catalog_that_is_gone_is_restored_before_an_empty_one_becomes_the_backup(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 5)
    assert cbir("index", photos, "--library", library)[0] == 0
    (library / "catalog.sqlite").unlink()
    code, report, errors = cbir("index", "--library", library)
    assert (code, report["unchanged"]) == (0, 5)
    assert "was gone and was restored from its backup" in errors
    (library / "catalog.sqlite").unlink()
    (library / "catalog.sqlite.bak").write_bytes(b"broken" * 1000)  # as the advice says: begin anew
    assert cbir("status", "--library", library)[1]["error"]["kind"] == "no-library"
    assert cbir("index", photos, "--library", library)[1]["indexed"] == 5


def _rot(path, name):
    """Other bytes in the first page of a table or an index, under the same size and time."""
    with closing(sqlite3.connect(path)) as catalog:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (page,) = catalog.execute(query, (name,)).fetchone()
        (size,) = catalog.execute("PRAGMA page_size").fetchone()
    status = path.stat()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_damaged_catalog_without_a_sound_backup_is_an_error_that_changes_nothing(tmp_path, library, write_photos):
    cbir("index", write_photos(tmp_path / "photos", 5), "--library", library)
    for name in ("catalog.sqlite", "catalog.sqlite.bak"):
        (library / name).write_bytes(b"broken" * 1000)
    code, document, _ = cbir("status", "--library", library)
    assert (code, document["error"]["kind"]) == (2, "damaged-catalog")
    assert "index your folders again" in document["error"]["message"]
    assert (library / "catalog.sqlite").read_bytes() == b"broken" * 1000


def test_the_backup_follows_the_catalog(tmp_path, library, write_photos):
    photos = write_photos(tmp_path / "photos", 3)
    cbir("index", photos, "--library", library)
    backup = library / "catalog.sqlite.bak"
    first = backup.stat().st_mtime_ns
    cbir("status", "--library", library)
    cbir("index", "--library", library)
    assert backup.stat().st_mtime_ns == first  # nothing changed
    write_photos(photos, 2, start=10)
    cbir("index", "--library", library)
    with closing(sqlite3.connect(backup)) as copied:
        assert copied.execute("SELECT count(*) FROM files").fetchone() == (5,)


def _library_id(library):
    with closing(sqlite3.connect(library / "catalog.sqlite")) as catalog:
        return catalog.execute("SELECT value FROM meta WHERE key = 'library_id'").fetchone()[0]
