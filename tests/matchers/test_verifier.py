"""The verdict on made pairs: each label, each trap."""

import cv2
import numpy as np
import pytest
import skimage.data
from sklearn.datasets import load_sample_images

from cbir_desktop.core.verification import Relation
from cbir_desktop.evaluation.edits import edit
from cbir_desktop.evaluation.edits.colour import encode_jpeg
from cbir_desktop.evaluation.scenes import prints, shared, traps
from cbir_desktop.images.decode import decode
from cbir_desktop.matchers.geometry import apply
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.matchers.verifier import verify

EXTRACTOR = SiftExtractor()
CHINA, FLOWER = load_sample_images().images
PHOTOS = {"china": CHINA, "astronaut": skimage.data.astronaut(), "coffee": skimage.data.coffee()}


def prepared(image, content=None):
    image = np.ascontiguousarray(image)
    return EXTRACTOR.prepare(image, (image.shape[1], image.shape[0]), content)


def saved(image, quality=92):
    return decode(encode_jpeg(np.ascontiguousarray(image), quality)).image


def verdict(a, b):
    return verify(prepared(a), prepared(b))


def names(found):
    return {label.relation.value for label in found.labels}


@pytest.fixture(scope="module", params=PHOTOS)
def photo(request):
    return PHOTOS[request.param]


def corners(image):
    height, width = image.shape[:2]
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


# What a copy is called


def test_the_same_bytes(photo):
    found = verify(prepared(photo, b"x" * 32), prepared(photo, b"x" * 32))
    assert found.proved == "copy"
    assert found.copy == 1
    assert names(found) == {"identical-bytes", "identical-pixels"}
    np.testing.assert_array_equal(found.matches.homography, np.eye(3))
    assert found.coverage_a == found.coverage_b == 1


def test_the_same_pixels_are_asked_for_only_where_they_may_be(photo):
    asked = []

    def same():
        asked.append(1)
        return True

    found = verify(prepared(photo, b"x" * 32), prepared(photo, b"y" * 32), same)
    assert names(found) == {"identical-pixels"}
    assert asked == [1]
    verify(prepared(photo), prepared(photo[:, ::-1]), same)
    verify(prepared(photo), prepared(photo[10:]), same)
    assert asked == [1]


def test_plain_pictures_are_equal_only_where_their_pixels_are():
    plain = prepared(np.full((200, 300, 3), 120, np.uint8))
    assert names(verify(plain, plain, lambda: True)) == {"identical-pixels"}
    assert verify(plain, plain, lambda: False).proved is None


def test_saved_again(photo):
    found = verdict(photo, saved(photo, 50))
    assert found.proved == "copy"
    assert names(found) == {"re-encoded"}
    assert found.label(Relation.RE_ENCODED).numbers["difference"] > 0
    assert found.scale == pytest.approx(1, abs=0.005)


