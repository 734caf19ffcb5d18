"""Train the embedded default encoder: ``python -m cbir_desktop.training.distil --config recipe.toml``.

A network of random weights imitates a teacher first stage by stage, then end to end, then the pooled features of
several teachers under the same heavy crops ("patient and consistent", Beyer et al. 2022). Then its end is fitted, and
``student.pt`` is what ``export`` takes. Everything random is drawn from the seed, the phase and the step: a run that is
stopped and started again gives what an uninterrupted one does.
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
import torch
from torch import Tensor

from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Cancelled, Task
from cbir_desktop.training.ending import fit_ending, roots
from cbir_desktop.training.objectives import objective
from cbir_desktop.training.photos import Photos
from cbir_desktop.training.recipe import Phase, Recipe, load_recipe
from cbir_desktop.training.run import Run, Start
from cbir_desktop.training.student import count_macs, count_parameters

log = logging.getLogger(__name__)

STUDENT = "student.pt"
CURVE = ["hours", "phase", "step", "loss", "map", "ns", "copies", "strong", "micro", "images_per_second"]


def train_phases(run: Run, task: Task = NULL_TASK, every: float = 400.0) -> None:
    """Run the phases that are left, with a checkpoint and a row of the curve ``every`` so many seconds.

    When ``task`` is cancelled, the checkpoint is written first.
    """
    while run.phase < len(run.recipe.phases):
        phase = run.recipe.phases[run.phase]
        log.info("phase %s: %d steps", phase.name, phase.steps())
        try:
            _train_phase(run, phase, task, every)
        except Cancelled:
            run.save()
            raise
        run.next_phase()
        run.save()
        replace_atomic(run.out / f"student-{phase.name}.pt", lambda path: torch.save(run.student.state_dict(), path))


def _train_phase(run: Run, phase: Phase, task: Task, every: float) -> None:
    loss_of = objective(run, phase)
    saved, meter = time.monotonic(), Meter()
    while run.step < phase.steps():
        task.step(run.step, phase.steps())
        meter.add(one_step(run, phase, loss_of), phase.batch)
        if time.monotonic() - saved > every:
            report(run, phase, meter)
            run.save()
            saved, meter = time.monotonic(), Meter()
    report(run, phase, meter)


def one_step(run: Run, phase: Phase, loss_of: Callable[[int], Tensor]) -> float:
    """One step of the optimiser; returns the loss."""
    rate = phase.rate * schedule(run.step, phase.steps(), phase.warmup)
    for group in run.optimizer.param_groups:
        group["lr"] = rate
    run.student.train()
    loss = loss_of(run.step)
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.student.parameters(), 5.0)
    run.optimizer.step()
    run.step += 1
    return float(loss.item())


def end(run: Run, task: Task = NULL_TASK) -> None:
    """Fit the ending of a trained student, if the recipe has one, and write ``student.pt``: first on the photos trained
    on, for a row of the curve that says what it is worth on those kept aside, then on both. Of a run that has come to
    its end it is done again. Raises ``KnownError``, ``Cancelled``."""
    recipe = run.recipe.ending
    if recipe is not None:
        views, labels = roots(run, recipe.rounds if recipe.edits else 0, task), run.photos.labels
        run.student.ending = fit_ending(recipe, views, labels, run.photos.train).to(run.device)
        _append(run, {"phase": "ending"}, run.photos.bench.measure(run.encode))
        run.student.ending = fit_ending(recipe, views, labels, np.arange(len(labels))).to(run.device)
    replace_atomic(run.out / STUDENT, lambda path: torch.save(run.student.state_dict(), path))


def report(run: Run, phase: Phase, meter: "Meter") -> None:
    """Append a row to the curve: quality on the photos kept aside, where the phase trains the embedding."""
    row = {"phase": phase.name, "loss": f"{meter.mean():.4f}", "images_per_second": f"{meter.speed():.0f}"}
    _append(run, row, run.photos.bench.measure(run.encode) if phase.kind == "pooled" else {})


def _append(run: Run, row: dict[str, str], found: dict[str, float]) -> None:
    run.clock()
    row |= {"hours": f"{run.hours:.3f}", "step": str(run.step)}
    row |= {name: f"{value:.4f}" for name, value in found.items()}
    path = run.out / "curve.csv"
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


def train(
    recipe: Recipe, data: Path, out: Path, device: torch.device, task: Task = NULL_TASK, start: Start | None = None
) -> Run:
    """Train or go on training; ``start`` says where to begin without a checkpoint.

    Returns the finished run. Raises ``KnownError`` when data or teachers are missing, and ``Cancelled``.
    """
    out.mkdir(parents=True, exist_ok=True)
    photos = Photos(recipe, data, out)
    photos.place(device)
    log.info("%d photos to train on, %d kept aside", len(photos.train), len(photos.aside))
    run = Run(recipe, photos, out, device, start)
    size = recipe.student.input_size
    log.info("%.2f M parameters, %.0f M MACs", count_parameters(run.student) / 1e6, count_macs(run.student, size) / 1e6)
    train_phases(run, task)
    end(run, task)
    return run


def _start(recipe: Recipe, weights: str, phase: str) -> Start:
    names = [known.name for known in recipe.phases]
    if phase not in names:
        raise KnownError(f"the recipe has no phase {phase!r}; it has {', '.join(names)}", "usage")
    return Start(Path(weights), phase)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m cbir_desktop.training.distil")
    parser.add_argument("--config", type=Path, required=True, help="recipe in TOML")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with train/ and teachers/")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/default"), help="checkpoints, caches and the curve go here (%(default)s)"
    )
    parser.add_argument(
        "--answers", type=int, nargs="*", default=[], help="only ask the teachers about these rounds (-1: whole)"
    )
    parser.add_argument("--copies", type=int, nargs="*", default=[], help="only edit the photos for these rounds")
    parser.add_argument(
        "--start",
        nargs=2,
        metavar=("ONNX", "PHASE"),
        help="where there is no checkpoint: go on from an exported encoder, with that phase of the recipe",
    )
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    try:
        recipe = load_recipe(options.config)
        if options.answers or options.copies:
            photos = Photos(recipe, options.data, options.out)
            for number in options.copies:
                photos.copies(number)
            for number in options.answers:
                photos.features(number)
        else:
            task = Task()
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: task.cancel())
            start = _start(recipe, *options.start) if options.start else None
            train(recipe, options.data, options.out, torch.device(options.device), task, start)
    except Cancelled:
        log.info("stopped; the same command goes on from the checkpoint")
        return 1
    except KnownError as error:
        logging.error("%s", error)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
