"""Training as a whole: it learns, it resumes, and it looks at nothing outside its split."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.training import distil
from cbir_desktop.training.distil import schedule, train_phases
from cbir_desktop.training.objectives import objective, ridge
from cbir_desktop.training.photos import Photos
from cbir_desktop.training.recipe import Recipe
from cbir_desktop.training.run import CHECKPOINT, Run

CPU = torch.device("cpu")


class Impatient(Task):
    """Cancelled after so many steps."""

    def __init__(self, steps):
        super().__init__()
        self.left = steps

    def step(self, done, total):
        if self.left == 0:
            self.cancel()
        self.left -= 1
        super().step(done, total)


def make_run(recipe: Recipe, data: Path, out: Path) -> Run:
    out.mkdir(exist_ok=True)
    return Run(recipe, Photos(recipe, data, out), out, CPU)


def test_an_interrupted_run_ends_with_the_weights_of_an_uninterrupted_one(recipe, made_data, tmp_path):
    whole = make_run(recipe, made_data, tmp_path / "whole")
    train_phases(whole)
    stops = 0
    while True:
        parts = make_run(recipe, made_data, tmp_path / "parts")
        try:
            train_phases(parts, Impatient(2))
            break
        except Cancelled:
            stops += 1
    assert stops >= 3
    for name, value in whole.student.state_dict().items():
        torch.testing.assert_close(parts.student.state_dict()[name], value, rtol=0, atol=0, msg=name)


def test_the_errors_on_the_teachers_tensors_fall(recipe, made_data, tmp_path):
    apart = replace(recipe.phases[0], crops=8 * 60, rate=3e-3, warmup=5)
    run = make_run(replace(recipe, phases=(apart,)), made_data, tmp_path)
    loss_of = objective(run, apart)
    before = loss_of(0).item()
    train_phases(run)
    assert loss_of(0).item() < 0.8 * before


def test_the_curve_has_a_row_for_each_phase_and_quality_for_the_last(recipe, made_data, tmp_path):
    train_phases(make_run(recipe, made_data, tmp_path))
    with (tmp_path / "curve.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [row["phase"] for row in rows] == ["apart", "together", "pooled"]
    assert 0 < float(rows[-1]["map"]) <= 1
    assert 1 <= float(rows[-1]["ns"]) <= 4


def test_only_photos_of_split_train_that_are_not_kept_aside_are_trained_on(recipe, made_data, tmp_path):
    photos = Photos(recipe, made_data, tmp_path)
    with (made_data / "train" / "labels.csv").open() as stream:
        split = {row["file"]: row["split"] for row in csv.DictReader(stream)}
    assert photos.files
    assert {split[file] for file in photos.files} == {"train"}
    assert len(photos.pictures) == sum(value == "train" for value in split.values())
    assert not set(photos.train) & set(photos.aside)
    run = Run(recipe, photos, tmp_path, CPU)
    seen = {int(row) for step in range(20) for row in run.rows(step, 8)[0]}
    assert seen <= set(photos.train.tolist())


def test_an_epoch_shows_every_photo_at_most_once(recipe, made_data, tmp_path):
    run = make_run(recipe, made_data, tmp_path)
    per_pass = len(run.photos.train) // 8
    rows = np.concatenate([run.rows(step, 8)[0] for step in range(per_pass)])
    assert len(set(rows.tolist())) == len(rows)
    assert run.rows(per_pass, 8)[1] == 1


def test_a_missing_teacher_is_a_known_error(recipe, made_data, tmp_path):
    lacking = replace(recipe, teachers=replace(recipe.teachers, inner="nobody"))
    with pytest.raises(KnownError, match="nobody"):
        train_phases(make_run(lacking, made_data, tmp_path))


def test_the_command_trains_and_reports_known_errors(made_data, tmp_path, capsys):
    config = tmp_path / "recipe.toml"
    config.write_text("seed = 1")
    assert distil.main(["--config", str(config), "--data", str(made_data), "--out", str(tmp_path / "o")]) == 2
    assert not (tmp_path / "o" / CHECKPOINT).exists()


def test_the_rate_warms_up_and_comes_down_to_a_hundredth():
    rates = [schedule(step, 100, 10) for step in range(100)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == pytest.approx(1.0)
    assert rates[-1] < 0.012
    assert rates[10:] == sorted(rates[10:], reverse=True)


def test_ridge_finds_a_linear_map():
    x = torch.randn(200, 5, generator=torch.Generator().manual_seed(0))
    weight, bias = ridge(x, x @ torch.ones(5, 3) + 2, strength=1e-8)
    torch.testing.assert_close(weight, torch.ones(3, 5), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(bias, torch.full((3,), 2.0), rtol=1e-4, atol=1e-4)
