"""Votes of single keypoints for the photos that hold one alike: an inverted file with signatures, on disk."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.errors import DamagedError
from cbir_desktop.core.types import Ids, Ranking, Vectors
from cbir_desktop.indexes import files
from cbir_desktop.indexes.arrays import blank_ranking
from cbir_desktop.indexes.words import ProductWords

BITS = 64
KEYPOINTS = 300
"""Of a photo, the strongest of each of its parts first: 12 bytes each, 3.6 kB a photo."""
_NEAR = 24
"""Bits of a signature that may differ, as Jégou et al. chose of 64."""
_PROBED = 8
"""Words of a query's keypoint that are looked up, nearest first."""
_READ = 5000
"""Entries of lists that are read for a keypoint beyond those of its first word: what bounds a query's time."""
_VOTED = 50
"""Photos that one keypoint votes for: a pattern that half of the library holds tells nothing."""

_BITS_SET = np.array([number.bit_count() for number in range(1 << 16)], np.uint8)

Rows: TypeAlias = npt.NDArray[np.uint32]
Signatures: TypeAlias = npt.NDArray[np.uint64]
_PARTS = ("ids", "offsets", "rows", "signatures", "first", "second")


class KeypointIndex:
    """Descriptors by the word of an inverted multi-index (Babenko & Lempitsky 2012: one of 256 for either half, 65,536
    together), each with a signature of ``BITS`` bits within its word (Hamming embedding, Jégou et al. 2008, section 3).

    A photo costs 12 bytes a keypoint. What is on disk is mapped, so a query reads the lists of its own words only;
    adding holds all of it in memory, twice while it is sorted. Not safe in threads.
    """

    key = f"keypoints-imi256-he{BITS}-{KEYPOINTS}"

    def __init__(self) -> None:
        self.words = ProductWords.empty(BITS)
        self._clear()

    def _clear(self) -> None:
        self._ids: Ids = np.empty(0, np.int64)
        self._offsets = np.zeros(self.words.count + 1, np.int64)
        self._rows: Rows = np.empty(0, np.uint32)
        self._signatures: Signatures = np.empty(0, np.uint64)
        self._waiting: list[tuple[npt.NDArray[np.int64], Rows, Signatures]] = []
        self._added: list[int] = []
        self._known: set[int] = set()

    @property
    def is_fitted(self) -> bool:
        return self.words.count > 0

    def __len__(self) -> int:
        return len(self._known)

    @property
    def nbytes(self) -> int:
        """What it takes on disk, but for names and checksums."""
        self._settle()
        arrays = (self._ids, self._offsets, self._rows, self._signatures, *self.words.centres)
        return sum(array.nbytes for array in arrays)

    def ids(self) -> Ids:
        """All ids, rising."""
        return np.array(sorted(self._known), np.int64)

    def fit(self, sample: Vectors) -> None:
        """Learn the words from (n, 128) unit descriptors; what was added before is forgotten. The same sample gives
        the same words. Raises ValueError for an empty one."""
        self.words = ProductWords.fit(sample, BITS)
        self._clear()

    def add(self, identity: int, descriptors: Vectors) -> None:
        """The keypoints of a photo, (n, 128), of which the first ``KEYPOINTS`` are kept. Raises ValueError before
        ``fit``, and for an id that is there."""
        if not self.is_fitted:
            raise ValueError("the words are not fitted")
        if identity in self._known:
            raise ValueError(f"{identity} is there already")
        words, signatures = self.words.assigned(np.ascontiguousarray(descriptors[:KEYPOINTS]))
        row = np.uint32(len(self._ids) + len(self._added))
        self._waiting.append((words, np.full(len(words), row, np.uint32), signatures))
        self._added.append(identity)
        self._known.add(identity)

    def remove(self, ids: Ids) -> None:
        """Those that are there; their room is given back by ``save``."""
        self._settle()
        self._ids = np.where(np.isin(self._ids, ids), -1, self._ids)
        self._known.difference_update(np.asarray(ids).tolist())

    def search(self, descriptors: Vectors, k: int) -> Ranking:
        """The (1, k) photos with most votes of a query's (n, 128) keypoints.

        A keypoint votes once for a photo, for its ``_VOTED`` best, by how alike the signatures are and by how rare its
        word is (the logarithm of photos over entries of its list).
        """
        self._settle()
        ranking = blank_ranking(1, k)
        if not len(self._rows) or not len(descriptors):
            return ranking
        asked, rows, weights = self._alike(descriptors)
        asked, rows, weights = _best_of_each(asked, rows, weights, len(self._ids))
        votes = np.bincount(rows, weights, minlength=len(self._ids))
        votes[self._ids < 0] = 0
        order = np.argsort(-votes, kind="stable")[:k]
        order = order[votes[order] > 0]
        ranking.ids[0, : len(order)], ranking.scores[0, : len(order)] = self._ids[order], votes[order]
        return ranking

    def _alike(self, descriptors: Vectors) -> tuple[npt.NDArray[np.int64], Rows, npt.NDArray[np.float64]]:
        """Keypoint of the query, row of the photo and weight of each entry that is near enough."""
        words, signatures = self.words.probed(np.ascontiguousarray(descriptors), _PROBED)
        starts, ends = self._offsets[words].ravel(), self._offsets[words + 1].ravel()
        lengths = ends - starts
        read = np.cumsum(lengths.reshape(words.shape), axis=1)
        lengths[(read > _READ).ravel() & (np.arange(words.size) % words.shape[1] > 0)] = 0
        places = np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())
        probe = np.repeat(np.arange(words.size), lengths)
        apart = _set_bits(self._signatures[places] ^ signatures.ravel()[probe])
        near = np.flatnonzero(apart <= _NEAR)
        rare = np.log1p(len(self._ids) / lengths[probe[near]])
        weights = rare * (1 - apart[near] / (_NEAR + 1.0)) ** 2
        return probe[near] // words.shape[1], self._rows[places[near]], weights

    def _settle(self) -> None:
        """What waits is sorted in among the lists."""
        if not self._added:
            return
        old = np.repeat(np.arange(self.words.count), np.diff(self._offsets))
        words = np.concatenate([old, *(words for words, _, _ in self._waiting)])
        order = np.argsort(words, kind="stable")
        self._rows = np.concatenate([self._rows, *(rows for _, rows, _ in self._waiting)])[order]
        self._signatures = np.concatenate([self._signatures, *(bits for _, _, bits in self._waiting)])[order]
        self._offsets = np.concatenate([[0], np.cumsum(np.bincount(words, minlength=self.words.count))])
        self._ids = np.concatenate([self._ids, np.array(self._added, np.int64)])
        self._waiting, self._added = [], []

    def _compacted(self) -> None:
        """Without the entries of what was removed."""
        self._settle()
        kept = self._ids >= 0
        if kept.all():
            return
        entries = kept[self._rows]
        words = np.repeat(np.arange(self.words.count), np.diff(self._offsets))[entries]
        self._rows = (np.cumsum(kept) - 1)[self._rows[entries]].astype(np.uint32)
        self._signatures = self._signatures[entries]
        self._offsets = np.concatenate([[0], np.cumsum(np.bincount(words, minlength=self.words.count))])
        self._ids = self._ids[kept]

    def save(self, folder: Path) -> None:
        """Atomically, with checksums. Raises OSError, and ValueError before ``fit``."""
        if not self.is_fitted:
            raise ValueError("the words are not fitted")
        self._compacted()
        first, second = self.words.centres
        arrays = (self._ids, self._offsets, self._rows, self._signatures, first, second)
        writers = {name: np.ascontiguousarray(array).tofile for name, array in zip(_PARTS, arrays, strict=True)}
        files.save(folder, self.key, BITS, len(self._ids), writers)

    def load(self, folder: Path) -> None:
        """Raises ``DamagedError`` when what is on disk is missing, damaged or of another key."""
        count, parts = files.load(folder, self.key, BITS, _PARTS)
        halves = [np.fromfile(parts[name], np.float32).reshape(-1, 64) for name in ("first", "second")]
        self.words = ProductWords.of((halves[0], halves[1]), BITS)
        self._clear()
        self._ids = np.fromfile(parts["ids"], np.int64)
        self._known = set(self._ids.tolist())
        self._offsets = np.fromfile(parts["offsets"], np.int64)
        if len(self._ids) != count or len(self._offsets) != self.words.count + 1:
            raise DamagedError(f"the keypoint index in {folder} does not hold {count} photos")
        if self._offsets[-1]:  # an empty file cannot be mapped
            self._rows = np.memmap(parts["rows"], np.uint32, "r")
            self._signatures = np.memmap(parts["signatures"], np.uint64, "r")