@pytest.mark.parametrize("factor", [0.5, 0.8])
def test_resized(photo, factor):
    small = cv2.resize(photo, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    found = verdict(photo, saved(small))
    assert found.proved == "copy"
    assert names(found) == {"resized"}
    assert found.scale == pytest.approx(factor, rel=0.01)
    assert found.label(Relation.RESIZED).numbers["width_scale"] == pytest.approx(factor, rel=0.02)
    back = verdict(small, photo)
    assert back.scale == pytest.approx(1 / factor, rel=0.01)


@pytest.mark.parametrize(("quarters", "degrees"), [(1, 90), (2, 180), (3, -90)])
def test_turned_by_a_quarter(photo, quarters, degrees):
    found = verdict(photo, saved(np.rot90(photo, quarters)))  # counter-clockwise
    assert names(found) <= {"rotated", "re-encoded"}
    assert abs((found.rotation_degrees - degrees + 180) % 360 - 180) < 0.5
    assert found.label(Relation.ROTATED).numbers["degrees"] == found.rotation_degrees
    assert not found.matches.mirrored


def test_turned_a_little(photo):
    edited = edit("rotate", 2, photo, np.random.default_rng(3))
    found = verdict(photo, saved(edited.image))
    true = -np.rad2deg(np.arctan2(edited.homography[1, 0], edited.homography[0, 0]))
    assert names(found) <= {"rotated", "re-encoded"}
    assert found.rotation_degrees == pytest.approx(true, abs=0.5)


def test_mirrored(photo):
    found = verdict(photo, saved(photo[:, ::-1]))
    assert found.proved == "copy"
    assert found.matches.mirrored
    assert names(found) == {"mirrored", "re-encoded"}
    assert abs(found.rotation_degrees) < 0.5
    width = photo.shape[1]
    expected = corners(photo) * [-1, 1] + [width, 0]
    assert np.linalg.norm(apply(found.matches.homography, corners(photo)) - expected, axis=1).max() < 1.5


def test_upside_down_in_a_mirror(photo):
    """Mirrored top to bottom is mirrored left to right and turned by 180 degrees."""
    found = verdict(photo, saved(photo[::-1]))
    assert {"mirrored", "rotated"} <= names(found)
    assert abs(found.rotation_degrees) == pytest.approx(180, abs=0.5)


@pytest.mark.parametrize("swap", [False, True])
def test_cropped(photo, swap):
    height, width = photo.shape[:2]
    part = saved(photo[height // 5 : height * 4 // 5, width // 4 : width * 9 // 10])
    found = verdict(part, photo) if swap else verdict(photo, part)
    assert found.proved == "copy"
    assert names(found) == {"cropped", "re-encoded"}
    assert found.contains == ("b" if swap else "a")
    share = part.shape[0] * part.shape[1] / (height * width)
    inner, outer = (found.coverage_a, found.coverage_b) if swap else (found.coverage_b, found.coverage_a)
    assert inner == pytest.approx(1, abs=0.02)
    assert outer == pytest.approx(share, rel=0.03)
    assert found.label(Relation.CROPPED).numbers["share"] == outer


@pytest.mark.parametrize(
    ("kind", "strength"), [("light", 2), ("grayscale", 1), ("sepia", 2), ("blur", 2), ("hue", 2), ("noise", 1)]
)
def test_edited(photo, kind, strength):
    found = verdict(photo, saved(edit(kind, strength, photo, np.random.default_rng(1)).image))
    assert found.proved == "copy"
    assert names(found) == {"edited"}


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize(("kind", "strength"), [("border", 2), ("screenshot", 2)])
def test_bordered(photo, kind, strength, swap):
    framed = saved(edit(kind, strength, photo, np.random.default_rng(5)).image)
    found = verdict(framed, photo) if swap else verdict(photo, framed)
    assert found.proved == "copy"
    assert "bordered" in names(found)
    assert "cropped" not in names(found)
    assert found.contains == ("a" if swap else "b")


@pytest.mark.parametrize(("kind", "strength"), [("text", 1), ("emoji", 2)])
def test_something_laid_over_it(photo, kind, strength):
    found = verdict(photo, saved(edit(kind, strength, photo, np.random.default_rng(5)).image))
    assert found.proved == "copy"
    assert found.label(Relation.BORDERED).numbers["overlay"] > 0.01


def test_a_mark_hardly_lighter_than_what_it_covers_is_seen(photo):
    """At a quarter of full white over a picture of the lightest half of all greys."""
    light = np.rint(127 + photo * 0.5).astype(np.uint8)
    marked = edit("watermark", 1, light, np.random.default_rng(4)).image
    assert "bordered" in names(verdict(light, saved(marked)))
    assert "bordered" not in names(verdict(light, saved(light, 60)))


@pytest.mark.parametrize("swap", [False, True])
def test_dark_corners_are_light_and_nothing_laid_over(photo, swap):
    toned = saved(edit("sepia", 3, photo, np.random.default_rng(4)).image)
    assert names(verdict(toned, photo) if swap else verdict(photo, toned)) == {"edited"}


@pytest.mark.parametrize("strength", [1, 2])
def test_blur_leaves_nothing_laid_over(photo, strength):
    assert names(verdict(photo, saved(edit("blur", strength, photo, np.random.default_rng(4)).image))) == {"edited"}


def test_several_at_once(photo):
    height, width = photo.shape[:2]
    part = photo[: height * 3 // 4, width // 5 :][:, ::-1]
    small = cv2.resize(np.ascontiguousarray(part), None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    found = verdict(photo, saved(np.rot90(small)))
    assert {"mirrored", "rotated", "resized", "cropped"} <= names(found)
    assert found.contains == "a"


def test_another_exposure_is_the_same_scene(photo):
    """Seen from a little further on: what is near has moved more than what is far; the light is another."""
    height, width = photo.shape[:2]
    moved = photo.copy()
    moved[:, : width * 2 // 5] = photo[:, 14 : 14 + width * 2 // 5]
    moved[height // 3 : height * 2 // 3, width // 2 : width * 2 // 3] = cv2.resize(
        FLOWER, (width * 2 // 3 - width // 2, height * 2 // 3 - height // 3), interpolation=cv2.INTER_AREA
    )
    light = np.clip(255 * (moved / 255) ** 1.2 + np.random.default_rng(1).normal(0, 3, moved.shape), 0, 255)
    found = verdict(saved(photo), saved(light.astype(np.uint8)))
    assert found.proved == "scene"
    assert "same-scene" in names(found)
    assert found.scene > found.copy


@pytest.mark.parametrize("swap", [False, True])
def test_a_camera_that_stood_still_saw_another_thing_in_another_light(photo, swap):
    """Its frame is the same to the pixel, as of a picture with something laid over it."""
    height, width = photo.shape[:2]
    later = photo.copy()
    thing = cv2.resize(FLOWER, (width // 3, height // 3), interpolation=cv2.INTER_AREA)
    later[height // 3 : height // 3 + thing.shape[0], width // 3 : width // 3 + thing.shape[1]] = thing
    later = np.clip(255 * (later / 255) ** 1.3 * 1.1, 0, 255).astype(np.uint8)
    sides = [saved(photo), saved(later)]
    found = verdict(*(reversed(sides) if swap else sides))
    assert found.proved == "scene"
    assert names(found) == {"same-scene"}


def test_a_camera_that_was_turned_saw_another_thing_in_another_light(photo):
    """Each shows what the other does not, so that nobody cut one out of the other."""
    width = photo.shape[1]
    left, right = photo[:, : width * 7 // 10].copy(), photo[:, width * 3 // 10 :].copy()
    assert verdict(left, saved(right)).proved == "copy"
    height, third = photo.shape[0] // 3, width // 5
    right[height : 2 * height, :third] = cv2.resize(skimage.data.chelsea(), (third, height))
    dark = np.rint(255 * (right / 255) ** 1.5 * 0.9).astype(np.uint8)
    assert verdict(left, saved(dark)).proved != "copy"


def test_something_laid_over_a_copy_in_the_same_light_leaves_a_copy(photo):
    later = photo.copy()
    later[100:200, 150:300] = cv2.resize(FLOWER, (150, 100), interpolation=cv2.INTER_AREA)
    assert verdict(saved(photo), saved(later)).proved == "copy"


@pytest.mark.parametrize("swap", [False, True])
def test_a_tilt_that_was_drawn_on_even_ground_leaves_a_copy(photo, swap):
    tilted = edit("perspective", 2, photo, np.random.default_rng(4))
    sides = [saved(photo), saved(tilted.image)]
    found = verdict(*(reversed(sides) if swap else sides))
    assert found.proved == "copy"
    assert "edited" in names(found)


def test_a_print_on_a_table_from_two_sides_is_a_scene(photo):
    """Nothing but the ground tells it from a drawn tilt."""
    a, b = prints(photo, 2, np.random.default_rng(3), skimage.data.chelsea())
    assert verdict(saved(a), saved(b)).proved == "scene"


# What proves nothing


def test_unrelated_photographs():
    sides = [prepared(image) for image in (*PHOTOS.values(), FLOWER, skimage.data.chelsea(), skimage.data.rocket())]
    for place, a in enumerate(sides):
        for b in sides[place + 1 :]:
            found = verify(a, b)
            assert found.proved is None
            assert names(found) == {"unrelated"}
            assert found.matches.homography is None
            assert found.contains is None
            assert np.isnan(found.residuals).all()
            assert not found.matches.inlier.any()


@pytest.mark.parametrize("seed", range(3))
def test_traps(seed):
    """Pages, gradients, noise, bricks, the dark, skies, plain walls, charts: each pair is two different pictures."""
    for name, a, b in traps(np.random.default_rng((9, seed))):
        assert verdict(saved(a), saved(b)).proved is None, name


@pytest.mark.parametrize("size", [(480, 360), (640, 480), (683, 512)])
def test_pages_of_other_words_prove_nothing(size):
    """Words that occur on both pages agree on a shift, to the pixel; most others are elsewhere."""
    rng = np.random.default_rng(5)
    for _ in range(6):
        [(_, a, b)] = [trap for trap in traps(rng, size) if trap[0] == "page"]
        assert verdict(a, b).proved is None


@pytest.mark.parametrize(("kind", "strength"), [("text", 3), ("watermark", 3), ("border", 3), ("emoji", 2)])
def test_what_two_pictures_share_does_not_prove_them(kind, strength):
    for seed in range(2):
        a, b = shared(kind, strength, PHOTOS["coffee"], PHOTOS["china"], seed)
        assert verdict(saved(a), saved(b)).proved is None


@pytest.mark.parametrize(
    ("one", "two", "sigma"), [("rocket", "flower", 6), ("rocket", "flower", 12), ("astronaut", "cat", 9)]
)
def test_soft_pictures_under_the_same_text_are_not_proved_by_it(one, two, sigma):
    """All the keypoints are the text's, and all of them agree."""
    soft = {**PHOTOS, "rocket": skimage.data.rocket(), "flower": FLOWER, "cat": skimage.data.chelsea()}
    for seed in range(2):
        blurred = (cv2.GaussianBlur(soft[name], (0, 0), sigma) for name in (one, two))
        a, b = shared("text", 3, *blurred, seed)
        found = verdict(saved(a), saved(b))
        assert found.proved is None
        assert found.matches.homography is None


def test_copies_with_something_else_over_each_stay_copies(photo):
    rng = np.random.default_rng(2)
    a, b = edit("text", 2, photo, rng).image, edit("emoji", 2, photo, rng).image
    assert verdict(saved(a), saved(b)).proved == "copy"


def test_nothing_at_all():
    tiny = np.zeros((1, 1, 3), np.uint8)
    for a in (tiny, np.zeros((1, 400, 3), np.uint8), np.full((64, 64, 3), 255, np.uint8)):
        assert verdict(a, PHOTOS["coffee"]).proved is None
        assert verdict(PHOTOS["coffee"], a).proved is None


# Pictures with little to go by


def low_detail():
    y, x = np.mgrid[-1:1:360j, -1:1:480j]
    soft = np.stack([128 + 90 * np.sin(2 * x + y), 128 + 80 * np.cos(3 * y - x), 90 + 60 * x * y], axis=2)
    return np.clip(soft, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("turn", [0, 1, 2])
@pytest.mark.parametrize("mirror", [False, True])
def test_a_soft_picture_is_proved_by_its_pixels(turn, mirror):
    picture = low_detail()
    changed = np.rot90(picture[:, ::-1] if mirror else picture, turn)
    small = cv2.resize(np.ascontiguousarray(changed), None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    assert len(prepared(picture).features) < 30
    found = verdict(picture, saved(small, 80))
    assert found.proved == "copy"
    assert found.matches.mirrored == mirror
    assert ("rotated" in names(found)) == bool(turn)


def test_answers_are_in_full_size_pixels(photo):
    height, width = photo.shape[:2]
    small = cv2.resize(photo, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    a = EXTRACTOR.prepare(photo, (8 * width, 8 * height))
    b = EXTRACTOR.prepare(small, (width // 2, height // 2))
    found = verify(a, b)
    expected = corners(photo) * 8 / 16
    mapped = apply(found.matches.homography, corners(photo) * 8)
    assert np.linalg.norm(mapped - expected, axis=1).max() < 0.5  # half a pixel of B: nothing drifts
    assert found.scale == pytest.approx(1 / 16, rel=0.01)
    assert found.residuals[found.matches.inlier].max() < 3.5
