"""The closed-form end of a trained network."""

import csv

import numpy as np
import pytest
import tomli_w
import torch

from cbir_desktop.core.errors import KnownError
from cbir_desktop.training import distil
from cbir_desktop.training.distil import STUDENT, end
from cbir_desktop.training.ending import fit_ending, roots
from cbir_desktop.training.export import export_onnx, load_student
from cbir_desktop.training.objectives import objective
from cbir_desktop.training.photos import Photos
from cbir_desktop.training.recipe import EndingRecipe, parse_recipe
from cbir_desktop.training.run import CHECKPOINT, Run, Start
from cbir_desktop.training.student import MEETING, Ending
from tests.training.conftest import RECIPE

CHANNELS = MEETING[-1]
ENDED = {**RECIPE, "ending": {"dim": 12, "shrinkage": 0.3, "edits": 0.3, "rounds": 1}}


@pytest.fixture
def ended():
    return parse_recipe(ENDED)


def made(seed=0):
    """Six classes of 20 by channels 0 to 5; channels 6 to 9 vary in every class, and 10 to 13 in copies too."""
    rng = np.random.default_rng(seed)
    labels = [f"c{i // 20}" for i in range(120)]
    rows = np.full((120, CHANNELS), 0.01) * rng.random((120, CHANNELS))
    rows[np.arange(120), np.repeat(np.arange(6), 20)] += 0.25
    rows[:, 6:14] += rng.random((120, 8))
    copies = rows.copy()
    copies[:, 10:14] = rng.random((120, 4))
    return [torch.nn.functional.normalize(torch.from_numpy(part).float(), dim=1) for part in (rows, copies)], labels


def found(ending, asked, stored):
    with torch.inference_mode():
        one, two = (torch.nn.functional.normalize(ending.linear(part), dim=1) for part in (asked, stored))
    return one @ two.T


def right(scores, labels):
    scores = scores.clone().fill_diagonal_(-2)
    return np.mean([labels[best] == label for best, label in zip(scores.argmax(1).tolist(), labels, strict=True)])


def test_what_varies_in_classes_counts_less_of_new_photos_too():
    views, labels = made()
    new, _ = made(1)
    ending = fit_ending(EndingRecipe(16, 0.1, 0.0), views[:1], labels, np.arange(120))
    before = right(new[0] @ new[0].T, labels)
    assert before < 0.7
    assert right(found(ending, new[0], new[0]), labels) > before + 0.25


def test_what_varies_in_copies_counts_less():
    views, labels = made()
    new, _ = made(1)
    own = np.arange(120)
    with_edits, without = (
        fit_ending(EndingRecipe(16, 0.1, share), views, labels, np.arange(120)) for share in (0.8, 0.0)
    )
    score = [float((found(one, new[1], new[0]).argmax(1).numpy() == own).mean()) for one in (with_edits, without)]
    assert score[0] > score[1] + 0.1


def test_only_the_rows_that_are_given_are_looked_at():
    views, labels = made()
    rows = np.arange(0, 120, 2)
    spoilt = [view.clone() for view in views]
    for view in spoilt:
        view[1::2] = torch.rand(60, CHANNELS)
    recipe = EndingRecipe(16, 0.3, 0.3)
    one, two = (fit_ending(recipe, some, labels, rows) for some in (views, spoilt))
    torch.testing.assert_close(one.linear.weight, two.linear.weight)


def test_photos_without_classes_have_no_ending():
    views, _ = made()
    with pytest.raises(KnownError, match="no class"):
        fit_ending(EndingRecipe(16, 0.3, 0.3), views, [""] * 120, np.arange(120))


@pytest.fixture
def trained(made_data, tmp_path):
    """Where the command trained by a recipe with an ending."""
    config = tmp_path / "recipe.toml"
    config.write_text(tomli_w.dumps(ENDED))
    assert distil.main(["--config", str(config), "--data", str(made_data), "--out", str(tmp_path)]) == 0
    return tmp_path


def run_of(recipe, data, out, start=None):
    out.mkdir(exist_ok=True)
    return Run(recipe, Photos(recipe, data, out), out, torch.device("cpu"), start)


def test_a_run_ends_in_a_student_whose_ending_is_of_all_photos(ended, made_data, trained):
    with (trained / "curve.csv").open() as stream:
        assert [row["phase"] for row in csv.DictReader(stream)][-1] == "ending"
    student = load_student(ended, trained / STUDENT)
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    assert ended.dim == 12
    assert student(x).shape == (2, 12)
    torch.testing.assert_close(student(x).norm(dim=1), torch.ones(2))
    run = run_of(ended, made_data, trained)
    views, labels = roots(run, 1), run.photos.labels
    of_all, of_some = (
        fit_ending(ended.ending, views, labels, rows) for rows in (np.arange(len(labels)), run.photos.train)
    )
    torch.testing.assert_close(student.ending.linear.weight, of_all.linear.weight)
    assert not torch.allclose(student.ending.linear.weight, of_some.linear.weight)
    with pytest.raises(KnownError, match="no weights"):  # a checkpoint has no ending yet
        load_student(ended, trained / CHECKPOINT)


def test_training_that_goes_on_from_a_file_with_an_ending_finds_the_layer_before_it_anew(ended, made_data, trained):
    student = load_student(ended, trained / STUDENT)
    export_onnx(student, trained / "encoder.onnx")
    run = run_of(ended, made_data, trained / "next", Start(trained / "encoder.onnx", "pooled"))
    assert not run.started
    torch.testing.assert_close(run.student.pool.power, student.pool.power, rtol=0, atol=1e-3)
    before = run.student.project.weight.clone()
    objective(run, ended.phases[-1])
    assert not torch.allclose(run.student.project.weight, before)


def test_without_an_ending_the_student_is_what_was_trained(recipe, made_data, tmp_path):
    run = run_of(recipe, made_data, tmp_path)
    end(run)
    assert not (tmp_path / "curve.csv").exists()
    torch.testing.assert_close(load_student(recipe, tmp_path / STUDENT).project.weight, run.student.project.weight)


def test_roots_are_unit_rows():
    torch.testing.assert_close(Ending.roots(torch.rand(3, 8)).square().sum(1), torch.ones(3))
