"""From the bytes of any picture file to upright sRGB pixels. The one door to the decoders.

Safe in threads; the decoders release the GIL. The same bytes and the same ``min_side`` give the same pixels.
"""

import os
import stat
from dataclasses import dataclass

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.images import exif, jpeg, png, raster, raw, signature, webp

MAX_PIXELS = 300_000_000
"""The largest picture that is decoded: 0.9 GB as RGB. The largest cameras make 150 megapixels."""

MAX_BYTES = 1 << 30
"""The largest file that is read, 1 GiB: a film under a picture's name must not fill the memory."""

PLAIN_PIXELS = 60_000_000
"""What a plain picture may announce and still be decoded within this process: 0.4 GB while Pillow works on it."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """``image``: upright sRGB, (h, w, 3) uint8, perhaps scaled. ``width``, ``height``: of the upright original.

    ``format``: Pillow's name of it (JPEG, PNG, HEIF, ...).
    """

    image: Image
    width: int
    height: int
    format: str


def decode(data: bytes, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Decoded:
    """Decode a picture: orientation applied once, colours in sRGB, transparency on ``colour.GROUND``.

    ``min_side``: a smaller picture will do, with the short side still at least this long (as far as the original's
    is); the exact size is up to ``resize``. None decodes in full. Of several frames the first is taken.
    Raises ``DecodeError``, and nothing else.
    """
    if not data:
        raise DecodeError("the file is empty", "empty")
    signature.refuse_unsupported(data)
    try:
        return _decode(data, min_side, max_pixels)
    except MemoryError as error:
        raise DecodeError("its pixels do not fit into the memory that one picture may use", "out-of-memory") from error


def decode_plain(data: bytes, min_side: int | None = None) -> Decoded | None:
    """``decode`` of what cameras and screens write every day; None for all that should be decoded in a process apart.

    Plain are JPEG as TurboJPEG takes it, PNG and WebP, of at most ``PLAIN_PIXELS``. Raises ``DecodeError``.
    """
    try:
        if data.startswith(jpeg.SIGNATURE):
            header = jpeg.read_header(data)
            return _decode_jpeg(data, header, min_side, MAX_PIXELS) if jpeg.work(data, header) <= PLAIN_PIXELS else None
        size = png.size(data) or webp.size(data)
        return decode(data, min_side) if size is not None and size[0] * size[1] <= PLAIN_PIXELS else None
    except (jpeg.NotPlainError, MemoryError):
        return None


def decode_file(path: str, min_side: int | None = None) -> Decoded:
    """``decode`` of a file's bytes. Raises ``DecodeError``."""
    return decode(read_file(path), min_side)


def read_file(path: str) -> bytes:
    """The bytes of a regular file. Raises ``DecodeError``: vanished, unreadable, empty or too-large."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise DecodeError("not a regular file", "unreadable")
        if status.st_size > MAX_BYTES:
            raise DecodeError(f"too large: {status.st_size} bytes", "too-large")
        with open(path, "rb") as file:
            # Not as much as it may be: a buffer of that size is new memory for each file, at ten times the cost.
            data = file.read(status.st_size + 1)
            if len(data) > status.st_size:  # it grows
                data += file.read(MAX_BYTES - status.st_size)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise DecodeError("the file is gone", "vanished") from error
    except OSError as error:
        raise DecodeError(f"cannot be read: {error.strerror or error}", "unreadable") from error
    except ValueError as error:  # a NUL in the name
        raise DecodeError(f"cannot be read: {error}", "unreadable") from error
    if not data:
        raise DecodeError("the file is empty", "empty")
    return data


def _decode(data: bytes, min_side: int | None, max_pixels: int) -> Decoded:
    if data.startswith(jpeg.SIGNATURE):
        try:
            return _decode_jpeg(data, jpeg.read_header(data), min_side, max_pixels)
        except jpeg.NotPlainError:
            pass  # CMYK, arithmetic coding, stray bytes: Pillow takes more kinds, more slowly
    if raw.is_raw(data):
        return Decoded(*raw.decode(data, min_side, max_pixels))
    found = _decode_raster(data, min_side, max_pixels)
    return Decoded(found.image, found.width, found.height, found.format)


def _decode_raster(data: bytes, min_side: int | None, max_pixels: int) -> raster.Raster:
    try:
        return raster.decode(data, min_side, max_pixels)
    except DecodeError as error:
        bare = png.without_notes(data) if error.kind == "damaged" and data.startswith(png.SIGNATURE) else None
        if bare is None:
            raise
    return raster.decode(bare, min_side, max_pixels)


def _decode_jpeg(data: bytes, header: jpeg.Header, min_side: int | None, max_pixels: int) -> Decoded:
    raster.check_size(header.width, header.height, max_pixels)
    image = jpeg.decode(data, header, min_side)
    width, height = header.width, header.height
    if exif.swaps_sides(header.orientation):
        width, height = height, width
    return Decoded(image, width, height, "JPEG")
