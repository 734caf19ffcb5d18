import numpy as np
import pytest

from cbir_desktop.matchers.geometry import Fit, apply, fit, is_plausible

SIZE = (640.0, 480.0)
TILT = np.array([[0.7, 0.2, 40], [-0.15, 0.8, 60], [2e-4, -1e-4, 1]])


def points(count, seed=0):
    return (np.random.default_rng(seed).random((count, 2)) * SIZE).astype(np.float32)


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
        assert fit(points(200, seed), points(200, seed + 100), SIZE) is None
    assert fit(points(11), points(11), SIZE) is None
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
        np.full((3, 3), np.nan),
    ],
)
def test_what_no_camera_does_is_refused(homography):
    a = points(50)
    assert is_plausible(Fit(np.eye(3), np.ones(50, bool)), a, a, SIZE)
    assert not is_plausible(Fit(homography, np.ones(50, bool)), a, a, SIZE)


def test_points_on_one_line_prove_nothing():
    line = np.column_stack([np.linspace(0, 600, 60), np.full(60, 200)]).astype(np.float32)
    assert fit(line, line, SIZE) is None
