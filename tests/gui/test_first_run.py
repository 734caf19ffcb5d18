"""The first minutes: hints that can be closed for good, and a window that comes back where it was."""

import base64
import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

from cbir_desktop.gui import window_state
from cbir_desktop.settings import load_settings
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def test_one_hint_at_a_time_each_where_it_is_of_use(driver: Driver, shipped_photos: Path, tmp_path: Path):
    hint = driver.window.hint
    assert hint.isHidden()  # there is nothing yet that could be searched
    driver.index(shipped_photos)
    assert "Drop a picture" in hint.text.text()
    driver.window.find_files([str(shipped_photos / "coffee.jpg")])
    driver.wait(lambda: driver.window.model.shows_hits)
    assert "Drop more pictures" in hint.text.text()
    QTest.mouseClick(hint.close_button, Qt.MouseButton.LeftButton)
    driver.quiet()
    driver.window.clear_query()
    assert "Drop a picture" in hint.text.text()  # that one was not closed
    driver.window.find_files([str(shipped_photos / "coffee.jpg")])
    driver.wait(lambda: driver.window.model.shows_hits)
    driver.quiet()
    driver.window.clear_query()
    QTest.mouseClick(hint.button, Qt.MouseButton.LeftButton)  # no more hints
    driver.quiet()
    assert hint.isHidden()
    assert set(load_settings(tmp_path / "library" / "settings.toml").hints) == {"search", "refine", "prove"}


def test_no_change_of_the_settings_is_lost_behind_another(driver: Driver, tmp_path: Path):
    """Each is a file that is read, changed and written."""
    for number in range(40):
        for changes in ({"hints": (str(number),)}, {"decode_seconds": 20 + number}):
            driver.window.with_library(
                lambda library, changes=changes: library.upkeep.change_settings(changes, done=list, failed=list)
            )
        driver.quiet()
        kept = load_settings(tmp_path / "library" / "settings.toml")
        assert (kept.hints, kept.decode_seconds) == ((str(number),), 20 + number)


def test_closed_hints_do_not_come_again(qtbot, tmp_path: Path, shipped_photos: Path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "settings.toml").write_text('hints = ["search", "refine", "prove"]')
    driver = Driver(qtbot, tmp_path / "library")
    driver.wait(lambda: driver.window.actions_.open_query.isEnabled())
    driver.index(shipped_photos)
    assert driver.window.hint.isHidden()
    driver.close()


@pytest.fixture
def window(qtbot) -> QMainWindow:
    made = QMainWindow()
    qtbot.addWidget(made)
    splitter = QSplitter()
    for _ in range(2):
        splitter.addWidget(QWidget())
    made.setCentralWidget(splitter)
    return made


def test_the_window_comes_back_as_it_was(window: QMainWindow, tmp_path: Path):
    path, splitter = tmp_path / "config" / "window.json", window.centralWidget()
    window.resize(500, 300)
    splitter.setSizes([100, 400])
    window.show()
    sizes = splitter.sizes()
    window_state.save(path, window, splitter)
    window.resize(700, 400)
    splitter.setSizes([300, 200])
    assert window_state.restore(path, window, splitter)
    assert window.size().toTuple() == (500, 300)
    assert splitter.sizes() == sizes


def test_a_place_on_a_screen_that_is_gone_is_not_used(window: QMainWindow, tmp_path: Path):
    path, splitter = tmp_path / "window.json", window.centralWidget()
    window.resize(500, 300)
    window.move(9000, 9000)
    window_state.save(path, window, splitter)
    window.move(0, 0)
    assert window_state.restore(path, window, splitter)
    assert window.screen().availableGeometry().contains(window.geometry().center())


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b'{"geometry": 1, "columns": 2}'])
def test_what_cannot_be_used_is_passed_over(window: QMainWindow, tmp_path: Path, content: bytes):
    path = tmp_path / "window.json"
    path.write_bytes(content)
    assert not window_state.restore(path, window, window.centralWidget())
    path.write_text(json.dumps({name: base64.b64encode(b"x").decode() for name in ("geometry", "columns")}))
    assert not window_state.restore(path, window, window.centralWidget())
