"""Train the embedded default encoder: ``python -m cbir_desktop.training.distil --config recipe.toml --data D --out O``.

A network of random weights imitates a teacher first stage by stage, then end to end, then the pooled features of
several teachers under the same heavy crops ("patient and consistent", Beyer et al. 2022). Everything random is drawn
from the seed, the phase and the step: a run that is stopped and started again gives what an uninterrupted one does.
"""

import argparse
import csv
import logging
import math
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Cancelled, Task
from cbir_desktop.training import losses
from cbir_desktop.training.augment import Views, edited, look, seeded_views, whole
from cbir_desktop.training.data import decode_once, kept_aside, read_photos
from cbir_desktop.training.quality import Bench
from cbir_desktop.training.recipe import Phase, Recipe, load_recipe
from cbir_desktop.training.student import MEETING, Student, count_macs, count_parameters
from cbir_desktop.training.teachers import Teacher, Whitening, answers, joined, unit

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]
CHECKPOINT = "checkpoint.pt"
CURVE = ["hours", "phase", "step", "loss", "map", "ns", "copies", "images_per_second"]


class Photos:
    """The photos trained on and the ones kept aside, decoded once, with the teachers' answers about them."""

    def __init__(self, recipe: Recipe, data: Path, out: Path) -> None:
        photos = read_photos(data)
        self.recipe, self.data, self.out = recipe, data, out
        aside = kept_aside(photos, recipe.data.validation, recipe.seed)
        self.train = np.flatnonzero(~aside)
        self.aside = _at_most([photos[i].label for i in range(len(photos))], np.flatnonzero(aside), 60)
        self.pictures = decode_once(data, photos, recipe.data.picture_size, out / "pictures.npy")
        self._resident: Tensor | None = None
        self.aspect = np.array([photo.width / photo.height for photo in photos], np.float32)
        self.files = [photo.file for photo in photos]
        self.labels = [photo.label for photo in photos]
        self.bench = Bench([self.labels[i] for i in self.aside], self.aspect[self.aside], recipe.seed)

    def place(self, device: torch.device) -> None:
        """Keep all pictures on a GPU; a CPU maps them from the disk."""
        if device.type != "cpu":
            self._resident = torch.from_numpy(np.array(self.pictures)).to(device)

    def batch(self, rows: npt.NDArray[np.int64]) -> Tensor:
        """(n, p, p, 3) uint8, where the pictures are kept."""
        if self._resident is not None:
            return self._resident[torch.from_numpy(rows).to(self._resident.device)]
        return torch.from_numpy(self.pictures[np.sort(rows)][np.argsort(np.argsort(rows))])

    def views(self, number: int) -> Views:
        """The ``number``-th seeded crop of every photo."""
        return seeded_views(len(self.labels), self.aspect, (self.recipe.seed, 7, number))

    def features(self, number: int) -> Floats:
        """The teachers' pooled features of every photo through ``views(number)``: unit parts side by side."""
        wanted = self.recipe.teachers
        parts = [
            answers(self.out, self.teacher(name), self.pictures, self.views(number), wanted.size, str(number))
            for name in wanted.pooled
        ]
        return joined(parts, wanted.weights)

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


