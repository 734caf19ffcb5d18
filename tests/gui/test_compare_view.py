"""The page as a person uses it: a real program, real files, keys, drops."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QSlider

from cbir_desktop.gui.compare_canvas import Mode
from cbir_desktop.gui.compare_view import CompareView
from cbir_desktop.gui.photo_model import Role
from cbir_desktop.gui.query import FileSource, PhotoSource
from cbir_desktop.library.relation_words import sentence
from cbir_desktop.library.verify import verify_files
from tests.gui.conftest import Driver, make_photo, noise

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def mirrored(shipped_photos: Path, tmp_path: Path) -> Path:
    """A crop of coffee.jpg, mirrored and saved with less quality."""
    path = tmp_path / "mirrored.jpg"
    ImageOps.mirror(Image.open(shipped_photos / "coffee.jpg").crop((100, 30, 500, 330))).save(path, quality=50)
    return path


def page(driver: Driver) -> CompareView:
    assert driver.window.fronts.currentWidget() is driver.window.comparing.view
    return driver.window.comparing.view


def compared(driver: Driver, *paths: Path) -> CompareView:
    """As by the menu and its dialog, until all is there."""
    driver.chooser.paths = tuple(map(str, paths))
    driver.window.actions_.compare_two.trigger()
    driver.quiet()
    return page(driver)


def drop(driver: Driver, place: QPoint, *paths: Path) -> Qt.DropAction:
    """What the page did with files that were let go there."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    either = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    view = page(driver)
    enter = QDragEnterEvent(place, either, mime, buttons, keys)
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(place), either, mime, buttons, keys)
    QApplication.sendEvent(view, event)
    return event.dropAction()


def test_two_files_are_compared(driver: Driver, shipped_photos: Path, mirrored: Path):
    view = compared(driver, shipped_photos / "coffee.jpg", mirrored)
    assert view.words.text() == sentence(verify_files(str(shipped_photos / "coffee.jpg"), str(mirrored)))
    assert "mirrored" in view.words.text()
    assert "matches agree" in view.words.text()
    cells = view.facts.values
    assert [cell.text() for cell in cells["pixels"][1:]] == ["600 × 400 ✓", "400 × 300"]  # noqa: RUF001
    assert [cell.text() for cell in cells["jpeg_quality"][1:]] == ["92 ✓", "50"]
    assert cells["pixels"][1].accessibleName() == "Pixels, A: 600 × 400, the better one"  # noqa: RUF001
    assert "coffee.jpg" in view.facts.names[0].text()
    assert view.canvas._over.boundingRect().width() == 600


def test_unrelated_pictures_are_not_proved_and_nothing_is_better(driver: Driver, shipped_photos: Path):
    view = compared(driver, shipped_photos / "coffee.jpg", shipped_photos / "chelsea.jpg")
    assert view.words.text().startswith("Not proved")
    assert not [cell for cells in view.facts.values.values() for cell in cells[1:] if "✓" in cell.text()]
    assert not view.toolbar.modes[Mode.MATCHES].isEnabled()
    assert "no matches" in view.toolbar.modes[Mode.MATCHES].toolTip()
    view.set_mode(Mode.OVERLAY)
    assert "edge to edge" in view.words.text()
    assert view.canvas._over.isVisible()


def test_a_picture_that_cannot_be_read_says_why(driver: Driver, shipped_photos: Path, tmp_path: Path):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"this is no picture")
    view = compared(driver, shipped_photos / "coffee.jpg", bad)
    assert view.canvas.words[1].startswith("Cannot be read: not an image")
    assert view.words.text().startswith("Not compared")
    assert "bad.jpg" in view.words.text()
    view = compared(driver, tmp_path / "gone.jpg", bad)
    assert "gone" in view.canvas.words[0]


@pytest.mark.parametrize(
    ("volume", "words"), [("Holidays", "offline, on drive Holidays"), ("/", "offline: its folder is not there now")]
)
def test_a_photo_whose_drive_is_away_says_so(driver: Driver, shipped_photos: Path, volume: str, words: str):
    away = replace(make_photo(1), state="offline", volume=volume)
    driver.window.comparing.compare(FileSource(str(shipped_photos / "coffee.jpg")), PhotoSource(away))
    driver.quiet()
    assert page(driver).canvas.words[1] == f"Cannot be read: {words}"


def test_nothing_is_read_while_the_window_waits(driver: Driver, shipped_photos: Path, mirrored: Path):
    driver.window.comparing.compare_files([str(shipped_photos / "coffee.jpg"), str(mirrored)])
    view = page(driver)
    assert view.words.text() == "Comparing…"
    assert view.canvas.words == ["Reading…", "Reading…"]
    assert driver.program.tasks.pending >= 3  # and what else the program does
    driver.quiet()


