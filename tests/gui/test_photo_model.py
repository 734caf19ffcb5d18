from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from cbir_desktop.gui.photo_model import PAGE, PhotoModel, Role, display_name
from cbir_desktop.library.answers import Hit
from tests.gui.conftest import make_photo


class Catalog:
    """Answers when told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.waiting = []

    def __call__(self, ids, done):
        self.asked.append(list(ids))
        self.waiting.append((list(ids), done))

    def answer(self) -> None:
        waiting, self.waiting = self.waiting, []
        for ids, done in waiting:
            done([make_photo(number) for number in ids])


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


@pytest.fixture
def model(catalog: Catalog) -> PhotoModel:
    return PhotoModel(catalog, kept=1000)


def test_it_is_a_model_as_qt_wants_them(model: PhotoModel, catalog: Catalog, qtmodeltester):
    qtmodeltester.check(model)
    model.set_ids(np.arange(50))
    model.set_ids(np.arange(60))
    model.ensure(0, 59)
    catalog.answer()
    model.set_hits([Hit(1, 0.9, make_photo(7))])


def test_data_alone_fetches_nothing(model: PhotoModel, catalog: Catalog):
    model.set_ids(np.arange(100_000))
    assert model.rowCount() == 100_000
    assert model.index(50_000).data() is None
    assert model.index(50_000).data(Role.CONTENT) == 50_000
    assert catalog.asked == []


def test_only_the_pages_of_the_rows_are_fetched_and_only_once(qtbot, model: PhotoModel, catalog: Catalog):
    model.set_ids(np.arange(100_000))
    model.ensure(51_000, 51_050)
    model.ensure(51_010, 51_060)
    first = 51_000 // PAGE * PAGE
    assert catalog.asked == [list(range(first, first + PAGE))]
    with qtbot.waitSignal(model.rows_loaded) as loaded:
        catalog.answer()
    assert loaded.args == [first, first + PAGE - 1]
    assert model.index(51_000).data() == "051000.jpg"


def test_records_are_bounded(model: PhotoModel, catalog: Catalog):
    model.set_ids(np.arange(100_000))
    for row in range(0, 20 * PAGE, PAGE):
        model.ensure(row, row)
        catalog.answer()
    assert sum(model.photo(row) is not None for row in range(20 * PAGE)) == 1000
    assert model.photo(0) is None
    model.ensure(0, 0)
    assert catalog.asked[-1] == list(range(PAGE))


def test_added_at_the_end_is_no_reset(qtbot, model: PhotoModel):
    model.set_ids(np.arange(10))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rowsInserted):
        model.set_ids(np.arange(12))
    with qtbot.waitSignal(model.modelReset):
        model.set_ids(np.arange(1, 12))
    assert model.ids.tolist() == list(range(1, 12))


def test_hits_bring_their_records_and_scores(model: PhotoModel, catalog: Catalog):
    model.set_hits([Hit(1, 0.9, make_photo(7)), Hit(2, 0.5, make_photo(3))])
    assert [model.index(row).data(Role.SCORE) for row in range(2)] == [0.9, 0.5]
    assert model.index(0).data(Qt.ItemDataRole.AccessibleTextRole) == "000007.jpg, similarity 0.90"
    model.ensure(0, 1)
    assert catalog.asked == []
    model.set_ids(np.array([3, 7]))
    assert model.index(0).data(Role.SCORE) is None


def test_after_a_refresh_old_records_stay_until_new_ones_come(model: PhotoModel, catalog: Catalog):
    model.set_ids(np.arange(10))
    model.ensure(0, 9)
    catalog.answer()
    model.refresh()
    assert model.index(0).data() == "000000.jpg"
    model.ensure(0, 9)
    assert len(catalog.asked) == 2


def test_an_answer_from_before_a_refresh_is_shown_but_asked_for_again(model: PhotoModel, catalog: Catalog):
    model.set_ids(np.arange(10))
    model.ensure(0, 9)
    model.refresh()
    catalog.answer()
    assert model.index(0).data() == "000000.jpg"
    model.ensure(0, 9)
    assert len(catalog.asked) == 2


def test_a_name_that_is_not_utf8_can_be_shown():
    assert display_name("/photos/caf\udce9.jpg") == "caf\ufffd.jpg"


def test_photos_that_were_indexed_since_stay_in_their_place(qtbot, model: PhotoModel, catalog: Catalog):
    model.set_ids(np.array([-1, -2, 3, -4]))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.rows_loaded) as told:
        model.set_ids(np.array([-1, 7, 3, 8]))
    assert told.args == [1, 3]
    assert model.ids.tolist() == [-1, 7, 3, 8]
    with qtbot.assertNotEmitted(model.modelReset):
        model.set_ids(np.array([9, 7, 3, 8, -6]))
    assert model.rowCount() == 5
    for others in ([9, 7, 3, -5, -6], [7, 3, 8, 9], [9, 10, 3, 8, -6]):
        model.set_ids(np.array([9, 7, 3, 8, -6]))
        with qtbot.waitSignal(model.modelReset):
            model.set_ids(np.array(others))


def test_a_provisional_photo_is_told_apart_by_a_screen_reader(model: PhotoModel):
    model.set_hits([Hit(1, 0.9, replace(make_photo(7), content_id=-7, provisional=True)), Hit(2, 0.8, make_photo(8))])
    read = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert read == ["000007.jpg, provisional: not fully indexed yet, similarity 0.90", "000008.jpg, similarity 0.80"]
