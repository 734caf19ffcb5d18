"""The review of duplicates as a person does it: a real program, real copies, a real trash, keys."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from cbir_desktop.core.verification import Relation
from cbir_desktop.gui.compare_canvas import Mode
from cbir_desktop.gui.decisions_dialog import DecisionsDialog
from cbir_desktop.gui.overview import ALL_PHOTOS, DUPLICATES
from cbir_desktop.gui.review_member_model import MemberRole
from cbir_desktop.gui.review_model import GroupRole
from cbir_desktop.gui.review_page import ReviewPage
from cbir_desktop.gui.review_questions import LeftBehind
from cbir_desktop.gui.review_scope import ScopeDialog
from cbir_desktop.images.hashing import hash_file
from cbir_desktop.library.acting import Wanted, remove_copies
from cbir_desktop.library.duplicates import Scope
from cbir_desktop.library.groups import Proved
from cbir_desktop.library.keep_rules import KeepRules, Rule
from cbir_desktop.library.session import Session
from tests.gui.conftest import Driver
from tests.library.drawn import save, scene

pytestmark = [
    pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks into the freedesktop trash"),
]
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Four pictures; of 0 a copy of its bytes, of 1 one scaled down, of 2 one of its bytes in another folder."""
    folder = tmp_path / "album"
    for number in range(4):
        save(folder / f"{number}.jpg", scene(number))
    shutil.copy(folder / "0.jpg", folder / "0 (2).jpg")
    save(folder / "1_small.jpg", cv2.resize(scene(1), (360, 270), interpolation=cv2.INTER_AREA))
    (folder / "other").mkdir()
    shutil.copy(folder / "2.jpg", folder / "other" / "2 too.jpg")
    return folder


@pytest.fixture
def review(home: Path, driver: Driver, album: Path) -> Iterator[Driver]:
    """The driver on the page of duplicates of the album, all found."""
    driver.index(album)
    driver.window.side.place_requested.emit(DUPLICATES)
    page(driver).find_all.trigger()
    found(driver)
    yield driver
    assert home.exists()


def page(driver: Driver) -> ReviewPage:
    assert driver.window.pages.currentWidget() is driver.window.review.page
    return driver.window.review.page


def found(driver: Driver) -> None:
    driver.wait(lambda: not driver.window.review.search.busy and driver.window.review.desk.found is not None)
    driver.quiet()


def groups(driver: Driver) -> dict[str, tuple[str, ...]]:
    """By the name of its first member: each group of the list with its states."""
    model = page(driver).groups.model()
    shown = [model.index(row).data(GroupRole.GROUP) for row in range(model.rowCount())]
    return {os.path.basename(one.members[0].path): tuple(pick.state for pick in one.picks) for one in shown}


def go_to(driver: Driver, name: str) -> None:
    """To the group with this first member."""
    page(driver).groups.go_to(list(groups(driver)).index(name))
    driver.quiet()


