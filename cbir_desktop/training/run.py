"""The state of a training run, its checkpoint, and its batches, each of which follows from seed, phase and step."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.training.augment import Views, look, whole
from cbir_desktop.training.photos import Photos
from cbir_desktop.training.recipe import Phase, Recipe
from cbir_desktop.training.restart import load_folded
from cbir_desktop.training.student import MEETING, Student
from cbir_desktop.training.teachers import MAP_DIM

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]
CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Start:
    """``weights``: an exported student to go on from. ``phase``: the name of the phase that comes next."""

    weights: Path
    phase: str


class Run:
    """One training run in a folder; ``train`` takes up where the checkpoint stands."""

    def __init__(
        self,
        recipe: Recipe,
        photos: Photos,
        out: Path,
        device: torch.device,
        start: Start | None = None,
    ) -> None:
        """``start``: where to begin when there is no checkpoint."""
        torch.manual_seed(recipe.seed)
        self.recipe, self.photos, self.out, self.device = recipe, photos, out, device
        self.student = Student(recipe.student).to(device, memory_format=torch.channels_last)
        full = len(recipe.teachers.pooled) * MEETING[-1]
        self.features = torch.nn.Linear(MEETING[-1], full).to(device)
        self.maps = torch.nn.Conv2d(MEETING[-1], len(recipe.teachers.pooled) * MAP_DIM, 1).to(device)
        self.scale: dict[str, Tensor] = {}
        self.phase, self.step, self.hours = 0, 0, 0.0
        self.optimizer = self._optimizer(recipe.phases[0])
        self._last = time.monotonic()
        self.started = False
        if not self._resume() and start is not None:
            self.phase = [phase.name for phase in recipe.phases].index(start.phase)
            self.optimizer = self._optimizer(recipe.phases[self.phase])
            self.started = load_folded(self.student, start.weights, self._sample())

    def _sample(self, count: int = 1024) -> Iterator[Tensor]:
        """Batches of photos as the phase shows them."""
        size = self.recipe.phases[self.phase].sizes[-1]
        rows = self.photos.train[np.random.default_rng(2).permutation(len(self.photos.train))[:count]]
        for some in np.array_split(rows, max(1, len(rows) // 64)):
            yield self.look(some, self.photos.views(0).of(some), size).float()

    def _optimizer(self, phase: Phase) -> torch.optim.Optimizer:
        parameters = [*self.student.parameters(), *self.features.parameters(), *self.maps.parameters()]
        groups = [
            {"params": [p for p in parameters if p.dim() > 1], "weight_decay": phase.decay},
            {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=phase.rate, betas=(0.9, 0.98), fused=True)

    def save(self) -> None:
        self.clock()
        state = {
            "student": self.student.state_dict(),
            "features": self.features.state_dict(),
            "maps": self.maps.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scale": self.scale,
            "phase": self.phase,
            "step": self.step,
            "hours": self.hours,
        }
        replace_atomic(self.out / CHECKPOINT, lambda path: torch.save(state, path))

    def _resume(self) -> bool:
        path = self.out / CHECKPOINT
        if not path.exists():
            return False
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.student.load_state_dict(state["student"])
        self.features.load_state_dict(state["features"])
        self.maps.load_state_dict(state["maps"])
        self.scale, self.hours = state["scale"], state["hours"]
        self.phase, self.step = state["phase"], state["step"]
        if self.phase < len(self.recipe.phases):
            self.optimizer = self._optimizer(self.recipe.phases[self.phase])
            if self.step:
                self.optimizer.load_state_dict(state["optimizer"])
        log.info("resumed at phase %d, step %d, after %.2f hours", self.phase, self.step, self.hours)
        return True

    def clock(self) -> None:
        """Add the time since the last call to ``hours``."""
        now = time.monotonic()
        self.hours += (now - self._last) / 3600
        self._last = now

    def next_phase(self) -> None:
        self.phase, self.step = self.phase + 1, 0
        if self.phase < len(self.recipe.phases):
            self.optimizer = self._optimizer(self.recipe.phases[self.phase])

    def rows(self, step: int, batch: int) -> tuple[npt.NDArray[np.int64], int]:
        """The photos of a step and the number of the pass over the photos it belongs to."""
        per_pass = len(self.photos.train) // batch
        number, place = divmod(step, per_pass)
        order = np.random.default_rng((self.recipe.seed, 8, self.phase, number)).permutation(self.photos.train)
        return order[place * batch : (place + 1) * batch], number

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16)

    def look(
        self, rows: npt.NDArray[np.int64], views: Views, size: int, seed: int = 0, copy: int | None = None
    ) -> Tensor:
        """(n, 3, size, size) in -1..1: photos, or their ``copy``-th edited copies, through ``views``."""
        pictures = self.photos.batch(rows, copy).to(self.device)
        return look(pictures, views, size, seed, torch.bfloat16) * 2 - 1

    def encode(self, views: Views | None, rows: npt.NDArray[np.int64], copy: int | None = None) -> Floats:
        """Unit vectors of photos kept aside (``rows`` of them), or of their ``copy``-th copies, through ``views``."""
        views = views or whole(len(rows))
        size = self.recipe.student.input_size
        vectors: Floats = self.answers(self.student, self.photos.aside[rows], views, size, copy).numpy()
        return vectors

    def answers(
        self,
        network: Callable[[Tensor], Tensor],
        rows: npt.NDArray[np.int64],
        views: Views,
        size: int,
        copy: int | None = None,
        task: Task = NULL_TASK,
    ) -> Tensor:
        """What ``network``, a part of the student, says in evaluation of photos, or of their ``copy``-th copies, each
        through its own of as many ``views``: float32, on the CPU. Raises ``Cancelled``."""
        self.student.eval()
        parts = []
        with torch.inference_mode(), self.autocast():
            for start in range(0, len(rows), 64):
                task.step(start, len(rows))
                some = np.arange(start, min(start + 64, len(rows)))
                parts.append(network(self.look(rows[some], views.of(some), size, copy=copy)).float().cpu())
        return torch.cat(parts)
