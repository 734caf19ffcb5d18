"""What an earlier saving left is found in the pixels; what was saved once is taken at its word."""

import io

import numpy as np
import pytest
import skimage.data
from PIL import Image

from cbir_desktop.images.resaved import quality_left

PHOTO = Image.fromarray(skimage.data.astronaut())
ROCKET = Image.fromarray(skimage.data.rocket())


def saved(image: Image.Image, quality: int, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("photo", [PHOTO, ROCKET], ids=["astronaut", "rocket"])
@pytest.mark.parametrize("quality", [50, 75, 92])  # the rocket itself is a JPEG of 96: beyond, that shows
def test_what_was_saved_once_has_the_quality_it_says(photo, quality):
    assert quality_left(saved(photo, quality)) == quality


@pytest.mark.parametrize(("first", "second"), [(20, 92), (40, 85), (60, 92), (75, 95), (80, 92)])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}], ids=["", "progressive", "444"])
def test_what_was_saved_again_at_more_has_no_more_than_before(first, second, options):
    twice = saved(opened(saved(PHOTO, first)), second, **options)
    assert abs(quality_left(twice) - first) <= 2


def test_a_second_saving_at_less_counts():
    assert quality_left(saved(opened(saved(PHOTO, 92)), 40)) == 40


def test_only_the_middle_of_a_large_picture_is_looked_at_on_its_own_grid():
    large = Image.fromarray(np.tile(np.asarray(PHOTO), (4, 5, 1))).crop((0, 0, 2301, 1990))
    assert abs(quality_left(saved(opened(saved(large, 50)), 92)) - 50) <= 2
    assert quality_left(saved(large, 92)) == 92


def test_what_was_moved_off_its_grid_or_is_tiny_or_even_is_taken_at_its_word():
    moved = opened(saved(PHOTO, 30)).crop((3, 5, 500, 500))
    assert quality_left(saved(moved, 92)) == 92
    assert quality_left(saved(opened(saved(PHOTO.crop((0, 0, 7, 5)), 30)), 92)) == 92
    assert quality_left(saved(Image.new("RGB", (300, 300), "gray"), 92)) == 92


def test_what_cannot_be_decoded_or_is_no_jpeg():
    data = saved(PHOTO, 80)
    assert quality_left(data[: len(data) // 2]) == 80
    assert quality_left(saved(PHOTO.convert("CMYK"), 70)) == 70
    assert quality_left(b"\x89PNG\r\n\x1a\n") is None
    assert quality_left(b"") is None
