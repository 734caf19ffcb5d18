"""Forgetting a folder and finding it again after it moved."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.gui.conftest import Driver, noise

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def two(driver: Driver, tmp_path: Path) -> tuple[Path, Path]:
    """Two watched folders with three photos and with five."""
    for name, count, side in (("three", 3, 40), ("five", 5, 60)):
        noise(tmp_path / name, count, side)
        driver.index(tmp_path / name)
    return tmp_path / "three", tmp_path / "five"


def choose(driver: Driver, folder: Path, words: str) -> None:
    menu = driver.window.side.folder_menu(str(folder))
    next(action for action in menu.actions() if action.text() == words).trigger()


def answer(driver: Driver, button: str) -> QMessageBox:
    driver.wait(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    QTest.mouseClick(next(one for one in box.buttons() if one.text() == button), Qt.MouseButton.LeftButton)
    return box


def folders(driver: Driver) -> list[str]:
    return [path for path, _ in driver.window.side.states()]


def test_a_folder_is_forgotten_after_a_question_that_counts(driver: Driver, two: tuple[Path, Path]):
    three, five = two
    choose(driver, five, "Forget this folder…")
    box = answer(driver, "Cancel")
    assert box.text() == "Forget the folder “five”?"
    assert box.informativeText().startswith("5 photos leave the library")
    assert f"No file is touched: they stay in {five}" in box.informativeText()
    driver.quiet()
    assert folders(driver) == [str(five), str(three)]
    choose(driver, five, "Forget this folder…")
    answer(driver, "Forget folder")
    driver.wait(lambda: folders(driver) == [str(three)])
    driver.quiet()
    assert driver.window.message.text.text().startswith("“five” is forgotten: 5 photos left the library")
    assert driver.window.model.rowCount() == 3
    assert len(list(five.iterdir())) == 5
    driver.index(five)
    assert driver.window.model.rowCount() == 8


def test_forgetting_one_folder_lets_another_that_is_being_indexed_go_on(
    driver: Driver, two: tuple[Path, Path], tmp_path: Path
):
    three, five = two
    driver.window.with_library(  # or the watcher would make up for it
        lambda library: library.upkeep.change_settings(
            {"watch": False}, lambda _later: driver.window.living.settings.applied.emit(), pytest.fail
        )
    )
    driver.wait(lambda: driver.window.side.watch_of(str(five)) is None)
    noise(tmp_path / "many", 200)
    driver.chooser.paths = (str(tmp_path / "many"),)
    driver.window.actions_.add_folder.trigger()
    driver.wait(lambda: driver.window.status.bar.maximum() == 200)
    choose(driver, five, "Forget this folder…")
    answer(driver, "Forget folder")
    driver.wait(lambda: folders(driver) == [str(tmp_path / "many"), str(three)])
    driver.quiet()
    driver.wait(lambda: driver.window.model.rowCount() == 203)


def test_a_folder_that_moved_is_found_again(driver: Driver, two: tuple[Path, Path]):
    three, five = two
    moved = five.rename(five.with_name("elsewhere"))
    driver.chooser.paths = (str(moved),)
    choose(driver, five, "Has moved…")
    driver.wait(lambda: folders(driver) == [str(moved), str(three)])
    assert "5 photos are now in" in driver.window.message.text.text()
    assert "5 of them were compared by content" in driver.window.message.text.text()
    driver.quiet()
    assert driver.window.model.rowCount() == 8


def test_another_folder_is_not_taken_for_the_one_that_moved(driver: Driver, two: tuple[Path, Path]):
    three, five = two
    driver.chooser.paths = (str(three),)
    choose(driver, five, "Has moved…")
    driver.wait(lambda: "it is another folder" in driver.window.message.text.text())
    assert folders(driver) == [str(five), str(three)]
