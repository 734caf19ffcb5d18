"""From example pictures to the photos most like them."""

import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.answers import Answer, Hit
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.indexing import WORKING_SIDE
from cbir_desktop.library.provisional import ProvisionalIndex
from cbir_desktop.library.session import Session
from cbir_desktop.library.vector_index import LibraryIndex
from cbir_desktop.store.vectors import as_given_back, unit_rows


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
    exclude = () if include_self else _ids_of(session, queries)
    vectors = np.stack([query.vector for query in queries])
    return _answer(session, engine, vectors, k, exclude, started, task)


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
        exclude = () if include_self else _ids_of(session, [query])
        return _answer(session, engine, query.vector[np.newaxis], k, exclude, started, task)

    # Not the session's decoders, which may be told to yield to everybody else.
    with ThreadPoolExecutor(session.settings.threads, "query") as threads:
        yield from bounded_map(threads, one, paths, ahead=4 * session.settings.threads)


def search_images(
    session: Session, images: Sequence[Image], k: int = 20, exclude: Collection[int] = (), task: Task = NULL_TASK
) -> Answer:
    """The k photos most like these pictures together, without the contents ``exclude``."""
    started = time.monotonic()
    engine = session.engine
    return _answer(session, engine, engine.encoder.encode(images), k, exclude, started, task)


def search_contents(session: Session, ids: Sequence[int], k: int = 20, task: Task = NULL_TASK) -> Answer:
    """The k photos most like these of the library, which are left out; nothing is decoded.

    ``ids`` below 0 are provisional photos.

    Raises ``KnownError`` (kind ``not-indexed``) when none of them has a vector.
    """
    started = time.monotonic()
    engine = session.engine
    encoder_id, provisional = engine.encoder_id, engine.provisional
    with session.catalog.db.reading():  # a photo is provisional or read, at one moment
        ids = session.catalog.settled(ids)
        numbers = np.asarray(ids, np.int64)
        _, indexed = session.catalog.vectors.of(numbers[numbers >= 0].tolist(), encoder_id)
        parts = [indexed, provisional.vectors(numbers[numbers < 0])]
    vectors = np.concatenate([part.reshape(-1, engine.encoder.dim) for part in parts])
    if not len(vectors):
        raise KnownError("this photo is not indexed yet; index its folder again", "not-indexed")
    return _answer(session, engine, vectors, k, ids, started, task)


@dataclass(frozen=True, slots=True)
class _Query:
    path: str
    hash: bytes
    vector: Vectors


def _query_of_file(session: Session, engine: Engine, path: str) -> _Query:
    """The query that a file makes. Raises ``DecodeError`` that names the file."""
    try:
        return _query_of(session, engine, path, read_file(path))
    except DecodeError as error:
        reason = "there is no such file" if error.kind == "vanished" else str(error)
        raise DecodeError(f"{path}: {reason}", error.kind) from error


def _query_of(session: Session, engine: Engine, path: str, data: bytes) -> _Query:
    """Prepared as indexing prepares a photo: the same bytes give the same vector. A known one is not decoded."""
    content_hash = hash_bytes(data)
    content = session.catalog.vectors.content_with_vector(content_hash, engine.encoder_id)
    if content is not None:
        return _Query(path, content_hash, session.catalog.vectors.of([content], engine.encoder_id)[1][0])
    vector = engine.encoder.encode([session.decoder.decode(data, min_side=WORKING_SIDE).image])
    return _Query(path, content_hash, as_given_back(vector)[0])


def _ids_of(session: Session, queries: Sequence[_Query]) -> list[int]:
    """The photos of the library that are these queries: the same bytes, or a file that was not read yet."""
    with session.catalog.db.reading():
        contents = [session.catalog.content_id(query.hash) for query in queries]
        files = [session.catalog.previews.file_at(query.path) for query in queries]
    return [number for number in contents if number is not None] + [-file for file in files if file is not None]


def _answer(
    session: Session, engine: Engine, vectors: Vectors, k: int, exclude: Collection[int], started: float, task: Task
) -> Answer:
    index = engine.open_index(task)
    index.follow(task)  # another process may have filled it since it was opened
    both = _Both(index, engine.provisional)
    if not both.most():
        raise KnownError(_why_empty(session, engine), "empty-library")
    query = unit_rows(vectors.mean(axis=0, keepdims=True))
    hits = _hits(session, both, query, k, frozenset(exclude), task)
    return Answer(hits, time.monotonic() - started)


class _Both:
    """The index, and what is not in it yet, as one. Indexing may move photos from one to the other at any moment."""

    def __init__(self, index: LibraryIndex, provisional: ProvisionalIndex) -> None:
        self._index = index
        self._provisional = provisional

    def most(self) -> int:
        """More than ``search`` can find: a photo that is moved meanwhile is found in both."""
        waiting = len(self._provisional)
        self._index.follow()  # what left the provisional ones before they were counted is in it now
        return len(self._index) + 2 * waiting

    def search(self, query: Vectors, k: int) -> list[tuple[int, float]]:
        """(id, score), best first."""
        # The provisional ones first: what is moved in between is found twice. In the other order it was not found.
        found = self._provisional.search(query, k) + self._index.search(query, k).row()
        return sorted(found, key=lambda pair: -pair[1])[:k]


def _hits(session: Session, index: _Both, query: Vectors, k: int, exclude: frozenset[int], task: Task) -> list[Hit]:
    """The best k that are excluded neither by the caller nor by their state; asks for more until there are enough."""
    most = index.most()
    wanted = min(most, k + len(exclude) + 16)
    while True:
        task.check()
        found = index.search(query, wanted)
        with session.catalog.db.reading():  # or a photo could be read between the two questions, and be lost
            scores = _settled_scores(session, found)
            left_out = set(session.catalog.settled(exclude))
            photos = session.catalog.photos([number for number in scores if number not in left_out])
        present = [photo for photo in photos if photo.state in ("online", "offline")][:k]
        if len(present) >= k or wanted >= most:
            return [Hit(rank, scores[photo.content_id], photo) for rank, photo in enumerate(present, start=1)]
        wanted = min(most, wanted * 4)


def _settled_scores(session: Session, found: Sequence[tuple[int, float]]) -> dict[int, float]:
    """Id -> score, best first; what was provisional when it was found, and was read since, under its content's id.

    Where both of its vectors were found, the nearer one counts, in this answer.
    """
    ids = session.catalog.settled([number for number, _ in found])
    scores: dict[int, float] = {}
    for number, (_, score) in zip(ids, found, strict=True):
        scores.setdefault(number, score)
    return scores


def _why_empty(session: Session, engine: Engine) -> str:
    others = [name for name, key, _, count in session.catalog.vectors.encoders() if count and key != engine.encoder.key]
    if others:
        return f"the library was indexed with another encoder ({', '.join(others)}); index its folders again"
    return "the library is empty; index a folder first"