class Run:
    """One training run in a folder; ``train`` takes up where the checkpoint stands."""

    def __init__(self, recipe: Recipe, photos: Photos, out: Path, device: torch.device, every: float = 240.0) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.photos, self.out, self.device, self.every = recipe, photos, out, device, every
        self.student = Student(recipe.student).to(device, memory_format=torch.channels_last)
        full = len(recipe.teachers.pooled) * MEETING[-1]
        self.features = torch.nn.Linear(MEETING[-1], full).to(device)
        self.scale: dict[str, Tensor] = {}
        self.phase, self.step, self.hours = 0, 0, 0.0
        self.optimizer = self._optimizer(recipe.phases[0])
        self._last = time.monotonic()
        self._resume()

    # -- state ------------------------------------------------------------------------------------------------------

    def _optimizer(self, phase: Phase) -> torch.optim.Optimizer:
        parameters = [*self.student.parameters(), *self.features.parameters()]
        groups = [
            {"params": [p for p in parameters if p.dim() > 1], "weight_decay": phase.decay},
            {"params": [p for p in parameters if p.dim() <= 1], "weight_decay": 0.0},
        ]
        return torch.optim.AdamW(groups, lr=phase.rate, betas=(0.9, 0.98), fused=True)

    def save(self) -> None:
        self._clock()
        state = {
            "student": self.student.state_dict(),
            "features": self.features.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scale": self.scale,
            "phase": self.phase,
            "step": self.step,
            "hours": self.hours,
        }
        replace_atomic(self.out / CHECKPOINT, lambda path: torch.save(state, path))

    def _resume(self) -> None:
        path = self.out / CHECKPOINT
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.student.load_state_dict(state["student"])
        self.features.load_state_dict(state["features"])
        self.scale, self.hours = state["scale"], state["hours"]
        self.phase, self.step = state["phase"], state["step"]
        if self.phase < len(self.recipe.phases):
            self.optimizer = self._optimizer(self.recipe.phases[self.phase])
            if self.step:
                self.optimizer.load_state_dict(state["optimizer"])
        log.info("resumed at phase %d, step %d, after %.2f hours", self.phase, self.step, self.hours)

    def _clock(self) -> None:
        now = time.monotonic()
        self.hours += (now - self._last) / 3600
        self._last = now

    # -- training ---------------------------------------------------------------------------------------------------

    def train(self, task: Task = NULL_TASK) -> None:
        """Run the phases that are left. When ``task`` is cancelled, the checkpoint is written first."""
        while self.phase < len(self.recipe.phases):
            phase = self.recipe.phases[self.phase]
            try:
                self._train_phase(phase, task)
            except Cancelled:
                self.save()
                raise
            self.phase, self.step = self.phase + 1, 0
            if self.phase < len(self.recipe.phases):
                self.optimizer = self._optimizer(self.recipe.phases[self.phase])
            self.save()
            replace_atomic(self.out / f"student-{phase.name}.pt", lambda p: torch.save(self.student.state_dict(), p))

    def _train_phase(self, phase: Phase, task: Task) -> None:
        loss_of = self._begin(phase)
        saved, meter = time.monotonic(), Meter()
        while self.step < phase.steps():
            task.step(self.step, phase.steps())
            meter.add(self._one_step(phase, loss_of), phase.batch)
            if time.monotonic() - saved > self.every:
                self._report(phase, meter)
                self.save()
                saved, meter = time.monotonic(), Meter()
        self._report(phase, meter)

    def _begin(self, phase: Phase) -> Callable[[int], Tensor]:
        log.info("phase %s: %d steps", phase.name, phase.steps())
        if phase.kind == "pooled":
            return PooledLoss(self, phase)
        teacher = Teacher(self.photos.teacher(self.recipe.teachers.inner), inner=True)
        if "mean0" not in self.scale:
            self.scale = measure_scale(teacher, self.photos, phase.sizes[0])
        return TensorLoss(self, phase, teacher)

    def _one_step(self, phase: Phase, loss_of: Callable[[int], Tensor]) -> float:
        rate = phase.rate * schedule(self.step, phase.steps(), phase.warmup)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.student.train()
        loss = loss_of(self.step)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.student.parameters(), 5.0)
        self.optimizer.step()
        self.step += 1
        return float(loss.item())

    def rows(self, step: int, batch: int) -> tuple[npt.NDArray[np.int64], int]:
        """The photos of a step and the number of the pass over the photos it belongs to."""
        per_pass = len(self.photos.train) // batch
        number, place = divmod(step, per_pass)
        order = np.random.default_rng((self.recipe.seed, 8, self.phase, number)).permutation(self.photos.train)
        return order[place * batch : (place + 1) * batch], number

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16)

    def look(self, rows: npt.NDArray[np.int64], views: Views, size: int, seed: int = 0) -> Tensor:
        """(n, 3, size, size) in -1..1."""
        pictures = self.photos.batch(rows).to(self.device)
        return look(pictures, views, size, seed, torch.bfloat16) * 2 - 1

    # -- measuring --------------------------------------------------------------------------------------------------

    def encode(self, views: Views | None, rows: npt.NDArray[np.int64]) -> Floats:
        """Unit vectors of photos kept aside (``rows`` of them) through ``views``."""
        views = views or whole(len(rows))
        self.student.eval()
        parts = []
        with torch.inference_mode(), self.autocast():
            for start in range(0, len(rows), 64):
                some = np.arange(start, min(start + 64, len(rows)))
                x = self.look(self.photos.aside[rows[some]], views.of(some), self.recipe.student.input_size)
                parts.append(self.student(x).float().cpu().numpy())
        return np.concatenate(parts)

    def _report(self, phase: Phase, meter: "Meter") -> None:
        speed = meter.speed()
        found = self.photos.bench.measure(self.encode) if phase.kind == "pooled" else {}
        self._clock()
        row = {
            "hours": f"{self.hours:.3f}",
            "phase": phase.name,
            "step": self.step,
            "loss": f"{meter.mean():.4f}",
            "images_per_second": f"{speed:.0f}",
            **{name: f"{value:.4f}" for name, value in found.items()},
        }
        path = self.out / "curve.csv"
        fresh = not path.exists()
        with path.open("a", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, CURVE)
            if fresh:
                writer.writeheader()
            writer.writerow(row)
        log.info("%s", row)


