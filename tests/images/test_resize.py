import numpy as np
import pytest

from cbir_desktop.images.resize import fit_long_side, fit_short_side


@pytest.mark.parametrize(
    ("side", "shape"), [(192, (192, 256)), (100, (100, 133)), (384, (384, 512)), (900, (384, 512))]
)
def test_short_side(photo, side, shape):
    assert fit_short_side(photo, side).shape == (*shape, 3)


@pytest.mark.parametrize(("side", "shape"), [(256, (192, 256)), (64, (48, 64)), (512, (384, 512)), (900, (384, 512))])
def test_long_side(photo, side, shape):
    assert fit_long_side(photo, side).shape == (*shape, 3)


def test_no_side_vanishes():
    assert fit_long_side(np.zeros((1, 5000, 3), np.uint8), 256).shape == (1, 256, 3)


def test_shrinking_averages():
    board = np.indices((64, 64)).sum(0) % 2 * 255
    assert (fit_short_side(np.dstack([board] * 3).astype(np.uint8), 32) == 128).all()
