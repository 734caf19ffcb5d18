"""Losses are small where they should be."""

import torch
from torch.nn import functional

from cbir_desktop.training import losses


def rows(n=8, d=16, seed=0):
    return functional.normalize(torch.randn(n, d, generator=torch.Generator().manual_seed(seed)), dim=1)


def test_tensor_error_is_by_tensor():
    a, b = torch.zeros(2, 3, 4, 4), torch.ones(2, 5, 2, 2)
    assert losses.tensor_error([a, b], [a, b * 3]).tolist() == [0.0, 4.0]


def test_cosine_and_relation_errors_vanish_for_equals_of_any_length():
    assert losses.cosine_error(rows() * 3, rows()).abs() < 1e-6
    assert losses.relation_error(rows() * 3, rows()) < 1e-10
    assert losses.relation_error(rows(), rows(seed=1)) > 0.01


def test_copies_cost_less_than_strangers():
    others = rows(5, seed=2)
    assert losses.copy_error(torch.cat([rows(), rows(), others]), 8) < 0.01
    assert losses.copy_error(torch.cat([rows(), rows(seed=1), others]), 8) > 1


def test_the_error_of_maps_is_a_share_of_their_variance():
    teacher = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(0)) * 7
    coarse = functional.adaptive_avg_pool2d(teacher, 4)
    assert losses.map_error(coarse, teacher) < 1e-6
    assert abs(losses.map_error(coarse.mean().expand_as(coarse), teacher) - 1) < 0.02


def test_crowded_rows_cost_more_than_spread_ones():
    crowded = functional.normalize(rows(1).expand(8, -1) + 0.01 * rows(8), dim=1)
    assert losses.crowding(crowded) > losses.crowding(rows()) + 1


def test_only_activations_far_beyond_the_others_are_outliers():
    calm = rows(64, 64) * 3
    assert losses.outlier_error([calm, calm * 100]) == 0
    wild = calm.clone()
    wild[0, 0] = 30 * calm.std()
    wild.requires_grad_()
    error = losses.outlier_error([calm, wild])
    error.backward()
    assert error > 0
    assert wild.grad is not None
    assert wild.grad.count_nonzero() == 1
    assert wild.grad[0, 0] > 0
