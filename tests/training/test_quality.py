"""Measures on photos kept aside."""

import numpy as np
import pytest

from cbir_desktop.training import quality


def unit(x):
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def test_map_of_perfect_and_of_hand_counted_rankings():
    vectors = unit(np.array([[1, 0.0], [1, 0.1], [0, 1], [0.1, 1]]))
    assert quality.mean_average_precision(vectors, ["a", "a", "b", "b"]) == 1.0
    line = unit(np.array([[1, 0.0], [1, 0.3], [1, 1.0]]))
    # the first: its like is second of two, 1/2; the last likewise
    assert quality.mean_average_precision(line, ["a", "", "a"]) == pytest.approx(0.5)


def test_ns_of_perfect_groups():
    vectors = unit(np.repeat(np.eye(3), 4, 0) + 0.01 * np.random.default_rng(0).random((12, 3)))
    assert quality.n_s_score(vectors, np.repeat(np.arange(3), 4)) == 4.0


def test_a_bench_of_an_encoder_that_knows_the_photo_is_perfect_in_views():
    labels = ["a"] * 6 + [""] * 4
    bench = quality.Bench(labels, np.ones(10, np.float32), seed=1, crops_of=8)
    found = bench.measure(lambda _, rows, copy=None: np.eye(10, dtype=np.float32)[rows])
    assert found["strong"] == found["micro"] == 1.0
    assert found["ns"] == 4.0
    assert found["copies"] == 1.0
    assert found["map"] == 1.0


def test_micro_average_precision_is_in_one_order_for_all_queries():
    scores = np.array([[0.9, 0.1, 0.2], [0.8, 0.7, 0.3]], np.float32)
    # in order: 0.9 right, 0.8 wrong, 0.7 right
    assert quality.micro_average_precision(scores, np.array([0, 1])) == pytest.approx((1 + 2 / 3) / 2)
