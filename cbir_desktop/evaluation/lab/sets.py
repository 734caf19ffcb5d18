"""One shape for every set that the laboratory measures on: pictures, and queries with what is right for each."""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.types import Image
from cbir_desktop.evaluation.datasets import DISTRACTOR, ImageSet
from cbir_desktop.evaluation.edits import EDITS, STRENGTHS
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.evaluation.files import Readable
from cbir_desktop.evaluation.planting import MIN_SIDE, Plan, decodable, plant_one, readable
from cbir_desktop.evaluation.retrieval import RetrievalSet, Truth, boxed

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Asked:
    """One query: the row of its picture, the rows that are right, and those that count neither way. The query itself
    is never in its own ranking."""

    row: int
    positives: Rows
    junk: Rows = field(default_factory=lambda: np.empty(0, np.int64))


@dataclass(frozen=True)
class LabSet:
    """``entries``: all pictures, those that only ask among them; ``database``: the rows that are ranked.
    ``groups_of_four``: the N-S score is defined."""

    name: str
    entries: Sequence[Readable]
    database: Rows
    queries: Sequence[Asked]
    groups_of_four: bool = False

    def __len__(self) -> int:
        return len(self.entries)

    @cached_property
    def fingerprint(self) -> str:
        """Of the pictures' names, their sizes where known, and the truth: what results are kept by. A picture that was
        replaced by one of the same name and size goes unnoticed."""
        digest = hashlib.sha256()
        for entry in self.entries:
            digest.update(f"{entry.name}\0{getattr(entry, 'size', 0)}\0".encode("utf-8", "surrogateescape"))
        digest.update(self.database.astype("<i8").tobytes())
        for asked in self.queries:
            rows = np.concatenate([[asked.row, len(asked.positives)], asked.positives, asked.junk])
            digest.update(rows.astype("<i8").tobytes())
        return digest.hexdigest()[:16]

    def sample(self, count: int, seed: int = 0) -> Sequence[Asked]:
        """The first ``count`` queries in an order by ``seed``: a smaller sample is part of a larger one."""
        order = np.random.default_rng(seed).permutation(len(self.queries))[:count]
        return [self.queries[number] for number in order.tolist()]


def by_class(images: ImageSet) -> LabSet:
    """Each picture whose class has another one asks for those. Raises ``KnownError`` where there is no such pair."""
    images.require_classes()
    order = np.argsort(images.labels, kind="stable")
    labels, starts, counts = np.unique(images.labels[order], return_index=True, return_counts=True)
    queries: list[Asked] = []
    for label, start, count in zip(labels.tolist(), starts.tolist(), counts.tolist(), strict=True):
        if label != DISTRACTOR and count > 1:
            members = order[start : start + count].astype(np.int64)
            queries += [Asked(int(row), members[members != row]) for row in members]
    queries.sort(key=lambda asked: asked.row)
    everything = np.arange(len(images), dtype=np.int64)
    return LabSet(images.name, images.entries, everything, queries, images.groups_of_four)


def by_truth(dataset: RetrievalSet) -> LabSet:
    """A published set; a query of which a part is asked for becomes a picture of its own."""
    entries, queries = list(dataset.images.entries), []
    for truth in dataset.truths:
        row = truth.row
        if truth.box is not None:
            row = len(entries)
            entries.append(_Part(dataset.images, truth))
        queries.append(Asked(row, truth.positives, np.union1d(truth.junk, [truth.row])))
    return LabSet(dataset.name, entries, dataset.database, queries)


def by_planting(
    plan: Plan, seed: int = 0, kinds: Sequence[str] = tuple(EDITS), strengths: Sequence[int] = STRENGTHS
) -> LabSet:
    """Edited copies ask for their originals among originals and distractors. Copies are made when they are read, so
    nothing lies on the disk. Raises ``KnownError`` for an unknown edit."""
    if unknown := set(kinds) - EDITS.keys():
        raise KnownError(f"there is no edit {min(unknown)!r}; known: {', '.join(EDITS)}", "unknown-name")
    library = plan.originals.with_distractors(plan.distractors)
    planter = _Planter(plan.fillers, seed)
    entries: list[Readable] = list(library.entries)
    queries = []
    for number, original in enumerate(plan.originals.entries):
        for kind in kinds:
            for strength in strengths:
                queries.append(Asked(len(entries), np.array([number], np.int64)))
                entries.append(_Copy(planter, original, kind, strength))
    name = f"{plan.originals.name} (planted)"
    return LabSet(name, entries, np.arange(len(library), dtype=np.int64), queries)


def thinned(lab_set: LabSet, queries: int, seed: int = 0) -> LabSet:
    """The set without the pictures that only ask, and are not among a sample of so many queries: nobody has to describe
    them. The same set where no picture goes."""
    kept = sorted(lab_set.sample(queries, seed), key=lambda asked: asked.row)
    needed = np.union1d(lab_set.database, np.array([asked.row for asked in kept], np.int64))
    if len(needed) == len(lab_set):
        return lab_set
    place = np.full(len(lab_set), -1, np.int64)
    place[needed] = np.arange(len(needed))
    moved = [
        replace(asked, row=int(place[asked.row]), positives=place[asked.positives], junk=_there(place[asked.junk]))
        for asked in kept
    ]
    entries = [lab_set.entries[row] for row in needed.tolist()]
    return replace(lab_set, entries=entries, database=place[lab_set.database], queries=moved)


def _there(rows: Rows) -> Rows:
    return rows[rows >= 0]


@dataclass(frozen=True)
class _Part:
    """A part of a picture, as a picture."""

    images: ImageSet
    truth: Truth

    @property
    def name(self) -> str:
        box = "-".join(f"{side:g}" for side in self.truth.box or ())
        return f"{self.images.entries[self.truth.row].name}#{box}"

    def read(self) -> bytes:
        stream = io.BytesIO()
        Pillow.fromarray(boxed(self.images, self.truth)).save(stream, "PNG")
        return stream.getvalue()


class _Planter:
    """What copies share: the fillers of collages, decoded when the first one needs them, and the last original."""

    def __init__(self, fillers: ImageSet, seed: int) -> None:
        self.seed, self._fillers = seed, fillers
        self.decode: Callable[[bytes], Image] = decoder(MIN_SIDE)
        self._last: tuple[str, bytes, Image] | None = None

    @cached_property
    def pool(self) -> Sequence[Image]:
        return decodable([data for _, data in sorted(readable(self._fillers))], self.decode)

    def original(self, entry: Readable) -> tuple[bytes, Image]:
        if self._last is None or self._last[0] != entry.name:
            data = entry.read()
            self._last = (entry.name, data, self.decode(data))
        return self._last[1:]


@dataclass(frozen=True)
class _Copy:
    """One planted copy, made when it is read."""

    planter: _Planter
    original: Readable
    kind: str
    strength: int

    @property
    def name(self) -> str:
        return f"{self.kind}-{self.strength}/{self.planter.seed}/{self.original.name}"

    def read(self) -> bytes:
        data, image = self.planter.original(self.original)
        pool = self.planter.pool if EDITS[self.kind].others else ()
        if len(pool) < EDITS[self.kind].others:
            raise DecodeError(f"{self.name}: too few fillers can be decoded for a collage", "too-few-pictures")
        return plant_one(self.original.name, data, image, self.kind, self.strength, self.planter.seed, pool).data
