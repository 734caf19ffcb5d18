"""What can be done with selected photos: to the trash and back, with another program, as a picture; and ways in that
take a question first."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QMessageBox

from cbir_desktop.gui.programs import OtherProgram, programs_for
from cbir_desktop.gui.query import PastedSource
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def choose(driver: Driver, name: str) -> None:
    driver.wait(lambda: name in driver.names())
    driver.window.grid.setCurrentIndex(driver.window.model.index(driver.names().index(name)))
    driver.window.grid.setFocus()


def drop(driver: Driver, mime: QMimeData) -> None:
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(driver.window, QDragEnterEvent(QPoint(400, 300), copy, mime, left, none))
    QApplication.sendEvent(driver.window, QDropEvent(QPointF(400, 300), copy, mime, left, none))


@pytest.fixture
def with_copy(home: Path, driver: Driver, shipped_photos: Path, tmp_path: Path) -> Driver:
    """A library in which one photo lies twice; its trash is a folder of the test."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("coffee.jpg", "rocket.jpg"):
        (folder / name).write_bytes((shipped_photos / name).read_bytes())
    (folder / "a copy.jpg").write_bytes((folder / "coffee.jpg").read_bytes())
    driver.index(folder)
    return driver


def test_to_the_trash_and_back(with_copy: Driver, tmp_path: Path):
    driver, message = with_copy, with_copy.window.message
    paths = [tmp_path / "photos" / name for name in ("a copy.jpg", "coffee.jpg")]
    choose(driver, "a copy.jpg")
    driver.press(Qt.Key.Key_Delete, widget=driver.window.grid)
    driver.wait(lambda: message.isVisible())
    driver.quiet()
    gone = [path for path in paths if not path.exists()]
    assert len(gone) == 1
    assert "1 file moved to the trash" in message.text.text()
    driver.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    driver.wait(lambda: "back out of the trash" in message.text.text())
    driver.quiet()
    assert all(path.exists() for path in paths), message.text.text()


def trash_question(driver: Driver) -> QMessageBox:
    """The question that Delete brings up."""
    driver.press(Qt.Key.Key_Delete, widget=driver.window.grid)
    driver.wait(lambda: isinstance(QApplication.activeModalWidget(), QMessageBox))
    return QApplication.activeModalWidget()


def button(box: QMessageBox, words: str) -> QAbstractButton:
    return next(one for one in box.buttons() if words in one.text())


def test_a_last_copy_goes_after_a_question_and_comes_back(with_copy: Driver, tmp_path: Path):
    driver, message, path = with_copy, with_copy.window.message, tmp_path / "photos" / "rocket.jpg"
    choose(driver, "rocket.jpg")
    box = trash_question(driver)
    assert "“rocket.jpg”" in box.text()
    assert "No other file here has the same bytes" in box.informativeText()
    assert "Ctrl+Z" in box.informativeText()
    QTest.mouseClick(button(box, "Cancel"), Qt.MouseButton.LeftButton)
    driver.quiet()
    assert path.exists()
    assert not driver.window.actions_.undo_trash.isEnabled()
    QTest.keyClick(trash_question(driver), Qt.Key.Key_Return)
    driver.wait(message.isVisible)
    driver.quiet()
    assert message.text.text() == "1 file moved to the trash."
    assert not path.exists()
    assert "rocket.jpg" not in driver.names()
    driver.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    driver.wait(lambda: "back out of the trash" in message.text.text())
    driver.wait(lambda: "rocket.jpg" in driver.names())
    assert path.exists()


def test_of_several_only_those_with_a_copy_may_go(with_copy: Driver, tmp_path: Path):
    driver, folder = with_copy, tmp_path / "photos"
    driver.wait(lambda: len(driver.names()) == 2)
    driver.window.grid.setFocus()
    driver.window.grid.selectAll()
    box = trash_question(driver)
    assert "2 photos" in box.text()
    QTest.mouseClick(button(box, "Only those with another copy"), Qt.MouseButton.LeftButton)
    driver.wait(driver.window.message.isVisible)
    driver.quiet()
    assert "“rocket.jpg” stays" in driver.window.message.text.text()
    assert (folder / "rocket.jpg").exists()
    assert len(list(folder.iterdir())) == 2


def test_what_went_comes_back_after_a_restart(home: Path, qtbot, shipped_photos: Path, tmp_path: Path):
    folder = tmp_path / "photos"
    folder.mkdir()
    bytes_ = (shipped_photos / "rocket.jpg").read_bytes()
    (folder / "rocket.jpg").write_bytes(bytes_)
    driver = Driver(qtbot, tmp_path / "library")
    driver.wait(driver.window.actions_.open_query.isEnabled)
    driver.index(folder)
    choose(driver, "rocket.jpg")
    QTest.mouseClick(button(trash_question(driver), "Move to the trash"), Qt.MouseButton.LeftButton)
    driver.wait(driver.window.message.isVisible)
    driver.quiet()
    assert not (folder / "rocket.jpg").exists()
    driver.close()
    driver = Driver(qtbot, tmp_path / "library")
    driver.wait(driver.window.actions_.open_query.isEnabled)
    driver.quiet()
    driver.wait(driver.window.actions_.undo_trash.isEnabled)
    driver.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # no photo is left to be shown
    driver.wait(lambda: "back out of the trash" in driver.window.message.text.text())
    driver.quiet()
    assert (folder / "rocket.jpg").read_bytes() == bytes_
    driver.close()