def test_the_window_answers_while_pictures_are_compared(driver: Driver, tmp_path: Path):
    """The longest time that nothing was painted or heard is a small part of all the work."""
    paths = [str(path) for path in noise(tmp_path / "large", 2, side=3500)]
    gaps, last = [], [time.monotonic()]

    def beat() -> None:
        now = time.monotonic()
        gaps.append(now - last[0])
        last[0] = now

    timer = QTimer(interval=2)
    timer.timeout.connect(beat)
    timer.start()
    started = last[0] = time.monotonic()
    driver.window.comparing.compare_files(paths)
    driver.quiet()
    timer.stop()
    assert page(driver).canvas._is_laid_over
    assert max(gaps) < (time.monotonic() - started) / 3


def test_late_answers_of_an_earlier_pair_are_dropped(driver: Driver, shipped_photos: Path, tmp_path: Path):
    slow = [str(path) for path in noise(tmp_path / "large", 2, side=3000)]
    comparing, quick = driver.window.comparing, [str(shipped_photos / name) for name in ("coffee.jpg", "chelsea.jpg")]
    comparing.compare_files(slow)
    comparing.compare_files(quick)
    view = page(driver)
    seen = set()
    view.canvas.camera_moved.connect(lambda: seen.update(one.shown.full_size for one in view._pictures if one))
    driver.quiet()
    assert seen == {(600, 400), (451, 300)}
    comparing.compare_files(slow)
    driver.press(Qt.Key.Key_Escape)
    driver.quiet()
    assert view._pictures == [None, None]


def test_a_result_is_compared_with_the_query(indexed: Driver, mirrored: Path):
    window = indexed.window
    window.find_files([str(mirrored)])
    indexed.wait(lambda: window.model.shows_hits)
    row = indexed.names().index("coffee.jpg")
    window.grid.setCurrentIndex(window.model.index(row))
    assert "Compare with the query" in [action.text() for action in window.photo_actions.menu().actions()]
    indexed.press(Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier, window.grid)
    indexed.wait(lambda: window.fronts.currentIndex() == 1)
    indexed.quiet()
    view = page(indexed)
    assert "mirrored.jpg" in view.facts.names[0].text()
    assert "coffee.jpg" in view.facts.names[1].text()
    assert "mirrored" in view.words.text()
    assert view.canvas.hasFocus()
    indexed.press(Qt.Key.Key_Escape, widget=view.canvas)
    assert window.fronts.currentWidget() is window.browser
    assert window.model.shows_hits  # Escape leaves the comparison, not the answer
    assert window.grid.hasFocus()
    assert window.grid.currentIndex().row() == row


def test_page_keys_go_through_the_results(indexed: Driver, mirrored: Path):
    window = indexed.window
    window.find_files([str(mirrored)])
    indexed.wait(lambda: window.model.shows_hits and None not in indexed.names())
    window.grid.setCurrentIndex(window.model.index(0))
    window.actions_.compare.trigger()
    indexed.wait(lambda: window.fronts.currentIndex() == 1)
    view, names = page(indexed), indexed.names()
    for key, row in (
        (Qt.Key.Key_PageDown, 1),
        (Qt.Key.Key_PageDown, 2),
        (Qt.Key.Key_PageUp, 1),
        (Qt.Key.Key_PageUp, 0),
    ):
        indexed.press(key, widget=view.canvas)
        indexed.wait(lambda row=row: names[row] in view.facts.names[1].text())
        assert "mirrored.jpg" in view.facts.names[0].text()
    indexed.press(Qt.Key.Key_PageUp, widget=view.canvas)  # there is none before the first
    indexed.quiet()
    assert names[0] in view.facts.names[1].text()
    window.comparing.compare_files([])
    assert not [button for button, _ in view._steps if button.isVisible()]


def test_two_selected_photos_are_compared(indexed: Driver):
    window = indexed.window
    indexed.wait(lambda: None not in indexed.names())
    names = indexed.names()
    window.grid.setCurrentIndex(window.model.index(names.index("motorcycle_left.jpg")))
    assert not window.actions_.compare.isEnabled()
    rows = [names.index(f"motorcycle_{side}.jpg") for side in ("left", "right")]
    window.grid.select_rows(
        [range(row, row + 1) for row in rows], window.grid.selectionModel().SelectionFlag.ClearAndSelect
    )
    assert window.actions_.compare.isEnabled()
    assert window.actions_.compare.text() == "Compare the two photos"
    window.actions_.compare.trigger()
    indexed.wait(lambda: window.fronts.currentIndex() == 1)
    indexed.quiet()
    view = page(indexed)
    assert ["left" in view.facts.names[0].text(), "right" in view.facts.names[1].text()] == [True, True]
    assert view.verdict.proved


