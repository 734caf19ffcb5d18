"""What a map of colours makes of a picture, and what strokes of a mark leave beside it."""

import numpy as np
import pytest
import skimage.data

from cbir_desktop.evaluation.edits import edit
from cbir_desktop.matchers.explained import explained
from cbir_desktop.matchers.marks import marked

PHOTO = skimage.data.coffee()[::2, ::2].copy()
ALL = np.ones(PHOTO.shape[:2], np.bool_)


def explained_by(changed, swap=False):
    a, b = PHOTO.astype(np.float32), np.asarray(changed, np.float32)
    return explained(b, a, ALL) if swap else explained(a, b, ALL)


def off(pair):
    return float(np.median(np.abs(pair[0] - pair[1])))


@pytest.mark.parametrize("swap", [False, True])
def test_a_linear_map_of_colours_is_found(swap):
    changed = PHOTO @ np.array([[0.5, 0.2, 0.1], [0.1, 0.4, 0.2], [0.2, 0.2, 0.3]]) + 10
    assert off(explained_by(changed, swap)) < 0.5


@pytest.mark.parametrize("swap", [False, True])
def test_light_that_falls_off_is_explained(swap):
    y, x = np.mgrid[-1 : 1 : PHOTO.shape[0] * 1j, -1 : 1 : PHOTO.shape[1] * 1j]
    dark = PHOTO * (1 - 0.3 * (x**2 + y**2))[..., None]
    assert np.median(np.abs(dark - PHOTO)) > 8
    assert off(explained_by(dark, swap)) < 2


def test_something_laid_over_is_not_explained():
    covered = PHOTO.astype(np.float32)
    covered[40:120, 60:160] = (30, 200, 90)
    target, made = explained_by(covered)
    differs = np.abs(target - made).max(axis=2)
    assert np.median(differs[40:120, 60:160]) > 30
    assert np.median(differs[130:]) < 1


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_a_mark_is_told_from_edits_that_cover_nothing(strength):
    mark = edit("watermark", strength, PHOTO, np.random.default_rng(1)).image
    assert marked(*explained_by(mark), ALL) > 0.1
    for kind in ("jpeg", "noise", "hue", "light", "sepia", "grayscale"):
        changed = edit(kind, strength, PHOTO, np.random.default_rng(1)).image
        assert marked(*explained_by(changed), ALL) < 0.06, kind


def test_black_strokes_are_a_mark_as_white_ones_are():
    mark = 255 - edit("watermark", 2, 255 - PHOTO, np.random.default_rng(1)).image
    assert marked(*explained_by(mark), ALL) > 0.1
