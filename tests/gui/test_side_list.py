"""The list on the left: counts, states, and what a screen reader hears."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from cbir_desktop.gui.overview import ALL_PHOTOS, FolderRow, Overview, Place
from cbir_desktop.gui.photo_model import NO_IDS
from cbir_desktop.gui.side_list import SideList
from cbir_desktop.library.following import FolderWatch
from cbir_desktop.store.catalog import Problem

HOLIDAY = FolderRow("/photos/holiday", 5, "X", False, False, 0)


@pytest.fixture
def side(qtbot) -> SideList:
    made = SideList()
    qtbot.addWidget(made)
    return made


def overview(*folders: FolderRow, missing: int = 0, problems: tuple[Problem, ...] = ()) -> Overview:
    return Overview(1, ALL_PHOTOS, NO_IDS, 12, folders, missing, list(problems), 0.0)


def heard(side: SideList) -> list[str]:
    items = [side.item(row) for row in range(side.count())]
    return [item.data(Qt.ItemDataRole.AccessibleTextRole) for item in items if not item.isHidden()]


def test_what_there_is_none_of_is_absent(side: SideList):
    side.set_library(overview(HOLIDAY))
    assert heard(side) == ["All photos, 12", "holiday, 5", "Duplicates"]
    problem = Problem("/photos/x.jpg", "empty", "the file is empty")
    side.set_library(overview(HOLIDAY, missing=3, problems=(problem, replace(problem, ignored=True))))
    assert heard(side) == ["All photos, 12", "holiday, 5", "Duplicates", "Missing, 3", "Problems, 1"]
    side.set_library(overview(problems=(replace(problem, ignored=True),)))
    assert heard(side) == ["All photos, 12", "Duplicates", "Problems, 0"]


@pytest.mark.parametrize(
    ("row", "mode", "state"),
    [
        (replace(HOLIDAY, is_away=True, drive_is_away=True), "away", "offline: drive X"),
        (replace(HOLIDAY, is_away=True), "away", "offline: not there now"),
        (replace(HOLIDAY, missing=4), "watching", "4 missing"),
        (replace(HOLIDAY, missing=4), "timed", "changes by the clock, 4 missing"),
        (HOLIDAY, "watching", ""),
    ],
)
def test_the_state_of_a_folder(side: SideList, row: FolderRow, mode, state: str):
    side.set_library(overview(row))
    side.set_following([FolderWatch(row.path, mode, "a network folder sends no events: every 300 seconds")])
    assert side.states() == [(row.path, state)]
    assert heard(side)[1] == ", ".join(part for part in ("holiday", "5", state) if part)
    assert "A network folder sends no events" in side.item(1).toolTip()


def test_the_choice_survives_another_folder(side: SideList):
    side.set_library(overview(HOLIDAY))
    side.set_place(Place("/photos/holiday"))
    side.set_library(overview(replace(HOLIDAY, path="/photos/a"), HOLIDAY))
    assert side.currentItem().text() == "holiday"
    side.set_library(overview(replace(HOLIDAY, path="/photos/a")))
    assert heard(side) == ["All photos, 12", "a, 5", "Duplicates"]


def test_how_many_duplicates_there_are(side: SideList):
    assert heard(side) == ["All photos, 0"], "in an empty library there is nothing to compare"
    side.set_library(overview(HOLIDAY))
    side.set_duplicates(214)
    assert heard(side)[-1] == "Duplicates, 214"
