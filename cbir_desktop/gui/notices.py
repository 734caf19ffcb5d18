"""What stands for as long as it is so: a disk that is full, another process at work, a catalog that was restored."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject

from cbir_desktop.gui.message_bar import MessageBar

_ORDER = ("library", "indexing", "restored", "switch", "limit", "copies", "later")
"""By cause, the weightiest first: one is shown at a time."""


@dataclass(frozen=True)
class _Notice:
    text: str
    is_problem: bool
    button: str | None
    action: Callable[[], None] | None


class Notices(QObject):
    """One bar for all of them. Closing it puts away what it shows, until that is said with other words."""

    def __init__(self, bar: MessageBar) -> None:
        super().__init__(bar)
        self._bar = bar
        self._there: dict[str, _Notice] = {}
        self._closed: dict[str, str] = {}
        self._shown: str | None = None
        bar.closed.connect(self._on_closed)

    def say(
        self,
        cause: str,
        text: str,
        button: str | None = None,
        action: Callable[[], None] | None = None,
        is_problem: bool = True,
    ) -> None:
        """``cause`` is one of ``_ORDER``; a later notice of the same cause takes the place of the one before."""
        self._there[cause] = _Notice(text, is_problem, button, action)
        self._show()

    def unsay(self, cause: str) -> None:
        """It is so no longer."""
        self._closed.pop(cause, None)
        if self._there.pop(cause, None) is not None:
            self._show()

    def _show(self) -> None:
        causes = [cause for cause in _ORDER if cause in self._there and self._closed.get(cause) != self._text(cause)]
        self._shown = causes[0] if causes else None
        if self._shown is None:
            self._bar.hide()
            return
        notice = self._there[self._shown]
        show = self._bar.warn if notice.is_problem else self._bar.tell
        show(notice.text, notice.button, partial(self._act, self._shown))

    def _act(self, cause: str) -> None:
        """It stands until it is so no longer: what is tried again may fail again, with the same words."""
        self._closed.pop(cause, None)
        self._show()
        if (action := self._there[cause].action) is not None:
            action()

    def _text(self, cause: str) -> str:
        return self._there[cause].text

    def _on_closed(self) -> None:
        if self._shown is not None:
            self._closed[self._shown] = self._text(self._shown)
            self._show()
