"""What each kind of phase asks of the student, as functions from the number of a step to its loss."""

import logging
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from cbir_desktop.training import losses
from cbir_desktop.training.augment import Views, edited, look, seeded_views, turn, whole
from cbir_desktop.training.data import taken
from cbir_desktop.training.photos import WHOLE, Photos
from cbir_desktop.training.recipe import Phase
from cbir_desktop.training.run import Run
from cbir_desktop.training.student import MEETING, Block, Student
from cbir_desktop.training.teachers import Teacher, Whitening

log = logging.getLogger(__name__)

Floats = npt.NDArray[np.float32]


def objective(run: Run, phase: Phase) -> Callable[[int], Tensor]:
    """The loss of a phase. Raises ``KnownError`` when a teacher is missing."""
    if phase.kind == "pooled":
        return PooledLoss(run, phase)
    teacher = Teacher(run.photos.teacher(run.recipe.teachers.inner), inner=True)
    if "mean0" not in run.scale:
        run.scale = measure_scale(teacher, run.photos, phase.sizes[0])
    return TensorLoss(run, phase, teacher)


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
        self.whole = run.photos.features(WHOLE).astype(np.float16) if phase.hard else self.answers[0]
        self.maps = [run.photos.maps(number) for number in range(phase.rounds)] if phase.maps else []
        self.activations: list[Tensor] = []
        if phase.outliers:
            for module in deep_activations(run.student):
                module.register_forward_hook(lambda _module, _inputs, output: self.activations.append(output))
        if run.step == 0 and not run.scale.get("fitted"):
            self._fit_heads()
            run.scale["fitted"] = torch.ones(())

    def _targets(self, features: Floats) -> tuple[Tensor, Tensor]:
        target = torch.from_numpy(self.whitening.apply(features))
        full = torch.from_numpy((features - self.mean) / self.std)
        return target.to(self.run.device), full.to(self.run.device)

    def _fit_heads(self, count: int = 2048) -> None:
        """Start the linear heads from the ridge regression of their targets on the student's features.

        The embedding's own head is left as it is where the student came from a file.
        """
        run = self.run
        rows = run.photos.train[np.random.default_rng(1).permutation(len(run.photos.train))[:count]]
        views = self.views[0].of(rows)
        target, full = (part.cpu() for part in self._targets(self.answers[0][rows].astype(np.float32)))
        last = run.answers(lambda x: run.student.tensors(x)[-1], rows, views, self.phase.sizes[-1])
        with torch.inference_mode():
            pooled = torch.cat([run.student.pool(part.to(run.device)).cpu() for part in last.split(64)])
        heads = [(run.features, pooled, full)]
        if not run.started:
            heads.append((run.student.project, pooled, target))
        if self.phase.maps:
            some = min(512, len(rows))  # every place of 512 photos is enough
            maps = self._maps(0, rows[:some], views.of(np.arange(some))).cpu()
            maps = functional.adaptive_avg_pool2d(maps, last.shape[-2:])
            heads.append((run.maps, _places(last[:some]), _places(maps)))
        for head, x, wanted in heads:
            weight, bias = ridge(x, wanted)
            with torch.no_grad():
                head.weight.copy_(weight.reshape(head.weight.shape))
                head.bias.copy_(bias)

    def __call__(self, step: int) -> Tensor:
        run, phase = self.run, self.phase
        copies = int(phase.hard * phase.batch)
        rows, number = run.rows(step, phase.batch - copies)
        seed = (run.recipe.seed, 10, run.phase, step)
        draw = np.random.default_rng(seed)
        size = phase.sizes[int(draw.integers(len(phase.sizes)))]
        crop = (number + step) % phase.rounds
        views = edited(self.views[crop].of(rows), phase.edits, (*seed, 1))
        x = run.look(rows, views, size, seed[3])
        features = self.answers[crop][rows]
        if copies:  # of the first rows: their order is random
            x = torch.cat([self._copies(rows[:copies], size, seed), x])
            features = np.concatenate([self.whole[rows[:copies]], features])
        wanted = [*self._targets(features.astype(np.float32))]
        if phase.maps:
            wanted.append(self._maps(crop, rows, views))
        mixed = draw.random() < phase.mixup
        if mixed:
            x, wanted = mix(x, wanted, float(draw.beta(1.0, 1.0)), copies)
        return self._error(x, wanted, copies, mixed)

    def _maps(self, crop: int, rows: npt.NDArray[np.int64], views: Views) -> Tensor:
        """The teachers' features place by place, mirrored and turned as ``views`` are."""
        parts = [torch.from_numpy(taken(kept, rows)) for kept in self.maps[crop]]
        maps = torch.cat(parts, 1).float().to(self.run.device)
        flip = (views.mirror ^ self.views[crop].of(rows).mirror).to(maps.device)
        maps = torch.where(flip[:, None, None, None], maps.flip(3), maps)
        return turn(maps, views.turns)

    def _copies(self, rows: npt.NDArray[np.int64], size: int, seed: tuple[int, ...]) -> Tensor:
        """Edited copies of the photos, some turned or mirrored on top."""
        number = int(np.random.default_rng((*seed, 2)).integers(self.phase.hard_rounds))
        return self.run.look(rows, edited(whole(len(rows)), 0.2, (*seed, 3)), size, seed[3], copy=number)

    def _error(self, x: Tensor, wanted: Sequence[Tensor], copies: int, mixed: bool) -> Tensor:
        student, phase = self.run.student, self.phase
        target, full, *maps = wanted
        self.activations.clear()
        with self.run.autocast():
            last = student.tensors(x.contiguous(memory_format=torch.channels_last))[-1]
            places = self.run.maps(last[copies:]) if maps else None
        pooled = student.pool(last)
        embedding = student.project(pooled)
        loss = losses.cosine_error(embedding, target)
        if phase.features:
            loss = loss + phase.features * functional.mse_loss(self.run.features(pooled), full)
        if places is not None:
            loss = loss + phase.maps * losses.map_error(places, maps[0])
        if phase.relations:
            loss = loss + phase.relations * losses.relation_error(embedding, target)
        if phase.outliers:
            loss = loss + phase.outliers * losses.outlier_error(self.activations)
        if phase.copies and copies and not mixed:
            rows = functional.normalize(embedding, dim=1)
            loss = loss + phase.copies * losses.copy_error(rows, copies)
            loss = loss + phase.spread * losses.crowding(rows[copies:])
        return loss


