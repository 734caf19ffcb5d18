"""Going on from an exported student."""

import pytest
import torch

from cbir_desktop.core.errors import KnownError
from cbir_desktop.training.export import export_onnx, folded, rounded
from cbir_desktop.training.restart import load_folded
from cbir_desktop.training.student import Student


def trained_student(shape):
    """Random weights, with batch norms that have seen something."""
    torch.manual_seed(1)
    student = Student(shape)
    for name, parameter in student.named_parameters():
        if name.endswith("bias"):  # equal ones would be stored once, under one name
            torch.nn.init.normal_(parameter, 0, 0.1)
    for _ in range(30):
        student(torch.randn(16, 3, 64, 64) * 2 + 1)
    return student.eval()


def test_a_student_from_its_file_answers_as_before_and_is_normalised_as_before(recipe, tmp_path):
    student = trained_student(recipe.student)
    export_onnx(student, tmp_path / "encoder.onnx")
    other = Student(recipe.student)
    seen = [torch.randn(16, 3, 64, 64) * 2 + 1 for _ in range(8)]
    assert load_folded(other, tmp_path / "encoder.onnx", seen)
    x = torch.randn(32, 3, 64, 64) * 2 + 1
    with torch.inference_mode():
        torch.testing.assert_close(other.eval()(x), rounded(folded(student))(x), atol=1e-3, rtol=0)
        # by the batch's own statistics: alike only where scale and shift undo what was measured
        assert (other.train()(x) * student.train()(x)).sum(1).mean() > 0.97


def test_a_file_of_another_student_is_refused(recipe, made_data):
    with pytest.raises(KnownError, match="holds no weights"):
        load_folded(Student(recipe.student), made_data / "teachers" / "made_a.onnx", [])