def test_delete_in_another_part_of_the_window_moves_no_file(with_copy: Driver, tmp_path: Path):
    choose(with_copy, "a copy.jpg")
    side = with_copy.window.side
    side.setFocus()
    with_copy.press(Qt.Key.Key_Delete, widget=side)
    with_copy.quiet()
    assert len(list((tmp_path / "photos").iterdir())) == 3


def test_a_picture_is_copied_with_its_file(indexed: Driver, shipped_photos: Path):
    QGuiApplication.clipboard().clear()
    choose(indexed, "coffee.jpg")
    indexed.press(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier, indexed.window.grid)
    indexed.wait(lambda: QGuiApplication.clipboard().mimeData().hasImage())
    mime = QGuiApplication.clipboard().mimeData()
    assert mime.imageData().size().toTuple() == Image.open(shipped_photos / "coffee.jpg").size
    assert [url.toLocalFile() for url in mime.urls()] == [str(shipped_photos / "coffee.jpg")]


def test_a_photo_is_opened_with_another_program(indexed: Driver, shipped_photos: Path):
    program = OtherProgram("Painter", ("painter", "%f"))
    indexed.desktop.known = [program]
    choose(indexed, "coffee.jpg")
    indexed.window.actions_.open_with.trigger()
    indexed.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert [action.text() for action in menu.actions()] == ["Painter"]
    menu.actions()[0].trigger()
    menu.close()
    assert indexed.desktop.started == [(program, str(shipped_photos / "coffee.jpg"))]


def test_programs_are_read_from_desktop_entries(qapp, tmp_path: Path):
    def entry(folder: str, name: str, *lines: str) -> None:
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / f"{name}.desktop").write_text("\n".join(("[Desktop Entry]", *lines, "[Other]", "Name=No")))

    entry("own", "a", "Name=Viewer", 'Exec=view "--as is" %U %i', "MimeType=image/jpeg;image/png;")
    entry("system", "a", "Name=Old", "Exec=old", "MimeType=image/jpeg;")  # the user's own takes its place
    entry("system", "b", "Name=Editor", "Exec=edit", "MimeType=image/jpeg;")
    entry("system", "c", "Name=Player", "Exec=play", "MimeType=audio/mpeg;")
    entry("system", "d", "Name=Hidden", "Exec=hide", "MimeType=image/jpeg;", "NoDisplay=true")
    found = programs_for("/pictures/x.jpg", [str(tmp_path / "own"), str(tmp_path / "system"), str(tmp_path / "none")])
    assert [program.name for program in found] == ["Editor", "Viewer"]
    assert found[0].words("/x.jpg") == ["edit", "/x.jpg"]
    assert found[1].words("/x.jpg") == ["view", "--as is", "/x.jpg"]


def test_a_dropped_folder_can_be_asked_with(indexed: Driver, shipped_photos: Path, tmp_path: Path):
    folder = tmp_path / "two"
    folder.mkdir()
    for name in ("motorcycle_left.jpg", "coffee.jpg"):
        Image.open(shipped_photos / name).resize((300, 200)).save(folder / name)
    (folder / "notes.txt").write_text("no picture")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(folder))])
    drop(indexed, mime)
    message = indexed.window.message
    indexed.wait(lambda: message.isVisible())
    QTest.mouseClick(message.other, Qt.MouseButton.LeftButton)
    indexed.wait(lambda: indexed.window.model.shows_hits)
    indexed.quiet()
    assert len(indexed.window.search_bar.chips) == 2
    assert not indexed.window.runner.busy


@pytest.fixture
def web(shipped_photos: Path) -> Iterator[str]:
    """The address of a picture on a server of this machine."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *given) -> None:
            super().__init__(*given, directory=str(shipped_photos))

        def log_message(self, *_given) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def allow_fetching(driver: Driver) -> None:
    driver.window.actions_.settings.trigger()
    dialog = driver.window.living.settings.dialog
    driver.wait(lambda: dialog.tabs.isEnabled())
    dialog.form.editor("fetch_remote").setChecked(True)
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.window.living.settings.dialog is None)
    driver.quiet()


def test_an_address_is_fetched_after_a_question(indexed: Driver, web: str):
    allow_fetching(indexed)
    message = indexed.window.message
    mime = QMimeData()
    mime.setUrls([QUrl(f"{web}/chelsea.jpg")])
    drop(indexed, mime)
    assert "127.0.0.1" in message.text.text()
    assert not indexed.window.searcher.active
    QTest.mouseClick(message.button, Qt.MouseButton.LeftButton)
    indexed.wait(lambda: indexed.window.model.shows_hits)
    indexed.quiet()
    assert isinstance(indexed.window.searcher.sources[0], PastedSource)
    mime = QMimeData()
    mime.setText(f"{web}/nothing.jpg")
    QGuiApplication.clipboard().setMimeData(mime)
    indexed.press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QTest.mouseClick(message.button, Qt.MouseButton.LeftButton)
    indexed.wait(lambda: "not fetched" in message.text.text())
