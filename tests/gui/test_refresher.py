import numpy as np
import pytest

from cbir_desktop.core.tasks import Task
from cbir_desktop.gui.overview import ALL_PHOTOS, Overview, Place
from cbir_desktop.gui.refresher import FIRST_MS, LIVE_MS, SHARE, Refresher
from cbir_desktop.gui.tasks import Handle


def overview(version: int, seconds: float = 0.0, place: Place = ALL_PHOTOS) -> Overview:
    return Overview(version, place, np.arange(version), version, (), 0, [], seconds)


class Library:
    """Answers when told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, int | None]] = []
        self.waiting: list[tuple[Handle, object]] = []

    def __call__(self, folder, known, done):
        self.asked.append((folder, known))
        handle = Handle(len(self.asked), Task(), {})
        self.waiting.append((handle, done))
        return handle

    def answer(self, what: Overview | None) -> None:
        waiting, self.waiting = self.waiting, []
        for handle, done in waiting:
            if not handle.task.cancelled:
                done(what)


@pytest.fixture
def library() -> Library:
    return Library()


@pytest.fixture
def refresher(qapp, library: Library) -> Refresher:
    return Refresher(library)


def test_what_is_known_is_told_and_nothing_new_tells_nothing(qtbot, refresher: Refresher, library: Library):
    refresher.refresh()
    with qtbot.waitSignal(refresher.refreshed):
        library.answer(overview(3))
    refresher.set_live(True)
    qtbot.waitUntil(lambda: len(library.asked) == 2)
    assert library.asked == [(ALL_PHOTOS, None), (ALL_PHOTOS, 3)]
    with qtbot.assertNotEmitted(refresher.refreshed):
        library.answer(None)
    refresher.set_live(False)


def test_a_refresh_replaces_the_question_under_way(qtbot, refresher: Refresher, library: Library):
    refresher.refresh()
    refresher.refresh()
    answers = []
    refresher.refreshed.connect(answers.append)
    library.answer(overview(1))
    assert len(answers) == 1


def test_another_folder_is_asked_for_at_once_and_anew(refresher: Refresher, library: Library):
    refresher.refresh()
    library.answer(overview(1))
    refresher.show(Place("/photos"))
    refresher.show(Place("/photos"))
    assert library.asked[1:] == [(Place("/photos"), None)]


@pytest.mark.parametrize(("seconds", "wait"), [(0.0, LIVE_MS), (0.4, 1000 * SHARE * 0.4)])
def test_the_longer_a_look_takes_the_rarer_it_is(refresher: Refresher, library: Library, seconds, wait):
    refresher.set_live(True)
    assert refresher._timer.interval() == FIRST_MS
    refresher._timer.timeout.emit()
    assert not refresher._timer.isActive()  # nothing is asked before the last answer
    library.answer(overview(1, seconds))
    assert refresher._timer.interval() == wait
    refresher.set_live(False)
    assert not refresher._timer.isActive()


def test_no_look_once_nothing_changes_any_more(qtbot, refresher: Refresher, library: Library):
    refresher.set_live(True)
    refresher.refresh()
    refresher.set_live(False)
    library.answer(overview(1))
    assert not refresher._timer.isActive()
