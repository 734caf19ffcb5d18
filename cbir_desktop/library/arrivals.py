"""New photos and duplicates: each is compared with the library when it comes, and those that are copies are told."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass

from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.library.candidates import Radius, as_tuples, near_pairs, radius_of
from cbir_desktop.library.decisions import Verdicts
from cbir_desktop.library.proving import join_key, matcher_key, prove
from cbir_desktop.library.session import Session
from cbir_desktop.library.turned import turned_pairs
from cbir_desktop.store.arrivals import Placed
from cbir_desktop.store.decisions import pair_of
from cbir_desktop.store.proofs import Pair

_AT_ONCE = 4
"""New photos that are compared in one slice: some ten proofs, half a second at first sight of the pictures."""


@dataclass(frozen=True, slots=True)
class NewCopy:
    """A file that came since duplicates were last looked for, and a file of which it was proved to be a copy."""

    path: str
    of: str


def new_copies(session: Session) -> list[NewCopy]:
    """The new files that are copies of others, each once, without those that a person decided about.

    ``find_duplicates`` over the whole library shows them all: from then on they are not new any more.
    """
    verdicts = Verdicts(session.catalog)
    found: dict[str, NewCopy] = {}
    for new, other in session.catalog.arrivals.new_copies(matcher_key(session)):
        if new.path not in found and not _is_settled(new, other, verdicts) and not _is_one_file(new.path, other.path):
            found[new.path] = NewCopy(new.path, other.path)
    return list(found.values())


def compare_new(session: Session, task: Task = NULL_TASK) -> None:
    """Compare all that is new with the library. Raises ``Cancelled``; what is proved is kept."""
    arrivals = Arrivals(session)
    while arrivals.work(task):
        task.check()


class Arrivals:
    """Compares new contents with the library, in slices: for when there is nothing else to do.

    Only in a library whose duplicates were looked for once: to compare all of it, hours of work, is for a person to
    begin.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._seen = -1  # the state of the catalog in which nothing was left
        self._within: Radius | None = None

    def work(self, task: Task = NULL_TASK, seconds: float = 0.0) -> bool:
        """For about ``seconds``, one slice at the least. Whether anything is left. Raises ``Cancelled``."""
        ends = time.monotonic() + seconds
        while (version := self._session.catalog.db.data_version()) != self._seen:
            if not self._slice(task):
                self._seen, self._within = version, None
            elif time.monotonic() >= ends:
                return True
        return False

    def _slice(self, task: Task) -> bool:
        """Whether there was anything to do."""
        catalog = self._session.catalog
        new = catalog.arrivals.uncompared(self._session.encoder_id, _AT_ONCE)
        if not new or not catalog.arrivals.was_compared(key := join_key(self._session)):
            return False
        paths, pairs = self._pairs(new, task)
        prove(self._session, pairs, paths, task)  # what cannot be read is not proved, now or later
        catalog.proofs.mark_joined([one.content_id for one in new], key)
        return True

    def _pairs(self, new: Iterable[Placed], task: Task) -> tuple[dict[bytes, str], set[Pair]]:
        """The pairs that must be looked at, and a file for each of their contents."""
        catalog, engine = self._session.catalog, self._session.engine
        if self._within is None:
            self._within = radius_of(catalog, engine.encoder_id)
        ids = [one.content_id for one in new]
        near = list(as_tuples(near_pairs(catalog, engine, ids, self._within, task)))
        near += as_tuples(turned_pairs(self._session, ids, {one.content_id: one.hash for one in new}, task))
        others = catalog.arrivals.of_ids({number for pair in near for number in pair} - set(ids))
        placed = {one.content_id: one for one in (*new, *others)}
        found = [(placed[a], placed[b]) for a, b in near if a in placed and b in placed]
        found += [(one, twin) for one in new for twin in catalog.arrivals.of_equal_pixels(one.content_id)]
        paths = {one.hash: one.path for pair in found for one in pair}
        return paths, {pair_of(a.hash, b.hash) for a, b in found}


def _is_settled(new: Placed, other: Placed, verdicts: Verdicts) -> bool:
    """A person decided about the two, or their EXIF says that they are two exposures."""
    if new.taken is not None and other.taken is not None and new.taken[:19] != other.taken[:19]:
        return True
    return verdicts.of(new.hash, other.hash) is not None or verdicts.parts_folders(new.path, other.path)


def _is_one_file(a: str, b: str) -> bool:
    """Two names of one file (hard links), or a file that has gone meanwhile."""
    try:
        return os.path.samestat(os.lstat(a), os.lstat(b))
    except OSError:
        return True
