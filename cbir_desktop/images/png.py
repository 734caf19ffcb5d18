"""PNG files whose pixels are sound and whose notes are not."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_NEEDED = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_OVERHEAD = 8 + 4  # length and name before the data, checksum behind it


def size(data: bytes) -> tuple[int, int] | None:
    """(width, height) as the header of a PNG announces it; None for anything else."""
    if not data.startswith(SIGNATURE) or len(data) < 24:
        return None
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def without_notes(data: bytes) -> bytes | None:
    """The file with the chunks that make up its pixels, or None where one of those is damaged or cut short.

    Pillow gives up at the first broken chunk, be it a comment or a gamma value; viewers show such a picture.
    """
    chunks = list(_chunks(data))
    if not chunks or chunks[-1][0] != b"IEND":
        return None
    kept = [(name, whole) for name, whole in chunks if name in _NEEDED]
    if not all(_is_sound(whole) for _, whole in kept):
        return None
    return SIGNATURE + b"".join(whole for _, whole in kept)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, the whole chunk) up to IEND or where the file ends."""
    at = len(SIGNATURE)
    while at + _OVERHEAD <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        end = at + _OVERHEAD + length
        if end > len(data):
            return
        yield name, data[at:end]
        if name == b"IEND":
            return
        at = end


def _is_sound(chunk: bytes) -> bool:
    return zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big")
