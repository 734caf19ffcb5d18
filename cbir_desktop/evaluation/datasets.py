"""Sets of pictures with what is known of them, read lazily: the names are in memory, the pictures are not."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation.files import Readable, pictures

DISTRACTOR = -1
"""The label of a picture that belongs to no class: it is ranked, but is never a query and never right."""


@dataclass(frozen=True)
class ImageSet:
    """Pictures and their labels.

    ``labels``: (n,) int64, one number a class (or group of views), ``DISTRACTOR`` for none. ``classes``: the names of
    those numbers. ``groups_of_four``: the N-S score is defined for it.
    """

    name: str
    entries: Sequence[Readable]
    labels: npt.NDArray[np.int64]
    classes: Sequence[str] = field(default=())
    groups_of_four: bool = False

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in self.entries]

    def read(self, i: int) -> bytes:
        """The bytes of picture ``i``; raises ``DecodeError`` when they cannot be had."""
        return self.entries[i].read()

    def subset(self, rows: Sequence[int]) -> "ImageSet":
        return replace(self, entries=[self.entries[row] for row in rows], labels=self.labels[list(rows)])

    def with_distractors(self, other: "ImageSet") -> "ImageSet":
        """This set with the pictures of another one in the way, its labels ignored."""
        labels = np.concatenate([self.labels, np.full(len(other), DISTRACTOR, np.int64)])
        return replace(self, name=f"{self.name} + {other.name}", entries=[*self.entries, *other.entries], labels=labels)

    def require_classes(self) -> "ImageSet":
        """Itself; raises ``KnownError`` where there is nothing to measure: under two classes, or none with a pair."""
        sizes = Counter(self.labels[self.labels != DISTRACTOR].tolist())
        if len(sizes) < 2:
            raise KnownError(f"{self.name}: {len(sizes)} class(es) found, at least 2 are needed", "too-few-classes")
        if max(sizes.values()) < 2:
            raise KnownError(f"{self.name}: no class has two pictures", "too-few-pictures")
        return self


def plain(path: str) -> ImageSet:
    """Pictures of which nothing is known: all are distractors."""
    entries = pictures(path)
    return _labelled_by(path, entries, [""] * len(entries))


def deal(images: ImageSet, count: int, seed: int) -> tuple[ImageSet, ImageSet]:
    """``count`` pictures by chance, and the rest: by the names and the seed, whatever their order."""
    dealt = np.random.default_rng(seed).permutation(np.argsort(np.array(images.names))).tolist()
    return images.subset(sorted(dealt[:count])), images.subset(sorted(dealt[count:]))


def halves(images: ImageSet, by: str, seed: int) -> tuple[ImageSet, ImageSet]:
    """A labelled set cut in two: by ``pictures``, half of each class on either side, or by ``classes``. What has no
    class is left out. By the names and the seed, whatever their order."""
    if by not in ("pictures", "classes"):
        raise ValueError(f"by must be pictures or classes, not {by!r}")
    random = np.random.default_rng(seed)
    names = np.array(images.names)
    known = np.unique(images.labels[images.labels != DISTRACTOR])
    if by == "classes":
        first = random.permutation(known)[: (len(known) + 1) // 2]
        sides = [np.flatnonzero(np.isin(images.labels, part)) for part in (first, np.setdiff1d(known, first))]
        return images.subset(sides[0].tolist()), images.subset(sides[1].tolist())
    rows: tuple[list[int], list[int]] = ([], [])
    for label in known:
        of_class = np.flatnonzero(images.labels == label)
        dealt = random.permutation(of_class[np.argsort(names[of_class])])
        rows[0].extend(dealt[: len(dealt) // 2].tolist())
        rows[1].extend(dealt[len(dealt) // 2 :].tolist())
    return images.subset(sorted(rows[0])), images.subset(sorted(rows[1]))


def ukb(path: str) -> ImageSet:
    """UKBench (Nister & Stewenius 2006): ``ukbenchNNNNN.jpg``, four views an object, object = number // 4."""
    entries, groups = [], {}
    for entry in pictures(path):
        match = re.fullmatch(r"(?:.*/)?ukbench(\d{5})\.jpg", entry.name)
        if match is None:
            continue
        if int(match[1]) in groups:
            raise KnownError(f"{path} holds ukbench{match[1]}.jpg more than once", "ambiguous")
        entries.append(entry)
        groups[int(match[1])] = f"{int(match[1]) // 4:05d}"
    found = _labelled_by(path, entries, list(groups.values()))
    return replace(found, groups_of_four=True).require_classes()


def folder_per_class(path: str) -> ImageSet:
    """A folder for each class, with its sub-folders; a folder or a tar file.

    One folder around all the others is looked through. Pictures beside the folders are distractors.
    """
    entries = pictures(path)
    parts = [entry.name.split("/") for entry in entries]
    while len({part[0] for part in parts}) == 1 and min(len(part) for part in parts) > 2:
        parts = [part[1:] for part in parts]
    classes = [part[0] if len(part) > 1 else "" for part in parts]
    return _labelled_by(path, entries, classes).require_classes()


def labelled(path: str, split: str) -> ImageSet:
    """The pictures of one split in a folder that holds ``labels.csv`` (columns file, class, split, others ignored)
    and the pictures, as files or in tar shards. A picture without a class is a distractor.

    Raises ``KnownError`` when the table is absent or lacks a column, the split is unknown, or a picture is missing.
    """
    rows = _table(Path(path, "labels.csv"))
    wanted = {row["file"]: row["class"] for row in rows if row["split"] == split}
    if not wanted:
        known = ", ".join(sorted({row["split"] for row in rows}))
        raise KnownError(f"{path}/labels.csv has no split {split!r}; known: {known}", "unknown-split")
    places = [str(shard) for shard in sorted(Path(path).glob("*.tar"))] or [path]
    where = {entry.name: entry for place in places for entry in pictures(place)}
    missing = wanted.keys() - where.keys()
    if missing:
        raise KnownError(f"{path}: {len(missing)} pictures of labels.csv are missing, first {min(missing)}", "missing")
    found = _labelled_by(path, [where[name] for name in sorted(wanted)], [wanted[name] for name in sorted(wanted)])
    return replace(found, name=f"{found.name} ({split})")


def _table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise KnownError(f"{path} cannot be read: {error}", "no-labels") from error
    absent = {"file", "class", "split"} - set(rows[0] if rows else ())
    if absent:
        raise KnownError(f"{path} lacks the column(s) {', '.join(sorted(absent))}", "no-labels")
    return rows


def _labelled_by(path: str, entries: Sequence[Readable], classes: Sequence[str]) -> ImageSet:
    known = sorted(set(classes) - {""})
    number = {name: i for i, name in enumerate(known)} | {"": DISTRACTOR}
    labels = np.array([number[name] for name in classes], np.int64)
    return ImageSet(Path(path).resolve().name, entries, labels, known)
