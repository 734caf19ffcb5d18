"""Which photos, or which page instead of them, stand in the middle of the window."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.overview import ALL_PHOTOS, Overview, Place
from cbir_desktop.gui.photo_model import NO_IDS
from cbir_desktop.gui.window_parts import WindowParts
from cbir_desktop.library.answers import Hit


class Browsing(QObject):
    """The place that is shown, and what the library holds there. ``shown``: another page or another answer is."""

    shown = Signal()

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(parts)
        self._parts = parts
        self.place = ALL_PHOTOS
        self.overview = Overview(0, ALL_PHOTOS, NO_IDS, 0, (), 0, [], 0.0)
        parts.refresher.refreshed.connect(self._on_overview)

    @property
    def folders(self) -> list[str]:
        """That are watched."""
        return [row.path for row in self.overview.folders]

    # -- where --------------------------------------------------------------------------------------------------

    def go(self, place: Place) -> None:
        """To a place; a question ends where photos are shown."""
        parts, self.place = self._parts, place
        if place.has_photos:
            parts.message.clear()
            parts.refresher.show(place)
            parts.asking.clear()
            self.show_library()
        self.show_state()

    def show_hits(self, hits: Sequence[Hit], is_new: bool) -> None:
        """An answer, among all photos."""
        parts = self._parts
        if is_new:
            self.place = ALL_PHOTOS
            parts.refresher.show(ALL_PHOTOS)
        parts.model.set_hits(hits, is_new)
        self.show_state()
        if is_new and not parts.search_bar.isAncestorOf(parts.focusWidget() or parts):
            parts.grid.setFocus()

    def show_library(self) -> None:
        """The photos of the place, unless there is a question."""
        if not self._parts.searcher.active and self.overview.place == self.place:
            self._parts.model.set_ids(self.overview.ids)

    def _on_overview(self, overview: Overview) -> None:
        parts, before = self._parts, self.overview
        if overview.version != before.version and not parts.runner.busy:
            parts.model.refresh()  # a drive came back, another process was at work: states changed, and no ids
            parts.review.following.library_changed()
        self.overview = overview
        parts.side.set_library(overview)
        parts.problems.set_problems(overview.problems)
        parts.living.set_folders(parts.side.states())
        parts.asking.set_folders(self.folders)
        parts.review.set_folders(self.folders)
        self.show_library()
        if overview.place != before.place and not parts.model.shows_hits:
            parts.grid.scrollToTop()
        if overview.has(self.place):
            self.show_state()
        else:
            self.go(ALL_PHOTOS)

    # -- what ---------------------------------------------------------------------------------------------------

    def show_state(self) -> None:
        page, parts = self.page(), self._parts
        parts.pages.setCurrentWidget(page)
        self.fit_details()
        self._offer_hint()
        parts.side.set_place(self.place)
        parts.status.set_shown(self._count(page))
        self.shown.emit()

    def page(self) -> QWidget:
        """That belongs to the place, and to what is there."""
        parts = self._parts
        if not parts.door.is_open:
            parts.empty_states.opening()
        elif self.place.problems:
            return parts.problems
        elif self.place.duplicates:
            return parts.review.page
        elif parts.model.rowCount():
            return parts.grid
        elif parts.model.shows_hits:
            parts.empty_states.all_hidden() if parts.narrowing.hides else parts.empty_states.nothing_found()
        elif parts.runner.busy:
            parts.empty_states.looking()
        else:
            parts.empty_states.first_run(bool(self.overview.folders))
        return parts.empty

    def fit_details(self) -> None:
        """They are beside photos."""
        self._parts.fronts.fit_details(self._shows_photos)

    @property
    def _shows_photos(self) -> bool:
        return self._parts.pages.currentWidget() is self._parts.grid

    def _count(self, page: QWidget) -> str:
        parts = self._parts
        if page is not parts.grid:
            return ""
        return self.tr("{photos} shown").format(photos=wording.photos(parts.model.rowCount()))

    def _offer_hint(self) -> None:
        """Where it is of use: photos are there; an answer is; an answer is there for the second time."""
        parts = self._parts
        if not self._shows_photos:
            parts.hints.withdraw()
        elif not parts.model.shows_hits:
            parts.hints.offer("search")
        else:
            parts.hints.offer("refine" if len(parts.asking.question.examples) == 1 else "prove")
