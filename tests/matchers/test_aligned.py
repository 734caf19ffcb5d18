"""Overlays, the points followed across them, and pictures laid over each other without keypoints."""

import cv2
import numpy as np
import pytest
import skimage.data

from cbir_desktop.evaluation.edits import edit
from cbir_desktop.evaluation.scenes import exposures
from cbir_desktop.matchers.aligned import compare, overlay, rectangle
from cbir_desktop.matchers.changes import changes, grain
from cbir_desktop.matchers.direct import lay_over
from cbir_desktop.matchers.geometry import apply
from cbir_desktop.matchers.outline import surround
from cbir_desktop.matchers.tracking import follow, sharpened

CHELSEA, COFFEE = skimage.data.chelsea(), skimage.data.coffee()


def edited(kind, strength, seed=1, image=CHELSEA):
    return edit(kind, strength, image, np.random.default_rng(seed))


@pytest.mark.parametrize(
    ("kind", "strength"), [("crop-off-centre", 2), ("quarter-turn", 1), ("mirror", 2), ("shrink", 2)]
)
def test_the_true_transform_lays_a_copy_over_its_original(kind, strength):
    copy = edited(kind, strength)
    over = overlay(CHELSEA, copy.image, copy.homography)
    measured = compare(over)
    assert measured.correlation > 0.97
    assert measured.agreeing > 0.97
    assert measured.difference < 4
    outline = apply(np.linalg.inv(copy.homography), rectangle(copy.image))
    covered = cv2.intersectConvexConvex(rectangle(CHELSEA).astype(np.float32), outline.astype(np.float32))[0]
    assert over.share_a == pytest.approx(covered / (CHELSEA.shape[0] * CHELSEA.shape[1]), rel=0.01)
    assert max(over.a.shape) <= 240


def test_a_wrong_transform_does_not():
    copy = edited("quarter-turn", 2)
    assert compare(overlay(CHELSEA, copy.image, np.eye(3))).agreeing < 0.3


def test_nothing_in_common_is_no_overlay():
    assert overlay(CHELSEA, COFFEE, np.array([[1.0, 0, 5000], [0, 1, 0], [0, 0, 1]])) is None
    assert overlay(CHELSEA, COFFEE, np.array([[1.0, 0, 0], [0, 1, 0], [0.01, 0, 1]])) is None  # a horizon within


def test_points_of_a_copy_stay_and_those_of_another_exposure_do_not():
    copy = edited("jpeg", 3)
    still = follow(overlay(CHELSEA, copy.image, copy.homography))
    assert still.share > 0.8
    assert still.rigid > 0.95
    assert still.drift < 0.2
    a, b = exposures(CHELSEA, 3, np.random.default_rng(2), [COFFEE])
    moved = follow(overlay(a, b, np.eye(3)))
    assert moved.rigid < 0.7
    assert moved.drift > 3 * still.drift


def test_points_of_a_dark_copy_stay_where_they_were():
    """A dark sky full of noise, JPEG's blocks: what is evened out must be evened out alike."""
    rocket = skimage.data.rocket()
    dark = np.clip(rocket * 0.6, 0, 255).astype(np.uint8)
    _, data = cv2.imencode(".jpg", dark, [cv2.IMWRITE_JPEG_QUALITY, 40])
    tracks = follow(overlay(rocket, cv2.imdecode(data, cv2.IMREAD_COLOR), np.eye(3)))
    assert tracks.rigid > 0.95
    assert tracks.share > 0.6


def test_followed_points_put_a_transform_right():
    copy = edited("light", 1)
    off = np.array([[1.004, 0.003, 4], [-0.002, 0.997, -3], [0, 0, 1.0]])
    over = overlay(CHELSEA, copy.image, off)
    better = sharpened(off, over, follow(over))
    corners = rectangle(CHELSEA)
    assert np.linalg.norm(apply(off, corners) - corners, axis=1).max() > 3
    assert np.linalg.norm(apply(better, corners) - corners, axis=1).max() < 0.5
    right = overlay(CHELSEA, copy.image, np.eye(3))
    assert sharpened(np.eye(3), right, follow(right)) is None


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("quarter", range(4))
def test_the_eight_ways_to_turn_a_picture_are_found_without_keypoints(mirrored, quarter):
    turned = np.rot90(CHELSEA[:, ::-1] if mirrored else CHELSEA, quarter)
    blurred = cv2.GaussianBlur(np.ascontiguousarray(turned), (0, 0), 6)
    homography, is_mirrored = lay_over(CHELSEA, blurred)
    assert is_mirrored == mirrored
    over = overlay(CHELSEA, blurred, homography)
    assert min(over.share_a, over.share_b) > 0.97
    assert compare(over).ssim > 0.7


def test_plain_and_unrelated_pictures_are_not_laid_over_each_other():
    assert lay_over(np.full((100, 100, 3), 7, np.uint8), CHELSEA) is None
    assert lay_over(CHELSEA, COFFEE) is None


def test_changes_are_told_apart():
    def of(kind, strength):
        return changes(overlay(CHELSEA, edited(kind, strength).image, np.eye(3)), redrawn=False)

    assert of("blur", 2).sharper < -1
    assert of("noise", 2).noisier > 0.5
    assert of("grayscale", 1).saturation < 0.1
    assert of("light", 2).recoloured > 20
    assert of("emoji", 2).overlaid > 0.05
    assert of("text", 2).overlaid > 0.05
    saved = of("jpeg", 3)
    assert saved.overlaid < 0.005
    assert saved.recoloured < 5
    assert abs(saved.sharper) < 0.3


def test_grain_is_noise_and_neither_texture_nor_compression():
    noisy = edit("noise", 1, CHELSEA, np.random.default_rng(0)).image
    assert grain(noisy) > grain(CHELSEA) + 5
    assert abs(grain(edit("jpeg", 3, CHELSEA, np.random.default_rng(0)).image) - grain(CHELSEA)) < 2
    assert grain(np.zeros((60, 80, 3), np.uint8)) == 0


def test_a_frame_breaks_off_and_a_crop_goes_on():
    framed = edited("border", 2)
    outline = apply(framed.homography, rectangle(CHELSEA))
    found = surround(framed.image, outline)
    assert found.edge > 0.9
    assert found.plain > 0.95
    assert not found.slanted
    inside = surround(CHELSEA, np.array([[90.0, 60], [350, 60], [350, 240], [90, 240]]))
    assert inside.edge < 0.3
    assert surround(CHELSEA, np.array([[200.0, 20], [400, 150], [200, 280], [20, 150]])).slanted
