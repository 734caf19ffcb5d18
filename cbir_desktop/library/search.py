"""From example pictures to the photos most like them, by content alone."""

import time
from collections.abc import Collection, Sequence

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.library.answers import Answer
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.examples import Picture
from cbir_desktop.library.query import Example
from cbir_desktop.library.ranking import by_content, excluded
from cbir_desktop.library.session import Session
from cbir_desktop.store.vectors import unit_rows


def search_files(
    session: Session, paths: Sequence[str], k: int = 20, include_self: bool = False, task: Task = NULL_TASK
) -> Answer:
    """The k photos most like these pictures together; the files need not be in the library.

    A query that is a photo of the library is left out of the answer unless ``include_self``.
    Raises ``DecodeError`` when one of them cannot be read, ``KnownError`` when the library holds nothing to search.
    """
    started = time.monotonic()
    engine = session.engine
    pictures = [Picture(session, Example(path)) for path in paths]  # here: the user never waits behind indexing
    vectors = np.stack([picture.vector(engine) for picture in pictures])
    exclude = [] if include_self else [number for picture in pictures for number in picture.itself()]
    return _answer(session, engine, vectors, k, exclude, started, task)


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


def _answer(
    session: Session, engine: Engine, vectors: Vectors, k: int, exclude: Collection[int], started: float, task: Task
) -> Answer:
    query = unit_rows(vectors.mean(axis=0, keepdims=True))
    hits = by_content(session, engine, query, k, excluded(exclude), task)
    return Answer(hits, time.monotonic() - started)
