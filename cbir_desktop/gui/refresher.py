"""Keeps what is shown level with the catalog, at a bounded cost."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from cbir_desktop.gui.overview import ALL_PHOTOS, Overview, Place
from cbir_desktop.gui.tasks import Handle

LIVE_MS = 2000
"""While the catalog may change it is looked at this often at most."""
FIRST_MS = 500
"""The first look of a run: the first photos are what the user waits for."""
SHARE = 20
"""A look that took a second is followed by 20 without one: 5 % of one core, however big the library is."""

Ask = Callable[[Place, int | None, Callable[[Overview | None], None]], Handle]
"""``Backend.overview``."""


class Refresher(QObject):
    """One question at a time; an answer that is no longer wanted never comes."""

    refreshed = Signal(object)

    def __init__(self, ask: Ask, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ask = ask
        self._place = ALL_PHOTOS
        self._known: int | None = None
        self._request: Handle | None = None
        self._live = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)

    def refresh(self) -> None:
        """Ask now, whatever was known or is being asked: that may have been before the last change."""
        self._known = None
        self._look()

    def look(self) -> None:
        """Ask now whether something has changed."""
        self._look()

    def show(self, place: Place) -> None:
        """From now on the photos of this place."""
        if place != self._place:
            self._place = place
            self.refresh()

    def set_live(self, live: bool) -> None:
        """Whether to look again and again, because something is being indexed."""
        self._live = live
        self._timer.start(FIRST_MS) if live else self._timer.stop()

    def _look(self) -> None:
        self._timer.stop()
        if self._request is not None:
            self._request.cancel()
        self._request = self._ask(self._place, self._known, self._on_answer)

    def _on_answer(self, overview: Overview | None) -> None:
        self._request = None
        if self._live:
            seconds = 0.0 if overview is None else overview.seconds
            self._timer.start(max(LIVE_MS, round(1000 * SHARE * seconds)))
        if overview is not None:
            self._known = overview.version
            self.refreshed.emit(overview)