def press(driver: Driver, *keys: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        driver.activate()
        page(driver).view.setFocus()
        QTest.keyClick(page(driver).view, key, modifiers)
        driver.quiet()


def states(driver: Driver) -> list[str]:
    members = page(driver).members
    return [members.index(row).data(MemberRole.PICK).state for row in range(members.rowCount())]


def answer(driver: Driver, text: str) -> None:
    """Press a button of the question that is open."""
    driver.wait(lambda: QApplication.activeModalWidget() is not None)
    buttons = QApplication.activeModalWidget().findChildren(QPushButton)
    next(one for one in buttons if one.text().replace("&", "") == text).click()
    driver.quiet()


def act(driver: Driver) -> None:
    page(driver).act.click()
    driver.wait(lambda: QApplication.activeModalWidget() is not None)
    answer(driver, "Move to the trash")


def heard(driver: Driver) -> str:
    side = driver.window.side
    items = [side.item(row) for row in range(side.count())]
    return next(item.data(Qt.ItemDataRole.AccessibleTextRole) for item in items if item.text() == "Duplicates")


def test_nothing_is_selected_until_somebody_does_it(review: Driver):
    assert groups(review) == dict.fromkeys(("0 (2).jpg", "1.jpg", "2.jpg"), ("open", "open"))
    assert heard(review) == "Duplicates, 3"
    assert (page(review).act.text(), page(review).act.isEnabled()) == ("Nothing is marked", False)
    assert "In 3 groups nothing is decided." in page(review).effect.text()


def test_keys_keep_mark_and_go_on(review: Driver):
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    assert states(review) == ["marked", "kept"], "the only one that is left"
    press(review, Qt.Key.Key_Right, Qt.Key.Key_K)
    assert states(review) == ["marked", "kept"]
    model, at = page(review).groups.model(), page(review).groups
    page(review).order.setCurrentIndex(page(review).order.findData("path"))
    assert at.currentIndex().row() == 0
    assert model.index(0).data(GroupRole.STATE) == "1 to go"
    press(review, Qt.Key.Key_PageDown)
    assert model.index(0).data(GroupRole.STATE) == "Done"
    assert at.currentIndex().row() == 1
    press(review, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
    assert at.currentIndex().row() == 1
    assert model.index(1).data(GroupRole.STATE) == "Undecided", "nothing in it is decided"
    assert page(review).act.text().startswith("Move 1 file (")


def test_a_key_pressed_again_and_ctrl_z_take_a_mark_back(review: Driver):
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X, Qt.Key.Key_X)
    assert states(review) == ["open", "open"]
    press(review, Qt.Key.Key_X)
    press(review, Qt.Key.Key_Z, modifiers=CONTROL)
    assert states(review) == ["open", "open"]
    assert review.window.review.desk.marks == {}


def test_all_of_a_group_cannot_be_marked(review: Driver):
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X, Qt.Key.Key_Right, Qt.Key.Key_X)
    assert "marked" not in states(review)
    assert "one has to stay" in page(review).members.index(0).data(MemberRole.PICK).reason


def test_the_effect_of_rules_is_shown_while_they_are_edited(review: Driver, tmp_path: Path):
    rules = page(review).rules
    rules.presets.setCurrentIndex(rules.presets.findData("best-quality"))
    rules.presets.activated.emit(rules.presets.currentIndex())
    review.quiet()
    assert groups(review)["1.jpg"] == ("kept", "marked")
    assert "would go" in page(review).effect.text()
    before = page(review).effect.text()
    rules.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    review.quiet()
    assert Rule("whole") not in review.window.review.desk.rules.rules
    rules.list.setCurrentRow(2)
    rules.shift(-1)
    assert rules.rules.rules[0] == Rule("format")
    rules.list.setCurrentRow(2)
    rules.remove()
    assert Rule("resolution") not in rules.rules.rules
    rules.add("sharpness")
    review.quiet()
    review.chooser.paths = (str(tmp_path / "rules.toml"),)
    rules.save.click()
    review.quiet()
    saved = rules.rules
    rules.set_rules(KeepRules())
    rules.rules_changed.emit(KeepRules())
    review.quiet()
    assert page(review).effect.text().startswith("Nothing is marked")
    assert before.endswith("decided.")
    rules.load.click()
    review.quiet()
    assert review.window.review.desk.rules == saved
    (tmp_path / "rules.toml").write_text("[[rule]]\nby = 'beauty'\n")
    rules.load.click()
    review.quiet()
    assert "line 2" in review.window.message.text.text()


def test_a_clean_up_goes_to_the_trash_and_comes_back(review: Driver, album: Path, home: Path):
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    act(review)
    trash = home / "data" / "Trash" / "files"
    assert [path.name for path in trash.iterdir()] == ["0 (2).jpg"]
    assert not (album / "0 (2).jpg").exists()
    assert sorted(groups(review)) == ["1.jpg", "2.jpg"]
    assert heard(review) == "Duplicates, 2"
    assert "in the trash" in review.window.message.text.text()
    press(review, Qt.Key.Key_Z, modifiers=CONTROL)
    assert (album / "0 (2).jpg").read_bytes() == (album / "0.jpg").read_bytes()
    assert groups(review)["0 (2).jpg"] == ("marked", "kept")
    assert "back where" in review.window.message.text.text()


