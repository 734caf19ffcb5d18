"""Shortcuts: on a sheet, changed in the settings, kept, and never two of one kind."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QLabel

from cbir_desktop.gui import shortcuts
from cbir_desktop.gui.shortcut_sheet import ShortcutSheet
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def open_settings(driver: Driver):
    driver.window.actions_.settings.trigger()
    dialog = driver.window.living.settings.dialog
    driver.wait(lambda: dialog.tabs.isEnabled())
    return dialog


def test_the_first_ones_are_all_different(driver: Driver):
    assert shortcuts.conflict(driver.window.actions_, {}) is None


def test_two_of_one_kind_are_refused_with_the_reason(driver: Driver):
    dialog = open_settings(driver)
    line = dialog.keys.lines["find_similar"]
    line.setKeySequence(QKeySequence("Ctrl+O"))
    assert not dialog.save.isEnabled()
    assert "Ctrl+O is used by both Open picture" in dialog.form.reason("shortcuts")
    line.setKeySequence(QKeySequence("Return"))
    assert "needed to move" in dialog.form.reason("shortcuts")
    line.setKeySequence(QKeySequence("Ctrl+J"))
    assert dialog.form.reason("shortcuts") == ""
    assert dialog.save.isEnabled()
    dialog.close()


def test_a_changed_shortcut_is_in_force_and_kept(driver: Driver, tmp_path):
    dialog = open_settings(driver)
    dialog.keys.lines["shortcuts"].setKeySequence(QKeySequence("F1"))
    dialog.keys.lines["settings"].clear()
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    known = driver.window.actions_
    driver.wait(lambda: known.shortcuts.shortcut() == QKeySequence("F1"))
    driver.quiet()
    assert known.shortcuts.toolTip() == "Show all shortcuts (F1)"
    assert known.settings.toolTip() == "Folders, encoder, limits, watching, shortcuts"
    assert "shortcuts=F1" in (tmp_path / "library" / "settings.toml").read_text()
    driver.press(Qt.Key.Key_F1)
    sheet = driver.window.findChild(ShortcutSheet)
    words = [label.text() for label in sheet.findChildren(QLabel)]
    assert words[words.index("Keyboard shortcuts") + 1] == "F1"
    assert "Settings…" not in words  # it has none any more
    QTest.mouseClick(sheet.findChild(QDialogButtonBox).buttons()[0], Qt.MouseButton.LeftButton)


def test_the_question_mark_opens_the_sheet(driver: Driver):
    driver.activate()
    QTest.keyClick(driver.window, "?", Qt.KeyboardModifier.ShiftModifier)
    driver.wait(lambda: driver.window.findChild(ShortcutSheet) is not None)
    driver.window.findChild(ShortcutSheet).close()


def test_names_of_a_newer_program_are_passed_over(driver: Driver):
    assert shortcuts.read(("open_query=F2", "fly=F3", "nonsense")) == {"open_query": "F2", "fly": "F3"}
    assert shortcuts.conflict(driver.window.actions_, {"fly": "Ctrl+O"}) is None
