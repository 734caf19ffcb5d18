"""Which pictures are decoded in this process, and what happens to one that took the process with it."""

import contextlib
import io
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.images.decode import decode, decode_plain
from cbir_desktop.images.in_flight import InFlight, key_of
from cbir_desktop.images.isolated import Limits
from cbir_desktop.images.safe import SafeDecoder

from .conftest import encoded

pytestmark = pytest.mark.filterwarnings("ignore:::PIL")


@pytest.fixture
def safe():
    safe = SafeDecoder(2)
    yield safe
    safe.close()


@pytest.mark.parametrize(
    ("kind", "options", "is_plain"),
    [
        ("JPEG", {}, True),
        ("JPEG", {"progressive": True}, True),
        ("PNG", {}, True),
        ("WEBP", {}, True),
        ("WEBP", {"lossless": True}, True),
        ("WEBP", {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}, True),
        ("TIFF", {}, False),
        ("HEIF", {}, False),
        ("AVIF", {}, False),
        ("GIF", {}, False),
        ("BMP", {}, False),
    ],
)
def test_plain_pictures_are_decoded_here_and_give_the_same_pixels(photo, kind, options, is_plain, safe):
    data = encoded(photo, kind, **options)
    plain = decode_plain(data, 50)
    assert (plain is not None) == is_plain
    assert np.array_equal(safe.decode(data, 50).image, decode(data, 50).image)


def test_a_cmyk_jpeg_goes_to_a_worker(photo, safe):
    data = encoded(PIL.Image.fromarray(photo).convert("CMYK"), "JPEG")
    assert decode_plain(data) is None
    assert np.array_equal(safe.decode(data, 50).image, decode(data, 50).image)


def _zeros_png(width, height, colour=2):
    """A sound PNG of black pixels, row by row, a thousandth of the size of its pixels."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    row = bytes(1 + width * (3 if colour == 2 else 4))
    packer = zlib.compressobj(1)
    body = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.fixture(scope="module")
def bomb():
    """289 megapixels in 1.3 MB of file: below the cap on pixels, 1.2 GB while Pillow holds it."""
    return _zeros_png(17_000, 17_000)


def _peak_of(program, data, tmp_path):
    """Peak resident memory in MB of a process that runs ``program`` on a file, beyond what its imports take."""
    path = tmp_path / "file"
    path.write_bytes(data)
    script = (
        "import resource, sys; from cbir_desktop.core.errors import DecodeError\n"
        "from cbir_desktop.images.safe import SafeDecoder\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        "data, before = open(sys.argv[1], 'rb').read(), peak()\n"
        f"{program}\n"
        "print(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="units of ru_maxrss")
@pytest.mark.slow
def test_a_bomb_below_the_cap_takes_no_memory_of_ours(bomb, tmp_path):
    program = "safe = SafeDecoder(1); assert safe.decode(data, 256).width == 17_000; safe.close()"
    assert _peak_of(program, bomb, tmp_path) < 100


@pytest.mark.slow
def test_a_bomb_that_needs_too_much_is_refused_and_the_next_file_is_not(bomb, photo):
    safe = SafeDecoder(1, Limits(memory=1 << 30))
    try:
        with pytest.raises(DecodeError) as caught:
            safe.decode(bomb, 256)
        assert caught.value.kind == "out-of-memory"
        assert safe.decode(encoded(photo, "BMP")).width == 512
    finally:
        safe.close()


def test_a_tiff_that_announces_huge_strips(photo, safe):
    """One strip of 17,000 x 17,000 pixels by its tags, a hundred bytes in the file."""
    out = io.BytesIO()
    PIL.Image.fromarray(photo).save(out, "TIFF", compression="raw")
    data = bytearray(out.getvalue())
    (start,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, start)
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag, _ = struct.unpack_from("<HH", data, entry)
        value = {256: 17_000, 257: 17_000, 278: 17_000, 279: 3 * 17_000 * 17_000}.get(tag)
        if value is not None:
            struct.pack_into("<HI", data, entry + 2, 4, 1)
            struct.pack_into("<I", data, entry + 8, value)
    with pytest.raises(DecodeError) as caught:
        safe.decode(bytes(data), 256)
    assert caught.value.kind in ("damaged", "out-of-memory")
    assert safe.decode(encoded(photo, "TIFF")).width == 512


def test_what_was_being_decoded_at_a_crash_is_suspect_from_then_on(tmp_path, photo):
    """A process that dies in the middle of one picture of two, really: the system keeps what it had noted."""
    journal, good, bad = tmp_path / "journal", encoded(photo, "PNG"), encoded(photo[::-1].copy(), "PNG")
    (tmp_path / "good").write_bytes(good)
    (tmp_path / "bad").write_bytes(bad)
    program = (
        "import os, sys; from pathlib import Path; from cbir_desktop.images.in_flight import InFlight, key_of\n"
        "folder = Path(sys.argv[1]); notes = InFlight(folder / 'journal')\n"
        "with notes.noted(key_of((folder / 'good').read_bytes())): pass\n"
        "with notes.noted(key_of((folder / 'bad').read_bytes())): os.abort()"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, capture_output=True)
    assert done.returncode != 0
    for _ in range(3):  # and it stays suspect
        assert InFlight(journal).suspects == {key_of(bad)}


def test_a_suspect_is_decoded_apart(tmp_path, photo, monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent)
    data = encoded(photo, "PNG")
    safe = SafeDecoder(1, decoder="not_decoding:decode")
    try:
        with safe.journal(tmp_path / "journal"):
            assert safe.decode(data).format == "PNG"
        with InFlight(tmp_path / "other").noted(key_of(data)):  # as a process leaves it that dies here
            shutil.copy(tmp_path / "other", tmp_path / "journal")
        with safe.journal(tmp_path / "journal"):
            assert safe.decode(data).format == "ELSEWHERE"
        assert safe.decode(data).format == "PNG"
    finally:
        safe.close()


def test_more_decodes_than_slots_do_no_harm(tmp_path):
    notes = InFlight(tmp_path / "journal")
    with contextlib.ExitStack() as stack:
        for number in range(100):
            stack.enter_context(notes.noted(key_of(b"%d" % number)))
    assert InFlight(tmp_path / "journal").suspects == frozenset()
