"""Questions as a person works with them: asked, changed in the bar, gone back to, narrowed, kept as pins."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QObject, Signal

from cbir_desktop.core.region import Region
from cbir_desktop.core.verification import Verification
from cbir_desktop.gui.history import History
from cbir_desktop.gui.match_outline import outline
from cbir_desktop.gui.narrowing_bar import NarrowingBar
from cbir_desktop.gui.photo_model import PhotoModel
from cbir_desktop.gui.query import Source
from cbir_desktop.gui.question import Example, Narrowing, Question
from cbir_desktop.gui.region_page import RegionPage
from cbir_desktop.gui.relation_badges import RelationBadges
from cbir_desktop.gui.searcher import NOTHING, Searcher
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.answers import Answer
from cbir_desktop.library.query import By, Look
from cbir_desktop.library.relation_words import badge
from cbir_desktop.library.searching import Proof


@dataclass(frozen=True)
class Asked:
    """A step of the history: a question and how its answer was narrowed; without examples, all photos."""

    question: Question = NOTHING
    narrowing: Narrowing = field(default_factory=Narrowing)


ALL = Asked()
PROVED = 0.5
"""The probability from which on a copy, or the same object, is more likely than not."""


class Asking(QObject):
    """``hits_changed``: other photos are to be shown, of a new answer where that is true. ``ended``: none is left to
    ask, all photos are to be shown. ``asked``: a question begins, its answer is not there yet."""

    asked = Signal()
    hits_changed = Signal(object, bool)
    ended = Signal()
    steps_changed = Signal()

    def __init__(
        self,
        searcher: Searcher,
        narrowing: NarrowingBar,
        badges: RelationBadges,
        model: PhotoModel,
        region_page: RegionPage,
        with_library: WithLibrary,
    ) -> None:
        super().__init__(searcher)
        self._searcher, self._narrowing, self._badges, self._model = searcher, narrowing, badges, model
        self._regions, self._with_library = region_page, with_library
        self._folders: Sequence[str] = ()
        self._is_visit = False  # the search under way goes into the history of the library once it has an answer
        self.history: History[Asked] = History(ALL)
        searcher.answered.connect(self._on_answer)
        searcher.settled.connect(self._on_settled)
        searcher.proved.connect(self._on_proved)
        narrowing.narrowed.connect(self._on_narrowed)

    # -- what is asked ------------------------------------------------------------------------------------------

    @property
    def question(self) -> Question:
        return self._searcher.question

    @property
    def current(self) -> Asked:
        """To be kept as a pin."""
        return Asked(self.question, self._narrowing.narrowing)

    def set_folders(self, folders: Sequence[str]) -> None:
        """Of the library, for the filters."""
        self._folders = folders

    def ask(self, sources: Sequence[Source]) -> None:
        """A new question; it is compared as the one before was."""
        self.ask_question(replace(self.question, examples=Question.of(sources).examples))

    def ask_question(self, question: Question, narrowing: Narrowing | None = None) -> None:
        if not question.is_askable:
            question = NOTHING
        kept = Narrowing(sort=self._narrowing.narrowing.sort, reverse=self._narrowing.narrowing.reverse)
        step = Asked(question, narrowing or kept)
        if _is_tweak(self.history.current.question, question):
            self.history.amend(step)
        else:
            self.history.visit(step)
            self._is_visit = bool(question.examples)
        self._start(step)

    def attach(self) -> None:
        """The library is open: its earlier searches are a step back."""
        self._with_library(lambda library: library.searches.history(self._precede, _ignore))

    def _precede(self, past: Sequence[tuple[Question, Narrowing]]) -> None:
        self.history.precede([Asked(*one) for one in past])
        self.steps_changed.emit()

    def add(self, examples: Sequence[Example]) -> None:
        """To the question, or as a new one."""
        self.ask_question(self.question.adding(examples))

    def add_sources(self, sources: Sequence[Source], minus: bool = False) -> None:
        self.add([Example(source, minus=minus) for source in sources])

    def change(self, place: int, example: Example) -> None:
        changed = self.question.with_example(place, example)
        if changed.is_askable:  # one that is left to be like
            self.ask_question(changed)
        else:
            self._searcher.show_again()

    def remove(self, place: int) -> None:
        self.ask_question(self.question.without(place))

    def compare_by(self, by: By, blend: float, blend_with: Look) -> None:
        changed = replace(self.question, by=by, blend=blend, blend_with=blend_with)
        if self._searcher.active:
            self.ask_question(changed)

    def choose_region(self, place: int) -> None:
        """Of an example in the bar."""
        example = self.question.examples[place]
        self._regions.choose(
            example.source, example.region, lambda region: self.change(place, replace(example, region=region))
        )

    def search_region(self, source: Source) -> None:
        """A part of any picture, as a new question."""

        def ask(region: Region | None) -> None:
            self.ask_question(replace(self.question, examples=(Example(source, region=region),)))

        self._regions.choose(source, None, ask)

    def go(self, by: int) -> None:
        """-1 is back, 1 is forward."""
        before = self.history.current
        step = self.history.go(by)
        if step is not before:
            self._is_visit = False
            self._start(step)

    def clear(self) -> None:
        """All photos again."""
        if self._searcher.active:
            self.ask_question(NOTHING)

    def _start(self, step: Asked) -> None:
        self._badges.stop()
        self._narrowing.begin(step.narrowing)
        self.steps_changed.emit()
        if not step.question.examples:
            self._searcher.clear()
            self.ended.emit()
            return
        self.asked.emit()
        self._with_library(lambda library: self._searcher.ask(library, step.question))

    # -- what comes back ----------------------------------------------------------------------------------------

    def _on_answer(self, answer: Answer) -> None:
        self.hits_changed.emit(self._narrowing.set_answer(answer, self._folders), True)
        question = self.question
        if question.by == "content" and len(question.plus) == 1 and question.plus[0].region is None:
            source = question.plus[0].source
            self._with_library(lambda library: self._badges.start(library.verify_hits, source))

        if self._is_visit:
            self._is_visit = False
            self._with_library(lambda library: library.searches.visited(question, _ignore))

    def _on_settled(self, answer: Answer) -> None:
        """What is not proved is hidden where something is, until the slider is moved."""
        proved = any(hit.score >= PROVED for hit in answer.hits)
        if proved and self._narrowing.narrowing.threshold is None:
            self._narrowing.narrowing = replace(self._narrowing.narrowing, threshold=PROVED)
        self.hits_changed.emit(self._narrowing.set_answer(answer, self._folders), False)

    def _on_proved(self, proof: Proof) -> None:
        if isinstance(proof.verdict, Verification):
            self._model.set_badges({proof.photo_id: badge(proof.verdict)})
            region = self.question.examples[proof.example].region
            if region is not None and (drawn := outline(proof.verdict, region)) is not None:
                self._model.set_outline(proof.photo_id, drawn)
            self._badges.found.emit()

    def _on_narrowed(self, hits: object) -> None:
        self.history.amend(replace(self.history.current, narrowing=self._narrowing.narrowing))
        self.hits_changed.emit(hits, False)


def _ignore(_error: Exception) -> None:
    """A library that can only be read has no history; that it can only be read stands above the photos."""


def _is_tweak(old: Question, new: Question) -> bool:
    """The same examples, only weighed or blended in another way: no step of its own while a slider moves."""

    def core(question: Question) -> Question:
        examples = tuple(replace(example, weight=1.0) for example in question.examples)
        return replace(question, examples=examples, blend=0.0)

    return bool(old.examples) and core(old) == core(new)
