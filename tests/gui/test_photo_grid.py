import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QItemSelectionModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbir_desktop.gui.photo_grid import SIDE, PhotoGrid
from cbir_desktop.gui.photo_model import PAGE, PhotoModel
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.library.answers import Hit
from tests.gui.conftest import make_photo


class Shown:
    """A grid on screen with 100,000 rows, and what it asked for."""

    def __init__(self, qtbot, model: type[PhotoModel] = PhotoModel) -> None:
        self.asked: list[int] = []
        self.wanted: list[int] = []
        self.model = model(self.fetch)
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


def repainted(qtbot, shown: Shown) -> None:
    """Until all that is due has been laid out, painted and asked for."""
    QCoreApplication.processEvents()
    qtbot.waitUntil(lambda: not shown.grid._look.isActive())
    shown.grid.viewport().repaint()


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
        columns, room = grid.viewport().width() // (SIDE + 16), grid.viewport().width()
        tops = [grid.visualRect(shown.model.index(row)).top() for row in range(columns + 1)]
        assert len(set(tops[:columns])) == 1
        assert tops[columns] > tops[0]
        assert room - columns * grid.tiling.width <= columns


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
    assert grid.selected_ids().tolist() == [70]
    assert grid.current_photo().content_id == 70
    assert grid.verticalScrollBar().value() == before > 0


def test_photos_before_those_on_screen_move_nothing_on_screen(shown: Shown):
    grid = shown.grid
    grid.verticalScrollBar().setValue(50_000)
    row = grid.visible_rows().start
    place = grid.visualRect(shown.model.index(row))
    shown.model.set_ids(np.concatenate([np.arange(200_000, 200_000 + 7 * grid.tiling.columns), np.arange(100_000)]))
    now = int(np.flatnonzero(shown.model.ids == row)[0])
    assert now == row + 7 * grid.tiling.columns
    assert grid.visualRect(shown.model.index(now)) == place
    shown.model.set_ids(np.delete(np.arange(100_000), np.arange(row - 100, row + 1)))
    assert shown.model.ids[grid.visible_rows().start] <= row + 1 <= shown.model.ids[grid.visible_rows().stop - 1]


def test_the_first_photo_on_screen_stays_while_the_window_changes(qtbot, shown: Shown):
    grid = shown.grid
    grid.verticalScrollBar().setValue(200 * grid.tiling.height + 30)
    first, place = grid.visible_rows().start, grid.verticalScrollBar().value()
    for width in (500, 1400, 380):
        grid.resize(width, 600)
        assert first in grid.visible_rows()
    grid.resize(1000, 700)
    assert grid.verticalScrollBar().value() == place


def test_keys(qtbot, shown: Shown):
    grid = shown.grid
    columns, key = grid.tiling.columns, Qt.Key
    page = grid.viewport().height() // grid.tiling.height * columns
    steps = [
        (key.Key_Right, 1),
        (key.Key_Down, 1 + columns),
        (key.Key_Left, columns),
        (key.Key_Up, 0),
        (key.Key_Up, 0),
        (key.Key_Left, 0),
        (key.Key_PageDown, page),
        (key.Key_PageUp, 0),
        (key.Key_End, 99_999),
        (key.Key_Down, 99_999),
        (key.Key_PageDown, 99_999),
        (key.Key_Home, 0),
    ]
    grid.setCurrentIndex(shown.model.index(0))
    for step, row in steps:
        QTest.keyClick(grid, step)
        assert grid.currentIndex().row() == row, step
        assert grid.selected_rows() == [range(row, row + 1)]
        assert grid.viewport().rect().contains(grid.visualRect(grid.currentIndex()))
    grid.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QTest.keyClick(grid, key.Key_Left)
    assert grid.currentIndex().row() == 1
    assert grid.visualRect(shown.model.index(0)).left() > grid.visualRect(shown.model.index(1)).left()


def test_down_reaches_a_last_line_that_is_not_full(shown: Shown):
    columns = shown.grid.tiling.columns
    shown.model.set_hits([Hit(rank, 0.5, make_photo(rank)) for rank in range(columns + 1)])
    shown.grid.setCurrentIndex(shown.model.index(columns - 1))
    QTest.keyClick(shown.grid, Qt.Key.Key_Down)
    assert shown.grid.currentIndex().row() == columns


