"""What is asked for: example pictures, plus and minus, by what they are compared, and which photos may answer."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from cbir_desktop.core.filters import ANY, Filters
from cbir_desktop.core.region import Region

By: TypeAlias = Literal["content", "copy", "object", "colour", "layout"]
"""``content``: the network's vector. ``copy``: the same picture, proved. ``object``: the same object or place, proved.
``colour``, ``layout``: which colours a picture has; where they and its edges lie."""
BYS: tuple[By, ...] = get_args(By)
Look: TypeAlias = Literal["colour", "layout"]
LOOKS: tuple[Look, ...] = get_args(Look)
Sort: TypeAlias = Literal["score", "date", "size", "name"]
SORTS: tuple[Sort, ...] = get_args(Sort)

HEAVIEST = 10.0
"""The largest weight of an example."""


@dataclass(frozen=True, slots=True)
class Example:
    """One picture of a query: to be like, or (``minus``) not to be like.

    ``hash``: of its bytes (32), ``path``: where they were; one of them at least. The hash is what counts: the picture
    is looked for in the library, among the pictures kept for queries (``library.kept``), then at the path, which with
    no hash is all there is. ``weight``: above 0; of two plus examples the heavier one counts more, a minus of weight 2
    pushes away twice as hard. ``region``: only this part of the picture. Raises ValueError for what cannot be.
    """

    path: str | None = None
    hash: bytes | None = None
    minus: bool = False
    weight: float = 1.0
    region: Region | None = None

    def __post_init__(self) -> None:
        if not self.path and self.hash is None:
            raise ValueError("an example needs a path or a hash")
        if self.hash is not None and len(self.hash) != 32:
            raise ValueError("the hash of an example has 32 bytes")
        if not (math.isfinite(self.weight) and 0 < self.weight <= HEAVIEST):
            raise ValueError(f"a weight is above 0, and {HEAVIEST:g} at most")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A whole question, as the bar shows it and as history and pins keep it.

    ``blend``: how much of the score is by ``blend_with`` instead of the content, 0 to 1; nothing where ``by`` is
    itself a look. ``threshold``: hits below this score are left out. Raises ValueError where no example is plus.
    """

    examples: tuple[Example, ...]
    by: By = "content"
    blend: float = 0.0
    blend_with: Look = "colour"
    filters: Filters = ANY
    sort: Sort = "score"
    reverse: bool = False
    threshold: float | None = None

    def __post_init__(self) -> None:
        if all(example.minus for example in self.examples):
            raise ValueError("a query needs at least one picture that the results shall be like")
        if not (math.isfinite(self.blend) and 0 <= self.blend <= 1):
            raise ValueError("a blend is from 0 to 1")
        if self.threshold is not None and not math.isfinite(self.threshold):
            raise ValueError("a threshold is a number")

    @property
    def plus(self) -> tuple[Example, ...]:
        return tuple(example for example in self.examples if not example.minus)
