"""Scalable Color, Color Layout and Edge Histogram: by hand, by their invariants, and packed."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbir_desktop.encoders import color_layout, edge_histogram, scalable_color
from cbir_desktop.encoders.descriptors import l1, small
from cbir_desktop.encoders.looks import BYTES, describe, looks_of

PLAIN = np.full((64, 64, 3), (120, 130, 140), np.uint8)


def noise(seed, size=64):
    return np.random.default_rng(seed).integers(0, 256, (size, size, 3), dtype=np.uint8)


def picture(seed, shape=(240, 320)):
    grid = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC))


def column(image):
    return looks_of([describe(image)])


# --- Scalable Color


def test_the_first_coefficient_is_the_sum_of_all_levels():
    """One colour fills the picture: its bin has the highest level, 15, so all sums are 15 and all differences 15 apart
    or 0; each less its mean, within its limits."""
    found = scalable_color.describe(PLAIN)
    assert found[0] == 15 - 217
    raw = found.astype(int) + np.array(scalable_color._MEANS)
    clipped = np.abs(found) == np.array(scalable_color._LIMITS)
    assert set(np.abs(raw[~clipped])) <= {0, 15}


def test_levels_follow_the_non_linear_quantiser():
    """Half the picture: over 40 %, the highest level; a hundredth: round(15 (0.01 / 0.4) ^ 0.4) = 3."""
    image = np.zeros((100, 100, 3), np.uint8)  # black: bin 0
    image[:50] = (255, 0, 0)
    image[99] = (255, 255, 255)
    assert scalable_color.describe(image)[0] + 217 == 15 + 15 + 3


def test_the_haar_transform_keeps_the_sums_of_the_coarse_bins():
    """The 64 coefficients and the sums of 2 hues x 2 saturations are the same in other words: an orthogonal basis."""
    rows = scalable_color._TRANSFORM
    assert rows.shape == (64, 256)
    products = rows @ rows.T
    assert np.abs(products - np.diag(np.diag(products))).max() == 0
    blocks = rows.reshape(64, 4, 2, 2, 8, 2)  # value, saturation, hue, each split for what is summed first
    assert np.ptp(blocks, axis=(3, 5)).max() == 0
    assert (rows[0] == 1).all()


def test_colours_count_and_places_do_not():
    image = picture(1)
    halves = np.concatenate([image[:, 160:], image[:, :160]], axis=1)
    other = picture(2)
    near, far = (column(changed).distances("colour", column(image))[0][0] for changed in (halves, other))
    assert near < 0.1 * far


# --- Color Layout


def test_a_plain_picture_has_means_only():
    """Y, Cb, Cr of (120, 130, 140) by BT.601: 126.7, 133.9, 122.9."""
    expected = [(32 + 127 - 96) // 2, *[16] * 5, 16 + 134 - 112, 16, 16, 16 + 123 - 112, 16, 16]
    assert color_layout.describe(PLAIN).tolist() == expected


def test_brighter_on_the_left_is_a_positive_first_wave_across():
    image = np.repeat(np.linspace(255, 0, 64, dtype=np.uint8)[np.newaxis, :, np.newaxis], 64, 0).repeat(3, 2)
    found = color_layout.describe(image)
    assert found[1] > 16
    assert found[2] == 16
    down = color_layout.describe(np.ascontiguousarray(image.transpose(1, 0, 2)))
    assert (down[1], down[2]) == (16, found[1])


def test_transform_agrees_with_opencvs_dct():
    image = noise(3, 8)
    rgb = image.reshape(-1).astype(np.float32)
    found = color_layout._TRANSFORM @ rgb + color_layout._CONSTANT
    luma = (16 + image.astype(np.float64) @ (65.481, 128.553, 24.966) / 255).astype(np.float32)
    waves = cv2.dct(luma)
    zigzag = [waves[0, 0] / 8, *(waves[row, col] / 2 for row, col in ((0, 1), (1, 0), (2, 0), (1, 1), (0, 2)))]
    np.testing.assert_allclose(found[:6], zigzag, atol=1e-3)


def test_layout_distance_is_the_standards():
    a, b = color_layout.describe(noise(1)), color_layout.describe(PLAIN)
    off = (a.astype(float) - b) ** 2
    weights = [2, 2, 2, 1, 1, 1, 2, 1, 1, 4, 2, 2]
    expected = sum(np.sqrt((off * weights)[part].sum()) for part in (slice(0, 6), slice(6, 9), slice(9, 12)))
    assert color_layout.distances(a, b[:, np.newaxis])[0] == pytest.approx(expected)


# --- Edge Histogram


@pytest.mark.parametrize(
    ("kind", "block"),
    [(0, [[255, 0], [255, 0]]), (1, [[255, 255], [0, 0]]), (2, [[255, 90], [90, 0]]), (3, [[90, 255], [0, 90]]),
     (4, [[255, 0], [0, 255]])],
)  # fmt: skip
def test_each_kind_of_edge_is_its_own(kind, block):
    image = np.tile(np.array(block, np.uint8), (32, 32))[..., np.newaxis].repeat(3, 2)
    found = edge_histogram.describe(np.ascontiguousarray(image)).reshape(16, 5)
    assert (found[:, kind] == 7).all()
    assert (np.delete(found, kind, axis=1) == 0).all()


def test_edges_are_where_they_are_and_plain_parts_have_none():
    image = PLAIN.copy()
    image[:16, 48:] = noise(4)[:16, 48:]
    found = edge_histogram.describe(image).reshape(4, 4, 5)
    assert found[0, 3].any()
    found[0, 3] = 0
    assert not found.any()


# --- together


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 300), st.integers(1, 300))
def test_every_picture_packs_and_unpacks(seed, width, height):
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    row = describe(image)
    assert len(row) == BYTES == 83
    looks = looks_of([row, row])
    shrunk = small(image)
    assert (looks.colour[:, 1] == scalable_color.describe(shrunk)).all()
    assert (looks.layout[:, 1] == color_layout.describe(shrunk)).all()
    assert (looks.edges[:, 0] == edge_histogram.describe(shrunk)).all()


def test_a_look_of_another_length_is_refused():
    with pytest.raises(ValueError):
        looks_of([b"short"])
    assert len(looks_of([])) == 0


def test_the_size_of_a_picture_hardly_matters():
    image = picture(5, (768, 1024))
    query = column(image)
    rest = looks_of([describe(picture(seed)) for seed in range(6, 30)])
    for side in (640, 256, 128):
        other = column(np.asarray(cv2.resize(image, (side, side * 3 // 4), interpolation=cv2.INTER_AREA)))
        for look in ("colour", "layout"):
            own, others = other.distances(look, query), rest.distances(look, query)
            assert all(mine[0] < 0.35 * theirs.min() for mine, theirs in zip(own, others, strict=True)), (side, look)


def test_l1_by_columns():
    rows = np.random.default_rng(0).integers(-200, 200, (50, 7)).astype(np.int16)
    expected = np.abs(rows - rows[3]).sum(axis=1)
    assert l1(rows[3], np.ascontiguousarray(rows.T)).tolist() == expected.tolist()
