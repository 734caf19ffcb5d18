"""Brings the index of keypoints level with the library: which photos hold something that a query shows, however small.

On command only, for finding the keypoints of a photo takes as long as indexing twenty (0.1 s). A photo that came since
is found by content alone.
"""

from collections.abc import Iterator

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.indexes.keypoints import KeypointIndex, sample_of
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import prepare

_SAMPLED = 300
"""Photos that the words are learnt from: some 100,000 keypoints."""
_SAVE_EVERY = 5000
"""Photos: a save writes the whole file, 3.6 kB a photo."""


def update_keypoints(session: Session, task: Task = NULL_TASK) -> tuple[int, int]:
    """Take in the photos that the index lacks, leave out what the library has no more: (photos in it, photos that
    could not be read). What was done is kept when ``task`` is cancelled. Raises ``LibraryInUseError``, ``Cancelled``.
    """
    store = session.keypoints
    with session.writing():
        index = store.load() or KeypointIndex()
        wanted = session.catalog.content_ids()
        if not index.is_fitted and not _fit(session, index, wanted, task):
            return 0, len(wanted)
        index.remove(np.setdiff1d(index.ids(), wanted))
        lacking, failed = np.setdiff1d(wanted, index.ids()), 0
        try:
            for done, (identity, found) in enumerate(_found(session, lacking), start=1):
                task.step(done, len(lacking))
                if found is None:
                    failed += 1
                else:
                    index.add(identity, found)
                if done % _SAVE_EVERY == 0:
                    index.save(store.folder)
        finally:
            index.save(store.folder)
        return len(index), failed


def _fit(session: Session, index: KeypointIndex, ids: Ids, task: Task) -> bool:
    """False where no photo with keypoints can be read."""
    chosen = ids[np.unique(np.linspace(0, len(ids) - 1, _SAMPLED).astype(int))] if len(ids) else ids
    found = []
    for done, (_, descriptors) in enumerate(_found(session, chosen), start=1):
        task.step(done, len(chosen))
        if descriptors is not None and len(descriptors):
            found.append(descriptors)
    if found:
        index.fit(sample_of(found))
    return index.is_fitted


def _found(session: Session, ids: Ids) -> Iterator[tuple[int, Vectors | None]]:
    """Each id and the descriptors of its photo; None where it cannot be read."""

    def one(identity: int) -> Vectors | None:
        try:
            return prepare(session, identity).features.descriptors
        except KnownError:  # away, or damaged: taken in another time
            return None

    numbers = ids.tolist()
    ahead = 2 * session.settings.threads
    return zip(numbers, bounded_map(session.verifiers, one, numbers, ahead), strict=True)
