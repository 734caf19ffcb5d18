"""The question that is being asked, and its answer. A new question replaces the old one, late answers included."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal

from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.query import Source
from cbir_desktop.gui.search_bar import CHIP, MOST_CHIPS, SearchBar
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.library.answers import Answer


class Searcher(QObject):
    """Drives the search bar and one search at a time."""

    answered = Signal(object)
    failed = Signal(Exception, str)

    def __init__(self, bar: SearchBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        self._handles: list[Handle] = []
        self._sources: tuple[Source, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """The pictures that are asked with."""
        return self._sources

    @property
    def active(self) -> bool:
        """A question stands, answered or not."""
        return bool(self._sources)

    def ask(self, backend: Backend, sources: Sequence[Source]) -> None:
        self._cancel()
        self._sources = tuple(sources)
        labels = [wording.source(source) for source in sources]
        words = self._together(labels)
        self._bar.show_query(labels)
        self._handles = [
            backend.search(
                self._sources,
                done=lambda answer: self._on_answer(answer, words),
                failed=lambda error: self._on_failure(error, words),
            )
        ]
        ratio = self._bar.devicePixelRatio()
        for place, source in enumerate(self._sources[:MOST_CHIPS]):
            # A picture that cannot be read fails the search too, and that is where the user is told.
            show = partial(self._bar.set_picture, place)
            self._handles.append(backend.chip(source, CHIP, ratio, show, _ignore))

    def clear(self) -> None:
        """No question any more."""
        self._cancel()
        self._sources = ()
        self._bar.show_hint()

    def _cancel(self) -> None:
        for handle in self._handles:
            handle.cancel()
        self._handles = []

    def _on_answer(self, answer: Answer, words: str) -> None:
        self._bar.set_words(self.tr("Photos like {query}, best first").format(query=words))
        self.answered.emit(answer)

    def _on_failure(self, error: Exception, words: str) -> None:
        self.clear()
        self.failed.emit(error, words)

    def _together(self, labels: Sequence[str]) -> str:
        if len(labels) == 1:
            return labels[0]
        return self.tr("{n} pictures together").format(n=wording.number(len(labels)))


def _ignore(_error: Exception) -> None:
    """Told elsewhere."""
