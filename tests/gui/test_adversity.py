"""A full disk, a read-only library and a damaged catalog as the window shows them: each really happens."""

import os
import re
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.gui.conftest import Driver, noise

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
linux_root = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="mounting needs root on Linux")


def open_window(qtbot, library: Path) -> Driver:
    driver = Driver(qtbot, library)
    driver.wait(lambda: driver.window.actions_.open_query.isEnabled())
    return driver


def make_library(qtbot, library: Path, photos: Path) -> None:
    """Of five pictures, and closed again."""
    noise(photos, 5, side=60)
    driver = open_window(qtbot, library)
    driver.index(photos)
    driver.close()


@linux_root
def test_a_full_disk_is_told_until_there_is_room(qtbot, small_disk, tmp_path: Path):
    disk, remount = small_disk
    noise(tmp_path / "photos", 300, side=80)
    driver = open_window(qtbot, disk / "library")
    driver.window.indexing.add_folders([str(tmp_path / "photos")])
    driver.wait(lambda: driver.window.notice.isVisible())
    text = driver.window.notice.text.text()
    assert "is full" in text
    assert "Nothing is lost. Make room on it" in text
    driver.wait(lambda: not driver.window.runner.busy)
    remount("size=50m")
    driver.wait(lambda: driver.window.model.rowCount() == 300 or driver.window.notice.button.isVisible())
    if driver.window.notice.isVisible():
        QTest.mouseClick(driver.window.notice.button, Qt.MouseButton.LeftButton)  # Try again
    driver.wait(lambda: driver.window.model.rowCount() == 300)
    driver.wait(lambda: not driver.window.notice.isVisible())
    driver.close()
    with closing(sqlite3.connect(disk / "library" / "catalog.sqlite")) as catalog:
        assert catalog.execute("PRAGMA quick_check").fetchone() == ("ok",)


@linux_root
def test_a_library_that_can_only_be_read_says_so_and_searches(qtbot, small_disk, tmp_path: Path):
    disk, remount = small_disk
    remount("size=50m")
    make_library(qtbot, disk / "library", tmp_path / "photos")
    remount("ro")
    driver = open_window(qtbot, disk / "library")
    driver.wait(lambda: driver.window.notice.isVisible())
    assert "nothing new is taken in" in driver.window.notice.text.text()
    driver.wait(lambda: driver.window.model.rowCount() == 5)
    driver.window.find_files([str(tmp_path / "photos" / "noise-000.jpg")])
    driver.wait(lambda: driver.window.model.shows_hits)
    assert driver.window.model.rowCount() == 4
    driver.press(Qt.Key.Key_F5)
    # Whoever was refused last says it: who waits to follow, or the run that was asked for.
    driver.wait(lambda: re.search("read-only|can only be read", driver.window.notice.text.text()) is not None)
    driver.wait(lambda: not driver.window.runner.busy)
    driver.close()
    remount("rw")


def test_a_catalog_that_was_restored_is_told_and_brought_level(qtbot, tmp_path: Path):
    library, photos = tmp_path / "library", tmp_path / "photos"
    make_library(qtbot, library, photos)
    catalog = library / "catalog.sqlite"
    catalog.write_bytes(catalog.read_bytes()[: catalog.stat().st_size // 2])
    noise(photos, 7, side=60)
    driver = open_window(qtbot, library)
    driver.wait(lambda: driver.window.notice.isVisible())
    assert "was restored from its backup" in driver.window.notice.text.text()
    driver.wait(lambda: driver.window.model.rowCount() == 7)  # what the backup lacks was looked for at once
    QTest.mouseClick(driver.window.notice.close_button, Qt.MouseButton.LeftButton)
    assert not driver.window.notice.isVisible()
    driver.close()


def test_a_damaged_catalog_without_a_backup_is_explained(qtbot, tmp_path: Path):
    library = tmp_path / "library"
    library.mkdir()
    (library / "catalog.sqlite").write_bytes(b"broken" * 1000)
    driver = Driver(qtbot, library)
    driver.wait(lambda: "cannot be opened" in driver.window.empty.title.text())
    assert "there is no sound backup" in driver.window.empty.words.text()
    driver.close()


def test_damage_that_shows_in_the_middle_is_told_and_restored_at_the_next_start(qtbot, tmp_path: Path):
    library, photos = tmp_path / "library", tmp_path / "photos"
    make_library(qtbot, library, photos)
    driver = open_window(qtbot, library)
    error = sqlite3.DatabaseError("database disk image is malformed")
    driver.program.on_bug(type(error), error, None)  # what Qt's hook calls
    assert "close the window and open it again" in driver.window.message.text.text()
    driver.close()
    assert not (library / "catalog.sqlite.closed").exists()  # so the next start looks through it
