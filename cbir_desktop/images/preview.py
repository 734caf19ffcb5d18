"""The small picture that cameras leave in the head of a JPEG's EXIF: a first impression for a hundredth of the cost.

Only the head of the file is read, so a file on a slow disk or network costs one short read.
"""

import math
import struct
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.images import exif, jpeg
from cbir_desktop.images.exif import Tiff

HEAD = 1 << 17
"""An EXIF block has at most 64 KB and comes first; what lies between it and the frame header is seldom as long."""

LEAST_SIDE = 80
"""Pixels of the short side, below which a preview says too little: 160 x 90 is what most 16:9 cameras leave."""

_MOST_PIXELS = 1 << 20  # a block of 64 KB holds no sensible JPEG that is larger
_ORIENTATION, _EXIF, _WIDTH, _HEIGHT = 0x0112, 0x8769, 0xA002, 0xA003
_JPEG_AT, _JPEG_LENGTH = 0x0201, 0x0202
_SAME_SHAPE = 0.05  # of the logarithm of the sides' ratio: thumbnails are rounded to 8 or 16 pixels; 4:3 to 3:2 is 0.12
_BLACK = 16.0  # mean level of a bar: JPEG does not keep black exactly


@dataclass(frozen=True, slots=True)
class Preview:
    """``image``: upright. ``width``, ``height``: of the upright original in pixels, 0 where its head does not say."""

    image: Image
    width: int
    height: int


def preview_of(path: str) -> Preview | None:
    """The EXIF thumbnail of a JPEG file; None where there is none that is whole, large enough, and of this picture."""
    try:
        with open(path, "rb", buffering=0) as file:
            return preview_in(file.read(HEAD))
    except OSError:
        return None


def preview_in(head: bytes) -> Preview | None:
    """``preview_of`` a file that begins with ``head``."""
    if not head.startswith(jpeg.SIGNATURE):
        return None
    block, (width, height) = _block_and_size(head)
    if block is None:
        return None
    tiff = Tiff(block)
    first = tiff.first()
    if not (width and height):
        details = tiff.directory(tiff.number(first.get(_EXIF)))
        width, height = tiff.number(details.get(_WIDTH)), tiff.number(details.get(_HEIGHT))
    image = _thumbnail(tiff)
    if image is not None and width and height:
        image = _of_shape(image, width / height)
    if image is None or min(image.shape[:2]) < LEAST_SIDE:
        return None
    orientation = exif.valid(tiff.number(first.get(_ORIENTATION)))
    if exif.swaps_sides(orientation):
        width, height = height, width
    return Preview(exif.upright(np.ascontiguousarray(image), orientation), width, height)


def _block_and_size(head: bytes) -> tuple[bytes | None, tuple[int, int]]:
    """The EXIF block, and (width, height) as stored: (0, 0) where the frame header lies behind the head."""
    block = None
    for marker, start, end in jpeg.segments(head):
        if marker == 0xE1 and block is None and head.startswith(b"Exif\0\0", start):
            block = head[start + 6 : end]
        elif marker in jpeg.FRAMES and end <= len(head) and end - start >= 5:
            height, width = struct.unpack_from(">HH", head, start + 1)
            return block, (width, height)
    return block, (0, 0)


def _thumbnail(tiff: Tiff) -> Image | None:
    """As stored: it is turned as the picture is, by the orientation of the first directory."""
    second = tiff.second()
    at, length = tiff.number(second.get(_JPEG_AT)), tiff.number(second.get(_JPEG_LENGTH))
    data = tiff.data[at : at + length]
    if not at or len(data) < length or not data.startswith(jpeg.SIGNATURE):
        return None
    try:
        header = jpeg.read_header(data)
        header.orientation = exif.UPRIGHT
        return jpeg.decode(data, header, None) if header.width * header.height <= _MOST_PIXELS else None
    except (jpeg.NotPlainError, DecodeError):
        return None


def _of_shape(image: Image, shape: float) -> Image | None:
    """Without the black bars that fill a thumbnail of 4:3 up where the picture is not; ``shape`` is width by height.

    None where it has another shape and no bars: the picture was cropped or turned since, and its thumbnail was not.
    """
    height, width = image.shape[:2]
    excess = math.log(width / height / shape)
    if abs(excess) <= _SAME_SHAPE:
        return image
    if excess < 0:
        turned = _of_shape(image.swapaxes(0, 1), 1 / shape)
        return None if turned is None else turned.swapaxes(0, 1)
    bar = (width - round(height * shape)) // 2
    sides = image[:, : bar - 1], image[:, width - bar + 1 :]
    if bar < 2 or max(float(side.mean()) for side in sides) > _BLACK:
        return None
    return image[:, bar + 1 : width - bar - 1]  # a pixel more: JPEG smears the edge