def test_the_question_says_what_and_how_many_and_cancel_does_nothing(review: Driver, album: Path):
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    page(review).kind.setCurrentIndex(page(review).kind.findText("Edited copies"))
    page(review).act.click()
    review.wait(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    assert box.text().startswith("Move 1 file (")
    assert box.text().endswith("to the trash?")
    assert "Identical files: 1 file" in box.informativeText()
    assert "1 of these groups are hidden by the filter" in box.informativeText()
    assert "Ctrl+Z" in box.informativeText()
    answer(review, "Cancel")
    assert (album / "0 (2).jpg").exists()


def reopened(qtbot, folder: Path) -> Driver:
    made = Driver(qtbot, folder)
    made.wait(lambda: made.window.actions_.open_query.isEnabled())
    made.quiet()
    return made


def test_tomorrow_the_review_is_where_it_was(home: Path, qtbot, album: Path, tmp_path: Path):
    first = reopened(qtbot, tmp_path / "library")
    try:
        first.index(album)
        first.window.side.place_requested.emit(DUPLICATES)
        page(first).find_all.trigger()
        found(first)
        rules = page(first).rules
        rules.set_rules(KeepRules(frozenset(), (Rule("size"),)))
        rules.rules_changed.emit(rules.rules)
        first.quiet()
        go_to(first, "1.jpg")
        press(first, Qt.Key.Key_Right, Qt.Key.Key_X)
        first.window.review.desk.set_done(first.window.review.lists.row, True)
        page(first).threshold.slider.setValue(3)
    finally:
        first.close()
    (album / "1_small.jpg").rename(album / "1_tiny.jpg")
    second = reopened(qtbot, tmp_path / "library")
    try:
        second.follow()
        assert heard(second) == "Duplicates, 3"
        second.window.side.place_requested.emit(DUPLICATES)
        found(second)
        assert groups(second)["1.jpg"] == ("kept", "marked")
        names = [os.path.basename(member.path) for member in page(second).members.group.members]
        assert names == ["1.jpg", "1_tiny.jpg"], "the group that was in view, under its new name"
        model = page(second).groups.model()
        assert model.index(page(second).groups.currentIndex().row()).data(GroupRole.STATE) == "Done"
        assert page(second).rules.rules.rules == (Rule("size"),)
        assert page(second).threshold.slider.value() == 3
    finally:
        second.close()


def test_ctrl_z_after_a_restart_brings_the_files_back(home: Path, qtbot, album: Path, tmp_path: Path):
    first = reopened(qtbot, tmp_path / "library")
    try:
        first.index(album)
        first.window.side.place_requested.emit(DUPLICATES)
        page(first).find_all.trigger()
        found(first)
        go_to(first, "0 (2).jpg")
        press(first, Qt.Key.Key_X)
        act(first)
    finally:
        first.close()
    assert not (album / "0 (2).jpg").exists()
    second = reopened(qtbot, tmp_path / "library")
    try:
        second.window.side.place_requested.emit(DUPLICATES)
        found(second)
        assert "0 (2).jpg" not in groups(second)
        press(second, Qt.Key.Key_Z, modifiers=CONTROL)
        found(second)
        assert (album / "0 (2).jpg").exists()
        assert "0 (2).jpg" in groups(second)
    finally:
        second.close()


def test_not_a_duplicate_is_remembered_and_can_be_revoked(review: Driver, tmp_path: Path):
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_N)
    assert sorted(groups(review)) == ["0 (2).jpg", "2.jpg"]
    page(review).manage.click()
    review.quiet()
    dialog = review.window.review.decisions.dialog
    assert isinstance(dialog, DecisionsDialog)
    row = dialog.table.topLevelItem(0)
    assert [row.text(0), {row.text(1), row.text(2)}] == ["Not a duplicate", {"1.jpg", "1_small.jpg"}]
    dialog.filter.setText("no such name")
    assert dialog.table.topLevelItemCount() == 0
    dialog.filter.clear()
    dialog.kinds.setCurrentIndex(dialog.kinds.findText("Keep both"))
    assert dialog.table.topLevelItemCount() == 0
    dialog.kinds.setCurrentIndex(0)
    review.chooser.paths = (str(tmp_path / "decisions.json"),)
    dialog.export.click()
    review.quiet()
    assert len(json.loads((tmp_path / "decisions.json").read_text())["decisions"]) == 1
    dialog.table.topLevelItem(0).setSelected(True)
    dialog.revoke.click()
    review.quiet()
    assert dialog.table.topLevelItemCount() == 0
    dialog.take_in.click()
    review.quiet()
    assert dialog.table.topLevelItemCount() == 1
    dialog.table.topLevelItem(0).setSelected(True)
    dialog.revoke.click()
    review.quiet()
    dialog.reject()
    review.quiet()
    assert sorted(groups(review)) == ["0 (2).jpg", "1.jpg", "2.jpg"]


