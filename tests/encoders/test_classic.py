import cv2
import numpy as np
import skimage.data

from cbir_desktop.encoders.classic import HsvHistogram, PerceptualHash

ASTRONAUT = skimage.data.astronaut()


def plain(*colour):
    return np.full((50, 80, 3), colour, np.uint8)


def test_a_plain_colour_fills_one_bin():
    red, dark_red, green, white = HsvHistogram().encode(
        [plain(255, 0, 0), plain(60, 0, 0), plain(0, 255, 0), plain(255, 255, 255)]
    )
    assert np.flatnonzero(red).tolist() == [0 * 16 + 3 * 4 + 3]
    assert np.flatnonzero(dark_red).tolist() == [0 * 16 + 3 * 4 + 0]
    assert np.flatnonzero(green).tolist() == [2 * 16 + 3 * 4 + 3]
    assert np.flatnonzero(white).tolist() == [3]


def test_the_histogram_cosine_is_the_bhattacharyya_coefficient():
    half = plain(255, 0, 0)
    half[:, :20] = (0, 255, 0)
    a, b = HsvHistogram().encode([half, plain(255, 0, 0)])
    assert a @ b == np.float32(np.sqrt(0.75))


def test_the_histogram_does_not_see_places():
    upright, turned = HsvHistogram().encode([ASTRONAUT, np.rot90(ASTRONAUT)])
    assert upright @ turned > 0.9999


def hamming(a, b):
    return int(((a > 0) != (b > 0)).sum())


def test_the_hash_cosine_is_one_minus_twice_the_hamming_share():
    a, b = PerceptualHash().encode([ASTRONAUT, skimage.data.coffee()])
    assert set(np.abs(a).tolist()) == {0.125}
    assert a @ b == 1 - 2 * hamming(a, b) / 64
    assert hamming(a, b) > 16
    assert (a > 0).sum() == 32  # by the median


def test_the_hash_stays_near_under_light_edits():
    noisy = np.clip(ASTRONAUT.astype(int) + np.random.default_rng(0).integers(-12, 13, ASTRONAUT.shape), 0, 255)
    bright = np.clip(ASTRONAUT.astype(int) + 15, 0, 255)
    small = cv2.resize(ASTRONAUT, (150, 150), interpolation=cv2.INTER_AREA)
    a, *edits = PerceptualHash().encode([ASTRONAUT, noisy.astype(np.uint8), bright.astype(np.uint8), small])
    assert max(hamming(a, edit) for edit in edits) <= 6


def test_every_plain_picture_hashes_alike():
    hashes = PerceptualHash().encode([plain(0, 0, 0), plain(255, 255, 255), plain(17, 99, 203)])
    assert (hashes == -0.125).all()
