"""Teachers, their kept answers, and whitening."""

import numpy as np
import onnx
import pytest
import torch

from cbir_desktop.core.errors import KnownError
from cbir_desktop.training.augment import whole
from cbir_desktop.training.teachers import MAP_DIM, Teacher, Whitening, answers, inner_names, joined


def test_the_five_tensors_of_a_teacher(made_data):
    teacher = Teacher(made_data / "teachers" / "made_a.onnx", inner=True)
    tensors = teacher.tensors(torch.zeros(2, 3, 64, 64))
    assert [tuple(t.shape) for t in tensors] == [
        (2, 24, 16, 16),
        (2, 32, 8, 8),
        (2, 96, 4, 4),
        (2, 320, 2, 2),
        (2, 1280, 2, 2),
    ]


def test_a_graph_without_five_tensors_is_refused(made_data):
    model = onnx.load(made_data / "teachers" / "made_a.onnx")
    del model.graph.node[3:]
    with pytest.raises(KnownError, match="not five"):
        inner_names(model)


def test_answers_are_asked_for_once(made_data, tmp_path):
    pictures = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3), np.uint8)
    teacher = made_data / "teachers" / "made_a.onnx"
    first = answers(tmp_path, teacher, pictures, whole(5), 32, "x")
    assert first.pooled.shape == (5, 1280)
    assert first.maps.shape == (5, MAP_DIM, 1, 1)
    changed = first.pooled + 1
    np.save(tmp_path / "answers-made_a-32-x.npy", changed)
    assert np.array_equal(answers(tmp_path, teacher, pictures, whole(5), 32, "x").pooled, changed)
    with pytest.raises(KnownError, match="other photos"):
        answers(tmp_path, teacher, pictures[:3], whole(3), 32, "x")


def test_joined_features_are_unit_in_each_part():
    rng = np.random.default_rng(0)
    x = joined([rng.random((4, 6)), rng.random((4, 3))], (1.0, 0.5))
    np.testing.assert_allclose(np.linalg.norm(x[:, :6], axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(x[:, 6:], axis=1), 0.5, rtol=1e-5)


def test_full_whitening_gives_unit_variance_and_none_keeps_distances():
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(500, 6)) * [9, 5, 3, 2, 1, 0.5]).astype(np.float32)
    white = Whitening.fit(x, 6, 1.0).apply(x)
    np.testing.assert_allclose(white.std(0), 1, rtol=1e-2)
    plain = Whitening.fit(x, 6, 0.0).apply(x)
    np.testing.assert_allclose(np.linalg.norm(plain[0] - plain[1]), np.linalg.norm(x[0] - x[1]), rtol=1e-4)


def test_whitening_is_linear_in_mixed_features():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 6)).astype(np.float32)
    whitening = Whitening.fit(x, 3, 0.5)
    mixed = whitening.apply(0.3 * x[:1] + 0.7 * x[1:2])
    np.testing.assert_allclose(mixed, 0.3 * whitening.apply(x[:1]) + 0.7 * whitening.apply(x[1:2]), atol=1e-5)