def test_ctrl_z_takes_back_that_it_is_no_duplicate(review: Driver):
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_N)
    press(review, Qt.Key.Key_Z, modifiers=CONTROL)
    assert "1.jpg" in groups(review)
    assert review.window.review.desk.steps == []


def test_page_keys_go_through_the_groups_in_the_comparison_too(review: Driver):
    page(review).order.setCurrentIndex(page(review).order.findData("path"))
    press(review, Qt.Key.Key_X, Qt.Key.Key_M)
    view, fronts, at = review.window.comparing.view, review.window.fronts, review.window.review.page.groups
    names = {"0 (2).jpg", "0.jpg"}, {"1.jpg", "1_small.jpg"}, {"2.jpg", "2 too.jpg"}

    def turn(key: Qt.Key) -> set[str]:
        review.press(key, widget=view.canvas)
        review.quiet()
        return {os.path.basename(one.path) for one in view.sources}

    assert {os.path.basename(one.path) for one in view.sources} == names[0]
    assert turn(Qt.Key.Key_PageUp) == names[0], "it is the first"
    assert turn(Qt.Key.Key_PageDown) == names[1]
    assert view.canvas.mode is Mode.MATCHES
    assert at.model().index(0).data(GroupRole.STATE) == "Done"
    assert turn(Qt.Key.Key_PageDown) == names[2]
    assert turn(Qt.Key.Key_PageDown) == names[2], "it is the last, and nothing in it goes"
    assert turn(Qt.Key.Key_PageUp) == names[1]
    assert fronts.currentWidget() is view
    review.press(Qt.Key.Key_Escape)
    assert at.currentIndex().row() == 1


@pytest.mark.parametrize(
    ("key", "mode"),
    [
        (Qt.Key.Key_Tab, Mode.FLICKER),
        (Qt.Key.Key_QuoteLeft, Mode.FLICKER),
        (Qt.Key.Key_D, Mode.DIFFERENCE),
        (Qt.Key.Key_M, Mode.MATCHES),
        (Qt.Key.Key_Return, Mode.SIDE_BY_SIDE),
    ],
)
def test_keys_compare_the_member_with_the_one_that_stays(review: Driver, key: Qt.Key, mode: Mode):
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_Right)
    review.activate()
    QTest.keyClick(page(review).view, key)
    review.quiet()
    view = review.window.comparing.view
    assert review.window.fronts.currentWidget() is view
    assert [os.path.basename(one.path) for one in view.sources] == ["1.jpg", "1_small.jpg"]
    assert view.canvas.mode is mode
    review.press(Qt.Key.Key_Escape)
    assert page(review).isVisible()


