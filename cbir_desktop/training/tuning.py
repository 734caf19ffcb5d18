"""The plan by which an encoder is learned, searched for: Ray Tune with ASHA, which ends early what does not promise."""

import contextlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import ray
import torch
from ray import tune
from ray.tune import schedulers, stopper

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.training.adapt import Plan, learn, validation
from cbir_desktop.training.adapted import Beginning, Collection
from cbir_desktop.training.metric_losses import LOSSES, SAMPLINGS

_FIRST_LOOK = 2
"""Epochs after which ASHA first ends the worst; what begins from the backbone's ranking moves from the first on."""
_KEPT = 3
"""One of so many goes on at each rung (Li et al. 2020, section 3.2: the reduction factor)."""
_DECAYS = (0.0, 1e-5, 1e-4, 1e-3, 1e-2)
_HIDDEN = (0, 128, 512)
_OBJECT_STORE = 100_000_000
"""Bytes; pictures go through a file, so little passes through Ray's own memory."""


@dataclass(frozen=True)
class Tried:
    """``value``: validation mAP of its best epoch; ``epochs``: how many it was given."""

    plan: Plan
    value: float
    epochs: int


def search(
    collection: Collection, beginning: Beginning, plan: Plan, tries: int, threads: int, task: Task = NULL_TASK
) -> list[Tried]:
    """``tries`` plans, the best first: ``plan`` itself, and others by chance (``plan.seed``) that differ from it in
    rate, loss, sampling, margin, weight decay and hidden units. ``threads``: as many at a time.

    Ended early by ASHA (Li et al. 2020, "A system for massively parallel hyperparameter tuning", algorithm 2). Raises
    ``KnownError`` as ``learn`` does, of kind ``ray-not-started``, or ``search-failed`` where none could be finished;
    ``Cancelled``.
    """
    validation(collection.labels, plan.seed, plan.aside)
    seen = _Seen(task, tries)
    # Short, as it holds sockets, whose paths are limited to 107 bytes.
    with tempfile.TemporaryDirectory(prefix="ray", dir="/tmp" if os.path.isdir("/tmp") else None) as folder:
        kept = Path(folder) / "pictures.npy"
        np.save(kept, collection.pictures.numpy())
        one = _One(plan, beginning, kept, collection.labels)
        # Ray Tune prints its settings, however silent it was told to be.
        with contextlib.redirect_stdout(io.StringIO()), _ray(Path(folder), threads):
            errors = _tuner(one, plan, tries, Path(folder), seen).fit().errors
    task.check()
    if not seen.values:
        raise KnownError(f"no plan could be tried: {errors[0] if errors else 'Ray says no reason'}", "search-failed")
    found = [Tried(planned(plan, seen.drawn[trial]), max(values), len(values)) for trial, values in seen.values.items()]
    return sorted(found, key=lambda tried: -tried.value)


def space() -> Mapping[str, Any]:
    """What is searched: by name of a plan's fields, ``way`` being loss and sampling together."""
    ways = [LOSSES[0], *(f"{loss} {sampling}" for loss in LOSSES[1:] for sampling in SAMPLINGS)]
    return {
        "rate": tune.loguniform(1e-4, 3e-2),
        "way": tune.choice(ways),
        "margin": tune.uniform(0.1, 1.0),
        "decay": tune.choice(_DECAYS),
        "hidden": tune.choice(_HIDDEN),
    }


def planned(plan: Plan, drawn: Mapping[str, Any]) -> Plan:
    """``plan`` with what was drawn from ``space``."""
    loss, _, sampling = drawn["way"].partition(" ")
    names = ("rate", "margin", "decay", "hidden")
    return replace(plan, loss=loss, sampling=sampling or plan.sampling, **{name: drawn[name] for name in names})


def _drawn(plan: Plan) -> dict[str, Any]:
    way = plan.loss if plan.loss == LOSSES[0] else f"{plan.loss} {plan.sampling}"
    return {"rate": plan.rate, "way": way, "margin": plan.margin, "decay": plan.decay, "hidden": plan.hidden}


