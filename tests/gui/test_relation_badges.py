"""Which results are verified, and when: what is on screen first, one piece of work at a time."""

from collections.abc import Sequence

import numpy as np
import pytest

from cbir_desktop.core.tasks import Task
from cbir_desktop.gui.photo_grid import PhotoGrid
from cbir_desktop.gui.photo_model import PhotoModel, Role
from cbir_desktop.gui.query import FileSource
from cbir_desktop.gui.relation_badges import AHEAD, AT_ONCE, RelationBadges
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.library.answers import Hit
from tests.gui.compare_pairs import verdict_of
from tests.gui.conftest import make_photo

QUERY = FileSource("/query.jpg")


class Results:
    """A grid on screen with 500 results; what is asked for waits until it is answered here."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.asked: list[list[int]] = []
        self.waiting: list[tuple[Handle, Sequence[int], object]] = []
        self.model = PhotoModel(lambda ids, done: None)
        self.grid = PhotoGrid(self.model, ThumbLoader(lambda photo, done, failed: None))
        self.badges = RelationBadges(self.grid, self.model)
        qtbot.addWidget(self.grid)
        self.grid.resize(1000, 700)
        self.model.set_hits([Hit(n + 1, 1 - n / 500, make_photo(n if n != 3 else -3)) for n in range(500)])
        with qtbot.waitExposed(self.grid):
            self.grid.show()

    def verify(self, query, ids, done) -> Handle:
        assert query == QUERY
        handle = Handle(len(self.asked), Task(), {})
        self.asked.append(list(ids))
        self.waiting.append((handle, ids, done))
        return handle

    def answer(self) -> None:
        _, ids, done = self.waiting.pop()
        done({number: verdict_of(np.eye(3), np.ones((1, 2))) for number in ids})
        self.qtbot.waitUntil(lambda: not self.badges._look.isActive())


@pytest.fixture
def results(qtbot) -> Results:
    return Results(qtbot)


def start(results: Results, qtbot) -> None:
    results.badges.start(results.verify, QUERY)
    qtbot.waitUntil(lambda: len(results.waiting) == 1)


def test_what_is_on_screen_comes_first_then_the_best(results: Results, qtbot):
    results.grid.verticalScrollBar().setValue(3000)
    rows = results.grid.visible_rows()
    assert rows.start > AHEAD
    start(results, qtbot)
    while results.waiting:
        results.answer()
    assert all(len(part) <= AT_ONCE for part in results.asked)
    order = [number for part in results.asked for number in part]
    assert order[: len(rows)] == list(rows)
    assert order[len(rows) :] == [number for number in range(AHEAD) if number != 3]  # -3 was not read yet


def test_scrolling_is_followed_after_the_piece_that_is_under_way(results: Results, qtbot):
    start(results, qtbot)
    results.grid.verticalScrollBar().setValue(results.grid.verticalScrollBar().maximum())
    assert len(results.waiting) == 1
    results.answer()
    assert results.asked[1] == list(results.grid.visible_rows())[:AT_ONCE]


def test_a_badge_is_shown_as_it_comes_and_none_twice(results: Results, qtbot):
    start(results, qtbot)
    results.answer()
    shown = [results.model.index(row).data(Role.BADGE) for row in range(8)]
    first = results.asked[0]
    assert [row for row in range(8) if shown[row]] == [number for number in first if number < 8]
    while results.waiting:
        results.answer()
    order = [number for part in results.asked for number in part]
    assert len(order) == len(set(order))


def test_another_answer_ends_it(results: Results, qtbot):
    start(results, qtbot)
    handle = results.waiting[0][0]
    results.model.set_ids(np.arange(20))
    assert handle.task.cancelled
    results.grid.verticalScrollBar().setValue(5)
    qtbot.waitUntil(lambda: not results.badges._look.isActive())
    assert len(results.asked) == 1
