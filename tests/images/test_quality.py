"""The JPEG quality estimate against what Pillow (libjpeg) was told to write; sharpness against what was blurred."""

import io
import struct

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageFilter

from cbir_desktop.images.quality import jpeg_quality, sharpness

PHOTO = Image.fromarray(skimage.data.astronaut())


def encoded(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, **options)
    return out.getvalue()


def test_the_quality_that_libjpeg_was_told_is_found_exactly():
    small = PHOTO.resize((64, 64))
    wrong = {q: found for q in range(1, 101) if (found := jpeg_quality(encoded(small, format="JPEG", quality=q))) != q}
    assert wrong == {}


def test_grey_and_progressive_files_are_read_too():
    for image, options in ((PHOTO.convert("L"), {}), (PHOTO, {"progressive": True})):
        assert jpeg_quality(encoded(image, format="JPEG", quality=83, **options)) == 83


def test_a_table_that_is_nobodys_gives_the_nearest_quality():
    photoshop = encoded(PHOTO, format="JPEG", qtables="web_high")
    assert 80 <= jpeg_quality(photoshop) <= 100
    assert jpeg_quality(encoded(PHOTO, format="JPEG", qtables="web_low")) < jpeg_quality(photoshop)


def test_tables_of_16_bits_and_several_in_one_segment():
    tables = bytes([1]) + bytes([9] * 64) + bytes([0x10]) + struct.pack(">64H", *[1] * 64)
    segment = b"\xff\xdb" + struct.pack(">H", 2 + len(tables)) + tables
    assert jpeg_quality(b"\xff\xd8" + segment + b"\xff\xd9\0\0") == 100


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xdb\0\x10\0", b"\xff\xd8\xff\xd9", b"\x89PNG\r\n\x1a\n"]
)
def test_what_has_no_table_has_no_quality(data: bytes):
    assert jpeg_quality(data) is None


def test_a_blurred_copy_and_an_enlarged_one_are_less_sharp():
    sharp = sharpness(np.asarray(PHOTO))
    assert sharpness(np.asarray(PHOTO.filter(ImageFilter.GaussianBlur(2)))) < sharp / 4
    tiny = PHOTO.resize((128, 128))
    assert sharpness(np.asarray(tiny)) < sharp / 2
    assert sharpness(np.asarray(tiny.resize((1024, 1024), Image.Resampling.BICUBIC))) < sharp / 2
    assert sharpness(np.zeros((3, 700, 3), np.uint8).transpose(1, 0, 2)) == 0
