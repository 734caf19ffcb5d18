import cv2
import numpy as np
import pytest
from skimage import data

from cbir_desktop.evaluation.edits import EDITS, STRENGTHS, edit
from cbir_desktop.evaluation.edits.frame import resize, warp

ALL = [(kind, strength) for kind in EDITS for strength in STRENGTHS]
GEOMETRIC = ["crop", "rotate", "quarter-turn", "mirror", "squeeze", "shrink", "border", "screenshot", "collage"]


@pytest.fixture(scope="module")
def astronaut():
    return np.ascontiguousarray(cv2.resize(data.astronaut(), (240, 240), interpolation=cv2.INTER_AREA)[:180])


@pytest.fixture(scope="module")
def others():
    pictures = data.chelsea(), data.coffee(), data.rocket()
    return [cv2.resize(picture, (200, 150), interpolation=cv2.INTER_AREA) for picture in pictures]


def gray(image):
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float64)


def correlation(original, edited, homography):
    """Of the edited picture with the original taken through the homography, where the latter lies."""
    height, width = edited.shape[:2]
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    matrix = np.linalg.inv(half) @ homography @ half
    scale = np.sqrt(abs(np.linalg.det(homography[:2, :2])))
    smooth = cv2.GaussianBlur(original, (0, 0), max(0.3, 0.5 / scale))
    moved = cv2.warpPerspective(gray(smooth), matrix, (width, height), flags=cv2.INTER_LINEAR)
    inside = cv2.warpPerspective(np.ones(original.shape[:2]), matrix, (width, height), flags=cv2.INTER_NEAREST) > 0
    assert inside.sum() > 100
    return np.corrcoef(moved[inside], gray(edited)[inside])[0, 1]


def make(kind, strength, image, others, seed=5):
    return edit(kind, strength, image, np.random.default_rng(seed), others)


@pytest.mark.parametrize(("kind", "strength"), ALL)
def test_the_homography_says_where_everything_went(kind, strength, astronaut, others):
    done = make(kind, strength, astronaut, others)
    assert done.image.dtype == np.uint8
    assert done.image.ndim == 3
    assert done.image.shape[2] == 3
    assert done.image.flags.c_contiguous
    if kind == "collage":  # three quarters are of other pictures: look at ours alone
        corners = cv2.perspectiveTransform(np.array([[[0.0, 0.0], [240.0, 180.0]]]), done.homography)[0]
        x, y = (corners.mean(axis=0) > np.array(done.image.shape[1::-1]) / 2).astype(int)
        h, w = done.image.shape[0] // 2, done.image.shape[1] // 2
        window = done.image[y * h : (y + 1) * h, x * w : (x + 1) * w]
        moved = np.array([[1, 0, -x * w], [0, 1, -y * h], [0, 0, 1]]) @ done.homography
        assert correlation(astronaut, window, moved) > 0.75
        return
    right = correlation(astronaut, done.image, done.homography)
    away = np.array([[1, 0, done.image.shape[1] * 0.08], [0, 1, done.image.shape[0] * 0.08], [0, 0, 1]])
    assert right > (0.55 if kind in ("emoji", "text", "hue") else 0.8)
    assert right > correlation(astronaut, done.image, away @ done.homography) + 0.1


@pytest.mark.parametrize("kind", GEOMETRIC)
@pytest.mark.parametrize("strength", STRENGTHS)
def test_a_point_lands_within_a_third_of_a_pixel(kind, strength):
    image = np.zeros((180, 240, 3), np.uint8)
    cv2.circle(image, (128, 84), 12, (255, 255, 255), -1, cv2.LINE_AA)
    done = make(kind, strength, image, [np.zeros((60, 80, 3), np.uint8)] * 3)
    blob = gray(done.image)
    expected = cv2.perspectiveTransform(np.array([[[128.5, 84.5]]]), done.homography)[0, 0]
    y, x = np.mgrid[: blob.shape[0], : blob.shape[1]] + 0.5
    near = np.hypot(x - expected[0], y - expected[1]) < 20
    weight = np.where(near, np.abs(blob - np.median(blob[near & (blob < 250)])), 0)
    if kind in ("rotate", "border", "screenshot"):
        weight = np.where(near & (blob > 128), blob, 0)
    found = np.array([(weight * x).sum(), (weight * y).sum()]) / weight.sum()
    assert np.abs(found - expected).max() < 0.34