@dataclass(frozen=True)
class _One:
    """One try, in a process of Ray's."""

    plan: Plan
    beginning: Beginning
    kept: Path
    labels: npt.NDArray[np.int64]

    def __call__(self, drawn: Mapping[str, Any]) -> None:
        torch.set_num_threads(1)
        pictures = torch.from_numpy(np.load(self.kept, mmap_mode="c"))
        backbone = self.beginning.backbone(self.plan.seed)
        network = None if backbone is None else backbone.network
        report: Callable[[int, float], None] = lambda _, value: tune.report({"map": value})  # noqa: E731
        learn(pictures, self.labels, planned(self.plan, drawn), network, NULL_TASK, report, self.beginning.start.is_new)


def _tuner(one: _One, plan: Plan, tries: int, folder: Path, seen: "_Seen") -> tune.Tuner:
    longest = max(1, plan.epochs)
    asha = schedulers.ASHAScheduler(max_t=longest, grace_period=min(_FIRST_LOOK, longest), reduction_factor=_KEPT)
    drawing = tune.search.BasicVariantGenerator([_drawn(plan)], random_state=plan.seed)
    config = tune.TuneConfig(
        metric="map", mode="max", search_alg=drawing, scheduler=asha, num_samples=tries, reuse_actors=True
    )
    run = tune.RunConfig("tune", str(folder / "tries"), stop=_Cancelled(seen), callbacks=[seen], verbose=0)

    def trying(drawn: dict[str, Any]) -> None:  # a function: of a callable object Ray would ask for more
        one(drawn)

    return tune.Tuner(trying, param_space=dict(space()), tune_config=config, run_config=run)


@contextlib.contextmanager
def _ray(folder: Path, threads: int) -> Iterator[None]:
    """Ray on this machine only, silent, telling nobody, and gone at the end."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    os.environ["TUNE_DISABLE_AUTO_CALLBACK_LOGGERS"] = "1"
    os.environ["TUNE_DISABLE_SIGINT_HANDLER"] = "1"  # Ctrl+C is for the command
    try:
        ray.init(
            num_cpus=threads, include_dashboard=False, object_store_memory=_OBJECT_STORE, log_to_driver=False,
            logging_level="ERROR", _temp_dir=str(folder),
        )  # fmt: skip
    except Exception as error:  # Ray raises nothing narrower where its parts are not up within 30 s
        ray.shutdown()
        raise KnownError(f"Ray did not start; is the machine busy? {error}", "ray-not-started") from error
    try:
        yield
    finally:
        ray.shutdown()


class _Seen(tune.Callback):  # type: ignore[misc]
    """What became of each try, by its id: what was drawn, and the validation mAP of each epoch."""

    def __init__(self, task: Task, tries: int) -> None:
        self.task, self._tries, self._done = task, tries, 0
        self.drawn: dict[str, Mapping[str, Any]] = {}
        self.values: dict[str, list[float]] = {}

    def on_trial_result(self, iteration: int, trials: Any, trial: Any, result: Mapping[str, Any], **info: Any) -> None:
        self.drawn[trial.trial_id] = dict(trial.config)
        self.values.setdefault(trial.trial_id, []).append(float(result["map"]))

    def on_trial_complete(self, iteration: int, trials: Any, trial: Any, **info: Any) -> None:
        self._done += 1
        if not self.task.cancelled:
            self.task.step(self._done, self._tries)

    def __getstate__(self) -> dict[str, Any]:
        return {}  # Ray writes down what it was given, to go on later, which we never do; a task is of this process


class _Cancelled(stopper.Stopper):  # type: ignore[misc]
    def __init__(self, seen: _Seen) -> None:
        self._seen = seen

    def __call__(self, trial_id: str, result: Mapping[str, Any]) -> bool:
        return False

    def stop_all(self) -> bool:
        return self._seen.task.cancelled

    def __getstate__(self) -> dict[str, Any]:
        return {}  # as above
