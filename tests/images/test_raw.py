"""Camera raws: a DNG made by hand. Those of other makers are LibRaw's affair; no sample of them is at hand."""

import importlib.util

import numpy as np
import pytest

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.images.decode import decode, decode_plain

from .camera_files import dng
from .conftest import distance, encoded, quarters

has_rawpy = importlib.util.find_spec("rawpy") is not None
needs_rawpy = pytest.mark.skipif(not has_rawpy, reason="the extra 'raw' is not installed")
TURNS = {1: 0, 3: 2, 6: 1, 8: -1}


def stored(image, orientation):
    return np.ascontiguousarray(np.rot90(image, TURNS[orientation]))


def corners(image):
    """The colours at the middles of the four quarters."""
    height, width = image.shape[:2]
    return image[height // 4 :: height // 2, width // 4 :: width // 2][:2, :2].astype(int)


@needs_rawpy
@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("min_side", [None, 64])
def test_the_sensor_is_shown_upright_once(orientation, min_side):
    image = quarters(480, 320)
    decoded = decode(dng(stored(image, orientation), orientation), min_side)
    assert (decoded.width, decoded.height, decoded.format) == (480, 320, "RAW")
    assert decoded.image.shape == ((160, 240, 3) if min_side is None else (128, 192, 3))
    assert np.abs(corners(decoded.image) - corners(image)).mean() < 60  # colours by another matrix; a turn is above 90


@needs_rawpy
@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("own", [False, True])
def test_a_large_preview_is_taken_and_turned_once(orientation, own):
    """``own``: the preview says by itself how it lies."""
    image = np.ascontiguousarray(quarters(480, 320)[::-1])  # not what the sensor saw: it can be told apart
    options = (
        {"exif": b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0" + bytes([orientation]) + b"\0" * 7} if own else {}
    )
    preview = encoded(stored(image, orientation), "JPEG", quality=95, **options)
    decoded = decode(dng(stored(quarters(480, 320), orientation), orientation, preview))
    assert (decoded.width, decoded.height) == (480, 320)
    assert distance(decoded.image, image) < 6


@needs_rawpy
def test_a_small_preview_is_passed_over():
    preview = encoded(np.zeros((64, 96, 3), np.uint8), "JPEG")
    decoded = decode(dng(quarters(480, 320), 1, preview), 100)
    assert decoded.image.shape == (160, 240, 3)
    assert decoded.image.max() > 100


@needs_rawpy
def test_a_damaged_raw_has_its_reason():
    with pytest.raises(DecodeError):
        decode(dng(quarters(480, 320))[:300])


@pytest.mark.skipif(has_rawpy, reason="the extra 'raw' is installed")
def test_without_the_package_its_name_is_in_the_reason():
    with pytest.raises(DecodeError, match=r"cbir-desktop\[raw\]") as caught:
        decode(dng(quarters(480, 320)))
    assert caught.value.kind == "unsupported"


def test_a_raw_is_never_plain():
    assert decode_plain(dng(quarters(480, 320))) is None


@pytest.mark.skipif(importlib.util.find_spec("pillow_jxl") is None, reason="the extra 'jxl' is not installed")
@pytest.mark.parametrize("orientation", [1, 6, 8])
def test_jpeg_xl_is_upright(orientation):
    from .test_decode import _as_stored, _exif

    image = quarters()
    decoded = decode(encoded(_as_stored(image, orientation), "JXL", exif=_exif(orientation)))
    assert (decoded.width, decoded.height, decoded.format) == (96, 64, "JXL")
    assert distance(decoded.image, image) < 6