class Meter:
    """Mean loss and speed since it was made."""

    def __init__(self) -> None:
        self._sum, self._steps, self._images, self._start = 0.0, 0, 0, time.monotonic()

    def add(self, loss: float, images: int) -> None:
        self._sum, self._steps, self._images = self._sum + loss, self._steps + 1, self._images + images

    def mean(self) -> float:
        return self._sum / max(1, self._steps)

    def speed(self) -> float:
        return self._images / max(1e-9, time.monotonic() - self._start)


def schedule(step: int, steps: int, warmup: int) -> float:
    """Linear warm-up, then half a cosine down to a hundredth."""
    if step < warmup:
        return (step + 1) / warmup
    done = (step - warmup) / max(1, steps - warmup)
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * done))


def measure_scale(teacher: Teacher, photos: Photos, size: int) -> dict[str, Tensor]:
    """Mean and standard deviation of each channel of the five tensors, (1, c, 1, 1); the last keeps its zero."""
    rows = photos.train[np.random.default_rng(0).permutation(len(photos.train))[:512]]
    views = photos.views(0)
    found: list[list[Tensor]] = [[] for _ in MEETING]
    for start in range(0, len(rows), 64):
        some = rows[start : start + 64]
        x = look(photos.batch(some), views.of(some), size).cpu() * 2 - 1
        for kept, tensor in zip(found, teacher.tensors(x), strict=True):
            kept.append(tensor)
    scale = {}
    for index, kept in enumerate(found):
        together = torch.cat(kept)
        last = index == len(MEETING) - 1
        mean = together.mean((0, 2, 3), keepdim=True)
        scale[f"mean{index}"] = torch.zeros_like(mean) if last else mean
        scale[f"std{index}"] = together.std((0, 2, 3)).clamp(min=1e-3)[None, :, None, None]
    return scale


