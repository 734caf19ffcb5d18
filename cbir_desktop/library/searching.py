"""A whole search: the answer of the index at once, then proofs as they come."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.filters import ANY, Filters
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.region import Matrix
from cbir_desktop.core.tasks import NULL_TASK, Part, Task
from cbir_desktop.core.types import Ids
from cbir_desktop.core.verification import Verification
from cbir_desktop.library import reranking
from cbir_desktop.library.answers import Answer, Hit
from cbir_desktop.library.examples import Picture
from cbir_desktop.library.narrowing import narrow
from cbir_desktop.library.query import By, Example, SearchQuery
from cbir_desktop.library.ranking import Admitted
from cbir_desktop.library.scoring import ranked
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import VERIFIED, Source, Verdicts, chance_of, ordered, verify_many, verify_pair


@dataclass(frozen=True, slots=True)
class Proof:
    """What relates a hit (B) to the plus example (A) that it fits best: ``example`` is its place in the query.

    Matches, and the homography, are in the pixels of the whole picture also where the example is a part of it; labels,
    scale, rotation and coverage are of that part. An error: the hit cannot be read.
    """

    photo_id: int
    verdict: Verification | KnownError
    example: int = 0


def search(
    session: Session,
    query: SearchQuery,
    k: int = 20,
    prove: int | None = None,
    include_self: bool = False,
    task: Task = NULL_TASK,
    rerank: str | None = None,
) -> Iterator[Answer | Proof]:
    """First the answer of the index; then a ``Proof`` for each of its first ``prove`` hits (None: 50 where the query
    asks for copies or objects, else none), in order; then, where any was asked for, the answer again with what is
    proved in front.

    Every answer is filtered, cut at the threshold and sorted as the query says. By copy or object the last one holds
    what was looked at, its score the probability; the threshold is one of these, and cuts the last answer only. The
    examples themselves are left out unless ``include_self`` (the minus ones always), but not what has the same bytes as
    an example from elsewhere. Raises ``DecodeError`` that names
    an example, ``KnownError`` (kinds ``empty-library``, ``empty-query``, ``bad-region``, ``no-looks``), ``Cancelled``.
    ``rerank`` names a re-ranker that puts the answer of the index into another order before (``library.reranking``;
    kinds ``unknown-name``, ``usage``).
    """
    started = time.monotonic()
    if rerank is not None:
        reranking.check(query, rerank)
    is_proof = query.by in ("copy", "object")
    count = (VERIFIED if is_proof else 0) if prove is None else prove
    engine = session.engine
    pictures = [Picture(session, example) for example in query.examples]
    admitted = _admitted(session, query, pictures, include_self)
    wanted = max(k, count) if is_proof else k
    most = wanted if rerank is None else max(wanted, reranking.DEPTH)
    hits = ranked(session, engine, query, pictures, most, admitted, task)
    if rerank is not None:
        hits = reranking.reranked(session, engine, query, rerank, pictures, hits, admitted, task)[:wanted]
    if not is_proof and query.threshold is not None:
        hits = [hit for hit in hits if hit.score >= query.threshold]
    yield _shown(Answer(hits, time.monotonic() - started), query, k)
    if not count:
        return
    verdicts: Verdicts = {}
    for proof in _proofs(session, pictures, [hit.photo.content_id for hit in hits[:count]], task):
        verdicts[proof.photo_id] = proof.verdict
        yield proof
    last = Answer(_rescored(hits, verdicts, query.by), time.monotonic() - started)
    yield _shown(last, query, k, query.threshold if is_proof else None)


def find(
    session: Session,
    query: SearchQuery,
    k: int = 20,
    prove: int | None = None,
    include_self: bool = False,
    task: Task = NULL_TASK,
    rerank: str | None = None,
) -> tuple[Answer, Verdicts]:
    """The last answer of ``search``, and its proofs. Raises as that does."""
    answer = Answer([], 0.0)
    verdicts: Verdicts = {}
    for event in search(session, query, k, prove, include_self, task, rerank):
        if isinstance(event, Answer):
            answer = event
        else:
            verdicts[event.photo_id] = event.verdict
    return answer, verdicts


def find_each(
    session: Session,
    queries: Sequence[SearchQuery],
    k: int = 20,
    prove: int | None = None,
    include_self: bool = False,
    task: Task = NULL_TASK,
    rerank: str | None = None,
) -> Iterator[tuple[Answer, Verdicts] | DecodeError]:
    """``find`` of each query, in order; one that cannot be read gives its error in its place. Few wait at a time."""
    session.open_index(task)  # once, and not in the threads

    def one(query: SearchQuery) -> tuple[Answer, Verdicts] | DecodeError:
        try:
            return find(session, query, k, prove, include_self, Part(task), rerank)
        except DecodeError as error:
            return error

    # Not the session's decoders, which may be told to yield to everybody else.
    with ThreadPoolExecutor(session.settings.threads, "query") as threads:
        for done, found in enumerate(bounded_map(threads, one, queries, ahead=4 * session.settings.threads), start=1):
            task.step(done, len(queries))
            yield found


def verify_example(session: Session, example: Example, other: Source, task: Task = NULL_TASK) -> Verification:
    """The verdict on an example (A), of which perhaps only a region counts, and another picture (B); matches as in
    ``Proof``. Raises as ``verify_pair`` does, and ``KnownError`` (kind ``bad-region``)."""
    part = Picture(session, example).to_verify()
    return of_whole(verify_pair(session, part.source, other, task), part.to_full)


def of_whole(verdict: Verification, to_full: Matrix | None) -> Verification:
    """The verdict on a part of A with what lies in A's pixels in those of the whole."""
    if to_full is None:
        return verdict
    matches = verdict.matches
    xy = matches.xy_a.astype(np.float64) @ to_full[:2, :2].T + to_full[:2, 2]
    homography = None if matches.homography is None else matches.homography @ np.linalg.inv(to_full)
    if homography is not None:
        homography = homography / homography[2, 2]
    return replace(verdict, matches=replace(matches, xy_a=xy.astype(np.float32), homography=homography))


