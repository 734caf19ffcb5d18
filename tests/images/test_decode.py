import importlib.util
import io
import os
import struct
import subprocess
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.images.decode import decode, decode_file, read_file

from .conftest import distance, encoded, quarters

pytestmark = pytest.mark.filterwarnings("ignore:::PIL")  # pytest drops the filter that images.raster sets
LOSSY = 6.0  # mean levels; a wrong turn of quarters() is above 60


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("BMP", {}),
        ("HEIF", {"quality": 90}),
        ("AVIF", {"quality": 90}),
        ("JPEG2000", {}),
        ("PPM", {}),
        ("TGA", {}),
        ("PCX", {}),
        ("SGI", {}),
        ("QOI", {}),
    ],
)
def test_every_format_gives_its_pixels(kind, options):
    image = quarters()
    decoded = decode(encoded(image, kind, **options))
    assert distance(decoded.image, image) < LOSSY
    assert (decoded.width, decoded.height, decoded.format) == (96, 64, kind)
    assert decoded.image.dtype == np.uint8
    assert decoded.image.flags.c_contiguous
    assert decoded.image.flags.writeable or kind != "JPEG"


def _as_stored(image, orientation):
    """The pixels that a file of this orientation holds, so that it looks like ``image``: the definition in EXIF."""
    turned = {
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: lambda a: a.transpose(1, 0, 2),
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
        8: lambda a: np.rot90(a, -1),
    }[orientation](image)
    return np.ascontiguousarray(turned)


def _exif(orientation):
    exif = PIL.Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()  # as bytes: from them pillow-heif makes the container's own rotation (irot, imir)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
@pytest.mark.parametrize("min_side", [None, 16])
def test_orientation_is_applied_exactly_once(kind, orientation, min_side):
    image = quarters()
    options = {"quality": 95} if kind != "TIFF" else {}
    data = encoded(_as_stored(image, orientation), kind, exif=_exif(orientation), **options)
    decoded = decode(data, min_side)
    assert (decoded.width, decoded.height) == (96, 64)
    step = 96 // decoded.image.shape[1]
    assert distance(decoded.image, image[::step, ::step]) < LOSSY


def test_heic_is_turned_by_its_container_not_by_its_exif():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6  # as an object it is stored, but nothing in the container says so
    assert distance(decode(encoded(quarters(), "HEIF", exif=exif)).image, quarters()) < LOSSY


@pytest.mark.parametrize("orientation", [0, 9, 60000])
def test_orientations_that_do_not_exist_mean_upright(orientation):
    for kind in ("JPEG", "PNG"):
        data = encoded(quarters(), kind, exif=_exif(orientation))
        assert distance(decode(data).image, quarters()) < LOSSY


@pytest.mark.parametrize(
    ("min_side", "shape"), [(None, (384, 512)), (48, (48, 64)), (49, (96, 128)), (200, (384, 512))]
)
def test_min_side_scales_jpeg_and_keeps_the_short_side(photo, min_side, shape):
    decoded = decode(encoded(photo, "JPEG", quality=90), min_side)
    assert decoded.image.shape == (*shape, 3)
    assert (decoded.width, decoded.height) == (512, 384)


@pytest.mark.parametrize("size", [(1001, 757), (8, 3000), (1, 1), (17, 9)])
def test_odd_sizes_scale_without_falling_short(size):
    image = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), np.uint8)
    decoded = decode(encoded(image, "JPEG"), 8)
    assert min(decoded.image.shape[:2]) >= min(8, *size)
    assert (decoded.width, decoded.height) == size


def test_scaled_decode_shows_the_same_picture(photo):
    small = decode(encoded(photo, "JPEG", quality=95), 96).image
    expected = photo.reshape(96, 4, 128, 4, 3).mean(axis=(1, 3)).round().astype(np.uint8)
    assert distance(small, expected) < 3


