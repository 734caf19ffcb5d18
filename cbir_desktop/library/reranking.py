"""The answer of the index in the order of a re-ranker; what only shares a small object with the query joins in."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Reranker
from cbir_desktop.core.registry import BY_LOCAL_MATCHES, BY_PARTS, BY_VECTORS, matchers, rerankers
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Ids, Query, Ranking, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.library.answers import Hit
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.examples import Picture
from cbir_desktop.library.query import LOOKS, SearchQuery
from cbir_desktop.library.ranking import Admitted, exactly
from cbir_desktop.library.rocchio import combined
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import prepare
from cbir_desktop.rerankers.local import merged

DEPTH = 200
"""Candidates that are put into a better order: local matches take 5 ms each."""


def check(query: SearchQuery, name: str) -> None:
    """Raises ``KnownError`` (kinds ``unknown-name``, ``usage``) for what cannot be re-ranked."""
    rerankers.plugin(name)
    if query.threshold is not None:
        raise KnownError("a threshold is one of likeness, and re-ranked results have other scores", "usage")
    if name in BY_VECTORS and query.by in LOOKS:
        raise KnownError(f"{name} compares vectors of content, and this search is by {query.by}", "usage")


def reranked(
    session: Session,
    engine: Engine,
    query: SearchQuery,
    name: str,
    pictures: Sequence[Picture],
    hits: Sequence[Hit],
    admitted: Admitted,
    task: Task,
) -> list[Hit]:
    """The hits in the order of a registered re-ranker, with its scores; those beyond ``DEPTH``, and those that were not
    read yet, behind as they stood.

    By local matches, photos that the index of keypoints names are candidates too, in turns with the hits. Raises
    ``DecodeError`` that names an example.
    """
    settled, provisional = [[hit for hit in hits if (hit.photo.content_id < 0) is early] for early in (False, True)]
    shown: list[Prepared] = []
    if name not in BY_VECTORS:
        shown = [prepare(session, one.to_verify().source) for one in pictures if not one.example.minus]
    if name in BY_LOCAL_MATCHES:
        settled = _with_voted(session, shown, settled, admitted, task)
    ids = np.array([hit.photo.content_id for hit in settled], np.int64)
    ranking = Ranking(ids[None], np.array([hit.score for hit in settled], np.float32)[None])
    vectors = np.stack([picture.vector(engine) for picture in pictures])
    vector = combined([picture.example for picture in pictures], vectors)
    reranker = _built(session, engine, name)
    task.check()
    found = reranker.rerank(Query([one.picture.image for one in shown], vector[0]), ranking)
    by_id = {hit.photo.content_id: hit for hit in settled}
    ordered = [replace(by_id[identity], score=score) for identity, score in found.row()] + provisional
    return [replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)]


def _built(session: Session, engine: Engine, name: str) -> Reranker:
    if name in BY_VECTORS:
        return rerankers.create(name, vectors_of=lambda ids: _vectors(session, engine, ids), depth=DEPTH)
    if name in BY_LOCAL_MATCHES:
        return rerankers.create(name, prepared_of=lambda identity: prepare(session, identity), depth=DEPTH)
    if name in BY_PARTS:
        image_of = {"image_of": lambda identity: prepare(session, identity).picture.image}
        return rerankers.create(name, encoder=engine.encoder, **image_of)
    sides = {"matcher": matchers.create("sift"), "picture_of": lambda identity: prepare(session, identity).picture}
    return rerankers.create(name, **sides)


def _vectors(session: Session, engine: Engine, ids: Ids) -> Vectors:
    """(n, dim) in the order of the ids; zeros for one that was forgotten meanwhile."""
    known, vectors = session.catalog.vectors.of(ids.tolist(), engine.encoder_id)
    rows = {identity: row for row, identity in enumerate(known.tolist())}
    found = np.zeros((len(ids), engine.encoder.dim), np.float32)
    for place, identity in enumerate(ids.tolist()):
        if identity in rows:
            found[place] = vectors[rows[identity]]
    return found


def _with_voted(
    session: Session, shown: Sequence[Prepared], hits: Sequence[Hit], admitted: Admitted, task: Task
) -> list[Hit]:
    """The hits, and as many photos that keypoints of the query vote for, in turns."""
    descriptors = np.concatenate([one.features.descriptors for one in shown])
    voted = session.keypoints.search(descriptors, DEPTH)
    if voted is None:
        return list(hits)
    more = exactly(session, voted.row(), DEPTH, admitted, task)
    known = {hit.photo.content_id: hit for hit in (*more, *hits)}
    order = merged(_ids(more), _ids(hits), len(known))
    return [known[identity] for identity, _ in order.row()]


def _ids(hits: Sequence[Hit]) -> Ranking:
    ids = np.array([hit.photo.content_id for hit in hits], np.int64)
    return Ranking(ids[None], np.zeros((1, len(ids)), np.float32))
