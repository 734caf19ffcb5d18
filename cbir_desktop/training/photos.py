"""The photos of a run: what is trained on, what is kept aside, and what the teachers say of them."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cbir_desktop.training.augment import Views, seeded_views, whole
from cbir_desktop.training.data import Pictures, decode_once, kept_aside, read_photos, taken
from cbir_desktop.training.edits import edited_copies
from cbir_desktop.training.quality import Bench
from cbir_desktop.training.recipe import Recipe
from cbir_desktop.training.teachers import Answers, answers, joined

Floats = npt.NDArray[np.float32]
WHOLE = -1


class Photos:
    """The photos trained on and the ones kept aside, decoded once, with the teachers' answers about them."""

    def __init__(self, recipe: Recipe, data: Path, out: Path) -> None:
        photos = read_photos(data)
        self.recipe, self.data, self.out = recipe, data, out
        aside = kept_aside(photos, recipe.data.validation, recipe.seed)
        self.train = np.flatnonzero(~aside)
        self.aside = _at_most([photos[i].label for i in range(len(photos))], np.flatnonzero(aside), 60)
        self.pictures = decode_once(data, photos, recipe.data.picture_size, out / "pictures.npy")
        self._device = torch.device("cpu")
        self._resident: dict[int | None, Tensor] = {}
        self._copies: dict[int, Pictures] = {}
        self.aspect = np.array([photo.width / photo.height for photo in photos], np.float32)
        self.files = [photo.file for photo in photos]
        self.labels = [photo.label for photo in photos]
        self.bench = Bench([self.labels[i] for i in self.aside], self.aspect[self.aside], recipe.seed)

    def place(self, device: torch.device) -> None:
        """Keep all pictures on a GPU; a CPU maps them from the disk."""
        self._device = device

    def batch(self, rows: npt.NDArray[np.int64], copy: int | None = None) -> Tensor:
        """(n, p, p, 3) uint8, where the pictures are kept: of the photos, or of their ``copy``-th edited copies."""
        pictures = self.pictures if copy is None else self.copies(copy)
        if self._device.type == "cpu":
            return torch.from_numpy(taken(pictures, rows))
        if copy not in self._resident:
            self._resident[copy] = torch.from_numpy(np.array(pictures)).to(self._device)
        return self._resident[copy][torch.from_numpy(rows).to(self._device)]

    def copies(self, number: int) -> Pictures:
        """The ``number``-th edited copy of every photo."""
        if number not in self._copies:
            path, seed = self.out / f"copies-{number}.npy", (self.recipe.seed, 11, number)
            self._copies[number] = edited_copies(path, self.pictures, self.aspect, seed)
        return self._copies[number]

    def views(self, number: int) -> Views:
        """The ``number``-th seeded crop of every photo; ``WHOLE`` for the whole of each."""
        if number == WHOLE:
            return whole(len(self.labels))
        return seeded_views(len(self.labels), self.aspect, (self.recipe.seed, 7, number))

    def features(self, number: int) -> Floats:
        """The teachers' pooled features of every photo through ``views(number)``: unit parts side by side."""
        return joined([part.pooled for part in self._answers(number)], self.recipe.teachers.weights)

    def maps(self, number: int) -> list[npt.NDArray[np.float16]]:
        """The teachers' features place by place, mapped from the disk: of each (n, ``MAP_DIM``, h, w)."""
        return [part.maps for part in self._answers(number)]

    def _answers(self, number: int) -> list[Answers]:
        wanted = self.recipe.teachers
        return [
            answers(self.out, self.teacher(name), self.pictures, self.views(number), wanted.size, str(number))
            for name in wanted.pooled
        ]

    def teacher(self, name: str) -> Path:
        return self.data / "teachers" / f"{name}.onnx"


def _at_most(labels: list[str], rows: npt.NDArray[np.int64], limit: int) -> npt.NDArray[np.int64]:
    """``rows`` with at most ``limit`` of a label (600 unlabelled), so that no class rules the measure."""
    seen: dict[str, int] = {}
    kept = []
    for row in rows.tolist():
        seen[labels[row]] = seen.get(labels[row], 0) + 1
        if seen[labels[row]] <= (limit if labels[row] else 600):
            kept.append(row)
    return np.array(kept, np.int64)