def test_a_pasted_query_is_compared_too(indexed: Driver, shipped_photos: Path):
    window, mime = indexed.window, QMimeData()
    mime.setImageData(QImage(str(shipped_photos / "coffee.jpg")).flipped(Qt.Orientation.Horizontal))
    QGuiApplication.clipboard().setMimeData(mime)
    window.actions_.paste.trigger()
    indexed.wait(lambda: window.model.shows_hits)
    window.grid.setCurrentIndex(window.model.index(indexed.names().index("coffee.jpg")))
    window.actions_.compare.trigger()
    indexed.wait(lambda: window.fronts.currentIndex() == 1)
    indexed.quiet()
    view = page(indexed)
    assert "the pasted picture" in view.facts.names[0].text()
    assert "mirrored" in view.words.text()


def test_pictures_are_dropped_on_the_page(driver: Driver, shipped_photos: Path, mirrored: Path):
    coffee, chelsea = shipped_photos / "coffee.jpg", shipped_photos / "chelsea.jpg"
    view = compared(driver)
    assert "Drop two pictures here" in view.words.text()
    left, right = QPoint(100, 300), QPoint(view.width() - 100, 300)
    assert drop(driver, right, coffee) == Qt.DropAction.CopyAction  # a move would delete the file at its source
    driver.quiet()
    assert view.sources[0] is None
    assert "coffee.jpg" in view.facts.names[1].text()
    drop(driver, right, mirrored)  # the free place is on the left
    driver.quiet()
    assert ["mirrored" in view.facts.names[0].text(), "coffee" in view.facts.names[1].text()] == [True, True]
    drop(driver, left, chelsea)
    driver.quiet()
    assert "chelsea.jpg" in view.facts.names[0].text()
    assert view.words.text().startswith("Not proved")
    drop(driver, left, coffee, mirrored)
    driver.quiet()
    assert "mirrored" in view.words.text()


@pytest.fixture
def view(driver: Driver, shipped_photos: Path, mirrored: Path) -> CompareView:
    return compared(driver, shipped_photos / "coffee.jpg", mirrored)


def test_each_mode_has_its_key(driver: Driver, view: CompareView):
    keys = {
        Qt.Key.Key_W: Mode.SWIPE,
        Qt.Key.Key_F: Mode.FLICKER,
        Qt.Key.Key_D: Mode.DIFFERENCE,
        Qt.Key.Key_O: Mode.OVERLAY,
        Qt.Key.Key_M: Mode.MATCHES,
        Qt.Key.Key_S: Mode.SIDE_BY_SIDE,
    }
    for key, mode in keys.items():
        driver.press(key, widget=view.canvas)
        assert view.canvas.mode is mode
        assert view.toolbar.modes[mode].isChecked()
        assert view.toolbar.level.isVisible() == (mode in (Mode.SWIPE, Mode.OVERLAY, Mode.MATCHES))


def test_tab_flicks_and_f6_leaves_the_pictures(driver: Driver, view: CompareView):
    canvas = view.canvas
    driver.activate()
    canvas.setFocus()
    for expected in (True, False, True):
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        assert canvas.mode is Mode.FLICKER
        assert canvas.shows_b is expected
        assert canvas._over.isVisible() is expected
        assert canvas.hasFocus()
    assert canvas.accessibleName().endswith("Flicker: B")
    QTest.keyClick(canvas, Qt.Key.Key_F6)
    assert not canvas.hasFocus()
    other = driver.window.focusWidget()
    assert isinstance(other, QAbstractButton | QSlider)
    QTest.keyClick(other, Qt.Key.Key_Tab)
    assert canvas.shows_b is True  # there Tab goes on as everywhere
    QTest.keyClick(driver.window.focusWidget(), Qt.Key.Key_QuoteLeft)
    assert canvas.shows_b is False  # the backquote flicks anywhere
    QTest.keyClick(driver.window.focusWidget(), Qt.Key.Key_F6)
    assert canvas.hasFocus()


