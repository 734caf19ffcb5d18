"""The suite of good, odd and broken files in the shared data: decoded upright, or refused by a reason."""

import os
import tarfile
import time
from pathlib import Path

import pytest

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.images.decode import decode
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.images.safe import SafeDecoder

from .conftest import distance

ROOT = Path(__file__).resolve().parents[2]
SUITE = Path(os.environ.get("CBIR_SHARED", ROOT.parent / "shared")) / "data" / "bench" / "formats.tar"
SLOWEST = 20.0  # seconds; the slowest takes 0.8 on a quiet machine

pytestmark = [
    pytest.mark.skipif(not SUITE.exists(), reason="the shared data is not here (CBIR_SHARED)"),
    pytest.mark.filterwarnings("ignore:::PIL"),
]


@pytest.fixture(scope="module")
def files():
    with tarfile.open(SUITE) as tar:
        return {member.name.removeprefix("./"): tar.extractfile(member).read() for member in tar if member.isfile()}


def test_each_file_is_decoded_or_refused(files):
    reasons = {name: _reason(data) for name, data in files.items()}
    assert len(files) == 612
    assert sum(reason is None for reason in reasons.values()) >= 315
    assert "" not in reasons.values()


def test_sound_files_are_not_refused(files):
    broken = (
        "/ImageTestSuite/",
        "PngSuite/x",
        "HeifReader",
        "HeifPictureHandler",
        "HeifPicture",
        "ItemInfoBox",
        "README",
    )
    for name, data in files.items():
        if not any(word in name for word in broken):
            assert decode(data, 256).width > 0, name


def test_the_safe_decoder_says_the_same(files):
    """Each file: the same pixels as here, or the same reason; nothing crashes, hangs or wants gigabytes."""
    safe = SafeDecoder(2)
    try:
        for name, data in files.items():
            assert _outcome(safe.decode, data) == _outcome(decode, data), name
    finally:
        safe.close()


def _outcome(function, data):
    try:
        return hash_bytes(function(data, 256).image.tobytes())
    except DecodeError as error:
        return error.kind, str(error)


def _reason(data):
    """Why a file is refused; None where it is decoded."""
    start = time.monotonic()
    reason = None
    try:
        decode(data, 256)
    except DecodeError as error:
        reason = str(error)
    assert time.monotonic() - start < SLOWEST
    return reason


@pytest.mark.parametrize("shape", ["landscape", "portrait"])
def test_all_eight_orientations_look_alike(files, shape):
    first, *others = (decode(files[f"exif/jpg/orientation/{shape}_{n}.jpg"], 64).image for n in range(1, 9))
    for image in others:
        assert distance(image, first) < 12  # each has its number painted on; a wrong turn is above 40
