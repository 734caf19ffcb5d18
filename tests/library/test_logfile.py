import contextlib
import logging
import os
import subprocess
import sys
import threading

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.library import logfile
from cbir_desktop.library.logfile import log_file, log_files, log_path
from cbir_desktop.settings import Folders

log = logging.getLogger("cbir_desktop.test")


@pytest.fixture
def folders(tmp_path):
    (tmp_path / "library").mkdir()
    return Folders.of(tmp_path / "library")


def lines(folders):
    """Of all files, without the records of beginnings."""
    return [
        line
        for path in log_files(folders)
        for line in path.read_text().splitlines()
        if "begins" not in line
    ]  # fmt: skip


def test_a_record_is_a_line_that_marks_what_it_names(folders):
    with log_file(folders, "test"):
        log.info("%d files in %s: %s", 3, "/a/b ⟦c⟧\nd\udce9", KnownError("it is gone", "vanished"))
        log.debug("not kept")
    (line,) = lines(folders)
    assert line.endswith(
        r"INFO cbir_desktop.test: 3 files in ⟦/a/b \u27e6c\u27e7\x0ad\udce9⟧: KnownError (vanished) ⟦it is gone⟧"
    )


def test_it_is_bounded(folders, monkeypatch):
    monkeypatch.setattr(logfile, "_BYTES", 2000)
    with log_file(folders, "test"):
        for number in range(500):
            log.info("record %d", number)
    assert len(log_files(folders)) == 4
    assert all(path.stat().st_size <= 2000 for path in log_files(folders))
    assert "record 499" in lines(folders)[len(log_path(folders).read_text().splitlines()) - 1]


def test_two_processes_lose_nothing(folders):
    program = (
        "import logging, sys; from pathlib import Path; from cbir_desktop.library import logfile;"
        "from cbir_desktop.settings import Folders; logfile._BYTES = 20_000\n"
        "log = logging.getLogger('cbir_desktop.x')\n"
        "with logfile.log_file(Folders.of(Path(sys.argv[1])), 'test'):\n"
        "    for number in range(300): log.info('record %d', number)\n"
    )
    command = [sys.executable, "-c", program, str(folders.data)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(2)]
    assert [process.communicate(timeout=100)[1] for process in both] == [b"", b""]
    records = sorted((line.split()[1], int(line.split()[-1])) for line in lines(folders))
    assert records == sorted((str(process.pid), number) for process in both for number in range(300))
    assert len(log_files(folders)) > 1


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no file that is always full")
def test_a_full_disk_is_no_matter(folders, capfd):
    folders.log.mkdir()
    log_path(folders).symlink_to("/dev/full")
    with log_file(folders, "test"):
        log.info("no room for %s", "this")
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_cannot_be_is_no_matter(folders, capfd):
    folders.log.write_text("a file where the folder would be")
    with log_file(folders, "test"):
        log.info("no place for %s", "this")
    assert capfd.readouterr() == ("", "")
    assert folders.log.read_text().startswith("a file")


def test_what_is_no_library_gets_no_log(tmp_path):
    with log_file(Folders.of(tmp_path / "none"), "test"):
        log.info("nothing")
    assert not list(tmp_path.iterdir())


def test_a_bug_is_kept_with_its_way_through_the_program(folders):
    def fail():
        raise ZeroDivisionError("of Größe.jpg") from KnownError("the cause", "odd")

    with pytest.raises(ZeroDivisionError), log_file(folders, "test"):
        fail()
    head, what, *frames = lines(folders)
    assert head.endswith("CRITICAL cbir_desktop.library.logfile: a fault in the program")
    assert what == "  ZeroDivisionError ⟦of Größe.jpg⟧"
    assert any(frame.strip().startswith("test_logfile.py:") and frame.endswith(" in fail") for frame in frames)
    assert frames[-1] == "  KnownError (odd) ⟦the cause⟧"


def test_so_are_those_of_threads_and_the_users_errors(folders, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda raised: None)
    with contextlib.suppress(KnownError), log_file(folders, "test"):
        thread = threading.Thread(target=lambda: [][1])
        thread.start()
        thread.join()
        raise KnownError("/a/b is not there", "no-such-path")
    kept = lines(folders)
    assert kept[0].endswith("a fault in a thread")
    assert kept[1] == "  IndexError ⟦list index out of range⟧"
    assert kept[-1].endswith("ended by KnownError (no-such-path) ⟦/a/b is not there⟧")


def test_everything_is_as_before_afterwards(folders):
    package = logging.getLogger("cbir_desktop")
    before = (list(package.handlers), package.level, threading.excepthook)
    with log_file(folders, "test"):
        assert package.handlers != before[0]
    assert (list(package.handlers), package.level, threading.excepthook) == before
