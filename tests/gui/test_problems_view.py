"""The files that could not be read, in the window."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from cbir_desktop.gui.overview import PROBLEMS
from tests.gui.conftest import Driver, noise

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def folder(driver: Driver, tmp_path: Path) -> Path:
    """Two photos, an empty file and something that is no picture; the problems are on show."""
    folder = tmp_path / "photos"
    noise(folder, 2, side=40)
    (folder / "bad.jpg").write_bytes(b"no picture at all")
    (folder / "empty.jpg").touch()
    driver.index(folder)
    driver.follow()
    driver.window.side.place_requested.emit(PROBLEMS)
    return folder


def rows(driver: Driver) -> list[str]:
    table = driver.window.problems.table
    return [table.topLevelItem(row).text(0) for row in range(table.topLevelItemCount())]


def choose(driver: Driver, row: int) -> None:
    table = driver.window.problems.table
    place = table.visualItemRect(table.topLevelItem(row)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def press(driver: Driver, text: str) -> None:
    button = next(one for one in driver.window.problems.findChildren(QAbstractButton) if one.text() == text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def count(driver: Driver) -> str:
    side = driver.window.side
    return side.item(side.count() - 1).data(Qt.ItemDataRole.AccessibleTextRole)


def test_each_file_has_its_reason_and_what_to_do(driver: Driver, folder: Path):
    table = driver.window.problems.table
    assert rows(driver) == ["bad.jpg", "empty.jpg"]
    assert count(driver) == "Problems, 2"
    assert driver.window.problems.title.text() == "2 files cannot be searched"
    assert "no picture, whatever its name says" in table.topLevelItem(0).text(2)
    assert table.topLevelItem(1).text(1) == "The file is empty"
    assert "The file is empty" in table.topLevelItem(1).data(0, Qt.ItemDataRole.AccessibleTextRole)
    choose(driver, 1)
    assert driver.window.problems.detail.text().startswith("The file is empty\nThe file has no contents.")


@pytest.mark.skipif(find_spec("pillow_jxl") is not None, reason="the plug-in is installed")
def test_a_missing_plugin_is_named_in_the_window_s_words(driver: Driver, folder: Path):
    (folder / "new.jxl").write_bytes(b"\xff\x0a" + bytes(64))
    driver.wait(lambda: "new.jxl" in rows(driver))  # it came in while the problems were on show
    advice = driver.window.problems.table.topLevelItem(2).text(2)
    assert advice == "Install the missing plug-in: pip install 'cbir-desktop[jxl]'; then: “Try again”."


def test_one_file_is_tried_again_and_the_rest_stays_chosen(driver: Driver, folder: Path):
    choose(driver, 1)
    press(driver, "Try again")
    driver.quiet()
    assert rows(driver) == ["bad.jpg", "empty.jpg"]
    assert driver.window.problems.chosen() == [str(folder / "empty.jpg")]
    shutil.copy(folder / "noise-000.jpg", folder / "empty.jpg")
    driver.wait(lambda: rows(driver) == ["bad.jpg"])  # the watcher was faster than the button
    driver.wait(lambda: count(driver) == "Problems, 1")


def test_a_problem_is_ignored_shown_and_taken_up_again(driver: Driver, folder: Path):
    problems = driver.window.problems
    press(driver, "Ignore")
    driver.wait(lambda: rows(driver) == ["empty.jpg"])
    assert count(driver) == "Problems, 1"
    assert driver.window.message.text.text() == "1 file ignored until they change."
    QTest.mouseClick(driver.window.message.button, Qt.MouseButton.LeftButton)
    driver.wait(lambda: rows(driver) == ["bad.jpg", "empty.jpg"])
    problems.table.selectAll()
    press(driver, "Ignore")
    driver.wait(lambda: rows(driver) == [])
    assert driver.window.pages.currentWidget() is problems
    assert problems.title.text() == "Nothing is wrong but what you ignore"
    problems.with_ignored.setChecked(True)
    assert rows(driver) == ["bad.jpg (ignored)", "empty.jpg (ignored)"]
    problems.table.selectAll()
    press(driver, "Ignore no longer")
    driver.wait(lambda: count(driver) == "Problems, 2")


def test_it_is_worked_by_keyboard_alone(driver: Driver, folder: Path):
    problems, table = driver.window.problems, driver.window.problems.table
    table.setFocus()
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    driver.press(Qt.Key.Key_Down, widget=table)
    driver.press(Qt.Key.Key_C, control | shift, table)
    assert QGuiApplication.clipboard().text() == str(folder / "empty.jpg")
    driver.press(Qt.Key.Key_F, control | shift, table)
    driver.press(Qt.Key.Key_Return, widget=table)
    assert driver.desktop.shown == [str(folder / "empty.jpg")] * 2
    driver.press(Qt.Key.Key_I, control, table)
    driver.wait(lambda: rows(driver) == ["bad.jpg"])
    driver.press(Qt.Key.Key_R, control, table)
    assert driver.window.runner.busy
    driver.quiet()
    assert [action.text() for action in problems.menu().actions()] == [
        "Try again", "Ignore", "Show in folder", "Copy path"
    ]  # fmt: skip
    for button in problems.findChildren(QAbstractButton):
        assert button.text() or button.accessibleName() or not button.isVisible()
    assert table.accessibleName() == "Problems"
