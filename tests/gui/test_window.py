"""The window as a person uses it: a real library, real files, real events."""

import os
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from cbir_desktop.gui.overview import ALL_PHOTOS
from cbir_desktop.gui.photo_model import Role
from tests.gui.conftest import Driver, noise

# Where there is no Xvfb the tests run on Qt's offscreen platform, which says so for each window.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def drop(driver: Driver, mime: QMimeData) -> QDropEvent:
    """What the system sends when something is dragged over the window and let go."""
    buttons, keys, copy = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(400, 300), copy, mime, buttons, keys)
    QApplication.sendEvent(driver.window, enter)
    assert driver.window.ways_in.overlay.isVisible()
    event = QDropEvent(QPointF(400, 300), copy, mime, buttons, keys)
    QApplication.sendEvent(driver.window, event)
    assert not driver.window.ways_in.overlay.isVisible()
    return event


def files(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def results(driver: Driver) -> list[str]:
    driver.wait(lambda: driver.window.model.shows_hits)
    return driver.names()


@pytest.fixture
def copy_of_chelsea(shipped_photos: Path, tmp_path: Path) -> Path:
    """A changed copy, outside of the library."""
    path = tmp_path / "changed copy.png"
    Image.open(shipped_photos / "chelsea.jpg").resize((300, 200)).rotate(180).save(path)
    return path


def test_a_folder_is_added_and_its_photos_appear(indexed: Driver, shipped_photos: Path):
    window = indexed.window
    indexed.wait(lambda: None not in indexed.names())
    assert sorted(indexed.names()) == sorted(os.listdir(shipped_photos))
    assert window.pages.currentWidget() is window.grid
    ids = window.model.ids.tolist()
    indexed.wait(lambda: all(window.loader.pixmap(number) is not None for number in ids))
    assert window.status.shown.text() == "8 photos shown"
    assert window.side.item(1).text() == shipped_photos.name


def test_a_dropped_file_finds_its_like(indexed: Driver, copy_of_chelsea: Path):
    event = drop(indexed, files(copy_of_chelsea))
    assert event.isAccepted()
    assert event.dropAction() == Qt.DropAction.CopyAction
    assert results(indexed)[0] == "chelsea.jpg"
    bar = indexed.window.search_bar
    indexed.wait(lambda: not bar.chips[0].picture.isNull())
    assert "changed copy.png" in bar.hint.text()
    scores = [indexed.window.model.index(row).data(Role.SCORE) for row in range(7)]
    assert scores == sorted(scores, reverse=True)


def test_a_dropped_file_of_the_library_is_not_its_own_answer(indexed: Driver, shipped_photos: Path):
    drop(indexed, files(shipped_photos / "chelsea.jpg"))
    assert "chelsea.jpg" not in results(indexed)
    assert len(indexed.names()) == 7


def test_escape_goes_back_to_all_photos(indexed: Driver, copy_of_chelsea: Path):
    drop(indexed, files(copy_of_chelsea))
    results(indexed)
    indexed.press(Qt.Key.Key_Escape, widget=indexed.window.grid)
    assert not indexed.window.model.shows_hits
    assert indexed.window.model.rowCount() == 8
    assert indexed.window.search_bar.chips == []


@pytest.mark.parametrize("way", ["encoded", "decoded", "files", "path"])
def test_paste(indexed: Driver, copy_of_chelsea: Path, way: str):
    mime = QMimeData()
    if way == "encoded":
        mime.setData("image/png", copy_of_chelsea.read_bytes())
    elif way == "decoded":
        mime.setImageData(QImage(str(copy_of_chelsea)))
    elif way == "files":
        mime = files(copy_of_chelsea)
    else:
        mime.setText(str(copy_of_chelsea))
    QGuiApplication.clipboard().setMimeData(mime)
    indexed.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert results(indexed)[0] == "chelsea.jpg"


def test_open_a_query(indexed: Driver, copy_of_chelsea: Path):
    indexed.chooser.paths = (str(copy_of_chelsea),)
    indexed.press(Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    assert results(indexed)[0] == "chelsea.jpg"


def test_find_similar_from_the_menu(indexed: Driver):
    window = indexed.window
    row = indexed.names().index("motorcycle_left.jpg")
    window.grid.setCurrentIndex(window.model.index(row))
    menu = window.photo_actions.menu()
    assert [action.text() for action in menu.actions() if action.text()] == [
        "Find similar",
        "More like this",
        "Less like this",
        "Search a region…",
        "Preview",
        "Open",
        "Open with…",
        "Show in folder",
        "Copy picture",
        "Copy path",
        "Move to the trash",
    ]
    next(action for action in menu.actions() if action.text() == "Find similar").trigger()
    assert results(indexed)[0] == "motorcycle_right.jpg"
    assert "motorcycle_left.jpg" not in indexed.names()


def test_open_show_and_copy(indexed: Driver, shipped_photos: Path):
    window, path = indexed.window, str(shipped_photos / "coffee.jpg")
    row = indexed.names().index("coffee.jpg")
    place = window.grid.visualRect(window.model.index(row)).center()
    QTest.mouseClick(window.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(window.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert indexed.desktop.opened == [path]
    window.actions_.show_in_folder.trigger()
    indexed.wait(lambda: indexed.desktop.shown == [path])
    indexed.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    indexed.wait(lambda: QGuiApplication.clipboard().text() == path)
    indexed.desktop.can_open = False
    window.actions_.open_photo.trigger()
    indexed.wait(lambda: "no program" in window.message.text.text())


def test_the_details_of_the_current_photo(indexed: Driver):
    window = indexed.window
    window.grid.setCurrentIndex(window.model.index(indexed.names().index("chelsea.jpg")))
    details = window.details
    assert details._values["pixels"][1].text() == "451 × 300"  # noqa: RUF001
    indexed.wait(lambda: details.picture.pixmap().width() >= 240)


def test_an_unreadable_drop_says_so(indexed: Driver, tmp_path: Path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"this is no picture")
    drop(indexed, files(bad))
    indexed.wait(lambda: indexed.window.message.isVisible())
    assert "bad.jpg" in indexed.window.message.text.text()
    assert not indexed.window.model.shows_hits
    drop(indexed, files(tmp_path / "gone.jpg"))
    indexed.wait(lambda: "gone.jpg" in indexed.window.message.text.text())


def test_an_address_alone_is_not_fetched(indexed: Driver):
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/cat.jpg")])
    drop(indexed, mime)
    assert "nothing is fetched" in indexed.window.message.text.text()


def test_a_dropped_folder_is_added_after_a_question(driver: Driver, shipped_photos: Path):
    drop(driver, files(shipped_photos))
    driver.wait(lambda: driver.window.message.isVisible())
    assert driver.window.message.button.text() == "Add folder"
    assert not driver.window.runner.busy
    QTest.mouseClick(driver.window.message.button, Qt.MouseButton.LeftButton)
    assert driver.window.runner.busy
    driver.quiet()
    assert driver.window.model.rowCount() == 8


def test_a_search_in_an_empty_library_says_what_to_do(driver: Driver, copy_of_chelsea: Path):
    drop(driver, files(copy_of_chelsea))
    driver.wait(lambda: driver.window.message.isVisible())
    assert "empty" in driver.window.message.text.text()
    assert driver.window.message.button.text() == "Add folder…"
    assert "Choose a folder" in driver.window.empty.title.text()


def test_problems_are_listed_and_shown_in_their_folder(driver: Driver, tmp_path: Path, shipped_photos: Path):
    folder = tmp_path / "with a bad one"
    noise(folder, 2, side=40)
    (folder / "bad.jpg").write_bytes(b"no")
    driver.index(folder)
    side, problems = driver.window.side, driver.window.problems
    driver.wait(lambda: not side.item(side.count() - 1).isHidden())
    QTest.mouseClick(
        side.viewport(), Qt.MouseButton.LeftButton, pos=side.visualItemRect(side.item(side.count() - 1)).center()
    )
    assert driver.window.pages.currentWidget() is problems
    assert problems.table.topLevelItem(0).text(0) == "bad.jpg"
    problems.table.itemActivated.emit(problems.table.topLevelItem(0), 0)
    assert driver.desktop.shown == [str(folder / "bad.jpg")]
    side.place_requested.emit(ALL_PHOTOS)
    assert driver.window.pages.currentWidget() is driver.window.grid


def test_pause_resume_and_cancel(driver: Driver, tmp_path: Path):
    noise(tmp_path / "many", 200)
    seen = []
    driver.window.runner.progressed.connect(lambda done, total: seen.append((done, total)))
    driver.chooser.paths = (str(tmp_path / "many"),)
    driver.window.actions_.add_folder.trigger()
    driver.wait(lambda: bool(seen))
    QTest.mouseClick(driver.window.status.pause_button, Qt.MouseButton.LeftButton)
    assert driver.window.runner.paused
    assert driver.window.status.text.text().startswith("Paused at")
    QTest.mouseClick(driver.window.status.pause_button, Qt.MouseButton.LeftButton)
    assert not driver.window.runner.paused
    before = len(seen)
    driver.wait(lambda: len(seen) > before)
    QTest.mouseClick(driver.window.status.cancel_button, Qt.MouseButton.LeftButton)
    driver.quiet()
    assert 0 < driver.window.model.rowCount() < 200
    assert "F5" in driver.window.status.text.text()
    driver.press(Qt.Key.Key_F5)
    driver.quiet()
    assert driver.window.model.rowCount() == 200


def test_the_grid_is_live_while_indexing(driver: Driver, tmp_path: Path):
    noise(tmp_path / "many", 300)
    driver.chooser.paths = (str(tmp_path / "many"),)
    driver.window.runner.progressed.connect(lambda done, total: driver.window.runner.pause(200 <= done < total))
    driver.window.actions_.add_folder.trigger()
    driver.wait(lambda: driver.window.model.rowCount() > 0)
    assert driver.window.runner.busy
    driver.window.runner.progressed.disconnect()
    driver.window.runner.pause(False)
    driver.quiet()
    assert driver.window.model.rowCount() == 300


def test_closing_ends_a_paused_run(qtbot, tmp_path: Path):
    driver = Driver(qtbot, tmp_path / "library")
    driver.wait(lambda: driver.window.actions_.open_query.isEnabled())
    noise(tmp_path / "many", 200)
    seen = []
    driver.window.runner.progressed.connect(lambda done, total: seen.append(done))
    driver.window.indexing.add_folders([str(tmp_path / "many")])
    driver.wait(lambda: bool(seen))
    driver.window.runner.pause(True)  # a paused task must not hold the end up
    assert driver.window.status.pause_button.isChecked()
    driver.close()
    assert not driver.program.tasks.pending


def test_closing_at_once_is_clean(qtbot, tmp_path: Path):
    driver = Driver(qtbot, tmp_path / "library")
    driver.window.find_files([str(tmp_path)])
    driver.close()


def test_a_library_that_cannot_be_opened_says_why_and_can_be_tried_again(qtbot, tmp_path: Path):
    folder = tmp_path / "library"
    folder.write_bytes(b"a file, not a folder")
    driver = Driver(qtbot, folder)
    driver.wait(lambda: "cannot be opened" in driver.window.empty.title.text())
    assert str(folder) in driver.window.empty.words.text()
    folder.unlink()
    QTest.mouseClick(driver.window.empty.buttons[0], Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.window.actions_.open_query.isEnabled())
    driver.close()


def test_another_process_that_indexes_is_named(driver: Driver, shipped_photos: Path, tmp_path: Path):
    from filelock import FileLock

    with FileLock(tmp_path / "library" / "writer.lock"):
        driver.window.indexing.add_folders([str(shipped_photos)])
        driver.wait(lambda: driver.window.message.isVisible())
        assert "Another process" in driver.window.message.text.text()
        assert driver.window.message.button.text() == "Try again"
    QTest.mouseClick(driver.window.message.button, Qt.MouseButton.LeftButton)
    driver.quiet()
    assert driver.window.model.rowCount() == 8


def test_everything_that_can_be_pressed_has_a_name(indexed: Driver):
    for button in indexed.window.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.accessibleName() or button.text(), button
    for action in indexed.window.actions():
        if not action.shortcut().isEmpty():
            assert action.shortcut().toString() in action.toolTip()


def click_place(driver: Driver, row: int) -> None:
    side = driver.window.side
    QTest.mouseClick(side.viewport(), Qt.MouseButton.LeftButton, pos=side.visualItemRect(side.item(row)).center())


def test_a_folder_on_the_left_shows_its_photos_alone(indexed: Driver, tmp_path: Path, shipped_photos: Path):
    window, side = indexed.window, indexed.window.side
    noise(tmp_path / "a few", 3, side=40)
    indexed.index(tmp_path / "a few")
    assert window.model.rowCount() == 11
    rows = {side.item(row).text(): row for row in range(side.count())}
    click_place(indexed, rows["a few"])
    indexed.wait(lambda: window.model.rowCount() == 3)
    assert window.status.shown.text() == "3 photos shown"
    assert side.currentItem().text() == "a few"
    told = {side.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(3)}
    assert told == {"All photos, 11", "a few, 3", f"{shipped_photos.name}, 8"}
    window.find_files([str(shipped_photos / "coffee.jpg")])
    results(indexed)
    assert side.currentItem().text() == "All photos"
    click_place(indexed, rows["a few"])
    indexed.wait(lambda: window.model.rowCount() == 3)
    assert not window.model.shows_hits
    click_place(indexed, 0)
    indexed.wait(lambda: window.model.rowCount() == 11)


def test_the_menu_of_a_folder(indexed: Driver, shipped_photos: Path, tmp_path: Path):
    actions = [action for action in indexed.window.side.folder_menu(str(shipped_photos)).actions() if action.text()]
    rescan, show, _, _ = actions
    assert [action.text() for action in actions] == [
        "Look for changes", "Show in folder", "Has moved…", "Forget this folder…"
    ]  # fmt: skip
    show.trigger()
    assert indexed.desktop.shown == [str(shipped_photos)]
    rescan.trigger()
    assert indexed.window.runner.busy
    indexed.quiet()
    assert "Up to date" in indexed.window.status.text.text()


def test_paths_of_all_photos_are_copied_and_dragged(indexed: Driver, shipped_photos: Path):
    window = indexed.window
    indexed.wait(lambda: None not in indexed.names())
    indexed.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier, window.grid)
    window.actions_.copy_path.trigger()
    paths = sorted(str(path) for path in shipped_photos.iterdir())
    indexed.wait(lambda: QGuiApplication.clipboard().text() == "\n".join(paths))
    mime = window.photo_actions.dragged()
    assert [url.toLocalFile() for url in mime.urls()] == paths
    assert mime.hasFormat("text/uri-list")


def test_the_place_in_the_grid_survives_a_rescan(indexed: Driver, shipped_photos: Path):
    window = indexed.window
    row = indexed.names().index("coffee.jpg")
    window.grid.setCurrentIndex(window.model.index(row))
    added = shipped_photos / "a first one.jpg"
    Image.new("RGB", (60, 40), "green").save(added)
    try:
        window.actions_.rescan.trigger()
        indexed.quiet()
    finally:
        added.unlink()
    assert indexed.names()[0] == "a first one.jpg"
    assert window.grid.currentIndex().row() == row + 1
    assert len(window.grid.selected_ids()) == 1


def test_space_previews_and_arrows_step(indexed: Driver):
    window, preview = indexed.window, indexed.window.preview
    indexed.wait(lambda: None not in indexed.names())
    window.grid.setCurrentIndex(window.model.index(0))
    window.grid.setFocus()
    indexed.press(Qt.Key.Key_Space, widget=window.grid)
    assert preview.isVisible()
    assert preview.size() == window.size()
    indexed.wait(lambda: preview._image.width() > 300)
    QTest.keyClick(preview, Qt.Key.Key_Right)
    assert window.grid.currentIndex().row() == 1
    assert preview.accessibleName() == indexed.names()[1]
    QTest.keyClick(preview, Qt.Key.Key_Escape)
    assert not preview.isVisible()
    assert window.focusWidget() is window.grid
    indexed.press(Qt.Key.Key_Space, widget=window.grid)
    QTest.keyClick(preview, Qt.Key.Key_Space)
    assert not preview.isVisible()