@pytest.mark.parametrize(("kind", "strength"), ALL)
def test_one_generator_gives_one_edit(kind, strength, astronaut, others):
    first, again = (make(kind, strength, astronaut, others) for _ in range(2))
    assert np.array_equal(first.image, again.image)
    assert np.array_equal(first.homography, again.homography)


@pytest.mark.parametrize(
    "kind", ["rotate", "crop-off-centre", "noise", "text", "emoji", "screenshot", "collage", "hue"]
)
def test_another_seed_gives_another_edit(kind, astronaut, others):
    images = [make(kind, 3, astronaut, others, seed).image for seed in range(8)]
    assert any(not np.array_equal(images[0], image) for image in images[1:])


@pytest.mark.parametrize(("kind", "strength"), ALL)
@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (12, 300)])
def test_small_and_thin_pictures_survive(kind, strength, shape):
    image = np.full((*shape, 3), 77, np.uint8)
    done = make(kind, strength, image, [image] * 3)
    assert min(done.image.shape[:2]) >= 1
    assert np.isfinite(done.homography).all()


@pytest.mark.parametrize(("kind", "strength"), ALL)
def test_the_original_is_left_as_it_was(kind, strength, astronaut, others):
    before = astronaut.copy()
    make(kind, strength, astronaut, others)
    assert np.array_equal(before, astronaut)


def damage(kind, strength, image, others):
    """Mean squared error, over seeds, of what can be had back: undone by the homography, lost parts as gray."""
    errors = []
    for seed in range(6):
        done = make(kind, strength, image, others, seed)
        height, width = image.shape[:2]
        back = warp(done.image, np.linalg.inv(done.homography), width, height, (128, 128, 128)).image
        errors.append(np.mean((back.astype(float) - image) ** 2))
    return np.mean(errors)


@pytest.mark.parametrize("kind", sorted(EDITS.keys() - {"quarter-turn", "border", "screenshot", "rotate"}))
def test_more_strength_does_more_damage(kind, astronaut, others):
    weak, middle, strong = (damage(kind, strength, astronaut, others) for strength in STRENGTHS)
    assert weak < middle < strong


@pytest.mark.parametrize("kind", ["border", "screenshot", "rotate"])
def test_more_strength_leaves_the_picture_less_of_the_whole(kind, astronaut, others):
    areas = [
        np.mean([np.prod(make(kind, strength, astronaut, others, seed).image.shape[:2]) for seed in range(12)])
        for strength in STRENGTHS
    ]
    assert areas[0] < areas[1] < areas[2]


def test_sizes_are_those_of_the_table(astronaut, others):
    for strength, area in zip(STRENGTHS, EDITS["crop"].amounts, strict=True):
        done = make("crop", strength, astronaut, others)
        assert np.prod(done.image.shape[:2]) / (240 * 180) == pytest.approx(area, rel=0.02)
    assert make("quarter-turn", 1, astronaut, others).image.shape == (240, 180, 3)
    assert make("border", 2, astronaut, others).image.shape == (180 + 2 * 22, 240 + 2 * 22, 3)
    assert np.array_equal(make("quarter-turn", 2, astronaut, others).image, astronaut[::-1, ::-1])
    assert np.array_equal(make("mirror", 1, astronaut, others).image, astronaut[:, ::-1])


def test_there_are_twenty_kinds_and_the_collage():
    assert len(EDITS.keys() - {"collage"}) == 20
    with pytest.raises(ValueError, match="three other"):
        edit("collage", 1, np.zeros((9, 9, 3), np.uint8), np.random.default_rng(0))


def test_resizing_keeps_the_centre(astronaut):
    done = resize(astronaut, 120, 45)
    assert np.allclose(done.homography @ [120, 90, 1], [60, 22.5, 1])