def test_zoom_pan_and_slider_by_keys(driver: Driver, view: CompareView):
    canvas = view.canvas
    fitted = canvas.camera
    driver.press(Qt.Key.Key_Plus, widget=canvas)
    assert canvas.camera.zoom == pytest.approx(fitted.zoom * 1.25)
    driver.press(Qt.Key.Key_Right, widget=canvas)
    assert canvas.camera.x > fitted.x
    driver.press(Qt.Key.Key_1, widget=canvas)
    assert canvas.camera.zoom * view.devicePixelRatio() == pytest.approx(1)
    assert view.toolbar.zoom.text() == "100 %"
    driver.press(Qt.Key.Key_0, widget=canvas)
    assert canvas.camera == fitted
    driver.press(Qt.Key.Key_O, widget=canvas)
    driver.press(Qt.Key.Key_BracketRight, widget=canvas)
    assert canvas.levels[Mode.OVERLAY] == pytest.approx(0.55)
    assert canvas._over.opacity() == pytest.approx(0.55)
    driver.press(Qt.Key.Key_BracketLeft, widget=canvas)
    assert view.toolbar.level.value() == 50


def test_b_is_turned_like_a(driver: Driver, view: CompareView):
    before = view.canvas.views()[1]
    driver.press(Qt.Key.Key_T, widget=view.canvas)
    after = view.canvas.views()[1]
    assert before[0, 0] > 0 > after[0, 0]  # mirrored back
    assert view.toolbar.turn.isChecked()


def test_everything_on_the_page_has_a_name(driver: Driver, view: CompareView):
    for mode in Mode:
        view.set_mode(mode)
        for widget in (*view.findChildren(QAbstractButton), *view.findChildren(QSlider)):
            if widget.isVisible():
                assert widget.accessibleName(), widget
                assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert view.canvas.accessibleName()
    assert "F6" in view.canvas.accessibleDescription()


def test_the_page_does_not_make_the_window_wide(driver: Driver, view: CompareView):
    assert view.minimumSizeHint().width() < 400
    driver.window.resize(700, 500)
    assert driver.window.width() <= driver.window.browser.minimumSizeHint().width() + 1 or driver.window.width() == 700
    zoom = view.toolbar.zoom_fit
    button = next(one for one in view.toolbar.findChildren(QAbstractButton) if one.text() == zoom.text())
    button.setFocus(Qt.FocusReason.TabFocusReason)
    driver.wait(lambda: view.facts.isVisible())
    assert view.facts.parentWidget().height() >= view.facts.minimumSizeHint().height()


def test_closing_in_the_middle_of_a_comparison(driver: Driver, tmp_path: Path):
    slow = [str(path) for path in noise(tmp_path / "large", 2, side=3000)]
    driver.window.comparing.compare_files(slow)  # the fixture closes the program, and looks for what is left behind


def badges(driver: Driver) -> dict[str, str]:
    model = driver.window.model
    rows = [model.index(row) for row in range(model.rowCount())]
    return {index.data(): index.data(Role.BADGE) for index in rows}


def test_results_get_badges_of_what_is_proved(indexed: Driver, mirrored: Path):
    window = indexed.window
    window.find_files([str(mirrored)])
    indexed.wait(lambda: window.model.shows_hits)
    assert set(badges(indexed).values()) == {""}
    indexed.wait(lambda: "mirrored" in badges(indexed)["coffee.jpg"])
    indexed.quiet()
    assert {name for name, words in badges(indexed).items() if words} == {"coffee.jpg"}
    index = window.model.index(indexed.names().index("coffee.jpg"))
    assert "mirrored" in index.data(Qt.ItemDataRole.AccessibleTextRole)
    window.grid.setCurrentIndex(index)
    title, value = window.details._values["relation"]
    assert (title.isVisible(), value.text()) == (True, index.data(Role.BADGE))
    button = next(one for one in window.details.findChildren(QAbstractButton))
    assert (button.isVisible(), button.text()) == (True, "Compare with the query")
    indexed.press(Qt.Key.Key_Escape, widget=window.grid)
    assert set(badges(indexed).values()) == {""}
    assert not button.isVisible()
    assert not value.isVisible()


def test_a_new_question_ends_the_proofs_of_the_old(indexed: Driver, mirrored: Path, shipped_photos: Path):
    window = indexed.window
    window.find_files([str(mirrored)])
    indexed.wait(lambda: window.badges._running is not None)
    old = window.badges._running
    window.find_files([str(shipped_photos / "motorcycle_left.jpg")])
    assert old.task.cancelled
    indexed.wait(lambda: window.model.shows_hits and "coffee.jpg" in indexed.names())
    indexed.wait(lambda: bool(badges(indexed).get("motorcycle_right.jpg")))
    indexed.quiet()
    assert not badges(indexed)["coffee.jpg"]


def test_photos_of_the_library_have_no_badges(indexed: Driver):
    indexed.quiet()
    assert indexed.window.badges._running is None
    assert set(badges(indexed).values()) == {""}
