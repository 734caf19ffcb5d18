"""From example pictures to the photos most like them."""

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.indexing import WORKING_SIDE
from cbir_desktop.library.session import Session
from cbir_desktop.library.vector_index import LibraryIndex
from cbir_desktop.store.catalog import Photo
from cbir_desktop.store.vectors import as_stored, unit_rows


@dataclass(frozen=True, slots=True)
class Hit:
    """One content found: ``score`` is the cosine of its vector with the query's, ``rank`` counts from 1."""

    rank: int
    score: float
    photo: Photo


@dataclass(frozen=True, slots=True)
class Answer:
    """The hits of one query, best first, and how long it took with decoding and encoding."""

    hits: list[Hit]
    seconds: float


def search_files(
    session: Session, paths: Sequence[str], k: int = 20, include_self: bool = False, task: Task = NULL_TASK
) -> Answer:
    """The k photos most like these pictures together; the files need not be in the library.

    A query that is in the library (the same bytes) is left out of the answer unless ``include_self``.
    Raises ``DecodeError`` when one of them cannot be read, ``KnownError`` when the library holds nothing to search.
    """
    started = time.monotonic()
    engine = session.engine
    queries = [_query_of_file(session, engine, path) for path in paths]  # here: the user never waits behind indexing
    hashes = () if include_self else tuple(query.hash for query in queries)
    vectors = np.stack([query.vector for query in queries])
    return _answer(session, engine, vectors, k, _content_ids(session, hashes), started, task)


def search_each(
    session: Session, paths: Sequence[str], k: int = 20, include_self: bool = False, task: Task = NULL_TASK
) -> Iterator[Answer | DecodeError]:
    """One answer a picture, in order; an unreadable one gives its error in its place. Few are held at a time."""
    engine = session.engine
    engine.open_index(task)  # once, and not in the threads

    def one(path: str) -> Answer | DecodeError:
        task.check()
        started = time.monotonic()
        try:
            query = _query_of_file(session, engine, path)
        except DecodeError as error:
            return error
        exclude = _content_ids(session, () if include_self else (query.hash,))
        return _answer(session, engine, query.vector[np.newaxis], k, exclude, started, task)

    return bounded_map(session.decoders, one, paths, ahead=4 * session.settings.threads)


def search_images(
    session: Session, images: Sequence[Image], k: int = 20, exclude: Collection[int] = (), task: Task = NULL_TASK
) -> Answer:
    """The k photos most like these pictures together, without the contents ``exclude``."""
    started = time.monotonic()
    engine = session.engine
    return _answer(session, engine, engine.encoder.encode(images), k, exclude, started, task)


def search_contents(session: Session, ids: Sequence[int], k: int = 20, task: Task = NULL_TASK) -> Answer:
    """The k photos most like these contents of the library, which are left out; nothing is decoded.

    Raises ``KnownError`` (kind ``not-indexed``) when none of them has a vector.
    """
    started = time.monotonic()
    engine = session.engine
    _, vectors = session.catalog.vectors.of(ids, engine.encoder_id)
    if not len(vectors):
        raise KnownError("this photo is not indexed yet; index its folder again", "not-indexed")
    return _answer(session, engine, vectors, k, ids, started, task)


@dataclass(frozen=True, slots=True)
class _Query:
    hash: bytes
    vector: Vectors


def _query_of_file(session: Session, engine: Engine, path: str) -> _Query:
    """Prepared as indexing prepares a photo: the same bytes give the same vector. A known one is not decoded."""
    data = read_file(path)
    content_hash = hash_bytes(data)
    content = session.catalog.vectors.content_with_vector(content_hash, engine.encoder_id)
    if content is not None:
        return _Query(content_hash, session.catalog.vectors.of([content], engine.encoder_id)[1][0])
    vector = engine.encoder.encode([session.decoder.decode(data, min_side=WORKING_SIDE).image])
    return _Query(content_hash, unit_rows(as_stored(vector).astype(np.float32))[0])


def _content_ids(session: Session, hashes: Collection[bytes]) -> list[int]:
    ids = (session.catalog.content_id(content_hash) for content_hash in hashes)
    return [content for content in ids if content is not None]


def _answer(
    session: Session, engine: Engine, vectors: Vectors, k: int, exclude: Collection[int], started: float, task: Task
) -> Answer:
    index = engine.open_index(task)
    if not len(index):
        raise KnownError(_why_empty(session, engine), "empty-library")
    query = unit_rows(vectors.mean(axis=0, keepdims=True))
    hits = _hits(session, index, query, k, frozenset(exclude), task)
    return Answer(hits, time.monotonic() - started)


def _hits(
    session: Session, index: LibraryIndex, query: Vectors, k: int, exclude: frozenset[int], task: Task
) -> list[Hit]:
    """The best k that are excluded neither by the caller nor by their state; asks for more until there are enough."""
    total = len(index)
    wanted = min(total, k + len(exclude) + 16)
    while True:
        task.check()
        found = [pair for pair in index.search(query, wanted).row() if pair[0] not in exclude]
        scores = dict(found)
        photos = session.catalog.photos([content for content, _ in found])
        present = [photo for photo in photos if photo.state in ("online", "offline")][:k]
        if len(present) >= k or wanted >= total:
            return [Hit(rank, scores[photo.content_id], photo) for rank, photo in enumerate(present, start=1)]
        wanted = min(total, wanted * 4)


def _why_empty(session: Session, engine: Engine) -> str:
    others = [name for name, key, _, count in session.catalog.vectors.encoders() if count and key != engine.encoder.key]
    if others:
        return f"the library was indexed with another encoder ({', '.join(others)}); index its folders again"
    return "the library is empty; index a folder first"
