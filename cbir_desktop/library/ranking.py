"""From one vector to the photos nearest to it: index and provisional photos together, filtered, never too few."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Ids, Vectors
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

    def of(self, pairs: Pairs) -> Pairs:
        if self.ids is None:
            return [pair for pair in pairs if pair[0] not in self.exclude]
        inside = np.isin(np.array([number for number, _ in pairs], np.int64), self.ids)
        return [pair for pair, is_in in zip(pairs, inside, strict=True) if is_in and pair[0] not in self.exclude]


def opened(session: Session, engine: Engine, task: Task) -> int:
    """How many photos can be searched by content. Raises ``KnownError`` (kind ``empty-library``) where none can."""
    index = engine.open_index(task)
    index.follow(task)  # another process may have filled it since it was opened
    count = len(index) + len(engine.provisional)
    if not count:
        raise KnownError(_why_empty(session, engine), "empty-library")
    return count


def by_content(session: Session, engine: Engine, query: Vectors, k: int, admitted: Admitted, task: Task) -> list[Hit]:
    """The k photos nearest to one unit vector (1, dim). Raises as ``opened`` does."""
    total = opened(session, engine, task)
    if admitted.ids is not None and len(admitted.ids) <= EXACT:
        return exactly(session, compared(session, engine, query, admitted.ids), k, admitted, task)
    return first(session, lambda count: nearest(engine, query, count), total, k, admitted, task)


def nearest(engine: Engine, query: Vectors, count: int) -> Pairs:
    """The index, and what is not in it yet, as one."""
    # The index first: a photo that moves from one to the other in between is provisional no more when its record
    # is asked for, and so is never found twice.
    found = engine.open_index().search(query, count).row() + engine.provisional.search(query, count)
    return sorted(found, key=lambda pair: -pair[1])[:count]


def compared(session: Session, engine: Engine, query: Vectors, ids: Ids) -> Pairs:
    """All of these photos that have a vector, compared one by one."""
    contents, vectors = session.catalog.vectors.of(ids[ids >= 0].tolist(), engine.encoder_id)
    pairs = list(zip(contents.tolist(), (vectors @ query[0]).tolist(), strict=True)) if len(contents) else []
    if (ids < 0).any():
        wanted = set(ids[ids < 0].tolist())
        pairs += [pair for pair in engine.provisional.search(query, len(engine.provisional)) if pair[0] in wanted]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def exactly(session: Session, pairs: Pairs, k: int, admitted: Admitted, task: Task) -> list[Hit]:
    """The first k of a whole ranking that may answer."""
    return first(session, lambda count: pairs[:count], len(pairs), k, admitted, task)


def first(
    session: Session, ranking: Callable[[int], Pairs], total: int, k: int, admitted: Admitted, task: Task
) -> list[Hit]:
    """The best k that may answer by ``admitted`` and by their state; asks for more of a ranking of ``total`` until
    there are enough."""
    share = 1.0 if admitted.ids is None else max(len(admitted.ids), 1) / max(total, 1)
    wanted = min(total, int((k + 16) / min(1.0, share)) + len(admitted.exclude))
    while True:
        task.check()
        found = ranking(wanted)
        admissible = admitted.of(found)
        hits = _present(session, admissible, k)
        if len(hits) >= k or wanted >= total:
            return hits
        wanted = min(total, wanted * 4)


def _present(session: Session, pairs: Pairs, k: int) -> list[Hit]:
    """The first k that have a file which is there, or on a drive that is away."""
    hits: list[Hit] = []
    for start in range(0, len(pairs), max(k + 16, 64)):
        part = dict(pairs[start : start + max(k + 16, 64)])
        for photo in session.catalog.photos(list(part)):
            if photo.state in ("online", "offline"):
                hits.append(Hit(len(hits) + 1, part[photo.content_id], photo))
        if len(hits) >= k:
            break
    return hits[:k]


def excluded(ids: Collection[int]) -> Admitted:
    return Admitted(exclude=frozenset(ids))


def _why_empty(session: Session, engine: Engine) -> str:
    others = [name for name, key, _, count in session.catalog.vectors.encoders() if count and key != engine.encoder.key]
    if others:
        return f"the library was indexed with another encoder ({', '.join(others)}); index its folders again"
    return "the library is empty; index a folder first"
