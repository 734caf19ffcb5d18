"""Groups of duplicates as columns of numbers: 100,000 of them are filtered, sorted and summed up in milliseconds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cbir_desktop.library.choosing import Preview
from cbir_desktop.library.duplicates import Group
from cbir_desktop.library.groups import Kind
from cbir_desktop.library.review import marked, probabilities

KINDS: tuple[Kind, ...] = ("bytes", "pixels", "near")
_SUMS = ("saving", "files", "bytes", "link_files", "link_bytes")
Rows = npt.NDArray[np.intp]
BINS = 24
"""Of the histogram: of log-odds from even to a million to one, the ends included, and what is below even."""
_MOST_ODDS = 6.0


@dataclass
class GroupTable:
    """``groups`` with one row in each column: what is gained (bytes), what is marked (files, bytes), how much of that
    links could replace, the kind (a place in ``KINDS``), the lowest probability of its pairs, and whether a person is
    done with it. Rows that are ``gone`` keep their place."""

    groups: list[Group]
    saving: npt.NDArray[np.int64] = field(init=False)
    files: npt.NDArray[np.int64] = field(init=False)
    bytes: npt.NDArray[np.int64] = field(init=False)
    link_files: npt.NDArray[np.int64] = field(init=False)
    link_bytes: npt.NDArray[np.int64] = field(init=False)
    kind: npt.NDArray[np.int8] = field(init=False)
    sure: npt.NDArray[np.float64] = field(init=False)
    done: npt.NDArray[np.bool_] = field(init=False)
    gone: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        count = len(self.groups)
        for name in _SUMS:
            setattr(self, name, np.zeros(count, np.int64))
        self.kind, self.sure = np.zeros(count, np.int8), np.ones(count)
        self.done, self.gone = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        for row, group in enumerate(self.groups):
            self._write(row, group)

    def put(self, row: int, group: Group | None) -> None:
        """Another version of the group in this row; None: there is none any more."""
        self.gone[row] = group is None
        if group is not None:
            self.groups[row] = group
            self._write(row, group)

    def append(self, group: Group) -> int:
        """One row more; gives its number."""
        self.groups.append(group)
        for name in (*_SUMS, "kind", "sure", "done", "gone"):
            setattr(self, name, np.append(getattr(self, name), np.zeros(1, getattr(self, name).dtype)))
        self._write(len(self.groups) - 1, group)
        return len(self.groups) - 1

    def renew(self, groups: Sequence[Group | None], changed: Iterable[int]) -> None:
        """Other versions of all groups, by row (None: gone), of which only the rows ``changed`` are others than before;
        there may be further rows. Who was done with a group of other contents is not."""
        known = len(self.groups)
        self.groups[:] = [old if new is None else new for old, new in zip(self.groups, groups, strict=False)]
        for row in changed:
            group = groups[row]
            if row >= known and group is not None:
                self.append(group)
            else:
                self.done[row] = False
                self.put(row, group)

    def surer_than(self, threshold: float) -> npt.NDArray[np.bool_]:
        """Which groups there are of which every two pictures are copies with this probability or more."""
        return ~self.gone & (self.sure >= threshold)

    def preview(self, threshold: float = 0.0, by_link: bool = False) -> Preview:
        """What would go, and in how many groups nothing is decided; ``by_link``: what a link could replace."""
        held = self.surer_than(threshold)
        undecided = int(np.count_nonzero(held & (self.files == 0)))
        files, size = (self.link_files, self.link_bytes) if by_link else (self.files, self.bytes)
        return Preview(int(files[held].sum()), int(size[held].sum()), undecided)

    def order(self, rows: Rows, by: str) -> Rows:
        """Rows by what they gain (``saving``), by how sure they are, the least first (``sure``), or by ``path``."""
        if by == "path":
            return np.sort(rows)
        keys = -self.saving[rows] if by == "saving" else self.sure[rows]
        found: Rows = rows[np.argsort(keys, kind="stable")]
        return found

    def _write(self, row: int, group: Group) -> None:
        going = marked(group)
        self.saving[row] = group.reclaimable_bytes
        self.files[row], self.bytes[row] = len(going), sum(member.size_bytes for member in going)
        kept = {m.content for m, pick in zip(group.members, group.picks, strict=True) if pick.state != "marked"}
        same = [member.size_bytes for member in going if member.content in kept]
        self.link_files[row], self.link_bytes[row] = len(same), sum(same)
        self.kind[row], self.sure[row] = KINDS.index(group.kind), min(probabilities(group))


def bin_of(probability: float) -> int:
    """Of the histogram, from 0 to ``BINS - 1``: most proved pairs are surer than 0.99, so the steps are in log-odds."""
    if probability < 0.5:
        return 0
    odds = np.log10(max(probability, 0.5) / max(1.0 - probability, 1e-9))
    return 1 + min(int(odds / _MOST_ODDS * (BINS - 1)), BINS - 2)


def least_of(place: int) -> float:
    """The lowest probability that falls into a bin."""
    if place <= 0:
        return 0.0
    odds = 10.0 ** ((place - 1) / (BINS - 1) * _MOST_ODDS)
    return float(odds / (1.0 + odds))


def histogram(pairs: Iterable[float]) -> npt.NDArray[np.int64]:
    """(BINS,) counts of probabilities."""
    return np.bincount([bin_of(one) for one in pairs], minlength=BINS)


def pair_probabilities(groups: Sequence[Group]) -> list[float]:
    """Of every two different pictures of each group."""
    return [one for group in groups for one in probabilities(group)]
