"""Pairs of which one is the other turned: of the quarter turns the encoder knows four in five again, of mirrors all."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Vectors
from cbir_desktop.images.decode import decode
from cbir_desktop.library.candidates import EF, Pairs, each_once
from cbir_desktop.library.session import Session
from cbir_desktop.library.vector_index import BLOCK
from cbir_desktop.store.vectors import as_given_back

LIKE = 0.95
"""Similarity of a turned picture to another one from which on they are looked at. Of 250 photos turned and saved again
all are nearer, 0.968 at least (version 3 of the encoder in int8); of 750,000 pairs of others no one is, and six are
from 0.85 on (split ``train``)."""
_NEIGHBOURS = 4
_QUARTERS = (1, 2, 3)


def turned_pairs(session: Session, ids: Sequence[int], hashes: Mapping[int, bytes], task: Task) -> Pairs:
    """These contents with those in the index that are like them once they are turned by 90, 180 or 270 degrees.

    The vectors of the turned pictures are made from the thumbnails and not kept: a photo is asked about once. Where
    there is no thumbnail there are no pairs.
    """
    index = session.engine.open_index(task)
    found: list[Pairs] = [np.empty((0, 2), np.int64)]
    for start in range(0, len(ids), BLOCK):
        some = ids[start : start + BLOCK]
        numbers, vectors = _turned(session, some, hashes, task)
        if len(numbers):
            near = index.search(vectors, _NEIGHBOURS, EF)
            rows, places = np.nonzero((near.scores >= LIKE) & (near.ids >= 0))
            found.append(np.stack([numbers[rows], near.ids[rows, places]], axis=1))
    return each_once(np.concatenate(found))


def _turned(
    session: Session, ids: Sequence[int], hashes: Mapping[int, bytes], task: Task
) -> tuple[np.ndarray, Vectors]:
    """(3 n,) ids and (3 n, dim) vectors."""
    encoder = session.engine.encoder

    def vectors_of(number: int) -> Vectors | None:
        task.check()
        data = session.thumbs.get(hashes[number])
        try:
            picture = None if data is None else decode(data).image
        except DecodeError:
            picture = None
        if picture is None:
            return None
        return np.concatenate([encoder.encode([np.ascontiguousarray(np.rot90(picture, k))]) for k in _QUARTERS])

    def made() -> Iterator[tuple[int, Vectors]]:
        answers = bounded_map(session.decoders, vectors_of, ids, 4 * session.settings.threads)
        for number, vectors in zip(ids, answers, strict=True):
            if vectors is not None:
                yield number, vectors

    known = list(made())
    numbers = np.repeat(np.array([number for number, _ in known], np.int64), len(_QUARTERS))
    return numbers, as_given_back(np.concatenate([v for _, v in known])) if known else np.empty((0, 0), np.float32)
