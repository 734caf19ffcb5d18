"""The question that is being asked, and its answer as it comes. A new question replaces the old one, late answers
included."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from cbir_desktop.core.verification import Verification
from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.query import Source
from cbir_desktop.gui.query_chip import CHIP
from cbir_desktop.gui.question import Question
from cbir_desktop.gui.search_bar import MOST_CHIPS, SearchBar
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.library.answers import Answer
from cbir_desktop.library.searching import Proof

NOTHING = Question(())


class Searcher(QObject):
    """Drives the search bar and one search at a time.

    ``answered``: the first answer. ``proved``: one verdict on one of its photos. ``settled``: the answer again, in the
    order of what was proved, where that is what was asked for.
    """

    answered = Signal(object)
    proved = Signal(object)
    settled = Signal(object)
    failed = Signal(Exception, str)

    def __init__(self, bar: SearchBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bar = bar
        self._search: Handle | None = None
        self._pictures: list[Handle] = []
        self._shown: list[tuple[Source, tuple[QImage, QSize]]] = []  # a picture from the clipboard has no hash
        self._answers, self._proofs = 0, 0
        self._proved: list[bool] = []
        self._nothing = False
        self.question = NOTHING

    @property
    def sources(self) -> tuple[Source, ...]:
        """The pictures that results shall be like."""
        return tuple(example.source for example in self.question.plus)

    @property
    def active(self) -> bool:
        """A question stands, answered or not."""
        return bool(self.question.examples)

    def ask(self, backend: Backend, question: Question) -> None:
        self._cancel()
        self.question = question
        self._answers, self._proofs, self._proved, self._nothing = 0, 0, [], False
        self._bar.show_examples(question.examples)
        self._bar.set_words(self.tr("Searching…"))
        self._search = backend.search(question, found=self._on_found, done=self._on_done, failed=self._on_failure)
        self._show_pictures(backend)

    def show_again(self) -> None:
        """The bar showed something that cannot be asked."""
        self._bar.show_examples(self.question.examples)

    def clear(self) -> None:
        """No question any more."""
        self._cancel()
        self.question = NOTHING
        self._shown.clear()
        self._bar.show_hint()

    def _cancel(self) -> None:
        for handle in (self._search, *self._pictures):
            if handle is not None:
                handle.cancel()
        self._search, self._pictures = None, []

    def _show_pictures(self, backend: Backend) -> None:
        """Those that were shown before are not read again."""
        sources = [example.source for example in self.question.examples[:MOST_CHIPS]]
        self._shown = [(source, picture) for source, picture in self._shown if source in sources]
        ratio = self._bar.devicePixelRatio()
        for place, source in enumerate(sources):
            known = next((picture for other, picture in self._shown if other == source), None)
            if known is not None:
                self._bar.set_picture(place, *known)
            else:
                # A picture that cannot be read fails the search too, and that is where the user is told.
                show = partial(self._on_picture, place, source)
                self._pictures.append(backend.chip(source, CHIP, ratio, show, _ignore))

    def _on_picture(self, place: int, source: Source, shown: tuple[QImage, QSize]) -> None:
        self._shown.append((source, shown))
        self._bar.set_picture(place, *shown)

    def _on_found(self, item: Answer | Proof) -> None:
        if isinstance(item, Proof):
            self._proofs += 1
            self._proved.append(isinstance(item.verdict, Verification) and item.verdict.proved is not None)
            if self.question.by in ("copy", "object"):
                self._say(self.tr("{n} looked at so far").format(n=wording.number(self._proofs)))
            self.proved.emit(item)
            return
        self._answers += 1
        if self._answers == 1:
            self._say("")
            self.answered.emit(item)
        elif self.question.by in ("copy", "object"):
            self._nothing = not any(self._proved)
            self.settled.emit(item)

    def _on_done(self, _nothing: None) -> None:
        self._search = None
        none = self.tr("nothing proved among the {n} nearest").format(n=wording.number(self._proofs))
        self._say(none if self._nothing else "")

    def _on_failure(self, error: Exception) -> None:
        words = self._together([wording.source(source) for source in self.sources])
        self.failed.emit(error, words)

    def _say(self, progress: str) -> None:
        self._bar.set_words(", ".join(filter(None, (self._sentence(), progress))))

    def _sentence(self) -> str:
        words = self._together([wording.source(source) for source in self.sources])
        parts = {
            "content": self.tr("Photos like {query}, best first"),
            "copy": self.tr("Copies of {query}, proved first"),
            "object": self.tr("The same object or place as in {query}, proved first"),
            "colour": self.tr("Photos with the colours of {query}, best first"),
            "layout": self.tr("Photos laid out like {query}, best first"),
        }
        return parts[self.question.by].format(query=words)

    def _together(self, labels: Sequence[str]) -> str:
        if len(labels) == 1:
            return labels[0]
        return self.tr("{n} pictures together").format(n=wording.number(len(labels)))


def _ignore(_error: Exception) -> None:
    """Told elsewhere."""
