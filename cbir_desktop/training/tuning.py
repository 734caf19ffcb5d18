"""A search for the plan that adapts best: Ray Tune, with bad trials ended early (ASHA: Li et al. 2020)."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import ray
from ray import tune
from ray.tune.schedulers import ASHAScheduler

from cbir_desktop.core.errors import KnownError
from cbir_desktop.settings import available_cores
from cbir_desktop.training.adapt import Plan
from cbir_desktop.training.adapted import Adapting
from cbir_desktop.training.metric_losses import SAMPLINGS

_GRACE = 3
"""Epochs that every trial may have: the first ones say little."""
_LOSSES = ("classification", "contrastive", "triplet")


def search(adapting: Adapting, plan: Plan, trials: int) -> Plan:
    """The best of ``trials`` plans like ``plan`` by their validation mAP; rate, margin, loss and sampling are searched.

    The pictures that it is judged on are those that choose the epoch, none that are measured on. One trial a core. The
    trials are drawn by the seed; which ones ASHA ends depends on their pace. Raises ``KnownError`` where none ends
    well.
    """
    space = {
        "rate": tune.loguniform(1e-4, 1e-2),
        "margin": tune.uniform(0.1, 0.6),
        "loss": tune.choice(_LOSSES),
        "sampling": tune.choice(SAMPLINGS),
    }
    ray.init(num_cpus=available_cores(), include_dashboard=False, logging_level=logging.ERROR, log_to_driver=False)
    try:
        tuner = tune.Tuner(
            tune.with_parameters(_trial, adapting=adapting, plan=plan),
            param_space=space,
            tune_config=tune.TuneConfig(
                metric="map",
                mode="max",
                num_samples=trials,
                scheduler=ASHAScheduler(max_t=max(plan.epochs, 1), grace_period=min(_GRACE, max(plan.epochs, 1))),
                search_alg=tune.search.BasicVariantGenerator(random_state=np.random.RandomState(plan.seed)),
            ),
            run_config=tune.RunConfig(verbose=0, progress_reporter=_Silent()),
        )
        results = tuner.fit()
        if results.num_errors == len(results):
            raise KnownError(f"every trial failed, the first with: {results.errors[0]}", "tuning-failed")
        best: Mapping[str, Any] = results.get_best_result(scope="all").config
    finally:
        ray.shutdown()
    return replace(plan, **best)


class _Silent(tune.ProgressReporter):  # type: ignore[misc]
    def should_report(self, trials: Any, done: bool = False) -> bool:
        return False

    def report(self, trials: Any, done: bool, *sys_info: Any) -> None:
        """Nothing: stdout is the command's."""


def _trial(config: Mapping[str, Any], adapting: Adapting, plan: Plan) -> None:
    adapting.learn(replace(plan, **config), report=lambda _, found: tune.report({"map": found}))
