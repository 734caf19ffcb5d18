import numpy as np
import pytest

from cbir_desktop.matchers.geometry import Fit, apply, fit, is_plausible, jacobians, least_squares

SIZE = (640.0, 480.0)
TILT = np.array([[0.7, 0.2, 40], [-0.15, 0.8, 60], [2e-4, -1e-4, 1]])


def points(count, seed=0):
    return (np.random.default_rng(seed).random((count, 2)) * SIZE).astype(np.float32)


def whole(homography, count=50):
    return Fit(homography, np.ones(count, bool), np.zeros(count), "homography")


def mapped(homography, xy):
    return apply(homography, xy).astype(np.float32)


def test_a_homography_is_found_among_four_times_as_many_outliers():
    a = points(250)
    b = mapped(TILT, a)
    b[50:] = points(200, seed=1)
    found = fit(a, b, SIZE)
    assert found.inlier[:50].all()
    assert found.inlier.sum() < 60
    corners = [[0, 0], [640, 0], [640, 480], [0, 480]]
    np.testing.assert_allclose(apply(found.homography, corners), apply(TILT, corners), atol=0.5)


def test_it_is_the_same_in_every_run():
    a = points(100)
    b = mapped(TILT, a) + np.random.default_rng(2).normal(0, 1, (100, 2)).astype(np.float32)
    b[40:] = points(60, seed=1)
    np.testing.assert_array_equal(fit(a, b, SIZE).homography, fit(a, b, SIZE).homography)


def test_chance_is_not_enough():
    for seed in range(10):
        assert fit(points(200, seed), points(200, seed + 100), SIZE, min_inliers=12) is None
    assert fit(points(4), points(4), SIZE) is None
    assert fit(points(0), points(0), SIZE) is None


@pytest.mark.parametrize(
    "homography",
    [
        np.diag([-1.0, 1, 1]),  # a mirror is the caller's to try
        np.diag([0.01, 0.01, 1]),
        np.diag([100.0, 100, 1]),
        np.array([[1, 0, 0], [0, 1, 0], [-1 / 300, 0, 1]]),  # the horizon crosses A
        np.array([[1, 0, 0], [0, 1, 0], [0.1, 0.1, 1]]),
        np.diag([1.0, 0, 1]),
        np.diag([3.0, 0.5, 1]),  # stretched as no tilt does
        np.full((3, 3), np.nan),
    ],
)
def test_what_no_camera_does_is_refused(homography):
    a = points(50)
    assert is_plausible(whole(np.eye(3)), a, a, SIZE)
    assert not is_plausible(whole(homography), a, a, SIZE)


def test_points_on_one_line_prove_nothing():
    line = np.column_stack([np.linspace(0, 600, 60), np.full(60, 200)]).astype(np.float32)
    assert fit(line, line, SIZE) is None


TURN = np.array([[0.8, -0.3, 12], [0.3, 0.8, -7], [0, 0, 1.0]])
SHEAR = np.array([[0.9, 0.25, 12], [-0.05, 0.7, 30], [0, 0, 1.0]])


@pytest.mark.parametrize(("truth", "model"), [(TURN, "similarity"), (SHEAR, "affine"), (TILT, "homography")])
def test_the_simplest_model_that_explains_the_points_is_taken(truth, model):
    a = points(120)
    b = mapped(truth, a) + np.random.default_rng(3).normal(0, 0.4, (120, 2)).astype(np.float32)
    found = fit(a, b, SIZE)
    assert found.model == model
    corners = [[0, 0], [640, 0], [640, 480], [0, 480]]
    assert np.linalg.norm(apply(found.homography, corners) - apply(truth, corners), axis=1).max() < 1
    assert found.residuals[found.inlier].max() < 3


def test_a_judge_has_a_say():
    a = points(60)
    found = fit(a, mapped(TURN, a), SIZE, judge=lambda _: np.arange(60) % 2 == 0)
    assert found.inlier.tolist() == [True, False] * 30


def test_points_that_determine_nothing_are_not_fitted():
    spot = np.zeros((6, 2), np.float32)
    assert least_squares(spot, spot, "affine") is None
    assert least_squares(spot, spot, "similarity") is None


def test_a_jacobian_is_the_map_near_a_point():
    near = np.array([[100.0, 50]])
    step = np.array([[1e-3, 0], [0, 1e-3]])
    difference = (apply(TILT, near + step) - apply(TILT, near)) / 1e-3
    np.testing.assert_allclose(jacobians(TILT, near)[0].T, difference, rtol=1e-3)
