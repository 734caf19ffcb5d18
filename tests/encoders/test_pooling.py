import numpy as np
import pytest

from cbir_desktop.encoders.pooling import MAP_POOLS, centre_prior, pool, rmac_regions


def test_gem_is_the_cubic_mean_of_what_is_above_zero():
    maps = np.array([[[[1, 2], [3, -5]]]], np.float32)
    assert pool(maps, "gem")[0, 0] == pytest.approx(((1 + 8 + 27) / 4) ** (1 / 3), rel=1e-6)


def test_the_centre_prior_of_a_three_by_three_map_is_worked_by_hand():
    # sigma = 1.5 / 3 = 0.5: a step aside weighs exp(-1 / 0.5) = exp(-2), a diagonal one exp(-4)
    side, corner = np.exp(-2), np.exp(-4)
    np.testing.assert_allclose(centre_prior(3, 3), [[corner, side, corner], [side, 1, side], [corner, side, corner]])
    prior = centre_prior(4, 7)
    np.testing.assert_allclose(prior, prior[::-1, ::-1])


def test_spoc_is_the_sum_with_the_centre_prior():
    maps = np.zeros((1, 2, 3, 3), np.float32)
    maps[0, 0, 1, 1], maps[0, 1, 0, 0], maps[0, 1, 1, 0] = 5, 2, 3
    np.testing.assert_allclose(pool(maps, "spoc")[0], [5, 2 * np.exp(-4) + 3 * np.exp(-2)], rtol=1e-6)


def test_rmac_takes_fourteen_regions_of_a_square_map():
    assert rmac_regions(12, 12) == [
        (0, 0, 12),
        (0, 0, 8), (0, 4, 8), (4, 0, 8), (4, 4, 8),
        (0, 0, 6), (0, 3, 6), (0, 6, 6), (3, 0, 6), (3, 3, 6), (3, 6, 6), (6, 0, 6), (6, 3, 6), (6, 6, 6),
    ]  # fmt: skip


def test_rmac_regions_of_a_long_map_overlap_by_about_two_fifths():
    # 10 x 22: m = 3 gives steps of 6, an overlap of exactly 40 %
    regions = rmac_regions(10, 22)
    assert regions[:3] == [(0, 0, 10), (0, 6, 10), (0, 12, 10)]
    assert len(regions) == 1 * 3 + 2 * 4 + 3 * 5
    assert rmac_regions(22, 10)[:3] == [(0, 0, 10), (6, 0, 10), (12, 0, 10)]


@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 2), (1, 9), (7, 7), (7, 8), (13, 40)])
def test_rmac_regions_lie_inside_any_map(height, width):
    for top, left, side in rmac_regions(height, width):
        assert side >= 1
        assert 0 <= top <= height - side
        assert 0 <= left <= width - side


def test_rmac_of_a_two_by_two_map_is_worked_by_hand():
    # Regions: the whole (scale 1), then single places, four at scale 2 (side 1) and nine at scale 3 (starts 0, 0, 1).
    maps = np.array([[[[3, 0], [0, 0]], [[4, 0], [0, 1]]]], np.float32)
    whole = np.array([3, 4]) / 5
    places = {(0, 0): np.array([0.6, 0.8]), (0, 1): np.zeros(2), (1, 0): np.zeros(2), (1, 1): np.array([0, 1])}
    expected = whole + sum(places.values()) + sum(places[top, left] for top in (0, 0, 1) for left in (0, 0, 1))
    np.testing.assert_allclose(pool(maps, "rmac")[0], expected, rtol=1e-6)


@pytest.mark.parametrize("kind", MAP_POOLS)
def test_a_pool_of_a_batch_is_that_of_each(kind):
    maps = np.random.default_rng(0).random((3, 5, 7, 6)).astype(np.float32)
    together = pool(maps, kind)
    assert together.shape == (3, 5)
    assert together.dtype == np.float32
    np.testing.assert_array_equal(together, np.concatenate([pool(one[None], kind) for one in maps]))