def test_a_search_is_stopped_and_goes_on(home: Path, driver: Driver, album: Path):
    driver.index(album)
    driver.window.side.place_requested.emit(DUPLICATES)
    progress, search = page(driver).progress, driver.window.review.search
    page(driver).find_all.trigger()
    progress.pause.setChecked(True)
    assert search.busy
    progress.stop.click()
    driver.wait(lambda: not search.busy)
    assert driver.window.review.desk.found is None
    assert page(driver).stack.currentWidget() is page(driver).start
    assert "Stopped" in driver.window.message.text.text()
    page(driver).find_all.trigger()
    found(driver)
    assert len(groups(driver)) == 3


def test_a_folder_outside_is_compared_with_the_library(review: Driver, album: Path, tmp_path: Path):
    outside = tmp_path / "stick"
    outside.mkdir()
    shutil.copy(album / "3.jpg", outside / "mine.jpg")
    page(review).choose_scope.trigger()
    dialog = review.window.findChild(ScopeDialog)
    review.chooser.paths = (str(outside),)
    dialog.findChildren(QPushButton)[0].click()
    assert dialog.scope == Scope("all", (str(outside),))
    dialog.begin.click()
    found(review)
    (name,) = groups(review)
    assert name == "3.jpg"
    rules = page(review).rules
    rules.set_rules(KeepRules(frozenset(Relation), (Rule("size"),)))
    rules.rules_changed.emit(rules.rules)
    review.quiet()
    assert groups(review)["3.jpg"] == ("kept", "marked")
    assert "reference folder" in page(review).members.index(0).data(MemberRole.PICK).reason


def test_filters_leave_what_is_looked_at(review: Driver, album: Path):
    at = page(review)
    at.kind.setCurrentIndex(at.kind.findText("Identical files"))
    assert sorted(groups(review)) == ["0 (2).jpg", "2.jpg"]
    go_to(review, "2.jpg")
    press(review, Qt.Key.Key_X)
    at.undecided.setChecked(True)
    assert sorted(groups(review)) == ["0 (2).jpg"]
    at.undecided.setChecked(False)
    at.kind.setCurrentIndex(0)
    review.quiet()  # the window gives the library's own folders whenever these are read again
    review.window.review.set_folders([str(album), str(album / "other")])
    at.folder.setCurrentIndex(2)
    review.wait(lambda: sorted(groups(review)) == ["2.jpg"])


def test_a_threshold_hides_groups_and_nothing_in_them_goes(review: Driver):
    at, desk = page(review), review.window.review.desk
    assert int(at.threshold.histogram.counts.sum()) >= 3
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_Right, Qt.Key.Key_X)
    assert at.act.isEnabled()
    desk.table.sure[review.window.review.lists.row] = 0.6
    at.threshold.slider.setValue(6)
    assert "1.jpg" not in groups(review)
    assert not at.act.isEnabled()
    at.threshold.slider.setValue(0)
    assert at.act.isEnabled()


def test_what_the_trash_refused_is_asked_for_alone(review: Driver, album: Path, home: Path):
    (home / "data").mkdir(exist_ok=True)
    (home / "data" / "Trash").write_text("no folder: the trash refuses")
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    page(review).act.click()
    answer(review, "Move to the trash")
    review.wait(lambda: isinstance(QApplication.activeModalWidget(), LeftBehind))
    assert (album / "0 (2).jpg").exists()
    assert QApplication.activeModalWidget().table.topLevelItem(0).text(0) == "0 (2).jpg"
    answer(review, "Delete for good…")
    review.wait(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    assert "cannot be undone" in QApplication.activeModalWidget().informativeText()
    answer(review, "Delete for good")
    assert not (album / "0 (2).jpg").exists()
    assert (album / "0.jpg").exists()
    assert "0 (2).jpg" not in groups(review)


def test_the_last_copy_is_refused_with_its_reason(review: Driver, album: Path):
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_Right, Qt.Key.Key_X)
    (album / "1.jpg").unlink()
    page(review).act.click()
    answer(review, "Move to the trash")
    assert "last copy" in review.window.message.text.text()
    assert (album / "1_small.jpg").exists()


