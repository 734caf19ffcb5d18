"""The closed-form end of a trained network."""

import csv

import numpy as np
import pytest
import torch

from cbir_desktop.training.distil import STUDENT, end, train_phases
from cbir_desktop.training.ending import fit_ending
from cbir_desktop.training.export import export_onnx, load_student
from cbir_desktop.training.photos import Photos
from cbir_desktop.training.recipe import EndingRecipe, parse_recipe
from cbir_desktop.training.restart import load_folded
from cbir_desktop.training.run import Run
from cbir_desktop.training.student import MEETING, Ending, Student
from tests.training.conftest import RECIPE

CHANNELS = MEETING[-1]


@pytest.fixture
def ended():
    return parse_recipe({**RECIPE, "ending": {"dim": 12, "shrinkage": 0.3, "edits": 0.3, "rounds": 1}})


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
    with pytest.raises(ValueError, match="no class"):
        fit_ending(EndingRecipe(16, 0.3, 0.3), views, [""] * 120, np.arange(120))


def test_a_run_ends_in_a_student_that_is_exported_with_its_ending(ended, made_data, tmp_path):
    run = Run(ended, Photos(ended, made_data, tmp_path), tmp_path, torch.device("cpu"))
    train_phases(run)
    end(run)
    with (tmp_path / "curve.csv").open() as stream:
        assert [row["phase"] for row in csv.DictReader(stream)][-1] == "ending"
    student = load_student(ended, tmp_path / STUDENT)
    export_onnx(student, tmp_path / "encoder.onnx")
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    assert ended.dim == 12
    assert student(x).shape == (2, 12)
    torch.testing.assert_close(student(x).norm(dim=1), torch.ones(2))
    # the layer it was trained with is not in the file: training that goes on finds it anew
    again = Student(ended.student)
    assert not load_folded(again, tmp_path / "encoder.onnx", [torch.rand(4, 3, 64, 64) * 2 - 1])
    torch.testing.assert_close(again.pool.power, student.pool.power)


def test_roots_are_unit_rows():
    torch.testing.assert_close(Ending.roots(torch.rand(3, 8)).square().sum(1), torch.ones(3))