def _admitted(session: Session, query: SearchQuery, pictures: Sequence[Picture], include_self: bool) -> Admitted:
    exclude: set[int] = set()
    for picture in pictures:
        if picture.example.minus:
            exclude.update(picture.ids())
        elif not include_self:
            exclude.update(picture.itself())
    return Admitted(_selected(session, query.filters), frozenset(exclude))


def _selected(session: Session, filters: Filters) -> Ids | None:
    return None if filters == ANY else session.catalog.selection.ids(filters)


def _shown(answer: Answer, query: SearchQuery, k: int, threshold: float | None = None) -> Answer:
    return narrow(replace(answer, hits=answer.hits[:k]), ANY, threshold, query.sort, query.reverse)


def _proofs(session: Session, pictures: Sequence[Picture], photos: Sequence[int], task: Task) -> Iterator[Proof]:
    """In the order of the photos, each against every plus example."""
    sources = [(place, one.to_verify()) for place, one in enumerate(pictures) if not one.example.minus]
    streams = [verify_many(session, one.source, photos, task) for _, one in sources]
    for verdicts in zip(*streams, strict=True):
        proofs = [
            Proof(photo, of_whole(verdict, one.to_full) if isinstance(verdict, Verification) else verdict, place)
            for (photo, verdict), (place, one) in zip(verdicts, sources, strict=True)
        ]
        yield max(proofs, key=lambda proof: (chance_of(proof.verdict), isinstance(proof.verdict, Verification)))


def _rescored(hits: Sequence[Hit], verdicts: Verdicts, by: By) -> list[Hit]:
    if by not in ("copy", "object"):
        return ordered(hits, verdicts)
    chance: Callable[[Verification], float] = (
        (lambda found: found.copy) if by == "copy" else (lambda found: max(found.copy, found.scene))
    )
    scored = [
        replace(hit, score=chance(verdict))
        for hit in hits
        if isinstance(verdict := verdicts.get(hit.photo.content_id), Verification)
    ]
    scored.sort(key=lambda hit: -hit.score)
    return [replace(hit, rank=rank) for rank, hit in enumerate(scored, start=1)]