def test_a_hard_link_takes_the_place_of_identical_files_only(review: Driver, album: Path):
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_Right, Qt.Key.Key_X)
    target = page(review).target
    target.setCurrentIndex(target.findData("hardlink"))
    assert page(review).act.text() == "No identical files are marked"
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    assert page(review).act.text().startswith("Replace 1 file (")
    page(review).act.click()
    answer(review, "Replace by links")
    assert (album / "0 (2).jpg").samefile(album / "0.jpg")
    assert (album / "1_small.jpg").exists()


def test_facts_are_compared_and_told_to_a_screen_reader(review: Driver):
    go_to(review, "1.jpg")
    review.wait(lambda: "sharpness" in page(review).members.index(0).data(Qt.ItemDataRole.AccessibleTextRole))
    review.quiet()
    first, second = (page(review).members.index(row).data(MemberRole.FACTS) for row in (0, 1))
    assert [fact.words for fact in first if fact.better][0].startswith("480 × 360")  # noqa: RUF001, RUF015
    assert not any(fact.better for fact in second if "×" in fact.words)  # noqa: RUF001
    told = page(review).members.index(1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Undecided" in told
    assert "resized" in told


def test_a_mark_that_was_taken_back_does_not_come_again_with_the_next_search(review: Driver):
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    review.window.review.search.again()
    found(review)
    assert groups(review)["0 (2).jpg"] == ("marked", "kept")
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    review.window.review.search.again()
    found(review)
    assert groups(review)["0 (2).jpg"] == ("open", "open")


def test_keep_both_is_not_shown_again_and_prefer_decides_before_rules(review: Driver):
    known = page(review).actions_
    go_to(review, "1.jpg")
    known.keep_both.trigger()
    review.quiet()
    assert "1.jpg" not in groups(review)
    press(review, Qt.Key.Key_Z, modifiers=CONTROL)
    assert groups(review)["1.jpg"] == ("open", "open")
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_Right)
    known.prefer.trigger()
    rules = page(review).rules
    rules.set_rules(KeepRules(frozenset(Relation), (Rule("resolution"),)))
    rules.rules_changed.emit(rules.rules)
    review.quiet()
    assert groups(review)["1.jpg"] == ("marked", "kept"), "the smaller one is preferred"
    assert "you prefer" in page(review).members.index(0).data(MemberRole.PICK).reason
    review.window.review.search.again()
    found(review)
    assert groups(review)["1.jpg"] == ("marked", "kept")


def test_a_clean_up_can_be_stopped_and_what_went_is_told(review: Driver, album: Path):
    rules = page(review).rules
    rules.set_rules(KeepRules(frozenset(Relation), (Rule("size"), Rule("name", pattern="* (2)*", unless=True))))
    rules.rules_changed.emit(rules.rules)
    review.quiet()
    acting = review.window.review.acting
    acting.progressed.connect(lambda done, total: acting.stop())
    before = set(album.rglob("*.jpg"))
    act(review)
    review.wait(lambda: not acting.busy)
    review.quiet()
    gone = before - set(album.rglob("*.jpg"))
    assert len(gone) < 3, "it was stopped before the last one"
    assert review.window.message.text.text().startswith("Stopped: ")
    shown = [
        member.path
        for row in range(len(groups(review)))
        for member in page(review).groups.model().index(row).data(GroupRole.GROUP).members
    ]
    assert not {str(path) for path in gone} & set(shown)


def test_the_notice_undoes_the_clean_up_whatever_was_marked_since(review: Driver, album: Path):
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    act(review)
    press(review, Qt.Key.Key_X)
    assert review.window.message.button.text() == "Undo"
    review.window.message.button.click()
    review.quiet()
    assert (album / "0 (2).jpg").exists()
    assert len(groups(review)) == 3


