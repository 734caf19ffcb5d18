import numpy as np
import pytest

from cbir_desktop.encoders.pooling import pool, unit_rows
from cbir_desktop.encoders.preprocessing import ModelSpec, prepare, resize


def ramp(height, width):
    """Left half red 200, right half red 40."""
    image = np.zeros((height, width, 3), np.uint8)
    image[:, : width // 2, 0], image[:, width // 2 :, 0] = 200, 40
    return image


def test_squash_normalises_each_channel():
    spec = ModelSpec(4, mean=(100, 10, 20), std=(50, 2, 4))
    pixels = prepare(ramp(8, 16), spec)
    assert pixels.shape == (1, 3, 4, 4)
    assert pixels.dtype == np.float32
    assert pixels[0, 0, 0].tolist() == [2, 2, pytest.approx(-1.2), pytest.approx(-1.2)]
    assert np.unique(pixels[0, 1]).tolist() == [-5]
    assert np.unique(pixels[0, 2]).tolist() == [-5]


def test_the_numbers_are_those_of_the_formula_to_the_last_bit():
    image = np.random.default_rng(1).integers(0, 256, (16, 16, 3), np.uint8)
    mean, std = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
    expected = (image.astype(np.float32) - np.float32(mean)) / np.float32(std)
    np.testing.assert_array_equal(prepare(image, ModelSpec(16, mean, std))[0], expected.transpose(2, 0, 1))


def test_the_layouts_hold_the_same_numbers():
    image = np.random.default_rng(0).integers(0, 256, (30, 20, 3), np.uint8)
    last = prepare(image, ModelSpec(16, layout="NHWC"))
    assert last.shape == (1, 16, 16, 3)
    np.testing.assert_array_equal(last.transpose(0, 3, 1, 2), prepare(image, ModelSpec(16)))


def test_crop_takes_the_central_square():
    image = np.zeros((10, 30, 3), np.uint8)
    image[:, 10:20] = 255
    assert prepare(image, ModelSpec(8, resize="crop")).min() == 1
    assert prepare(image.transpose(1, 0, 2), ModelSpec(8, resize="crop")).min() == 1


def test_pad_surrounds_with_the_mean():
    pixels = prepare(np.full((10, 40, 3), 255, np.uint8), ModelSpec(8, mean=(5, 5, 5), std=(250,) * 3, resize="pad"))
    assert pixels[0, 0, :, 3].tolist() == [0, 0, 0, 1, 1, 0, 0, 0]
    assert prepare(np.zeros((1, 4000, 3), np.uint8), ModelSpec(8, resize="pad")).shape == (1, 3, 8, 8)


def test_shrinking_one_axis_averages_it_though_the_other_grows():
    stripes = np.zeros((2, 1000, 3), np.uint8)
    stripes[:, ::2] = 200
    small = resize(stripes, 10, 20)
    assert small.shape == (20, 10, 3)
    assert np.unique(small).tolist() == [100]
    assert resize(stripes, 1000, 2) is stripes


@pytest.mark.parametrize(
    "wrong",
    [{"layout": "CHW"}, {"resize": "fit"}, {"pool": "sum"}, {"std": (1, 0, 1)}, {"mean": (1, 2)}, {"input_size": 0}],
)
def test_choices_that_do_not_exist_are_refused(wrong):
    with pytest.raises(ValueError):
        ModelSpec(**({"input_size": 32} | wrong))


def test_the_fingerprint_is_of_values_and_not_of_types():
    assert ModelSpec(32, mean=(1, 2, 3)).fingerprint() == ModelSpec(32, mean=(1.0, 2.0, 3.0)).fingerprint()
    assert ModelSpec(32, sha256="a").fingerprint() == ModelSpec(32).fingerprint() != ModelSpec(33).fingerprint()


def test_pools():
    features = np.arange(24, dtype=np.float32).reshape(2, 3, 2, 2)
    assert pool(features, "avg").tolist() == [[1.5, 5.5, 9.5], [13.5, 17.5, 21.5]]
    assert pool(features, "max").tolist() == [[3, 7, 11], [15, 19, 23]]
    assert pool(features[:, :, 0, 0], "none").tolist() == features[:, :, 0, 0].tolist()
    for wrong, kind in ((features, "none"), (features[0], "avg"), (features, "sum")):
        with pytest.raises(ValueError):
            pool(wrong, kind)


def test_rows_without_direction_become_the_first_unit_vector():
    rows = np.array([[3, 4], [0, 0], [np.nan, 1], [np.inf, 1], [1e30, 0], [0, 1e-30]], np.float32)
    expected = [[0.6, 0.8], [1, 0], [1, 0], [1, 0], [1, 0], [0, 1]]
    np.testing.assert_allclose(unit_rows(rows), expected, atol=1e-7)
