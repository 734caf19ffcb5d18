"""A question as it stands in the bar: example pictures, each plus or minus, weighted, whole or a region of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cbir_desktop.core.filters import ANY, Filters
from cbir_desktop.core.region import Region
from cbir_desktop.gui.query import Source
from cbir_desktop.library.query import By, Look, Sort

WEIGHTS = (0.1, 2.0)
"""The least and the most that the slider gives an example."""


@dataclass(frozen=True)
class Example:
    """A picture of the question. ``minus``: photos like it are not wanted. ``region``: only this part of it."""

    source: Source
    minus: bool = False
    weight: float = 1.0
    region: Region | None = None


@dataclass(frozen=True)
class Narrowing:
    """Which hits of an answer are shown, and in which order; that takes no new search."""

    filters: Filters = ANY
    threshold: float | None = None
    sort: Sort = "score"
    reverse: bool = False


@dataclass(frozen=True)
class Question:
    """``by``: what is compared; ``blend``: how much a look, ``blend_with``, counts beside content, from 0 to 1."""

    examples: tuple[Example, ...]
    by: By = "content"
    blend: float = 0.0
    blend_with: Look = "colour"

    @classmethod
    def of(cls, sources: Sequence[Source]) -> "Question":
        """Photos like all of these together."""
        return cls(tuple(Example(source) for source in sources))

    @property
    def is_askable(self) -> bool:
        """What is not wanted alone says nothing."""
        return any(not example.minus for example in self.examples)

    @property
    def plus(self) -> tuple[Example, ...]:
        return tuple(example for example in self.examples if not example.minus)

    def adding(self, examples: Sequence[Example]) -> "Question":
        return replace(self, examples=(*self.examples, *examples))

    def with_example(self, place: int, example: Example) -> "Question":
        return replace(self, examples=(*self.examples[:place], example, *self.examples[place + 1 :]))

    def without(self, place: int) -> "Question":
        return replace(self, examples=(*self.examples[:place], *self.examples[place + 1 :]))