def test_first_frame_of_several():
    frames = [PIL.Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    for kind in ("GIF", "TIFF", "WEBP", "PNG"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert decode(data).image[5, 5].tolist()[2] < 20, kind


def test_same_bytes_give_same_pixels_in_threads(photo):
    files = [encoded(photo, kind) for kind in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF", "TIFF")] * 4
    expected = [decode(data, 100).image for data in files]
    with ThreadPoolExecutor(4) as pool:
        for image, known in zip(pool.map(lambda data: decode(data, 100).image, files), expected, strict=True):
            assert np.array_equal(image, known)


def test_cmyk_jpeg_falls_back_and_still_scales(photo):
    data = encoded(PIL.Image.fromarray(photo).convert("CMYK"), "JPEG", quality=95)
    decoded = decode(data, 96)
    assert decoded.image.shape[0] < 384
    assert distance(decode(data).image, photo) < LOSSY


def test_trailing_bytes_do_no_harm(photo):
    data = encoded(photo, "JPEG")
    assert np.array_equal(decode(data + b"\0" * 5000).image, decode(data).image)


def test_jpeg_that_lacks_only_its_end_marker_is_whole(photo):
    data = encoded(photo, "JPEG")
    assert np.array_equal(decode(data[:-2]).image, decode(data).image)


def test_stray_bytes_between_segments_are_survived(photo):
    data = encoded(photo, "JPEG")
    assert distance(decode(data[:20] + b"\0\0\0" + data[20:]).image, decode(data).image) < 1


def test_png_with_a_broken_note_shows_its_picture():
    data = encoded(quarters(), "PNG")
    broken = data[:33] + struct.pack(">I4s", 4, b"gAMA") + b"\0\1\0\0" + b"bad!" + data[33:]
    assert np.array_equal(decode(broken).image, quarters())


def test_png_with_damaged_pixels_is_refused():
    data = bytearray(encoded(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8), "PNG"))
    data[len(data) // 2] ^= 0xFF
    assert _refused(bytes(data)).kind == "damaged"


def _refused(data, **options):
    with pytest.raises(DecodeError) as caught:
        decode(data, **options)
    assert "\n" not in str(caught.value)
    assert 5 < len(str(caught.value)) < 250
    return caught.value


@pytest.mark.parametrize(
    ("data", "kind", "word"),
    [
        (b"", "empty", "empty"),
        (b"hello, this is a note", "not-an-image", "not an image"),
        (b"%PDF-1.7\n", "not-an-image", "PDF"),
        (b"\0\0\0\x18ftypmp42" + b"\0" * 40, "not-an-image", "video"),
        (b"PK\x03\x04" + b"\0" * 40, "not-an-image", "zip"),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "unsupported", "SVG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "unsupported", "PostScript"),
        (b"\xff\xd8\xff\xe0", "damaged", "JPEG"),
        (b"\x89PNG\r\n\x1a\n", "damaged", "PNG"),
        (b"GIF89a", "damaged", ""),
    ],
)
def test_refusals_name_their_reason(data, kind, word):
    error = _refused(data)
    assert error.kind == kind
    assert word in str(error)


@pytest.mark.parametrize(
    ("data", "package", "extra"),
    [
        (b"\xff\x0a" + b"\0" * 40, "pillow_jxl", "jxl"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "pillow_jxl", "jxl"),
        (b"II*\0\x10\0\0\0CR\2\0" + b"\0" * 40, "rawpy", "raw"),
        (b"\0\0\0\x18ftypcrx " + b"\0" * 40, "rawpy", "raw"),
        (encoded(quarters(), "TIFF", tiffinfo={50706: b"\1\4\0\0"}), "rawpy", "raw"),
    ],
)
def test_a_missing_package_is_named(data, package, extra):
    error = _refused(data)
    if importlib.util.find_spec(package) is None:
        assert error.kind == "unsupported"
        assert f"cbir-desktop[{extra}]" in str(error)
    else:
        assert error.kind in ("unsupported", "damaged")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "GIF", "BMP", "JPEG2000"])
def test_cut_files_are_refused_at_every_length(photo, kind):
    data = encoded(photo[:96, :96], kind)
    for length in range(1, len(data) * 9 // 10, max(1, len(data) // 40)):
        assert _refused(data[:length]).kind in ("damaged", "not-an-image", "unsupported")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF", "GIF", "BMP", "ICO", "TGA", "PSD"])
def test_flipped_bytes_raise_nothing_else(photo, kind):
    if kind == "PSD":
        data = b"8BPS\0\1" + b"\0" * 6 + struct.pack(">HIIHH", 3, 32, 32, 8, 3) + b"\0" * 12 + b"\0\0" + b"\x55" * 3072
    else:
        data = encoded(photo[:64, :64], kind)
    random = np.random.default_rng(3)
    for _ in range(60):
        broken = bytearray(data)
        for at in random.integers(0, min(len(data), 400 if random.random() < 0.7 else len(data)), 4):
            broken[at] = random.integers(256)
        assert _picture_or_reason(bytes(broken))


def _picture_or_reason(data):
    try:
        return decode(data, 32, max_pixels=2_000_000).image.ndim == 3
    except DecodeError as error:
        return str(error)


def test_random_bytes_are_refused():
    random = np.random.default_rng(5)
    for size in (1, 3, 64, 1000, 20000):
        for _ in range(20):
            _refused(random.bytes(size))


def _png_header(width, height):
    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def test_bombs_are_refused_by_their_header():
    assert _refused(_png_header(100_000, 100_000)).kind == "too-large"
    assert _refused(_png_header(20_000, 20_000)).kind == "too-large"
    jpeg = bytearray(encoded(quarters(), "JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 60_000)
    assert _refused(bytes(jpeg)).kind == "too-large"


def test_the_cap_counts_pixels_not_sides():
    thin = encoded(PIL.Image.new("L", (100_000, 1), 200), "PNG")
    assert decode(thin, 256).image.shape == (1, 100_000, 3)
    assert _refused(encoded(quarters(), "PNG"), max_pixels=96 * 64 - 1).kind == "too-large"
    assert decode(encoded(quarters(), "PNG"), max_pixels=96 * 64).width == 96


def test_thousands_of_scans_are_refused(photo):
    data = encoded(photo, "JPEG", progressive=True)
    scan = data.rindex(b"\xff\xda")
    bomb = data[:-2] + data[scan:-2] * 300 + data[-2:]
    assert "scans" in str(_refused(bomb))


def test_pillow_warns_nobody_and_its_globals_stay(tmp_path):
    """In a process of its own: pytest puts its own filters in place of the program's."""
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(_png_header(14_000, 14_000))  # above the size that Pillow warns of
    program = (
        "from cbir_desktop.images.decode import decode_file, DecodeError; from PIL import ImageFile\n"
        "try: decode_file(__import__('sys').argv[1])\n"
        "except DecodeError as error: assert 'truncated' in str(error), error\n"
        "else: raise SystemExit('decoded')\n"
        "assert not ImageFile.LOAD_TRUNCATED_IMAGES"
    )
    command = [sys.executable, "-W", "error::UserWarning", "-W", "error::RuntimeWarning", "-c", program, str(bomb)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_files(tmp_path: Path):
    good, empty, gone = tmp_path / "é🦊.jpg", tmp_path / "empty.jpg", tmp_path / "gone.jpg"
    good.write_bytes(encoded(quarters(), "JPEG"))
    empty.touch()
    assert decode_file(str(good)).width == 96
    expected = {str(empty): "empty", str(gone): "vanished", str(good) + "/x": "vanished", str(tmp_path): "unreadable"}
    expected["a\0b"] = "unreadable"
    for path, kind in expected.items():
        with pytest.raises(DecodeError) as caught:
            read_file(path)
        assert caught.value.kind == kind


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="no /proc here")
def test_a_file_that_is_longer_than_it_said_is_read_whole():
    assert os.stat("/proc/self/status").st_size == 0
    assert read_file("/proc/self/status").endswith(b"\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_opened(tmp_path: Path):
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    caught: list[str] = []

    def attempt():
        try:
            read_file(str(pipe))
        except DecodeError as error:
            caught.append(error.kind)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(10)
    assert caught == ["unreadable"]


def test_the_result_does_not_hold_on_to_the_file(photo):
    data = bytearray(encoded(photo, "BMP"))
    image = decode(bytes(data)).image
    assert np.array_equal(image, np.asarray(PIL.Image.open(io.BytesIO(data)).convert("RGB")))
