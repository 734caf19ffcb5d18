"""Mutated files of every format through the safe decoder: each is a picture or has its reason, and nothing else.

`CBIR_FUZZ=5000` runs so many instead of some hundred, from another seed each time (`CBIR_FUZZ_SEED` repeats one).
"""

import os
import struct
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import PIL.Image
import pytest

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.images.capture import capture_of
from cbir_desktop.images.isolated import Limits
from cbir_desktop.images.safe import SafeDecoder

from .camera_files import dng, exif
from .conftest import encoded, quarters

pytestmark = pytest.mark.filterwarnings("ignore:::PIL")
FILES = int(os.environ.get("CBIR_FUZZ", "400"))
SEED = int(os.environ.get("CBIR_FUZZ_SEED", "1" if "CBIR_FUZZ" not in os.environ else str(os.getpid())))
KINDS = (
    "JPEG",
    "PNG",
    "WEBP",
    "TIFF",
    "HEIF",
    "AVIF",
    "GIF",
    "BMP",
    "JPEG2000",
    "ICO",
    "TGA",
    "PPM",
    "QOI",
    "PCX",
    "DDS",
)
# Numbers at the borders of types: what a parser adds to, multiplies and allocates by.
NUMBERS = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


def sound_files(photo):
    block = b"Exif\0\0" + exif(make="Maker", model="One", time="2024:05:01 12:30:45")
    plain = [encoded(photo[:96, :128], kind) for kind in KINDS]
    noted = [encoded(photo[:96, :128], kind, exif=block) for kind in ("JPEG", "PNG", "WEBP", "HEIF", "AVIF")]
    others = [
        encoded(photo[:96, :128], "JPEG", progressive=True),
        encoded(PIL.Image.fromarray(photo[:96, :128]).convert("CMYK"), "JPEG"),
        encoded(PIL.Image.fromarray(photo[:96, :128]).quantize(16), "PNG"),
        *(encoded(photo[:96, :128], "TIFF", compression=kind) for kind in ("tiff_lzw", "tiff_deflate", "jpeg")),
        dng(quarters(96, 64)),
    ]
    return plain + noted + others


def mutated(data, random):
    """One to eight changes: bytes, numbers, cuts, repeats; most of them in the header, where they do most harm."""
    broken = bytearray(data)
    for _ in range(random.integers(1, 9)):
        reach = len(broken) if random.random() < 0.3 else min(len(broken), 512)
        at = int(random.integers(0, max(1, reach)))
        match random.integers(6):
            case 0 | 1:
                broken[at : at + 1] = random.bytes(1)
            case 2:
                broken[at : at + 4] = struct.pack(random.choice(["<I", ">I"]), NUMBERS[random.integers(len(NUMBERS))])
            case 3:
                broken[at : at + 2] = struct.pack(random.choice(["<H", ">H"]), NUMBERS[random.integers(7)])
            case 4:
                del broken[at : at + int(random.integers(1, 64))]
            case 5:
                broken[at:at] = broken[at : at + int(random.integers(1, 64))]
    return bytes(broken)


@pytest.mark.slow
def test_mutated_files(photo):
    random = np.random.default_rng(SEED)
    sound = sound_files(photo)
    files = [mutated(sound[number % len(sound)], random) for number in range(FILES)]
    safe = SafeDecoder(2, Limits(10.0))

    def outcome(data):
        capture_of(data)
        try:
            decoded = safe.decode(data, 64)
        except DecodeError as error:
            return error.kind if 5 < len(str(error)) < 300 else "a poor reason"
        assert decoded.image.ndim == 3
        return "decoded"

    try:
        with ThreadPoolExecutor(2) as threads:
            counts = Counter(threads.map(outcome, files))
        assert safe.decode(sound[3]).width == 128
    finally:
        safe.close()
    print(f"seed {SEED}: {dict(counts)}")  # noqa: T201 - the measure of a run by hand
    assert counts["decoded"] > FILES // 20
    assert "a poor reason" not in counts
    assert sum(counts.values()) == FILES
