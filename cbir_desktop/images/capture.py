"""When and with what a picture was taken: a few facts of its EXIF, found in its bytes without decoding them."""

import re
import struct
from dataclasses import dataclass
from datetime import datetime

from cbir_desktop.images import jpeg, webp
from cbir_desktop.images.exif import Entry, Tiff

_MAKE, _MODEL, _EXIF, _GPS = 0x010F, 0x0110, 0x8769, 0x8825
_LATITUDE, _LONGITUDE = 2, 4
# (time, its subseconds, its offset from UTC): when the picture was taken, else when it was digitised.
_TIMES = ((0x9003, 0x9291, 0x9011), (0x9004, 0x9292, 0x9012))
_MAKERS_NOTE = 0x927C
_APPLE, _APPLE_HEADER, _APPLE_IDENTIFIER = b"Apple iOS\0\0\1MM", 14, 0x0011

_OFFSET = re.compile(r"[+-]\d\d:\d\d")
_BLOCK = 1 << 18  # bytes: an EXIF block is at most 64 KB in a JPEG, and seldom more elsewhere
_JPEG_HEAD = 1 << 16  # cameras begin with it; after so many bytes it is no JPEG's EXIF any more
_HEADER, _TIFFS = b"Exif\0\0", (b"II*\0", b"MM\0*")
_MOST_INDEX = 1 << 24  # bytes; three seconds of film have an index of some ten kilobytes
_FILM_KEY = b"com.apple.quicktime.content.identifier"
_UUID = re.compile(rb"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}")
HEAD = 1 << 18
"""As much of a file as has to be read for its EXIF; a container of boxes (HEIC, AVIF) may have it at its end."""


@dataclass(frozen=True, slots=True)
class Capture:
    """``taken``: by the camera's own clock, ISO 8601 with subseconds where it has them; ``utc_offset``: "+02:00".

    ``content_identifier``: what Apple writes into both halves of a Live Photo.
    """

    taken: str | None = None
    utc_offset: str | None = None
    camera: str | None = None
    has_gps: bool = False
    content_identifier: str | None = None


def capture_of(data: bytes) -> Capture:
    """The facts of a picture's bytes; of ``HEAD`` bytes they are mostly the same. Whatever is damaged is left out."""
    block = _exif_block(data)
    if not block:
        return Capture()
    tiff = Tiff(block)
    first = tiff.first()
    details = tiff.directory(tiff.number(first.get(_EXIF)))
    gps = tiff.directory(tiff.number(first.get(_GPS)))
    taken, offset = _taken(tiff, details)
    camera = _camera(tiff.text(first.get(_MAKE)), tiff.text(first.get(_MODEL)))
    return Capture(taken, offset, camera, _LATITUDE in gps and _LONGITUDE in gps, _identifier(tiff, details))


def needs_whole(head: bytes) -> bool:
    """Whether the EXIF of the file that begins so may lie anywhere in it."""
    return head[4:8] == b"ftyp" or webp.size(head) is not None


def _exif_block(data: bytes) -> bytes:
    """From the TIFF header on; empty where there is none. TIFF files and most camera raws are such a block."""
    if data[:4] in _TIFFS:
        return data
    if data.startswith(b"\x89PNG"):
        at = data.find(b"eXIf") + 4
        return data[at : at + _BLOCK] if at > 3 else b""
    if data.startswith(b"RIFF") and (at := data.find(b"EXIF")) >= 0:
        at += 8  # name and length
        return data[at : at + _BLOCK].removeprefix(b"Exif\0\0")
    limit = len(data)
    if data.startswith(jpeg.SIGNATURE):
        limit = min(_JPEG_HEAD, jpeg.first_scan(data) or _JPEG_HEAD)  # searching the pixels costs as much as hashing
    at = data.find(_HEADER, 0, limit)
    while at >= 0 and data[at + 6 : at + 10] not in _TIFFS:
        at = data.find(_HEADER, at + 1, limit)
    return data[at + 6 : at + 6 + _BLOCK] if at >= 0 else b""


def _taken(tiff: Tiff, details: dict[int, Entry]) -> tuple[str | None, str | None]:
    for time, subseconds, offset in _TIMES:
        try:
            moment = datetime.strptime(tiff.text(details.get(time)), "%Y:%m:%d %H:%M:%S")
        except ValueError:  # absent, blank or 0000:00:00
            continue
        digits = tiff.text(details.get(subseconds))
        fraction = f".{digits[:9]}" if digits.isascii() and digits.isdigit() else ""
        zone = tiff.text(details.get(offset))
        return moment.isoformat() + fraction, zone if _OFFSET.fullmatch(zone) else None
    return None, None


def _camera(make: str, model: str) -> str | None:
    """Maker and model, the maker once: many write it into both ("Canon", "Canon EOS 7D")."""
    repeats = make and model.lower().startswith(make.split()[0].lower())
    return (model if repeats else f"{make} {model}".strip())[:128] or None


def _identifier(tiff: Tiff, details: dict[int, Entry]) -> str | None:
    entry = details.get(_MAKERS_NOTE)
    note = b"" if entry is None else tiff.raw(entry)
    if not note.startswith(_APPLE):
        return None
    apple = Tiff(note, ">")
    return apple.text(apple.directory(_APPLE_HEADER).get(_APPLE_IDENTIFIER)) or None


def movie_identifier(path: str) -> str | None:
    """The content identifier of the film half of a Live Photo. Reads its index, not its pictures. Raises OSError."""
    with open(path, "rb") as file:
        while len(header := file.read(16)) >= 8:
            length, kind = struct.unpack_from(">I4s", header)
            if length == 1 and len(header) == 16:
                (length,) = struct.unpack_from(">Q", header, 8)
            if kind == b"moov":
                return _identifier_in(header + file.read(min(max(length - 16, 0), _MOST_INDEX)))
            if length < 8:
                return None
            file.seek(length - len(header), 1)
    return None


def _identifier_in(index: bytes) -> str | None:
    at = index.find(_FILM_KEY)
    found = _UUID.search(index, at) if at >= 0 else None
    return found.group().decode() if found else None
