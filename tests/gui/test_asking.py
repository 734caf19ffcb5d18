"""Questions as a person asks and changes them, in a real window on a real library."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbir_desktop.core.region import Region
from cbir_desktop.gui.photo_model import Role
from cbir_desktop.gui.query import FileSource
from cbir_desktop.gui.question import Example, Question
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")

CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def answered(driver: Driver) -> list[str]:
    driver.wait(lambda: driver.window.model.shows_hits)
    driver.quiet()
    return driver.names()


def find(driver: Driver, *paths: Path) -> list[str]:
    driver.window.find_files([str(path) for path in paths])
    return answered(driver)


def drop_at(driver: Driver, place: QPoint, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(place, copy, mime, left, none),
        QDragMoveEvent(place, copy, mime, left, none),
        QDropEvent(QPointF(place), copy, mime, left, none),
    ):
        QApplication.sendEvent(driver.window, event)


def in_the_bar(driver: Driver) -> QPoint:
    bar = driver.window.search_bar
    return bar.mapTo(driver.window, bar.rect().center())


@pytest.fixture
def asked(indexed: Driver, shipped_photos: Path) -> Driver:
    """The answer to one picture is shown."""
    find(indexed, shipped_photos / "coffee.jpg")
    return indexed


def test_what_is_dropped_on_the_bar_is_added(asked: Driver, shipped_photos: Path):
    drop_at(asked, in_the_bar(asked), shipped_photos / "rocket.jpg")
    asked.wait(lambda: len(asked.window.search_bar.chips) == 2)
    names = answered(asked)
    assert not {"coffee.jpg", "rocket.jpg"} & set(names)
    drop_at(asked, QPoint(400, 400), shipped_photos / "chelsea.jpg")
    asked.wait(lambda: len(asked.window.search_bar.chips) == 1)


def test_an_example_becomes_what_is_not_wanted(asked: Driver, shipped_photos: Path):
    def score(name: str) -> float:
        row = asked.names().index(name)
        return asked.window.model.index(row).data(Role.SCORE)

    drop_at(asked, in_the_bar(asked), shipped_photos / "motorcycle_left.jpg")
    asked.wait(lambda: len(asked.window.search_bar.chips) == 2)
    answered(asked)
    before = score("motorcycle_right.jpg")
    chip = asked.window.search_bar.chips[1]
    chip.setFocus()
    asked.press(Qt.Key.Key_Minus, widget=chip)
    asked.quiet()
    assert asked.window.asking.question.examples[1].minus
    assert asked.window.search_bar.chips[1] is chip
    assert chip.accessibleName().startswith("Less like")
    assert score("motorcycle_right.jpg") < before - 0.2
    asked.press(Qt.Key.Key_Up, widget=chip)
    assert asked.window.asking.question.examples[1].weight == 1.1
    asked.press(Qt.Key.Key_Delete, widget=chip)
    asked.wait(lambda: len(asked.window.search_bar.chips) == 1)
    asked.quiet()


def test_the_last_wanted_example_stays_wanted(asked: Driver):
    chip = asked.window.search_bar.chips[0]
    asked.press(Qt.Key.Key_Minus, widget=chip)
    assert not asked.window.asking.question.examples[0].minus
    assert not chip.example.minus


def test_the_panel_of_an_example_by_keyboard(asked: Driver):
    bar = asked.window.search_bar
    bar.chips[0].setFocus()
    asked.press(Qt.Key.Key_Return, widget=bar.chips[0])
    panel = bar.panel
    assert panel.isVisible()
    for _ in range(5):
        QTest.keyClick(panel.weight, Qt.Key.Key_Right)
    asked.quiet()
    assert asked.window.asking.question.examples[0].weight == 1.5
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    asked.wait(lambda: bar.panel is None)
    assert asked.window.model.shows_hits  # Escape closed the panel alone


def test_removing_the_last_example_shows_all_photos(asked: Driver):
    asked.press(Qt.Key.Key_Delete, widget=asked.window.search_bar.chips[0])
    assert not asked.window.model.shows_hits
    assert asked.window.model.rowCount() == 8


def test_back_and_forward(asked: Driver, shipped_photos: Path):
    window = asked.window
    find(asked, shipped_photos / "chelsea.jpg")
    assert "coffee.jpg" in asked.names()
    asked.press(Qt.Key.Key_Left, ALT)
    asked.wait(lambda: "coffee.jpg" not in asked.names())
    asked.quiet()
    assert window.asking.question.examples[0].source == FileSource(str(shipped_photos / "coffee.jpg"))
    asked.press(Qt.Key.Key_Left, ALT)
    assert not window.model.shows_hits
    assert not window.actions_.back.isEnabled()
    asked.press(Qt.Key.Key_Right, ALT)
    asked.wait(lambda: window.model.shows_hits)
    asked.quiet()
    QTest.mouseClick(window.grid.viewport(), Qt.MouseButton.ForwardButton)
    asked.wait(lambda: "coffee.jpg" in asked.names())
    asked.quiet()


def test_the_threshold_and_the_sort_need_no_new_search(asked: Driver):
    window = asked.window
    bar = window.narrowing.threshold
    assert bar.isVisible()
    scores = [window.model.index(row).data(Role.SCORE) for row in range(7)]
    pending = asked.program.tasks.pending
    bar.slider.setValue(bar.slider.maximum())
    assert asked.names() == asked.names()[:1]
    assert window.status.shown.text() == "1 photo shown"
    bar.slider.setValue(0)
    assert [window.model.index(row).data(Role.SCORE) for row in range(7)] == scores
    window.narrowing.sorts["name"].trigger()
    assert asked.names() == sorted(asked.names())
    window.narrowing.reversed.trigger()
    assert asked.names() == sorted(asked.names(), reverse=True)
    assert asked.program.tasks.pending <= pending + 7  # thumbnails and badges


def test_filters_hide_and_show_again(asked: Driver):
    window = asked.window
    QTest.mouseClick(window.narrowing.filter_button, Qt.MouseButton.LeftButton)
    panel = window.narrowing.panel
    assert panel.isVisible()
    assert panel.format.count() == 2  # any, JPEG
    panel.bytes.setValue(50)
    panel.close()
    assert window.model.rowCount() == 0
    assert "Nothing left" in window.empty.title.text()
    assert window.narrowing.filter_button.text().endswith("• ▾")
    QTest.mouseClick(window.empty.buttons[0], Qt.MouseButton.LeftButton)
    assert window.model.rowCount() == 7


def test_by_copy_streams_proofs_into_the_order(indexed: Driver, shipped_photos: Path, tmp_path: Path):
    window = indexed.window
    crop = tmp_path / "crop.jpg"
    Image.open(shipped_photos / "coffee.jpg").crop((100, 50, 500, 350)).save(crop, quality=90)
    find(indexed, crop)
    window.by.panel.choices["copy"].click()
    indexed.wait(lambda: window.searcher.question.by == "copy")
    indexed.quiet()
    assert indexed.names()[0] == "coffee.jpg"
    assert window.model.index(0).data(Role.BADGE)
    assert window.model.index(0).data(Role.SCORE) > 0.9
    assert "Copies of" in window.search_bar.hint.text()
    window.by.panel.choices["layout"].click()
    indexed.quiet()
    assert indexed.names()[0]
    window.by.panel.choices["content"].click()
    window.by.panel.blend.setValue(10)
    indexed.quiet()
    assert window.asking.question.blend == 0.5
    assert "50 %" in window.by.text()


def test_a_region_is_drawn_and_found(indexed: Driver, shipped_photos: Path):
    window = indexed.window
    row = indexed.names().index("coffee.jpg")
    window.grid.setCurrentIndex(window.model.index(row))
    window.grid.setFocus()
    indexed.press(Qt.Key.Key_R, CTRL)
    page = window.region_page
    indexed.wait(lambda: window.fronts.currentWidget() is page and page.canvas.has_picture)
    place = page.canvas.to_screen()
    a, b = (place.map(QPointF(*point)).toPoint() for point in ((100, 60), (400, 300)))
    QTest.mousePress(page.canvas, Qt.MouseButton.LeftButton, pos=a)
    QTest.mouseMove(page.canvas, b)
    QTest.mouseRelease(page.canvas, Qt.MouseButton.LeftButton, pos=b)
    box = page.canvas.box
    assert abs(box.x - 250) < 3
    assert abs(box.width - 300) < 3
    QTest.mouseClick(page.search, Qt.MouseButton.LeftButton)
    names = answered(indexed)
    assert window.fronts.currentWidget() is window.browser
    assert "coffee.jpg" not in names
    region = window.asking.question.examples[0].region
    assert region.angle == 0
    assert "a region" in window.search_bar.chips[0].accessibleName()


def test_where_a_region_lies_is_shown_on_the_photo(indexed: Driver, shipped_photos: Path, tmp_path: Path):
    window = indexed.window
    copy = tmp_path / "half.jpg"
    picture = Image.open(shipped_photos / "coffee.jpg")
    picture.resize((picture.width * 3 // 4, picture.height * 3 // 4)).save(copy, quality=90)
    example = Example(FileSource(str(copy)), region=Region(60, 40, 300, 200))
    window.asking.ask_question(Question((example,)))
    answered(indexed)
    row = indexed.names().index("coffee.jpg")
    outline = window.model.index(row).data(Role.OUTLINE)
    assert outline is not None
    assert abs(outline - [[80, 53], [480, 53], [480, 320], [80, 320]]).max() < 6


def test_a_region_by_keyboard_alone(asked: Driver):
    window, page = asked.window, asked.window.region_page
    chip = window.search_bar.chips[0]
    chip.setFocus()
    asked.press(Qt.Key.Key_R, widget=chip)
    asked.wait(lambda: page.canvas.has_picture)
    canvas = page.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    first = canvas.box
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    QTest.keyClick(canvas, Qt.Key.Key_Down, SHIFT)
    assert canvas.box.x > first.x
    assert canvas.box.height > first.height
    assert "Box of" in canvas.accessibleName()
    QTest.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert canvas.box.turn == 5
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    asked.wait(lambda: window.fronts.currentWidget() is window.browser)
    answered(asked)
    assert window.asking.question.examples[0].region.angle == 5
    chip = window.search_bar.chips[0]
    asked.press(Qt.Key.Key_R, widget=chip)
    asked.wait(lambda: page.canvas.has_picture and page.canvas.box is not None)
    asked.press(Qt.Key.Key_Escape)
    assert window.fronts.currentWidget() is window.browser
    assert window.asking.question.examples[0].region is not None  # left as it was


def test_a_search_is_kept_renamed_and_removed(asked: Driver, qtbot):
    window, side = asked.window, asked.window.side
    before = asked.names()
    window.narrowing.sorts["name"].trigger()
    asked.press(Qt.Key.Key_S, CTRL)
    window.pins.dialog.setTextValue("Breakfast")
    window.pins.dialog.accept()
    last = side.count()
    asked.wait(lambda: side.count() == last + 1)
    item = side.item(last)
    assert item.text() == "Breakfast"
    asked.press(Qt.Key.Key_Escape)
    QTest.mouseClick(side.viewport(), Qt.MouseButton.LeftButton, pos=side.visualItemRect(item).center())
    names = answered(asked)
    assert names == sorted(before)
    side.setCurrentItem(item)
    asked.press(Qt.Key.Key_F2, widget=side)
    window.pins.dialog.setTextValue("Morning")
    window.pins.dialog.accept()
    asked.wait(lambda: side.item(last).text() == "Morning")
    side.setCurrentItem(side.item(last))
    asked.press(Qt.Key.Key_Delete, widget=side)
    asked.wait(lambda: side.count() == last)
    QTest.mouseClick(window.message.button, Qt.MouseButton.LeftButton)  # undo
    asked.wait(lambda: side.count() == last + 1)


def test_yesterdays_searches_are_a_step_back(qtbot, tmp_path: Path, shipped_photos: Path):
    first = Driver(qtbot, tmp_path / "library")
    first.wait(lambda: first.window.actions_.open_query.isEnabled())
    first.index(shipped_photos)
    names = find(first, shipped_photos / "coffee.jpg")
    first.window.asking.ask_question(first.window.asking.question)
    first.quiet()
    first.close()
    second = Driver(qtbot, tmp_path / "library")
    second.wait(lambda: second.window.actions_.back.isEnabled())
    second.quiet()
    second.press(Qt.Key.Key_Left, ALT)
    assert answered(second) == names
    assert "coffee.jpg" in second.window.search_bar.hint.text()
    second.close()


def test_a_changed_question_cancels_what_is_late(indexed: Driver, shipped_photos: Path):
    paths = sorted(shipped_photos.iterdir())
    for path in paths:
        indexed.window.find_files([str(path)])
    names = answered(indexed)
    assert paths[-1].name not in names
    assert paths[-1].name in indexed.window.search_bar.hint.text()
    assert len(indexed.window.asking.history._steps) == 1 + len(paths)


def test_find_similar_from_a_comparison(indexed: Driver, shipped_photos: Path):
    window = indexed.window
    window.comparing.compare_files([str(shipped_photos / name) for name in ("motorcycle_left.jpg", "coffee.jpg")])
    indexed.quiet()
    words = {action.text(): action for action in window.comparing.view.menu().actions()}
    assert len(words) == 4
    words["Find photos like A"].trigger()
    assert answered(indexed)[0] == "motorcycle_right.jpg"
    assert window.fronts.currentWidget() is window.browser


def test_a_result_is_compared_with_the_region_alone(indexed: Driver, shipped_photos: Path, tmp_path: Path):
    """A page with two pictures: the one in the box is found, the other one does not count."""
    window = indexed.window
    coffee, cat = (Image.open(shipped_photos / name) for name in ("coffee.jpg", "chelsea.jpg"))
    page = Image.new("RGB", (coffee.width + cat.width, 420), "white")
    page.paste(coffee, (0, 10))
    page.paste(cat, (coffee.width, 60))
    page.save(tmp_path / "page.png")
    box = Region(150, 60, 300, 300)
    window.asking.ask_question(Question((Example(FileSource(str(tmp_path / "page.png")), region=box),)))
    answered(indexed)
    view = window.comparing.view

    def compare(name: str) -> None:
        window.grid.setCurrentIndex(window.model.index(indexed.names().index(name)))
        window.grid.setFocus()
        indexed.press(Qt.Key.Key_D, CTRL)
        indexed.wait(lambda: window.fronts.currentWidget() is view)
        indexed.quiet()

    compare("coffee.jpg")
    assert view.verdict is not None
    assert view.verdict.proved == "copy"
    x, y = view.verdict.matches.xy_a[view.verdict.matches.inlier].T
    assert 150 <= x.min() <= x.max() <= 450
    assert 60 <= y.min() <= y.max() <= 360
    on_a, on_b = (item._corners for item in view.canvas._outlines)
    assert abs(on_a - box.corners).max() < 1e-6
    assert abs(on_b - (box.corners - [0, 10])).max() < 3
    assert view.canvas._outlines[1].isVisible()
    assert "only the part in the box" in view.words.text()
    indexed.press(Qt.Key.Key_Escape)
    compare("chelsea.jpg")  # it is on the page, outside of the box
    assert view.verdict.proved is None
    assert view.canvas._outlines[1]._corners is None
