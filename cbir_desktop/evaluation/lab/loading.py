"""A set for the laboratory by how it is laid out and where it lies: the same for the command and the window."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation import arrays, datasets, planting, published
from cbir_desktop.evaluation.edits import EDITS
from cbir_desktop.evaluation.lab.sets import LabSet, by_class, by_planting, by_truth
from cbir_desktop.evaluation.retrieval import RetrievalSet

CLASSED: Mapping[str, Callable[[str], datasets.ImageSet]] = {
    "folder-per-class": datasets.folder_per_class,
    "ukb": datasets.ukb,
    "cifar10": arrays.cifar10,
    "mnist": arrays.mnist,
}
PUBLISHED = ("oxford", "revisited", "holidays", "copydays")
KINDS = (*CLASSED, "labels", "planted", *PUBLISHED)


@dataclass(frozen=True)
class Source:
    """``kind`` is one of ``KINDS``. ``truth``: of oxford and revisited. ``split``: of labels and planted. ``pictures``:
    only so many, by chance. ``originals`` and ``kinds``: of planted, how many pictures are edited, and how."""

    kind: str
    path: str
    truth: str | None = None
    difficulty: published.Difficulty = "medium"
    split: str | None = None
    pictures: int | None = None
    originals: int = 50
    kinds: Sequence[str] = tuple(EDITS)
    seed: int = 0


def load(source: Source) -> LabSet:
    """Raises ``KnownError`` where the folder does not hold what its kind says."""
    if source.kind in PUBLISHED:
        return by_truth(_published(source))
    if source.kind == "planted":
        split = source.split
        images = _fewer(datasets.labelled(source.path, split) if split else datasets.plain(source.path), source)
        return by_planting(planting.plan(images, source.originals, source.seed), source.seed, source.kinds)
    if source.kind == "labels":
        return by_class(_fewer(datasets.labelled(source.path, source.split or "withheld"), source))
    return by_class(_fewer(CLASSED[source.kind](source.path), source))


def _fewer(images: datasets.ImageSet, source: Source) -> datasets.ImageSet:
    if source.pictures is None or source.pictures >= len(images):
        return images
    fewer = datasets.deal(images, source.pictures, source.seed)[0]
    return replace(fewer, groups_of_four=False)  # groups are broken up: the N-S score is not defined any more


def _published(source: Source) -> RetrievalSet:
    if source.kind == "holidays":
        return published.holidays(source.path)
    if source.kind == "copydays":
        return published.copydays(source.path)
    if source.truth is None:
        raise KnownError(f"{source.kind} needs --truth", "usage")
    if source.kind == "oxford":
        return published.oxford(source.path, source.truth)
    return published.revisited(source.path, source.truth, source.difficulty)
