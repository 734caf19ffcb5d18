"""The settings dialog over a real settings.toml, applied to a library that is open."""

import tomllib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cbir_desktop.gui import wording
from cbir_desktop.gui.settings_dialog import SettingsDialog
from tests.gui.conftest import Driver, noise

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def folder(driver: Driver, tmp_path: Path) -> Path:
    noise(tmp_path / "photos", 3, side=40)
    noise(tmp_path / "photos" / "private", 5, side=50)
    driver.index(tmp_path / "photos")
    driver.follow()
    assert driver.window.model.rowCount() == 8
    return tmp_path / "photos"


def open_dialog(driver: Driver) -> SettingsDialog:
    driver.press(Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    dialog = driver.window.living.settings.dialog
    driver.wait(lambda: dialog.tabs.isEnabled() or dialog.message.isVisible())
    return dialog


def type_into(dialog: SettingsDialog, name: str, text: str) -> None:
    line = dialog.form.editor(name)
    line.selectAll()
    QTest.keyClicks(line, text)


def save(driver: Driver, dialog: SettingsDialog) -> None:
    assert dialog.save.isEnabled()
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.window.living.settings.dialog is None)


def stored(tmp_path: Path) -> dict:
    return tomllib.loads((tmp_path / "library" / "settings.toml").read_text())


def test_what_is_left_out_leaves_the_library_without_a_restart(driver: Driver, folder: Path, tmp_path: Path):
    dialog = open_dialog(driver)
    assert not dialog.save.isEnabled()  # nothing changed yet
    dialog.form.editor("excludes").setPlainText("private\n\n *.gif ")
    save(driver, dialog)
    assert stored(tmp_path)["excludes"] == ["private", "*.gif"]
    driver.wait(lambda: driver.window.model.rowCount() == 3)
    dialog = open_dialog(driver)
    assert dialog.form.editor("excludes").toPlainText() == "private\n*.gif"
    dialog.form.editor("excludes").setPlainText("")
    save(driver, dialog)
    driver.wait(lambda: driver.window.model.rowCount() == 8)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("rescan_seconds", "0", "must be from 1 to 31622400"),
        ("rescan_seconds", "soon", "must be a whole number"),
        ("decode_seconds", "4000", "must be from 1 to 3600"),
        ("thumbnail_cache_bytes", "-5", "must be a whole number"),
        ("feature_cache_bytes", "-5", "must be a whole number"),
        ("decode_threads", "257", "must be from 0 to 256"),
    ],
)
def test_a_bad_number_is_refused_with_the_reason_beside_it(driver: Driver, tmp_path: Path, name, text, reason):
    dialog = open_dialog(driver)
    type_into(dialog, name, text)
    reason = reason.replace("31622400", wording.number(31622400)).replace("3600", wording.number(3600))
    assert dialog.form.reason(name) == reason
    assert dialog.form.editor(name).accessibleDescription() == reason
    assert not dialog.save.isEnabled()
    type_into(dialog, name, "9")
    assert dialog.form.reason(name) == ""
    save(driver, dialog)
    assert stored(tmp_path)[name] == (9 << 20 if name.endswith("cache_bytes") else 9)


def test_a_pattern_that_would_leave_out_all_is_refused(driver: Driver):
    dialog = open_dialog(driver)
    dialog.form.editor("excludes").setPlainText("private\n*")
    assert dialog.form.reason("excludes") == "'*' would leave out every picture"
    assert not dialog.save.isEnabled()
    dialog.reject()


def test_a_broken_file_is_explained_and_left_as_it_is(driver: Driver, tmp_path: Path):
    path = tmp_path / "library" / "settings.toml"
    path.write_text("excludes = [ # half a line")
    dialog = open_dialog(driver)
    assert str(path) in dialog.message.text.text()
    assert "Mend the file" in dialog.message.text.text()
    assert not dialog.tabs.isEnabled()
    assert not dialog.save.isEnabled()
    dialog.reject()
    assert path.read_text() == "excludes = [ # half a line"


def test_a_file_that_broke_while_the_dialog_was_open_is_not_written_over(driver: Driver, tmp_path: Path):
    path = tmp_path / "library" / "settings.toml"
    dialog = open_dialog(driver)
    type_into(dialog, "rescan_seconds", "77")
    path.write_text("colour = 'red'")
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    driver.wait(lambda: dialog.message.isVisible())
    assert "there is no setting named 'colour'" in dialog.message.text.text()
    assert path.read_text() == "colour = 'red'"
    dialog.reject()