def test_what_belongs_to_a_sidecar_goes_only_when_asked_for(home: Path, driver: Driver, album: Path):
    (album / "0 (2).xmp").write_text("<x:xmpmeta/>")
    driver.index(album)
    driver.window.side.place_requested.emit(DUPLICATES)
    page(driver).find_all.trigger()
    found(driver)
    at = page(driver)
    at.which.setCurrentIndex(at.which.findData("stacks"))
    driver.quiet()
    assert at.rest.rowCount() == 1
    assert not at.actions_.mark.isEnabled(), "nothing in a stack is selected from here"
    at.which.setCurrentIndex(0)
    go_to(driver, "0 (2).jpg")
    press(driver, Qt.Key.Key_X)
    at.act.click()
    driver.wait(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    box = QApplication.activeModalWidget()
    yes = next(one for one in box.findChildren(QPushButton) if "trash" in one.text())
    assert not yes.isEnabled()
    assert "0 (2).jpg" in box.checkBox().text()
    box.checkBox().setChecked(True)
    yes.click()
    driver.quiet()
    assert not (album / "0 (2).jpg").exists()


def test_f6_leaves_the_members_where_tab_flicks(review: Driver):
    press(review, Qt.Key.Key_F6)
    assert page(review).groups.hasFocus()
    QTest.keyClick(page(review).groups, Qt.Key.Key_F6)
    assert page(review).view.hasFocus()


def test_two_folders_are_not_compared_any_more(review: Driver):
    known = page(review).actions_
    go_to(review, "1.jpg")
    assert not known.ignore_folders.isEnabled(), "both lie in one folder"
    go_to(review, "2.jpg")
    known.ignore_folders.trigger()
    review.quiet()
    assert sorted(groups(review)) == ["0 (2).jpg", "1.jpg"]
    page(review).manage.click()
    review.quiet()
    dialog = review.window.review.decisions.dialog
    assert dialog.table.topLevelItem(0).text(0) == "Ignore these folders"
    dialog.reject()


def test_in_a_narrow_window_rules_and_groups_take_turns(review: Driver):
    at = page(review)
    assert (at.left.isVisible(), at.right.isVisible(), at.swap_button.isVisible()) == (True, True, False)
    review.window.resize(820, 600)
    review.wait(at.swap_button.isVisible)
    assert (at.left.isVisible(), at.right.isVisible()) == (True, False)
    at.swap.trigger()
    assert (at.left.isVisible(), at.right.isVisible()) == (False, True)


def test_the_last_group_can_be_done_by_going_on(review: Driver):
    at = page(review).groups
    at.go_to(2)
    assert not page(review).actions_.following.isEnabled()
    press(review, Qt.Key.Key_X, Qt.Key.Key_PageDown)
    assert at.model().index(2).data(GroupRole.STATE) == "Done"
    press(review, Qt.Key.Key_Space)
    assert at.model().index(2).data(GroupRole.STATE) == "1 to go"


def test_ctrl_z_of_another_program_s_clean_up_searches_anew(review: Driver, album: Path, tmp_path: Path):
    go_to(review, "0 (2).jpg")
    press(review, Qt.Key.Key_X)
    act(review)
    wanted = Wanted(*(value for name in ("2.jpg", "other/2 too.jpg") for value in hashed(album / name)))
    with Session.open(tmp_path / "library", "hsv") as other:
        assert remove_copies(other, [wanted]).done
    press(review, Qt.Key.Key_Z, modifiers=CONTROL)
    found(review)
    assert (album / "2.jpg").exists(), "it went last"
    assert not (album / "0 (2).jpg").exists()
    assert sorted(groups(review)) == ["1.jpg", "2.jpg"]


def test_a_threshold_cuts_groups_and_puts_them_together_again(home: Path, driver: Driver, album: Path):
    save(album / "1_tiny.jpg", cv2.resize(scene(1), (300, 225), interpolation=cv2.INTER_AREA))
    driver.index(album)
    driver.window.side.place_requested.emit(DUPLICATES)
    page(driver).find_all.trigger()
    found(driver)
    desk, slider = driver.window.review.desk, page(driver).threshold.slider
    row = next(row for row, one in enumerate(desk.table.groups) if len(one.members) == 3)
    group = desk.table.groups[row]
    tiny = next(member.content for member in group.members if member.path.endswith("tiny.jpg"))
    unsure = {pair: replace(one, copy=0.7 if tiny in pair else 0.99999) for pair, one in group.proved.proofs.items()}
    desk.put(row, replace(group, proved=Proved(unsure, {})))
    desk.changed.emit([row])
    page(driver).rules.set_rules(KeepRules(frozenset(Relation), (Rule("resolution"),)))
    page(driver).rules.rules_changed.emit(page(driver).rules.rules)
    driver.quiet()
    assert groups(driver)["1.jpg"] == ("kept", "marked", "marked")
    slider.setValue(3)
    driver.quiet()
    assert groups(driver)["1.jpg"] == ("kept", "marked"), "the tiny one is in no sure pair"
    go_to(driver, "1.jpg")
    press(driver, Qt.Key.Key_Right, Qt.Key.Key_K)
    slider.setValue(0)
    driver.quiet()
    assert groups(driver)["1.jpg"] == ("marked", "kept", "marked"), "together again, with what was done meanwhile"
    assert desk.steps


def test_what_comes_and_goes_is_shown_and_steps_stay(review: Driver, album: Path):
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_Right, Qt.Key.Key_X)
    resets = []
    page(review).groups.model().modelReset.connect(lambda: resets.append(1))
    shutil.copy(album / "3.jpg", album / "3 again.jpg")
    (album / "0 (2).jpg").unlink()
    review.index(album)
    assert sorted(groups(review)) == ["1.jpg", "2.jpg", "3 again.jpg"]
    assert not resets, "only what changed is touched"
    assert groups(review)["1.jpg"] == ("kept", "marked")
    assert page(review).view.current_member().path == str(album / "1_small.jpg"), "what was looked at stays"
    assert heard(review) == "Duplicates, 3"
    press(review, Qt.Key.Key_Z, modifiers=CONTROL)
    assert groups(review)["1.jpg"] == ("open", "open")


