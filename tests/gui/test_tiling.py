import pytest
from PySide6.QtCore import QPoint, QRect

from cbir_desktop.gui.tiling import Tiling


@pytest.fixture(params=[False, True], ids=["left to right", "right to left"])
def tiling(request) -> Tiling:
    """Ten cells in columns of three: the last line has one."""
    return Tiling.fitted(10, 320, 100, 50, request.param)


def test_columns_share_the_room(tiling: Tiling):
    assert (tiling.columns, tiling.width, tiling.extent) == (3, 106, 200)
    assert Tiling.fitted(10, 30, 100, 50).columns == 1
    assert Tiling.fitted(0, 320, 100, 50).extent == 0


def test_each_cell_is_found_where_it_lies(tiling: Tiling):
    for row in range(10):
        rect = tiling.rect(row)
        assert tiling.row_at(rect.topLeft()) == tiling.row_at(rect.center()) == tiling.row_at(rect.bottomRight()) == row


def test_the_first_cell_is_where_reading_begins():
    assert Tiling.fitted(10, 320, 100, 50).rect(0) == QRect(0, 0, 106, 50)
    assert Tiling.fitted(10, 320, 100, 50, mirrored=True).rect(0) == QRect(214, 0, 106, 50)


@pytest.mark.parametrize("place", [QPoint(5, -1), QPoint(-1, 5), QPoint(319, 5), QPoint(5, 200)])
def test_there_is_nothing_beside_the_cells(place: QPoint):
    assert Tiling.fitted(10, 320, 100, 50).row_at(place) is None


def test_places_in_the_last_line_without_a_cell(tiling: Tiling):
    last = tiling.rect(9)
    assert tiling.row_at(QPoint(tiling.rect(1).center().x(), last.center().y())) is None


def test_rows_between_two_heights(tiling: Tiling):
    assert tiling.rows_between(0, 49) == range(3)
    assert tiling.rows_between(49, 50) == range(6)
    assert tiling.rows_between(160, 900) == range(9, 10)
    assert not tiling.rows_between(900, 990)


def test_a_band_over_some_columns_and_over_all(tiling: Tiling):
    two = tiling.rect(1).united(tiling.rect(5)).adjusted(2, 2, -2, -2)
    assert tiling.runs_in(two) == [range(1, 3), range(4, 6)]
    assert tiling.runs_in(QRect(0, 60, 320, 1000)) == [range(3, 10)]
    assert tiling.runs_in(tiling.rect(2).united(tiling.rect(11))) == [range(2, 3), range(5, 6), range(8, 9)]


def test_agrees_with_a_search_through_all_cells(tiling: Tiling):
    band = QRect(50, 20, 130, 90)
    touched = {row for row in range(10) if tiling.rect(row).intersects(band)}
    assert {row for run in tiling.runs_in(band) for row in run} == touched
