"""The left of the review: which list, which groups of it, in which order; and which one is looked at."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QSignalBlocker, Signal

from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.review_desk import ReviewDesk
from cbir_desktop.gui.review_list import GroupList
from cbir_desktop.gui.review_model import Filters, GroupModel
from cbir_desktop.gui.review_page import ReviewPage
from cbir_desktop.gui.review_rest import Entry, List, entries
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.duplicates import Group
from cbir_desktop.library.group_table import KINDS


class ReviewLists(QObject):
    """``shown``: another group is looked at, or the same one changed."""

    shown = Signal()

    def __init__(self, page: ReviewPage, model: GroupModel, desk: ReviewDesk, with_library: WithLibrary) -> None:
        super().__init__(page)
        self._page, self._model, self._desk, self._with_library = page, model, desk, with_library
        self._row = -1
        self._inside: tuple[int, ...] | None = None
        self._fill_combos()
        for combo in (page.kind, page.order):
            combo.currentIndexChanged.connect(self._filter)
        page.undecided.toggled.connect(self._filter)
        page.folder.currentIndexChanged.connect(self._look_in_folder)
        page.which.currentIndexChanged.connect(self._show_list)
        page.groups.current_changed.connect(self._on_current)
        page.rest_list.current_changed.connect(lambda _row: self._show())
        desk.reset.connect(self._on_reset)
        desk.changed.connect(self._on_changed)

    # -- what is looked at --------------------------------------------------------------------------------------

    @property
    def which(self) -> List:
        chosen: List = self._page.which.currentData() or "groups"
        return chosen

    @property
    def row(self) -> int:
        """Of the group in the table; -1 for none, and in the other lists."""
        return self._row if self.which == "groups" else -1

    @property
    def group(self) -> Group | None:
        if self.which == "groups":
            return self._desk.group(self._row)
        return self._page.rest.group(self.view.currentIndex().row())

    @property
    def view(self) -> GroupList:
        """The one that is shown."""
        return self._page.groups if self.which == "groups" else self._page.rest_list

    @property
    def rows(self) -> list[int]:
        """Of the groups that the filters leave."""
        shown: list[int] = self._model.rows.tolist()
        return shown

    def step(self, by: int) -> None:
        """The next group, or the one before."""
        self.view.go_to(self.view.currentIndex().row() + by)

    def start_at(self, row: int) -> None:
        """After a search: the group that was in view last time, else the first."""
        places = self._model.places_of([row])
        self._page.groups.go_to(places[0] if places else 0)

    def set_folders(self, folders: Sequence[str]) -> None:
        """Those of the library, to choose from."""
        combo = self._page.folder
        if [combo.itemData(place) for place in range(1, combo.count())] == list(folders):
            return
        chosen = combo.currentData()
        with QSignalBlocker(combo):
            while combo.count() > 1:
                combo.removeItem(1)
            for folder in folders:
                combo.addItem(self.tr("In {folder}").format(folder=display_name(folder) or folder), folder)
            combo.setCurrentIndex(max(0, combo.findData(chosen)))
        if combo.currentData() != chosen:
            self._look_in_folder()

    # -- changes ------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Other groups, other filters or another threshold; what is looked at stays, where it is still there."""
        row, place = self._row, self._page.groups.currentIndex().row()
        self._page.rest.set_threshold(self._desk.threshold)
        self._model.refresh()
        places = self._model.places_of([row])
        self._page.groups.go_to(places[0] if places else place)
        self._row = self._model.table_row(self._page.groups.currentIndex().row())
        self._count()
        self._show()

    def renew(self) -> None:
        """The lists without groups were found anew; what is looked at stays, where it is still there."""
        if self.which != "groups":
            group = self.group
            place = self.view.currentIndex().row()
            self._page.rest.set_entries(self._entries())
            known = self._page.rest.place_of(group)
            self.view.go_to(place if known is None else known)
        self._count()
        self._show()

    def _on_reset(self) -> None:
        self.refresh()
        if self._page.folder.currentData() is not None:
            self._look_in_folder()  # there may be rows that were in no folder yet

    def _on_changed(self, rows: list[int]) -> None:
        self._model.update(rows)
        if self._page.groups.currentIndex().row() < 0:
            self._page.groups.go_to(0)
        self._row = self._model.table_row(self._page.groups.currentIndex().row())
        self._count()
        self._show()

    def _on_current(self, place: int) -> None:
        self._row = self._model.table_row(place)
        self._show()

    def _show(self) -> None:
        self._page.members.set_group(self.group)
        self.shown.emit()

    def _show_list(self) -> None:
        is_groups = self.which == "groups"
        for part in (self._page.filters, self._page.summary):
            part.setVisible(is_groups)
        self._page.lists.setCurrentWidget(self.view)
        if not is_groups:
            self._page.rest.set_entries(self._entries())
            self.view.go_to(0)
        self._show()

    def _entries(self) -> Sequence[Entry]:
        found = self._desk.found
        return [] if found is None else entries(found, self.which)

    def _filter(self) -> None:
        page = self._page
        self._model.filters = Filters(
            page.kind.currentData(), page.undecided.isChecked(), self._inside, page.order.currentData()
        )
        self.refresh()

    def _look_in_folder(self) -> None:
        folder = self._page.folder.currentData()
        if folder is None:
            self._inside = None
            self._filter()
            return

        def inside(rows: list[int]) -> None:
            if self._page.folder.currentData() == folder:
                self._inside = tuple(rows)
                self._filter()

        self._with_library(lambda library: library.review.rows_in(list(self._desk.table.groups), folder, inside))

    # -- words --------------------------------------------------------------------------------------------------

    def _fill_combos(self) -> None:
        page = self._page
        page.kind.addItem(self.tr("All kinds"), -1)
        for kind, words in review_words.kinds().items():
            page.kind.addItem(words, KINDS.index(kind))
        page.folder.addItem(self.tr("In all folders"), None)
        orders = {
            "saving": self.tr("Most to gain first"),
            "sure": self.tr("Least sure first"),
            "path": self.tr("By name"),
        }
        for order, words in orders.items():
            page.order.addItem(words, order)
        for which in ("groups", "related", "unproved", "stacks"):
            page.which.addItem("", which)
        self._count()

    def _count(self) -> None:
        found, combo = self._desk.found, self._page.which
        lists: dict[List, tuple[str, int]] = {
            "groups": (self.tr("Copies ({n})"), int((~self._desk.table.gone).sum())),
            "related": (self.tr("Related ({n})"), len(found.related) if found is not None else 0),
            "unproved": (self.tr("Not proved ({n})"), len(found.unproved) if found is not None else 0),
            "stacks": (self.tr("Stacks ({n})"), len(found.stacks) if found is not None else 0),
        }
        for which, (words, count) in lists.items():
            combo.setItemText(combo.findData(which), words.format(n=wording.number(count)))
        held, gain = len(self._model.rows), int(self._desk.table.saving[self._model.rows].sum())
        words = self.tr("{n} shown, {size} to gain") if held != 1 else self.tr("1 shown, {size} to gain")
        self._page.summary.setText(words.format(n=wording.number(held), size=wording.size(gain)))
