"""The ranking that a query asks for: by content, by look, or by both."""

from collections.abc import Callable, Sequence

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.library.answers import Hit
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.examples import Picture
from cbir_desktop.library.look_index import similarities
from cbir_desktop.library.query import LOOKS, Look, SearchQuery
from cbir_desktop.library.ranking import Admitted, Pairs, by_content, compared, exactly, first, nearest, opened, settled
from cbir_desktop.library.rocchio import combined, weights_of
from cbir_desktop.library.session import Session

BLENDED = 1000
"""The best of each measure that a blend looks at: what is in neither thousand is not found."""

_SAMPLE = 256  # photos whose middle cosine stands for that of any: good to about 0.02


def ranked(
    session: Session,
    engine: Engine,
    query: SearchQuery,
    pictures: Sequence[Picture],
    k: int,
    admitted: Admitted,
    task: Task,
) -> list[Hit]:
    """The k photos that answer best. Raises ``KnownError`` (kinds ``empty-library``, ``empty-query``, ``no-looks``)."""
    if query.by in LOOKS:
        ids, scores = _looked_at(session, query.by, pictures, task)
        return first(session, _best_first(ids, scores), len(ids), k, admitted, task)
    vectors = np.stack([picture.vector(engine) for picture in pictures])
    vector = combined([picture.example for picture in pictures], vectors)
    if not query.blend:
        return by_content(session, engine, vector, k, admitted, task)
    pairs = _blended(session, engine, query, vector, pictures, max(BLENDED, 4 * k), admitted, task)
    return exactly(session, pairs, k, admitted, task)


def _best_first(ids: Ids, scores: Vectors) -> Callable[[int], Pairs]:
    """The first ones of a whole ranking; equal ones by their ids, which rise."""
    order = np.argsort(-scores, kind="stable")
    ids, scores = ids[order], scores[order]
    return lambda count: list(zip(ids[:count].tolist(), scores[:count].tolist(), strict=True))


def _looked_at(session: Session, look: Look, pictures: Sequence[Picture], task: Task) -> tuple[Ids, Vectors]:
    """Rising ids of all photos that have a look, and their scores, by Rocchio's formula on the similarities: they are
    added as vectors are, each being 1 for the same picture and 0 for any."""
    ids, looks = session.looks.follow(task)
    if not len(ids):
        raise KnownError("the colours of no photo are known yet; index its folder again", "no-looks")
    scores = np.zeros(len(ids), np.float32)
    for picture, weight in zip(pictures, weights_of([picture.example for picture in pictures]), strict=True):
        task.check()
        scores += np.float32(weight) * similarities(looks, look, picture.look())
    return ids, scores


def _blended(
    session: Session,
    engine: Engine,
    query: SearchQuery,
    vector: Vectors,
    pictures: Sequence[Picture],
    count: int,
    admitted: Admitted,
    task: Task,
) -> Pairs:
    """(1 - blend) of the content and blend of the look, each brought to 1 for the same and 0 for a random photo
    (CombSUM of Fox & Shaw 1994 on scores of one scale). Of the best by content, and the best by look, that may answer.
    """
    most = opened(session, engine, task)
    ids, looks = _looked_at(session, query.blend_with, pictures, task)
    chance = _chance(session, engine, vector, ids)
    allowed = ids if admitted.ids is None else np.intersect1d(ids, admitted.ids, assume_unique=True)
    by_look = allowed[np.argsort(-looks[np.searchsorted(ids, allowed)], kind="stable")[:count]]
    found = settled(session, nearest(engine, vector, min(most, count)), admitted)
    found |= compared(session, engine, vector, by_look[~np.isin(by_look, list(found))])
    numbers, cosines = np.array(list(found), np.int64), np.array(list(found.values()))
    places = np.searchsorted(ids, numbers).clip(max=len(ids) - 1)
    own = np.where(ids[places] == numbers, looks[places], 0.0)  # a provisional one has no look: as any
    scores = (1 - query.blend) * (cosines - chance) / max(1 - chance, 1e-6) + query.blend * own
    order = np.lexsort((numbers, -scores))
    return list(zip(numbers[order].tolist(), scores[order].tolist(), strict=True))


def _chance(session: Session, engine: Engine, vector: Vectors, ids: Ids) -> float:
    """The middle cosine of the query with photos spread over the library: what any photo has."""
    sample = ids[np.unique(np.linspace(0, len(ids) - 1, _SAMPLE).astype(int))]
    cosines = [cosine for _, cosine in compared(session, engine, vector, sample)]
    return float(np.median(cosines)) if cosines else 0.0