def test_broken_settings_are_explained_at_the_start(qtbot, tmp_path: Path):
    path = tmp_path / "library" / "settings.toml"
    path.parent.mkdir()
    path.write_text("rescan_seconds = ")
    driver = Driver(qtbot, tmp_path / "library")
    driver.wait(lambda: "cannot be opened" in driver.window.empty.title.text())
    assert "settings" in driver.window.empty.words.text()
    assert str(path) in driver.window.empty.words.text()
    assert path.read_text() == "rescan_seconds = "
    path.write_text("rescan_seconds = 60")
    QTest.mouseClick(driver.window.empty.buttons[0], Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.window.actions_.open_query.isEnabled())
    driver.close()


def test_watching_is_turned_off_and_on_again(driver: Driver, folder: Path, tmp_path: Path):
    dialog = open_dialog(driver)
    dialog.form.editor("watch").setChecked(False)
    save(driver, dialog)
    assert stored(tmp_path)["watch"] is False
    driver.wait(lambda: driver.window.side.watch_of(str(folder)) is None)
    driver.quiet()
    (folder / "noise-000.jpg").unlink()
    QTest.qWait(3000)  # longer than the watcher would take
    assert driver.window.model.rowCount() == 8
    dialog = open_dialog(driver)
    dialog.form.editor("watch").setChecked(True)
    save(driver, dialog)
    driver.wait(lambda: driver.window.model.rowCount() == 7)
    driver.follow()


def test_what_waits_for_the_next_start_says_so(driver: Driver, folder: Path, tmp_path: Path):
    dialog = open_dialog(driver)
    dialog.form.editor("power").setCurrentIndex(1)
    save(driver, dialog)
    assert stored(tmp_path)["power"] == "background"
    assert not driver.window.notice.isVisible()
    dialog = open_dialog(driver)
    type_into(dialog, "decode_seconds", "30")
    save(driver, dialog)
    driver.wait(lambda: driver.window.notice.isVisible())
    assert "next start" in driver.window.notice.text.text()


def test_another_encoder_is_prepared_in_the_background_while_search_goes_on(
    driver: Driver, folder: Path, tmp_path: Path
):
    noise(folder / "many", 150)
    driver.wait(lambda: driver.window.model.rowCount() == 158)
    driver.quiet()
    dialog = open_dialog(driver)
    names = [dialog.encoders.itemData(row) for row in range(dialog.encoders.count())]
    assert {"default", "hsv", "phash"} <= set(names)
    assert dialog.searches_by.text() == "The library searches by “hsv”."
    assert not dialog.switch.isEnabled()
    dialog.encoders.setCurrentIndex(names.index("phash"))
    QTest.mouseClick(dialog.switch, Qt.MouseButton.LeftButton)
    driver.wait(lambda: "of 158" in driver.window.notice.text.text())
    assert "Search goes on by the old one" in driver.window.notice.text.text()
    QTest.mouseClick(driver.window.notice.button, Qt.MouseButton.LeftButton)  # Stop
    driver.wait(lambda: "on the way to the encoder “phash”" in driver.window.notice.text.text())
    driver.window.find_files([str(folder / "noise-000.jpg")])
    driver.wait(lambda: driver.window.model.shows_hits)
    QTest.mouseClick(driver.window.notice.button, Qt.MouseButton.LeftButton)  # Go on
    driver.wait(lambda: driver.window.message.text.text() == "Search goes by the encoder “phash” now.")
    assert not driver.window.notice.isVisible()
    driver.window.find_files([str(folder / "noise-000.jpg")])
    driver.quiet()
    assert driver.window.model.shows_hits
    dialog = open_dialog(driver)
    assert dialog.searches_by.text() == "The library searches by “phash”."
    dialog.reject()


def test_folders_are_added_and_forgotten_in_the_dialog(driver: Driver, folder: Path, tmp_path: Path):
    noise(tmp_path / "more", 2, side=70)
    dialog = open_dialog(driver)
    assert dialog.folders.count() == 1
    driver.chooser.paths = (str(tmp_path / "more"),)
    dialog.add_folder_requested.emit()
    driver.wait(lambda: dialog.folders.count() == 2)
    driver.quiet()
    assert driver.window.model.rowCount() == 10
    dialog.reject()


def test_less_room_for_keypoints_is_in_force_at_once(driver: Driver, tmp_path: Path):
    kept = tmp_path / "library" / "cache" / "features" / "another-extractor" / "old.kpt"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(bytes(2 << 20))
    dialog = open_dialog(driver)
    type_into(dialog, "feature_cache_bytes", "1")
    save(driver, dialog)
    driver.wait(lambda: not kept.exists())