class TensorLoss:
    """Error on the five tensors of the teacher, asked live: stage by stage (``apart``) or end to end (``together``)."""

    def __init__(self, run: Run, phase: Phase, teacher: Teacher) -> None:
        self.run, self.phase, self.teacher = run, phase, teacher

    def __call__(self, step: int) -> Tensor:
        run, phase = self.run, self.phase
        rows, _ = run.rows(step, phase.batch)
        seed = (run.recipe.seed, 9, run.phase, step)
        size = phase.sizes[int(np.random.default_rng(seed).integers(len(phase.sizes)))]
        views = seeded_views(len(rows), run.photos.aspect[rows], seed)
        x = run.look(rows, views, size).contiguous(memory_format=torch.channels_last)
        scale = {name: value.to(run.device) for name, value in run.scale.items()}
        wanted = [
            ((tensor - scale[f"mean{i}"]) / scale[f"std{i}"]).contiguous(memory_format=torch.channels_last)
            for i, tensor in enumerate(self.teacher.tensors(x))
        ]
        with run.autocast():
            got = run.student.apart(x, wanted) if phase.kind == "apart" else run.student.tensors(x)
        errors = losses.tensor_error(got, wanted)
        if step % 100 == 0:
            log.info("step %d: errors %s", step, [f"{value:.3f}" for value in errors.tolist()])
        return errors.sum()


class PooledLoss:
    """Error on the whitened pooled features of the teachers, whose answers about each crop are known."""

    def __init__(self, run: Run, phase: Phase) -> None:
        self.run, self.phase = run, phase
        self.views = [run.photos.views(number) for number in range(phase.rounds)]
        self.answers = [run.photos.features(number).astype(np.float16) for number in range(phase.rounds)]
        sample = self.answers[0][run.photos.train].astype(np.float32)
        self.whitening = Whitening.fit(sample, run.recipe.student.dim, run.recipe.teachers.power)
        self.mean, self.std = sample.mean(0), sample.std(0) + 1e-6
        if run.step == 0 and not run.scale.get("fitted"):
            self._fit_heads()
            run.scale["fitted"] = torch.ones(())

    def _targets(self, features: Floats) -> tuple[Tensor, Tensor]:
        target = torch.from_numpy(self.whitening.apply(features))
        full = torch.from_numpy((features - self.mean) / self.std)
        return target.to(self.run.device), full.to(self.run.device)

    def _fit_heads(self, count: int = 4096) -> None:
        """Start the two linear heads from the ridge regression of their targets on the student's pooled features."""
        run = self.run
        rows = run.photos.train[np.random.default_rng(1).permutation(len(run.photos.train))[:count]]
        pooled = []
        run.student.eval()
        with torch.inference_mode(), run.autocast():
            for start in range(0, len(rows), 64):
                some = rows[start : start + 64]
                x = run.look(some, self.views[0].of(some), self.phase.sizes[-1])
                pooled.append(run.student.pool(run.student.tensors(x)[-1]).float().cpu())
        x = torch.cat(pooled)
        target, full = self._targets(self.answers[0][rows].astype(np.float32))
        for head, wanted in ((run.student.project, target.cpu()), (run.features, full.cpu())):
            weight, bias = ridge(x, wanted)
            with torch.no_grad():
                head.weight.copy_(weight)
                head.bias.copy_(bias)

    def __call__(self, step: int) -> Tensor:
        run, phase = self.run, self.phase
        rows, number = run.rows(step, phase.batch)
        seed = (run.recipe.seed, 10, run.phase, step)
        draw = np.random.default_rng(seed)
        size = phase.sizes[int(draw.integers(len(phase.sizes)))]
        crop = (number + step) % phase.rounds
        views = self.views[crop].of(rows)
        x = run.look(rows, edited(views, phase.edits, (*seed, 1)), size, step)
        target, full = self._targets(self.answers[crop][rows].astype(np.float32))
        if draw.random() < phase.mixup:
            share = float(draw.beta(1.0, 1.0))
            x, target, full = (share * t + (1 - share) * t.flip(0) for t in (x, target, full))
        return self._error(x, target, full, self._copies(rows, views, size, seed))

    def _copies(self, rows: npt.NDArray[np.int64], views: Views, size: int, seed: tuple[int, ...]) -> Tensor | None:
        """The same photos in other crops with strong edits, where the phase learns copies."""
        if not self.phase.copies:
            return None
        other = seeded_views(len(rows), self.run.photos.aspect[rows], (*seed, 2), smallest=0.3)
        return self.run.look(rows, edited(other, 1.0, (*seed, 3)), size, seed[-1])

    def _error(self, x: Tensor, target: Tensor, full: Tensor, copies: Tensor | None) -> Tensor:
        student, phase = self.run.student, self.phase
        n = len(x)
        x = x if copies is None else torch.cat([x, copies])
        with self.run.autocast():
            last = student.tensors(x.contiguous(memory_format=torch.channels_last))[-1]
        pooled = student.pool(last)
        embedding = student.project(pooled)
        loss = losses.cosine_error(embedding[:n], target)
        if phase.features:
            loss = loss + phase.features * functional.mse_loss(self.run.features(pooled[:n]), full)
        if phase.relations:
            loss = loss + phase.relations * losses.relation_error(embedding[:n], target)
        if copies is not None:
            rows = functional.normalize(embedding, dim=1)
            loss = loss + phase.copies * losses.copy_error(rows[:n], rows[n:])
            loss = loss + phase.spread * losses.crowding(rows[:n])
        return loss


