import struct

import numpy as np
import PIL.Image
import pytest
from PIL import ImageCms

from cbir_desktop.images.colour import GROUND, to_srgb
from cbir_desktop.images.decode import decode

from .conftest import distance, encoded, quarters


def _swapped_profile():
    """An sRGB profile whose red and blue primaries have changed places: applying it swaps red and blue."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", data, 128)
    entries = {bytes(data[132 + 12 * i : 136 + 12 * i]): 132 + 12 * i for i in range(count)}
    a, b = entries[b"rXYZ"], entries[b"bXYZ"]
    data[a + 4 : a + 12], data[b + 4 : b + 12] = data[b + 4 : b + 12], data[a + 4 : a + 12]
    return bytes(data)


SWAPPED = _swapped_profile()
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_profiles_are_applied(kind):
    options = {"quality": 95} if kind != "TIFF" else {}
    image = quarters()
    decoded = decode(encoded(image, kind, icc_profile=SWAPPED, **options)).image
    assert distance(decoded, image[:, :, ::-1]) < 8


def test_a_profile_in_several_segments_is_put_together():
    image = quarters()
    padded = SWAPPED + b"\0" * 150_000  # beyond the 64 KiB of one segment
    padded = struct.pack(">I", len(padded)) + padded[4:]
    assert distance(decode(encoded(image, "JPEG", quality=95, icc_profile=padded)).image, image[:, :, ::-1]) < 8


@pytest.mark.parametrize("profile", [SRGB, b"", b"no profile at all", SWAPPED[:200]])
def test_srgb_and_broken_profiles_change_nothing(profile):
    plain = decode(encoded(quarters(), "PNG")).image
    assert np.array_equal(decode(encoded(quarters(), "PNG", icc_profile=profile)).image, plain)


def test_a_profile_for_other_colours_is_left_out():
    grey = PIL.Image.new("L", (8, 8), 77)
    assert decode(encoded(grey, "JPEG", icc_profile=SWAPPED)).image.reshape(-1, 3).tolist() == [[77, 77, 77]] * 64


def test_profile_conversion_goes_before_the_ground():
    picture = PIL.Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    assert decode(encoded(picture, "PNG", icc_profile=SWAPPED)).image[0, 0].tolist() == list(GROUND)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_alpha_lies_on_the_ground(kind):
    rgba = np.dstack([quarters(), np.full((64, 96), 255, np.uint8)])
    rgba[:32, :, 3] = 0
    options = {"lossless": True} if kind == "WEBP" else {}
    image = decode(encoded(rgba, kind, **options)).image
    assert np.abs(image[8:24].astype(int) - GROUND).max() <= 4
    assert distance(image[40:], quarters()[40:]) < 6


def test_half_transparent_is_half_ground():
    image = decode(encoded(PIL.Image.new("RGBA", (4, 4), (0, 255, 0, 128)), "PNG")).image
    assert np.abs(image[0, 0].astype(int) - (64, 192, 64)).max() <= 1


def test_transparent_colours_of_palettes_greys_and_rgb():
    palette = PIL.Image.new("P", (4, 4), 1)
    palette.putpalette([255, 0, 0, 0, 0, 255])
    for picture, transparent in (
        (palette, 1),
        (PIL.Image.new("L", (4, 4), 9), 9),
        (PIL.Image.new("RGB", (4, 4)), (0, 0, 0)),
    ):
        assert decode(encoded(picture, "PNG", transparency=transparent)).image[0, 0].tolist() == list(GROUND)
    assert decode(encoded(palette, "GIF", transparency=1)).image[0, 0].tolist() == list(GROUND)
    assert decode(encoded(palette, "PNG")).image[0, 0].tolist() == [0, 0, 255]


def test_sixteen_bits_keep_their_scale():
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None, :].repeat(4, 0)
    for kind in ("PNG", "TIFF"):
        image = decode(encoded(PIL.Image.fromarray(ramp), kind)).image
        assert np.abs(image[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_sixteen_bit_grey_with_a_transparent_value():
    values = np.full((4, 4), 40000, np.uint16)
    assert decode(encoded(PIL.Image.fromarray(values), "PNG", transparency=40000)).image[0, 0].tolist() == list(GROUND)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (np.array([[0.0, 0.5, 1.0]], np.float32), [0, 128, 255]),
        (np.array([[0.0, 128.0, 255.0]], np.float32), [0, 128, 255]),
        (np.array([[-2.0, 0.0, 2.0]], np.float32), [0, 128, 255]),
        (np.array([[np.nan, np.inf, 1.0]], np.float32), [0, 0, 255]),
        (np.array([[7.0e9, 7.0e9, 7.0e9]], np.float32), [0, 0, 0]),
        (np.array([[0, 100, 255]], np.int32), [0, 100, 255]),
        (np.array([[0, 25700, 65535]], np.int32), [0, 100, 255]),
        (np.array([[0, 1 << 29, 1 << 30]], np.int32), [0, 128, 255]),
    ],
)
def test_deep_greys_are_scaled_not_clipped(values, expected):
    image = decode(encoded(PIL.Image.fromarray(values), "TIFF")).image
    assert image[0, :, 0].tolist() == expected


def test_lab_and_other_modes():
    lab = PIL.Image.new("LAB", (4, 4), (255, 128, 128))
    assert decode(encoded(lab, "TIFF")).image[0, 0].min() > 245
    one_bit = PIL.Image.new("1", (9, 5), 1)
    assert (decode(encoded(one_bit, "PNG")).image == 255).all()
    for mode in ("HSV", "YCbCr", "RGBa", "RGBX", "PA", "I;16B"):
        assert to_srgb(PIL.Image.new(mode, (3, 2))).mode == "RGB"


def test_cmyk_tiff():
    cmyk = PIL.Image.fromarray(quarters()).convert("CMYK")
    assert distance(decode(encoded(cmyk, "TIFF")).image, quarters()) < 2
