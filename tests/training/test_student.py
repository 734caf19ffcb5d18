"""The shape that is shipped keeps to the limits of an embedded encoder."""

from pathlib import Path

import torch

from cbir_desktop.training.recipe import load_recipe
from cbir_desktop.training.student import MEETING, Ending, Student, count_macs, count_parameters

DEFAULT = Path(__file__).parents[2] / "models" / "default" / "recipe.toml"


def test_the_shipped_student_is_within_its_limits():
    recipe = load_recipe(DEFAULT)
    shape, student = recipe.student, Student(recipe.student, Ending(recipe.dim))
    assert count_parameters(student) <= 6e6
    assert count_macs(student, shape.input_size) <= 0.45e9
    assert recipe.dim <= 512


def test_macs_are_those_of_a_convolution_counted_by_hand():
    layer = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3, stride=2, padding=1))
    assert count_macs(layer, 32) == 16 * 16 * 8 * 3 * 9


def test_embeddings_are_unit_rows_and_independent_of_their_neighbours(recipe):
    torch.manual_seed(0)
    student = Student(recipe.student).eval()
    x = torch.rand(3, 3, 64, 64) * 2 - 1
    with torch.inference_mode():
        together, alone = student(x), student(x[1:2])
    torch.testing.assert_close(together.norm(dim=1), torch.ones(3))
    torch.testing.assert_close(together[1:2], alone, rtol=1e-4, atol=1e-5)


def test_it_meets_the_teacher_in_five_tensors(recipe):
    tensors = Student(recipe.student).tensors(torch.zeros(2, 3, 64, 64))
    assert [tuple(tensor.shape[1:]) for tensor in tensors] == [
        (channels, 64 // stride, 64 // stride) for channels, stride in zip(MEETING, (4, 8, 16, 32, 32), strict=True)
    ]


def test_stages_apart_do_not_touch_each_other(recipe):
    student = Student(recipe.student).eval()
    x = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        ours = student.tensors(x)
    fed = student.apart(x, ours)
    for a, b in zip(ours, fed, strict=True):
        torch.testing.assert_close(a, b)
    fed[3].sum().backward()
    assert all(parameter.grad is None for parameter in student.stages[0].parameters())
