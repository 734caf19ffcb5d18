"""Finds out in the background what relates the results to the query: what is on screen first."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from cbir_desktop.gui.backend import Verdicts
from cbir_desktop.gui.photo_grid import PhotoGrid
from cbir_desktop.gui.photo_model import PhotoModel
from cbir_desktop.gui.query import Source
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.library.relation_words import badge

AT_ONCE = 6
"""Results in one go: a cold pair takes up to 0.5 s, so scrolling is followed within about two seconds."""
AHEAD = 50
"""The best results, verified also where they are not on screen. Beyond them only what the user looks at."""


Verify = Callable[[Source, Sequence[int], Callable[[Verdicts], None]], Handle]
"""Starts to verify photos against a query; ``done(verdicts)`` comes in the main thread, unless cancelled."""


class RelationBadges(QObject):
    """``start`` for an answer, ``stop`` when the question changes. One piece of work is under way at a time."""

    found = Signal()

    def __init__(self, grid: PhotoGrid, model: PhotoModel) -> None:
        super().__init__(grid)
        self._grid, self._model = grid, model
        self._verify: Verify | None = None
        self._query: Source | None = None
        self._known: set[int] = set()
        self._running: Handle | None = None
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._next)
        grid.verticalScrollBar().valueChanged.connect(self._look_soon)
        model.modelReset.connect(self._on_reset)

    def start(self, verify: Verify, query: Source) -> None:
        """The model shows the answer to this query."""
        self.stop()
        self._verify, self._query, self._known = verify, query, set()
        self._look_soon()

    def stop(self) -> None:
        """What is under way is of no use any more."""
        if self._running is not None:
            self._running.cancel()
        self._look.stop()
        self._running = self._verify = self._query = None

    def _on_reset(self) -> None:
        """An answer that was narrowed shows others of its photos; all photos are no answer."""
        self._look_soon() if self._model.shows_hits else self.stop()

    def _look_soon(self) -> None:
        if self._query is not None and self._running is None:
            self._look.start()

    def _next(self) -> None:
        if self._verify is None or self._query is None or not self._grid.isVisible():
            return
        rows = self._grid.visible_rows()
        wanted = [*self._model.ids[rows.start : rows.stop].tolist(), *self._model.ids[:AHEAD].tolist()]
        # A provisional photo was not read yet: its id is below 0.
        ids = [number for number in dict.fromkeys(wanted) if number >= 0 and number not in self._known][:AT_ONCE]
        if ids:
            self._known.update(ids)
            self._running = self._verify(self._query, ids, self._on_verdicts)

    def _on_verdicts(self, verdicts: Verdicts) -> None:
        self._running = None
        self._model.set_badges({photo: badge(verdict) for photo, verdict in verdicts.items()})
        self.found.emit()
        self._look_soon()
