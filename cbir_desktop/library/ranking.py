"""From one vector to the photos nearest to it: index and provisional photos together, filtered, never too few."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.core.words import say
from cbir_desktop.library.answers import Hit
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.session import Session

EXACT = 4096
"""Where filters leave no more photos than this, each is compared, at 0.01 ms; else the index is asked for more."""

Pairs = list[tuple[int, float]]
"""(id, score), best first."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """Which photos may answer: those of the sorted ``ids`` (None: all), without the ``exclude``d ones."""

    ids: Ids | None = None
    exclude: frozenset[int] = frozenset()

    def inside(self, numbers: Sequence[int]) -> npt.NDArray[np.bool_]:
        """(n,): which of these are among the ids."""
        if self.ids is None:
            return np.ones(len(numbers), np.bool_)
        return np.isin(np.asarray(numbers, np.int64), self.ids)


def opened(session: Session, engine: Engine, task: Task) -> int:
    """More photos than a search by content can find. Raises ``KnownError`` (kind ``empty-library``) where there is
    none."""
    index = engine.open_index(task)
    index.follow(task)  # another process may have filled it since it was opened
    most = _most(engine)
    if not most:
        raise KnownError(_why_empty(session, engine), "empty-library")
    return most


def by_content(session: Session, engine: Engine, query: Vectors, k: int, admitted: Admitted, task: Task) -> list[Hit]:
    """The k photos nearest to one unit vector (1, dim). Raises as ``opened`` does."""
    most = opened(session, engine, task)
    if admitted.ids is not None and len(admitted.ids) <= EXACT:
        return exactly(session, compared(session, engine, query, admitted.ids), k, admitted, task)
    return first(session, lambda count: nearest(engine, query, count), most, k, admitted, task)


def nearest(engine: Engine, query: Vectors, count: int) -> Pairs:
    """The index, and what is not in it yet, as one. Indexing may move photos from one to the other at any moment."""
    # The provisional ones first: what is moved in between is found twice. In the other order it was not found.
    found = engine.provisional.search(query, count) + engine.open_index().search(query, count).row()
    return sorted(found, key=lambda pair: -pair[1])[:count]


def compared(session: Session, engine: Engine, query: Vectors, ids: Ids) -> Pairs:
    """All of these photos that have a vector, compared one by one."""
    encoder_id, provisional = engine.encoder_id, engine.provisional
    waiting = provisional.search(query, len(provisional)) if (ids < 0).any() else []
    with session.catalog.db.reading():  # what was read since it was waiting has a vector now
        numbers = np.array(session.catalog.settled(ids.tolist()), np.int64)
        contents, vectors = session.catalog.vectors.of(np.unique(numbers[numbers >= 0]).tolist(), encoder_id)
    still = set(numbers[numbers < 0].tolist())
    pairs = [pair for pair in waiting if pair[0] in still]
    if len(contents):
        pairs += zip(contents.tolist(), (vectors @ query[0]).tolist(), strict=True)
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def exactly(session: Session, pairs: Pairs, k: int, admitted: Admitted, task: Task) -> list[Hit]:
    """The first k of a whole ranking that may answer."""
    return first(session, lambda count: pairs[:count], len(pairs), k, admitted, task)


def first(
    session: Session, ranking: Callable[[int], Pairs], most: int, k: int, admitted: Admitted, task: Task
) -> list[Hit]:
    """The best k that may answer by ``admitted`` and by their state; asks for more of a ranking of at most ``most``
    until there are enough."""
    share = 1.0 if admitted.ids is None else min(1.0, max(len(admitted.ids), 1) / max(most, 1))
    wanted = min(most, int((k + 16) / share) + len(admitted.exclude))
    while True:
        task.check()
        hits = _present(session, ranking(wanted), k, admitted)
        if len(hits) >= k or wanted >= most:
            return hits
        wanted = min(most, wanted * 4)


def settled(session: Session, found: Pairs, admitted: Admitted) -> dict[int, float]:
    """Id -> score of what may answer, best first; what was provisional when it was found, and was read since, under
    its content's id. Where both of its vectors were found, the nearer one counts, in this answer."""
    numbers = [number for number, _ in found]
    ids, left_out = session.catalog.settled(numbers), set(session.catalog.settled(admitted.exclude))
    scores: dict[int, float] = {}
    for number, (_, score), is_in in zip(ids, found, admitted.inside(numbers) | admitted.inside(ids), strict=True):
        if is_in and number not in left_out:
            scores.setdefault(number, score)
    return scores


def _most(engine: Engine) -> int:
    """A photo that is moved while somebody searches is found in both."""
    waiting = len(engine.provisional)
    engine.open_index().follow()  # what left the provisional ones before they were counted is in it now
    return len(engine.open_index()) + 2 * waiting


def _present(session: Session, found: Pairs, k: int, admitted: Admitted) -> list[Hit]:
    """The first k that may answer and have a file which is there, or on a drive that is away."""
    hits: list[Hit] = []
    with session.catalog.db.reading():  # or a photo could be read between the two questions, and be lost
        scores = settled(session, found, admitted)
        numbers, step = list(scores), max(k + 16, 64)
        for start in range(0, len(numbers), step):
            photos = session.catalog.photos(numbers[start : start + step])
            hits += [
                Hit(rank, scores[photo.content_id], photo)
                for rank, photo in enumerate(
                    (photo for photo in photos if photo.state in ("online", "offline")), start=len(hits) + 1
                )
            ]
            if len(hits) >= k:
                break
    return hits[:k]


def excluded(ids: Collection[int]) -> Admitted:
    return Admitted(exclude=frozenset(ids))


def _why_empty(session: Session, engine: Engine) -> str:
    others = [name for name, key, _, count in session.catalog.vectors.encoders() if count and key != engine.encoder.key]
    if others:
        words = say("the library was indexed with another encoder ({others}); index its folders again")
        return words.format(others=", ".join(others))
    return say("the library is empty; index a folder first")
