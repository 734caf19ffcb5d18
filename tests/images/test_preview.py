import numpy as np
import PIL.Image
import pytest

from cbir_desktop.images.exif import upright
from cbir_desktop.images.preview import HEAD, preview_in, preview_of

from .camera_files import with_thumbnail
from .conftest import distance, encoded, quarters


def camera(picture, thumbnail=None, **options):
    """A JPEG with a thumbnail, of itself where none is given."""
    if thumbnail is None:
        thumbnail = np.asarray(PIL.Image.fromarray(picture).resize((160, 120)))
    small = thumbnail if isinstance(thumbnail, bytes) else encoded(thumbnail, "JPEG", quality=90)
    return with_thumbnail(encoded(picture, "JPEG", quality=90), small, **options)


def frame_end(whole):
    """Where the head of the picture itself ends, and its pixels begin."""
    return whole.index(b"\xff\xda", whole.rindex(b"\xff\xc0"))


def barred(shape, bars=(0, 0, 0)):
    """A 160 x 120 thumbnail of ``quarters`` of this (width, height), filled up with bars."""
    width, height = shape
    image = np.full((120, 160, 3), bars, np.uint8)
    top, left = (120 - height) // 2, (160 - width) // 2
    image[top : top + height, left : left + width] = quarters(width, height)
    return image


@pytest.mark.parametrize("order", ["<", ">"])
def test_the_thumbnail_in_the_head(order):
    preview = preview_in(camera(quarters(640, 480), order=order))
    assert distance(preview.image, quarters(160, 120)) < 3
    assert (preview.width, preview.height) == (640, 480)
    assert preview.image.flags.c_contiguous


def test_only_the_head_is_read(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    whole = camera(noise, quarters(160, 120))
    assert len(whole) > 2 * HEAD
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(whole[: frame_end(whole)])  # without a single scan
    preview = preview_of(str(cut))
    assert distance(preview.image, quarters(160, 120)) < 3
    assert (preview.width, preview.height) == (640, 480)


def test_the_size_comes_from_exif_where_the_frame_lies_behind_the_head():
    whole = camera(quarters(640, 480), pixels=[640, 480])
    at = whole.rindex(b"\xff\xdb", 0, frame_end(whole))
    filler = (b"\xff\xe2\xff\xff" + bytes(0xFFFD)) * 3
    preview = preview_in((whole[:at] + filler)[:HEAD])
    assert (preview.width, preview.height) == (640, 480)
    untold = camera(quarters(640, 480))
    preview = preview_in(untold[: untold.rindex(b"\xff\xdb", 0, frame_end(untold))])
    assert (preview.width, preview.height) == (0, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_once(orientation):
    preview = preview_in(camera(quarters(640, 480), orientation=orientation))
    assert distance(preview.image, upright(quarters(160, 120), orientation)) < 3
    assert (preview.width > preview.height) == (orientation < 5)


def test_the_thumbnail_s_own_exif_does_not_turn_it_again():
    small = with_thumbnail(encoded(quarters(160, 120), "JPEG", quality=90), b"", orientation=6)
    preview = preview_in(camera(quarters(640, 480), small, orientation=6))
    assert distance(preview.image, upright(quarters(160, 120), 6)) < 3


@pytest.mark.parametrize(
    ("size", "inner"), [((960, 640), (160, 107)), ((960, 540), (160, 90)), ((480, 640), (90, 120))]
)
@pytest.mark.parametrize("orientation", [1, 6])
def test_black_bars_are_cut_off(size, inner, orientation):
    preview = preview_in(camera(quarters(*size), barred(inner), orientation=orientation))
    height, width = upright(preview.image, 8 if orientation == 6 else 1).shape[:2]
    assert 0 <= inner[0] - width <= 3
    assert 0 <= inner[1] - height <= 3
    assert preview.image.min(axis=(1, 2)).max() < 60  # the colours are there
    edges = preview.image[[0, -1]].max(axis=2), preview.image[:, [0, -1]].max(axis=2)
    assert min(edge.min() for edge in edges) > 100  # and no bar


def test_a_thumbnail_of_another_shape_is_of_another_picture():
    assert preview_in(camera(quarters(960, 540), quarters(160, 120))) is None
    assert preview_in(camera(quarters(480, 640), quarters(160, 120))) is None  # turned since
    assert preview_in(camera(quarters(960, 640), barred((160, 107), (128, 128, 128)))) is None
    assert preview_in(camera(quarters(640, 480), quarters(160, 118))) is not None  # rounded


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff\xd8",
        encoded(quarters(640, 480), "JPEG"),
        encoded(quarters(640, 480), "PNG"),
        camera(quarters(640, 480), quarters(80, 60)),
        camera(quarters(640, 480), b"\xff\xd8 no picture"),
        camera(quarters(640, 480), b""),
        camera(quarters(640, 480), encoded(quarters(160, 120), "JPEG")[:-200]),
        camera(quarters(640, 480), encoded(quarters(160, 120), "PNG")),
        camera(quarters(4096, 3072), encoded(np.zeros((1536, 2048, 3), np.uint8), "JPEG")),
    ],
)
def test_none_where_there_is_none_that_serves(head):
    assert preview_in(head) is None


def test_a_file_that_is_not_there_has_none(tmp_path):
    assert preview_of(str(tmp_path / "gone.jpg")) is None
    assert preview_of(str(tmp_path)) is None


def test_no_head_is_so_broken_that_it_raises():
    rng = np.random.default_rng(5)
    whole = camera(quarters(640, 480), orientation=6, pixels=[640, 480])
    head = np.frombuffer(whole[: frame_end(whole)], np.uint8)
    previews = 0
    for _ in range(2000):
        changed = head.copy()
        where = rng.integers(0, 300 if rng.random() < 0.7 else len(head), rng.integers(1, 6))
        changed[where] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.integers(256)], len(where))
        cut = len(changed) if rng.random() < 0.7 else rng.integers(len(changed))
        preview = preview_in(changed[:cut].tobytes())
        if preview is not None:
            previews += 1
            assert min(preview.image.shape[:2]) >= 80
            assert preview.image.dtype == np.uint8
    assert previews > 100
