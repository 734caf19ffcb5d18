import cv2
import numpy as np
import pytest

from cbir_desktop.core.registry import encoders
from cbir_desktop.encoders.gist import Gist, gabor_filters


def plain(*colour, side=64):
    return np.full((side, side, 3), colour, np.uint8)


def stripes(degrees, period=8, side=128):
    y, x = np.mgrid[:side, :side]
    phase = 2 * np.pi * (x * np.cos(np.radians(degrees)) + y * np.sin(np.radians(degrees))) / period
    gray = np.uint8(127 + 100 * np.sin(phase))
    return np.dstack([gray] * 3)


def cosine(name, a, b):
    one, other = encoders.create(name).encode([a, b])
    return float(one @ other)


def test_histograms_are_shares_of_bins():
    half = np.concatenate([plain(0, 0, 0), plain(255, 255, 255)])
    vector = encoders.create("gray").encode([half])[0]
    assert vector[[0, 63]] == pytest.approx([np.sqrt(0.5)] * 2, abs=0.02)
    assert cosine("gray", half, plain(0, 0, 0)) == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert cosine("lab", plain(200, 30, 30), plain(30, 30, 200)) == 0
    assert cosine("gray", plain(200, 30, 30), cv2.cvtColor(cv2.cvtColor(plain(200, 30, 30), 7), 8)) == pytest.approx(1)


def test_lab_knows_colour_where_gray_does_not():
    red = plain(200, 30, 30)
    gray = np.dstack([cv2.cvtColor(red, cv2.COLOR_RGB2GRAY)] * 3)
    assert cosine("gray", red, gray) == pytest.approx(1)
    assert cosine("lab", red, gray) < 0.1


def test_blocks_know_where_things_are():
    top = np.concatenate([plain(250, 250, 250), plain(10, 10, 10)])
    assert cosine("blocks", top, top[::-1]) == pytest.approx(-1, abs=0.01)
    assert cosine("blocks", top, cv2.resize(top, (40, 30))) > 0.99


@pytest.mark.parametrize("name", ["hog", "gist"])
def test_gradients_know_direction_and_not_colour(name):
    upright, lying = stripes(0), stripes(90)
    red = upright.copy()
    red[..., 1:] //= 2
    assert cosine(name, upright, stripes(5)) > cosine(name, upright, lying) + 0.3
    assert cosine(name, upright, red) > 0.9
    assert cosine(name, upright, np.uint8(upright * 0.5 + 40)) > 0.9


def test_hog_and_gist_have_the_published_sizes():
    assert encoders.create("hog").dim == 7 * 7 * 4 * 9
    assert encoders.create("gist").dim == 4 * 8 * 4 * 4 * 3


@pytest.mark.parametrize(("degrees", "orientation"), [(0, 0), (45, 6), (90, 4), (135, 2)])
def test_a_gabor_filter_answers_to_its_own_direction(degrees, orientation):
    """Stripes of a period that lies in the second scale."""
    image = stripes(degrees, period=1 / (0.3 / 1.85))[..., 0].astype(float) - 127
    spectrum = np.fft.fft2(image)
    energies = [np.abs(np.fft.ifft2(spectrum * response)).mean() for response in gabor_filters(128)]
    assert int(np.argmax(energies)) == 8 + orientation


def test_gist_keeps_the_place_of_texture():
    left = np.concatenate([stripes(0)[:, :64], plain(127, 127, 127, side=128)[:, :64]], axis=1)
    numbers = Gist().encode([left])[0].reshape(3, 32, 4, 4)
    assert (numbers[..., :2].mean() > numbers[..., 2:].mean() + 0.001).all()