def ridge(x: Tensor, y: Tensor, strength: float = 1e-2) -> tuple[Tensor, Tensor]:
    """Weight (k, c) and bias (k,) of the linear map from (n, c) to (n, k) of least squared error."""
    x, y = x.double(), y.double()
    mean_x, mean_y = x.mean(0), y.mean(0)
    centred = x - mean_x
    gram = centred.T @ centred
    gram += strength * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype)
    weight = torch.linalg.solve(gram, centred.T @ (y - mean_y)).T
    return weight.float(), (mean_y - weight @ mean_x).float()


def teacher_quality(photos: Photos, name: str, size: int) -> dict[str, float]:
    """What a teacher, average-pooled, reaches on the same bench."""
    teacher = Teacher(photos.teacher(name))

    def encode(views: Views | None, rows: npt.NDArray[np.int64]) -> Floats:
        views = views or whole(len(rows))
        parts = []
        for start in range(0, len(rows), 64):
            some = np.arange(start, min(start + 64, len(rows)))
            x = look(photos.batch(photos.aside[rows[some]]), views.of(some), size)
            parts.append(teacher.pooled(x * 2 - 1))
        return unit(np.concatenate(parts))

    return photos.bench.measure(encode)


def train(recipe: Recipe, data: Path, out: Path, device: torch.device, task: Task = NULL_TASK) -> Run:
    """Train or go on training; returns the finished run. Raises ``KnownError`` when data or teachers are missing, and
    ``Cancelled``."""
    out.mkdir(parents=True, exist_ok=True)
    photos = Photos(recipe, data, out)
    photos.place(device)
    log.info("%d photos to train on, %d kept aside", len(photos.train), len(photos.aside))
    run = Run(recipe, photos, out, device)
    size = recipe.student.input_size
    log.info("%.2f M parameters, %.0f M MACs", count_parameters(run.student) / 1e6, count_macs(run.student, size) / 1e6)
    run.train(task)
    return run


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m cbir_desktop.training.distil")
    parser.add_argument("--config", type=Path, required=True, help="recipe in TOML")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with train/ and teachers/")
    parser.add_argument("--out", type=Path, required=True, help="checkpoints, caches and the curve go here")
    parser.add_argument("--answers", type=int, nargs="*", help="only ask the teachers about these rounds of crops")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        recipe = load_recipe(options.config)
        if options.answers is not None:
            photos = Photos(recipe, options.data, options.out)
            for number in options.answers:
                photos.features(number)
        else:
            task = Task()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: task.cancel())
            train(recipe, options.data, options.out, torch.device(options.device), task)
    except Cancelled:
        log.info("stopped; the same command goes on from the checkpoint")
        return 1
    except KnownError as error:
        logging.error("%s", error)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
