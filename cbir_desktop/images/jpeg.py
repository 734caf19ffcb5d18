"""JPEG by TurboJPEG's scaled decode, with the few facts of the header that it does not give.

Measured at min_side 256, one thread: 12 megapixels, simplejpeg 30.6, cv2.IMREAD_REDUCED 30.4, Pillow draft 29.3
images/s (Huffman decoding bounds them all). simplejpeg it is: it alone tells a damaged file from a sound one.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import PIL.Image
import simplejpeg

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.images import colour, exif

SIGNATURE = b"\xff\xd8"
_EOI = b"\xff\xd9"
_SOS = 0xDA
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length: TEM, RST0 to RST7, SOI
_PLAIN_FRAMES = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive; all else is left to Pillow
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = 0xC2
# Cameras and encoders write about 10 scans. Each costs a pass over all pixels, so thousands of them are a bomb.
_MOST_SCANS = 200
_USUAL_SCANS = 20
_FACTORS = (8, 4, 2)  # those have vector code in libjpeg-turbo; 7/8 and the like are slower than no scaling


class NotPlainError(Exception):
    """Not for this module: Pillow is to try."""


@dataclass(slots=True)
class Header:
    """Of the stored picture, before it is turned upright."""

    width: int = 0
    height: int = 0
    components: int = 0
    orientation: int = exif.UPRIGHT
    profile: bytes | None = None
    progressive: bool = False
    scan_start: int = 0


def read_header(data: bytes) -> Header:
    """Raises ``NotPlainError`` for what is not an 8-bit grey or colour JPEG of the common kinds."""
    header = Header()
    chunks: dict[int, bytes] = {}
    for marker, start, end in segments(data):
        if marker in FRAMES:
            _read_frame(header, marker, data[start:end])
        elif marker == 0xE1 and data.startswith(b"Exif\0", start):
            header.orientation = exif.orientation(data[start + 6 : end])
        elif marker == 0xE2 and data.startswith(b"ICC_PROFILE\0", start) and end - start > 14:
            chunks[data[start + 12]] = data[start + 14 : end]
        elif marker == _SOS:
            header.scan_start = start
    if not header.scan_start or header.components not in (1, 3):
        raise NotPlainError
    header.profile = b"".join(chunks[n] for n in sorted(chunks)) or None
    return header


def work(data: bytes, header: Header) -> int:
    """How many pixels' worth of work a picture is: more than it has where it comes in more scans than is usual."""
    return header.width * header.height * max(1, _scans(data, header) // _USUAL_SCANS)


def decode(data: bytes, header: Header, min_side: int | None) -> Image:
    """Upright sRGB, scaled by 1/2, 1/4 or 1/8 where ``min_side`` allows.

    A file that only lacks its end marker is taken: every pixel is there. One that is cut short, or has a scan that
    does not decode, is ``damaged``. Anything else libjpeg stumbles on (stray bytes between segments, odd markers)
    raises ``NotPlainError``: Pillow shows what it can.
    """
    _check_scans(data, header)
    factor = _factor(header, min_side)
    try:
        pixels = _pixels(data, header, factor)
    except ValueError as error:
        if "Premature end of JPEG file" not in str(error):
            raise _judged(error) from error
        pixels = _mended(data, header, factor)
    if header.profile is not None:
        pixels = _in_srgb(pixels, header)
    return np.ascontiguousarray(exif.upright(pixels, header.orientation))


def decode_grey(data: bytes, header: Header) -> Image:
    """(h, w) luminance as it is stored, in full, not turned. Raises as ``decode``."""
    _check_scans(data, header)
    try:
        return np.asarray(simplejpeg.decode_jpeg(data, "GRAY"), dtype=np.uint8)[:, :, 0]
    except ValueError as error:
        raise _judged(error) from error


def segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(marker, start, end) of each segment's payload, up to the first scan. The last may end beyond ``data``."""
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return  # stray bytes: libjpeg skips them and warns, Pillow decides
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in _BARE:
            at += 2
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            yield marker, at + 4, at + 2 + length
            if marker == _SOS or length < 2:
                return
            at += 2 + length


def first_scan(data: bytes) -> int | None:
    """Where the pixels begin; None where stray bytes or the end come before them."""
    return next((start for marker, start, _ in segments(data) if marker == _SOS), None)


def _read_frame(header: Header, marker: int, payload: bytes) -> None:
    if marker not in _PLAIN_FRAMES or len(payload) < 6 or payload[0] != 8:
        raise NotPlainError
    header.height, header.width, header.components = struct.unpack_from(">HHB", payload, 1)
    header.progressive = marker == _PROGRESSIVE


def _check_scans(data: bytes, header: Header) -> None:
    scans = _scans(data, header)
    if scans > _MOST_SCANS:
        raise DecodeError(f"damaged: {scans} scans, where {_MOST_SCANS} are the most that is sensible", "damaged")


def _scans(data: bytes, header: Header) -> int:
    """Scans of a progressive picture; 1 for another, which costs the same however many it has."""
    if not header.progressive:
        return 1
    end = data.find(_EOI, header.scan_start)
    return 1 + data.count(bytes((0xFF, _SOS)), header.scan_start, end if end >= 0 else len(data))


def _factor(header: Header, min_side: int | None) -> int:
    short = min(header.width, header.height)
    return next((f for f in _FACTORS if min_side is not None and short // f >= min_side), 1)


def _pixels(data: bytes, header: Header, factor: int) -> Image:
    """(h, w, 3) with sides ceil(side / factor). Raises ValueError at the first thing that libjpeg warns of."""
    width, height = (-(-side // factor) for side in (header.width, header.height))
    shrunk = {"min_width": width, "min_height": height} if factor > 1 else {}
    return np.asarray(simplejpeg.decode_jpeg(data, "RGB", **shrunk), dtype=np.uint8)


def _mended(data: bytes, header: Header, factor: int) -> Image:
    try:
        return _pixels(data + _EOI, header, factor)
    except ValueError as error:
        raise DecodeError("damaged: the file is cut short, the end of the picture is missing", "damaged") from error


def _judged(error: ValueError) -> Exception:
    text = str(error)
    if "premature end of data segment" in text or "bad Huffman code" in text:
        return DecodeError(f"damaged: part of the picture does not decode ({text})", "damaged")
    return NotPlainError(text)


def _in_srgb(pixels: Image, header: Header) -> Image:
    picture = PIL.Image.fromarray(pixels[:, :, 0] if header.components == 1 else pixels)
    return np.asarray(colour.to_srgb(picture, header.profile), dtype=np.uint8)
