"""What a person, or a bad day, does to the window: it says what is the matter, and goes on."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbir_desktop.gui.query import FileSource, PastedSource
from cbir_desktop.settings import Folders
from cbir_desktop.store.catalog import Catalog
from tests.gui.conftest import Driver, noise

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

SHARED = Path(os.environ.get("CBIR_SHARED", "../shared"))
CTRL = Qt.KeyboardModifier.ControlModifier
WINDOW = "import sys; from cbir_desktop.gui.app import run; sys.exit(run(sys.argv[1:]))"


def paste(driver: Driver, mime: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(mime)
    driver.press(Qt.Key.Key_V, CTRL)


def drop(driver: Driver, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(driver.window, QDragEnterEvent(QPoint(400, 300), copy, mime, left, none))
    QApplication.sendEvent(driver.window, QDropEvent(QPointF(400, 300), copy, mime, left, none))


def find(driver: Driver, *paths: Path) -> list[str]:
    driver.window.find_files([str(path) for path in paths])
    driver.wait(lambda: driver.window.model.shows_hits)
    driver.quiet()
    return driver.names()


def told(driver: Driver, words: str) -> bool:
    return driver.window.message.isVisible() and words in driver.window.message.text.text()


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "data/bench/formats.tar").exists(), reason="needs the shared data")
def test_a_folder_of_strange_files_is_dropped_and_searched(driver: Driver, tmp_path: Path):
    folder = tmp_path / "formats"
    with tarfile.open(SHARED / "data/bench/formats.tar") as tar:
        tar.extractall(folder, filter="data")
    drop(driver, folder)
    driver.wait(lambda: told(driver, "Add the folder"))
    QTest.mouseClick(driver.window.message.button, Qt.MouseButton.LeftButton)
    driver.wait(lambda: driver.window.runner.busy)
    driver.quiet()
    assert driver.window.model.rowCount() > 200
    problems = driver.window.browsing.overview.problems
    assert len(problems) > 200
    assert all(problem.reason for problem in problems)
    photo = driver.window.model.photo(0)
    assert photo is not None
    assert find(driver, Path(photo.path))


def test_a_folder_that_is_renamed_while_a_search_runs(driver: Driver, shipped_photos: Path, tmp_path: Path):
    folder, query = tmp_path / "photos", shipped_photos / "coffee.jpg"
    folder.mkdir()
    for path in shipped_photos.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    driver.index(folder)
    driver.follow()
    driver.window.find_files([str(query), str(shipped_photos / "rocket.jpg")])
    folder.rename(tmp_path / "elsewhere")
    driver.wait(lambda: driver.window.model.shows_hits)
    driver.wait(lambda: any("offline" in state for _, state in driver.window.side.states()))
    driver.quiet()
    assert "astronaut.jpg" in driver.names()  # its thumbnail and its vector are known
    (tmp_path / "elsewhere").rename(folder)
    driver.wait(lambda: not any("offline" in state for _, state in driver.window.side.states()))
    assert "astronaut.jpg" in find(driver, query)


@pytest.mark.skipif(sys.platform == "win32", reason="kills as POSIX does")
def test_a_window_killed_while_it_indexes_goes_on_where_it_was(qtbot, shipped_photos: Path, tmp_path: Path):
    library, folder = tmp_path / "library", tmp_path / "photos"
    folder.mkdir()
    (folder / "first.jpg").write_bytes((shipped_photos / "coffee.jpg").read_bytes())
    driver = Driver(qtbot, library)
    driver.wait(driver.window.actions_.open_query.isEnabled)
    driver.index(folder)
    driver.close()
    noise(folder, 150)
    child = subprocess.Popen([sys.executable, "-c", WINDOW, "--library", str(library)])
    catalog = Catalog(Folders.of(library).data / "catalog.sqlite")
    try:
        driver.wait(lambda: len(catalog.photo_ids(None)) > 1)
    finally:
        child.kill()
        child.wait()
        catalog.close()
    driver = Driver(qtbot, library)
    driver.wait(lambda: driver.window.model.rowCount() == 151)
    driver.quiet()
    assert "first.jpg" in find(driver, shipped_photos / "chelsea.jpg")
    driver.close()


def test_pastes_that_are_no_query(indexed: Driver):
    empty, garbage, list_, words = (QMimeData() for _ in range(4))
    garbage.setData("image/png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    list_.setUrls([])
    words.setText("no path, only words\nof two lines")
    for mime in (empty, list_, words):
        indexed.window.message.clear()
        paste(indexed, mime)
        indexed.wait(lambda: told(indexed, "no picture on the clipboard"))
        indexed.quiet()
        assert not indexed.window.searcher.active
    paste(indexed, garbage)
    indexed.wait(lambda: told(indexed, "Cannot search with the pasted picture"))
    indexed.quiet()
    assert not indexed.window.model.shows_hits


def test_a_huge_picture_is_pasted(indexed: Driver):
    image = QImage(9000, 7000, QImage.Format.Format_Grayscale8)
    image.fill(90)
    mime = QMimeData()
    mime.setImageData(image)
    paste(indexed, mime)
    indexed.wait(lambda: indexed.window.model.shows_hits or indexed.window.message.isVisible())
    indexed.quiet()
    assert indexed.window.model.shows_hits, indexed.window.message.text.text()


def test_a_picture_of_one_pixel_and_a_region_of_it(indexed: Driver, tmp_path: Path):
    dot = tmp_path / "dot.png"
    Image.new("RGB", (1, 1), "red").save(dot)
    assert find(indexed, dot)
    page = indexed.window.region_page
    indexed.window.asking.search_region(FileSource(str(dot)))
    indexed.wait(lambda: page.canvas.has_picture)
    middle = page.canvas.rect().center()
    QTest.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(1, 1))
    indexed.press(Qt.Key.Key_Return, widget=page.canvas)
    indexed.quiet()
    assert indexed.window.fronts.currentWidget() is page  # nothing can be looked for in less than four pixels
    assert "outside" in page.words.text() or page.canvas.box is None
    indexed.press(Qt.Key.Key_Escape)
    assert indexed.window.fronts.currentWidget() is indexed.window.browser


def test_a_drag_of_one_pixel_on_a_photo(indexed: Driver, shipped_photos: Path):
    page = indexed.window.region_page
    indexed.window.asking.search_region(FileSource(str(shipped_photos / "coffee.jpg")))
    indexed.wait(lambda: page.canvas.has_picture)
    middle = page.canvas.rect().center()
    QTest.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(page.canvas, middle + QPoint(1, 1))
    QTest.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(1, 1))
    if page.canvas.box is not None:  # a click alone draws none
        indexed.press(Qt.Key.Key_Return, widget=page.canvas)
        indexed.wait(lambda: indexed.window.model.shows_hits)
        indexed.quiet()
        assert indexed.names()
    else:
        assert not page.search.isEnabled()


def test_fifty_examples_in_the_bar(indexed: Driver, tmp_path: Path):
    paths = noise(tmp_path / "many", 50, side=64)
    names = find(indexed, *paths)
    assert names
    window = indexed.window
    assert len(window.searcher.question.examples) == 50
    assert "42" in window.search_bar._more.text()
    assert window.search_bar.width() <= window.width()
    window.search_bar.chips[0].setFocus()
    indexed.press(Qt.Key.Key_Delete, widget=window.search_bar.chips[0])
    indexed.wait(lambda: len(window.searcher.question.examples) == 49)
    indexed.quiet()
    assert indexed.names()


@pytest.mark.parametrize(
    "text",
    [
        "this is [ no TOML",
        "decode_threads = -3\n",
        'decode_threads = "many"\n',
        'language = 5\nschema_version = "x"\n',
        "what_is_this = 1\n",
        '[shortcuts]\npaste = "Ctrl+V"\n',
    ],
)
def test_settings_of_nonsense_are_told_and_left_alone(qtbot, tmp_path: Path, text: str):
    file = Folders.of(tmp_path / "library").settings_file
    file.parent.mkdir(parents=True)
    file.write_text(text)
    driver = Driver(qtbot, tmp_path / "library")
    empty = driver.window.empty
    driver.wait(lambda: "cannot be opened" in empty.title.text())
    assert str(file) in empty.words.text()
    assert file.read_text() == text
    file.unlink()
    driver.window.empty_states._retry.trigger()
    driver.wait(driver.window.actions_.open_query.isEnabled)
    driver.close()


def test_a_picture_that_qt_cannot_hold_is_no_query(indexed: Driver):
    indexed.window.asking.ask([PastedSource(image=QImage())])
    indexed.wait(lambda: told(indexed, "cannot be read"))
    indexed.quiet()
    assert not indexed.window.searcher.active
