"""The tour: at most three hints, one at a time, each where it is of use; a closed one never comes back."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject

from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.with_library import WithLibrary

NAMES = ("search", "refine", "prove")


class Hints(QObject):
    """``offer`` says that a hint would be of use now; it is shown where no other message stands."""

    def __init__(self, bar: MessageBar, with_library: WithLibrary) -> None:
        super().__init__(bar)
        self._bar, self._with_library = bar, with_library
        self._closed: set[str] | None = None  # not known before the library is open
        self._shown: str | None = None
        self._words: dict[str, Callable[[], str]] = {
            "search": lambda: self.tr(
                "Drop a picture anywhere to find photos like it, or choose a photo and press Ctrl+Return."
            ),
            "refine": lambda: self.tr(
                "Drop more pictures on the bar above to add them. Click one there for more or less like it, or to look "
                "for a part of it."
            ),
            "prove": lambda: self.tr(
                "Choose a result and press Ctrl+D to see what it has in common with the query. The slider at the "
                "bottom hides what is less alike."
            ),
        }
        bar.closed.connect(self._on_closed)

    def attach(self, closed: Iterable[str]) -> None:
        """Those that were closed for good."""
        self._closed = set(closed)

    def offer(self, name: str) -> None:
        if self._closed is not None and name not in self._closed and (self._bar.isHidden() or self._shown):
            self._shown = name
            self._bar.tell(self._words[name](), self.tr("No more hints"), self._close_all)

    def withdraw(self) -> None:
        """There is no place for one now."""
        if self._shown is not None:
            self._shown = None
            self._bar.hide()

    def _close_all(self) -> None:
        self._keep(set(NAMES))

    def _on_closed(self) -> None:
        shown, self._shown = self._shown, None
        if shown is not None and self._closed is not None:
            self._keep({*self._closed, shown})

    def _keep(self, closed: set[str]) -> None:
        self._closed = closed
        changes = {"hints": tuple(sorted(closed))}
        self._with_library(lambda library: library.upkeep.change_settings(changes, done=_ignore, failed=_ignore))


def _ignore(_told: object) -> None:
    """Where settings cannot be written, hints come again."""
