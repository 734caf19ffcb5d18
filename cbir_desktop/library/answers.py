"""What a search gives back."""

from dataclasses import dataclass

from cbir_desktop.store.catalog import Photo


@dataclass(frozen=True, slots=True)
class Hit:
    """One photo found; ``rank`` counts from 1.

    ``score``: by content the cosine of its vector with the query's (of a provisional photo: of its preview); by look,
    or blended with one, 1 for the same and 0 for no nearer than a random photo of this library; of what was asked to be
    proved, the probability.
    """

    rank: int
    score: float
    photo: Photo


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one query, best first, and how long it took with decoding and encoding."""

    hits: list[Hit]
    seconds: float