def test_a_renamed_file_keeps_its_group_and_its_mark(review: Driver, album: Path):
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_Right, Qt.Key.Key_X)
    page(review).threshold.slider.setValue(4)
    (album / "1_small.jpg").rename(album / "1 too.jpg")
    review.index(album)
    assert groups(review) == {"1 too.jpg": ("marked", "kept"), **dict.fromkeys(("0 (2).jpg", "2.jpg"), ("open",) * 2)}


def test_a_decision_revoked_elsewhere_is_seen_when_the_window_is_looked_at_again(review: Driver, tmp_path: Path):
    go_to(review, "1.jpg")
    press(review, Qt.Key.Key_N)
    assert "1.jpg" not in groups(review)
    with Session.open(tmp_path / "library", "hsv") as other:
        (decision,) = other.catalog.decisions.all()
        assert other.catalog.decisions.revoke(decision.id)
    review.window.refresher.look()
    review.quiet()
    assert "1.jpg" in groups(review)


def test_what_is_looked_at_when_the_page_is_hidden_is_level_once_it_is_shown(review: Driver, album: Path):
    review.window.side.place_requested.emit(ALL_PHOTOS)
    (album / "0 (2).jpg").unlink()
    review.index(album)
    assert len(review.window.review.desk.table.groups) == 3
    review.window.side.place_requested.emit(DUPLICATES)
    review.quiet()
    assert sorted(groups(review)) == ["1.jpg", "2.jpg"]


def hashed(path: Path) -> tuple[str, bytes]:
    return str(path), hash_file(str(path))
