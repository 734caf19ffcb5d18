import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from cbir_desktop.gui.photo_grid import SIDE, PhotoGrid
from cbir_desktop.gui.photo_model import PAGE, PhotoModel
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.library.search import Hit
from tests.gui.conftest import make_photo


class Shown:
    """A grid on screen with 100,000 rows, and what it asked for."""

    def __init__(self, qtbot) -> None:
        self.asked: list[int] = []
        self.wanted: list[int] = []
        self.model = PhotoModel(self.fetch)
        self.grid = PhotoGrid(self.model, ThumbLoader(self.load))
        qtbot.addWidget(self.grid)
        self.grid.resize(1000, 700)
        self.model.set_ids(np.arange(100_000))
        with qtbot.waitExposed(self.grid):
            self.grid.show()
        qtbot.waitUntil(lambda: len(self.wanted) > 0)

    def fetch(self, ids, done):
        self.asked += list(ids)
        done([make_photo(number) for number in ids])

    def load(self, photo, done, failed):
        self.wanted.append(photo.content_id)
        return


@pytest.fixture
def shown(qtbot) -> Shown:
    return Shown(qtbot)


def test_scrolling_fetches_only_visible_pages(qtbot, shown: Shown):
    assert set(shown.asked) == set(range(PAGE))
    shown.asked.clear()
    bar = shown.grid.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    qtbot.waitUntil(lambda: bool(shown.asked))
    rows = shown.grid.visible_rows()
    assert rows.start in shown.asked
    assert len(shown.asked) <= 2 * PAGE
    assert min(shown.asked) > rows.start - PAGE
    assert max(shown.asked) < rows.stop + len(rows) + PAGE


def test_the_visible_rows_are_those_that_the_view_shows(qtbot, shown: Shown):
    bar, grid = shown.grid.verticalScrollBar(), shown.grid
    for value in (0, 1, 777, bar.maximum() // 3, bar.maximum()):
        bar.setValue(value)
        rows = grid.visible_rows()
        room = grid.viewport().rect()
        assert all(grid.visualRect(shown.model.index(row)).intersects(room) for row in rows)
        for row in (rows.start - 1, rows.stop):
            assert not grid.visualRect(shown.model.index(row)).intersects(room)


def test_the_last_row_can_be_reached_and_cells_share_the_width(qtbot, shown: Shown):
    bar, grid = shown.grid.verticalScrollBar(), shown.grid
    bar.setValue(bar.maximum())
    assert grid.visible_rows().stop == 100_000
    for width in range(800, 830):
        grid.resize(width, 700)
        qtbot.waitUntil(lambda width=width: grid.viewport().width() > 0 and grid.width() == width)
        grid.doItemsLayout()
        columns, room = grid.viewport().width() // (SIDE + 16), grid.viewport().width()
        tops = [grid.visualRect(shown.model.index(row)).top() for row in range(columns + 1)]
        assert len(set(tops[:columns])) == 1
        assert tops[columns] > tops[0]
        assert room - columns * grid.gridSize().width() <= columns


def test_enter_and_double_click_activate(qtbot, shown: Shown):
    grid = shown.grid
    grid.setCurrentIndex(shown.model.index(3))
    with qtbot.waitSignal(grid.photo_activated) as activated:
        QTest.keyClick(grid, Qt.Key.Key_Return)
    assert activated.args[0].content_id == 3
    place = grid.visualRect(shown.model.index(1)).center()
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    with qtbot.waitSignal(grid.photo_activated) as activated:
        QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert activated.args[0].content_id == 1
    shown.model.set_ids(np.arange(3))
    with qtbot.assertNotEmitted(grid.photo_activated):
        QTest.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 699))


def test_selection_and_place_survive_new_photos_in_between(qtbot, shown: Shown):
    grid = shown.grid
    grid.setCurrentIndex(shown.model.index(70))
    before = grid.verticalScrollBar().value()
    shown.model.set_ids(np.concatenate([[200_000], np.arange(100_000)]))
    assert [photo.content_id for photo in grid.selected_photos()] == [70]
    assert grid.current_photo().content_id == 70
    assert grid.verticalScrollBar().value() == before > 0


def test_after_an_answer_all_photos_are_where_they_were(qtbot, shown: Shown):
    bar = shown.grid.verticalScrollBar()
    bar.setValue(5000)
    shown.model.set_hits([Hit(rank, 0.5, make_photo(rank)) for rank in range(1, 100)])
    assert bar.value() == 0
    shown.model.set_ids(np.arange(100_000))
    assert bar.value() == 5000


def test_a_record_that_comes_lays_nothing_out(qtbot, shown: Shown, monkeypatch):
    layouts = []
    monkeypatch.setattr(PhotoGrid, "doItemsLayout", lambda self: layouts.append(1))
    shown.model.ensure(90_000, 90_000)
    assert layouts == []
