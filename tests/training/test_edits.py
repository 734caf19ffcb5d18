"""Edited copies kept for training."""

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.training.edits import KINDS, edited_copies, edited_copy


def squares(n=4, size=40):
    coarse = np.random.default_rng(0).integers(0, 256, (n, 5, 5, 3), np.uint8)
    return coarse.repeat(size // 5, 1).repeat(size // 5, 2)


@pytest.mark.parametrize("aspect", [0.5, 1.0, 1.8])
def test_a_copy_is_a_changed_square_of_its_seed(aspect):
    square = squares()[0]
    a, b, c = (edited_copy(square, aspect, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert a.shape == square.shape
    assert a.dtype == np.uint8
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
    assert not np.array_equal(a, square)


def test_the_collage_is_no_positive():
    assert "collage" not in KINDS
    assert "quarter-turn" in KINDS


def test_copies_are_made_once(tmp_path):
    pictures, aspect = squares(), np.ones(4, np.float32)
    made = edited_copies(tmp_path / "copies.npy", pictures, aspect, (1,))
    stamp = (tmp_path / "copies.npy").stat().st_mtime_ns
    again = edited_copies(tmp_path / "copies.npy", pictures, aspect, (1,))
    assert (tmp_path / "copies.npy").stat().st_mtime_ns == stamp
    assert np.array_equal(made, again)
    with pytest.raises(KnownError, match="other pictures"):
        edited_copies(tmp_path / "copies.npy", pictures[:2], aspect[:2], (1,))