def deep_activations(student: Student) -> list[nn.Module]:
    """What gives the activations from the third stage on: residual blocks, their wide sides, the meeting layers."""
    deep = student.stages[2:]
    inside = [module for stage in deep for module in stage.modules() if isinstance(module, Block | nn.ReLU)]
    return [*inside, *deep]


def mix(x: Tensor, wanted: Sequence[Tensor], share: float, copies: int) -> tuple[Tensor, list[Tensor]]:
    """Mixup (Zhang et al. 2018) of a batch and of what is wanted of it, copies with copies and crops with crops."""

    def mixed(t: Tensor) -> Tensor:
        skip = copies if len(t) == len(x) else 0
        other = torch.cat([t[:skip].flip(0), t[skip:].flip(0)])
        return share * t + (1 - share) * other

    return mixed(x), [mixed(t) for t in wanted]


def _places(maps: Tensor) -> Tensor:
    return maps.permute(0, 2, 3, 1).flatten(0, 2)


def ridge(x: Tensor, y: Tensor, strength: float = 1e-2) -> tuple[Tensor, Tensor]:
    """Weight (k, c) and bias (k,) of the linear map from (n, c) to (n, k) of least squared error."""
    x, y = x.double(), y.double()
    mean_x, mean_y = x.mean(0), y.mean(0)
    centred = x - mean_x
    gram = centred.T @ centred
    gram += strength * gram.diagonal().mean() * torch.eye(len(gram), dtype=gram.dtype)
    weight = torch.linalg.solve(gram, centred.T @ (y - mean_y)).T
    return weight.float(), (mean_y - weight @ mean_x).float()