def sample_of(pictures: Sequence[Vectors], most: int = 40_000) -> Vectors:
    """Up to ``most`` descriptors spread evenly over all of some pictures."""
    all_of_them = np.concatenate(pictures)
    return np.ascontiguousarray(all_of_them[:: max(1, -(-len(all_of_them) // most))])


def _set_bits(signatures: Signatures) -> npt.NDArray[np.uint8]:
    """(n,) how many bits are set in each."""
    if hasattr(np, "bitwise_count"):  # numpy 2: twenty times as fast
        return np.asarray(np.bitwise_count(signatures))
    return np.asarray(_BITS_SET[signatures.view(np.uint16).reshape(-1, 4)].sum(axis=1, dtype=np.uint8))


def _best_of_each(
    asked: npt.NDArray[np.int64], rows: Rows, weights: npt.NDArray[np.float64], photos: int
) -> tuple[npt.NDArray[np.int64], Rows, npt.NDArray[np.float64]]:
    """One vote of each keypoint for a photo, its best, and for the ``_VOTED`` best photos."""
    order = np.lexsort((-weights, asked * photos + rows))
    pairs = (asked * photos + rows)[order]
    order = order[np.diff(pairs, prepend=-1) > 0]
    order = order[np.lexsort((-weights[order], asked[order]))]
    starts = np.flatnonzero(np.diff(asked[order], prepend=-1))
    rank = np.arange(len(order)) - np.repeat(starts, np.diff(starts, append=len(order)))
    order = order[rank < _VOTED]
    return asked[order], rows[order], weights[order]