def click(shown: Shown, row: int, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    place = shown.grid.visualRect(shown.model.index(row)).center()
    QTest.mouseClick(shown.grid.viewport(), Qt.MouseButton.LeftButton, modifier, place)


def test_shift_and_control_select(shown: Shown):
    grid, columns = shown.grid, shown.grid.tiling.columns
    click(shown, 1)
    click(shown, columns + 2, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_rows() == [range(1, columns + 3)]
    click(shown, 3, Qt.KeyboardModifier.ControlModifier)
    assert grid.selected_rows() == [range(1, 3), range(4, columns + 3)]
    click(shown, 5)
    grid.resize(700, 700)  # the start of a selection is a photo, not a place
    QTest.keyClick(grid, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_rows() == [range(5, 5 + grid.tiling.columns + 1)]
    QTest.keyClick(grid, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
    assert grid.selected_rows() == [range(5, 100_000)]


def drag(shown: Shown, start: QPoint, end: QPoint) -> None:
    viewport, left = shown.grid.viewport(), Qt.MouseButton.LeftButton
    QTest.mousePress(viewport, left, pos=start)
    QTest.mouseMove(viewport, (start + end) / 2)
    QTest.mouseMove(viewport, end)


def test_a_band_from_between_the_cells_selects_what_it_touches(shown: Shown):
    grid, columns = shown.grid, shown.grid.tiling.columns
    click(shown, 0)
    end = grid.visualRect(shown.model.index(columns + 2)).center()
    drag(shown, grid.visualRect(shown.model.index(1)).topLeft() + QPoint(1, 1), end)
    assert grid.selected_rows() == [range(1, 3), range(columns + 1, columns + 3)]
    QTest.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=end)
    assert grid.selected_rows() == [range(1, 3), range(columns + 1, columns + 3)]


def test_a_press_on_a_photo_drags_it(qtbot, shown: Shown):
    grid = shown.grid
    start = grid.visualRect(shown.model.index(1)).center()
    with qtbot.waitSignal(grid.drag_requested):
        drag(shown, start, start + QPoint(80, 80))
    QTest.mouseRelease(grid.viewport(), Qt.MouseButton.LeftButton, pos=start)
    assert grid.selected_ids().tolist() == [1]


def test_the_menu_key_asks_at_the_current_photo(qtbot, shown: Shown):
    grid = shown.grid
    grid.setCurrentIndex(shown.model.index(70))
    grid.verticalScrollBar().setValue(0)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(), QPoint())
    with qtbot.waitSignal(grid.menu_requested) as asked:
        QApplication.sendEvent(grid.viewport(), event)
    assert grid.indexAt(grid.viewport().mapFromGlobal(asked.args[0])).row() == 70


def test_a_selection_of_all_survives_new_photos_in_between(shown: Shown):
    select_all(shown)
    shown.model.set_ids(np.insert(np.arange(100_000), 500, 200_000))
    assert shown.grid.selected_rows() == [range(500), range(501, 100_001)]
    flag = QItemSelectionModel.SelectionFlag.Clear
    shown.grid.select_rows([], flag)
    assert shown.grid.selected_ids().tolist() == []


def test_screen_readers_find_a_list_of_photos(shown: Shown):
    found = QAccessible.queryAccessibleInterface(shown.grid)
    assert found.role() == QAccessible.Role.List
    assert found.childCount() == 100_000
    assert found.child(3).text(QAccessible.Text.Name) == "000003.jpg"
    assert found.child(3).rect().size() == shown.grid.visualRect(shown.model.index(3)).size()


def test_after_an_answer_all_photos_are_where_they_were(qtbot, shown: Shown):
    bar = shown.grid.verticalScrollBar()
    bar.setValue(5000)
    shown.model.set_hits([Hit(rank, 0.5, make_photo(rank)) for rank in range(1, 100)])
    assert bar.value() == 0
    shown.model.set_ids(np.arange(100_000))
    assert bar.value() == 5000


class Counting(PhotoModel):
    """Counts how often the view asks, and for which rows."""

    def __init__(self, fetch) -> None:
        super().__init__(fetch)
        self.calls, self.rows = 0, set()

    def rowCount(self, parent=QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        self.calls += 1
        return super().rowCount(parent)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        self.calls += 1
        self.rows.add(index.row())
        return super().data(index, role)

    def flags(self, index):
        self.calls += 1
        self.rows.add(index.row())
        return super().flags(index)


def select_all(shown: Shown) -> None:
    QTest.keyClick(shown.grid, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(shown.grid.selected_ids()) == 100_000


@pytest.mark.parametrize(
    "act",
    [
        lambda shown: shown.grid.resize(640, 500),
        lambda shown: shown.model.set_ids(np.concatenate([[200_000], np.arange(100_000)])),
        lambda shown: shown.model.set_ids(np.arange(150_000)),
        lambda shown: shown.model.set_hits([Hit(1, 0.5, make_photo(1))]) or shown.model.set_ids(np.arange(100_000)),
        lambda shown: shown.grid.setLayoutDirection(Qt.LayoutDirection.RightToLeft),
        select_all,
    ],
    ids=["resize", "refresh", "more", "answer and back", "mirror", "select all"],
)
def test_only_what_is_visible_is_asked_for(qtbot, act):
    shown = Shown(qtbot, Counting)
    shown.grid.setCurrentIndex(shown.model.index(50_000))
    repainted(qtbot, shown)
    shown.model.calls, shown.model.rows = 0, set()
    act(shown)
    repainted(qtbot, shown)
    screen = shown.grid.visible_rows()
    ends = {-1, 0, 1, 99_999, 100_000, 149_999}  # Qt looks at the first and last row of a selection
    assert len(screen) < 50
    assert {row for row in shown.model.rows - ends if not screen.start - 60 < row < screen.stop + 60} == set()
    assert shown.model.calls < 1500
