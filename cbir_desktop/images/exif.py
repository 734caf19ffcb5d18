"""The EXIF orientation: read from a TIFF header, applied to pixels."""

import struct

import cv2
import numpy as np

from cbir_desktop.core.types import Image

UPRIGHT = 1
_TAG = 0x0112
_SHORT = 3

# What each EXIF value asks for, as a rotation followed by a flip (OpenCV codes; flip 1 mirrors left and right).
_STEPS: dict[int, tuple[int | None, int | None]] = {
    2: (None, 1),
    3: (cv2.ROTATE_180, None),
    4: (None, 0),
    5: (cv2.ROTATE_90_CLOCKWISE, 1),
    6: (cv2.ROTATE_90_CLOCKWISE, None),
    7: (cv2.ROTATE_90_CLOCKWISE, 0),
    8: (cv2.ROTATE_90_COUNTERCLOCKWISE, None),
}


def orientation(tiff: bytes) -> int:
    """The orientation (1 to 8) in an EXIF block that starts at its TIFF header; 1 where it is absent or damaged."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return UPRIGHT
    try:
        (start,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, start)
        for entry in range(start + 2, start + 2 + 12 * count, 12):
            tag, kind = struct.unpack_from(order + "HH", tiff, entry)
            if tag == _TAG and kind == _SHORT:
                return valid(struct.unpack_from(order + "H", tiff, entry + 8)[0])
    except struct.error:
        pass  # cut short: no orientation can be read from it
    return UPRIGHT


def valid(value: object) -> int:
    """``value`` where it is an orientation, else 1: writers of 0 and 9 mean nothing by it."""
    return value if isinstance(value, int) and value in _STEPS else UPRIGHT


def swaps_sides(value: int) -> bool:
    return value >= 5


def upright(image: Image, value: int) -> Image:
    """Turn and mirror ``image`` as the orientation ``value`` asks; 1 gives it back as it is."""
    if value == UPRIGHT:
        return image
    rotation, flip = _STEPS[value]
    try:
        return _turned(image, rotation, flip)
    except cv2.error as error:  # nothing but memory can be wrong here
        raise MemoryError(str(error)) from error


def _turned(image: Image, rotation: int | None, flip: int | None) -> Image:
    if rotation is not None:
        image = np.asarray(cv2.rotate(image, rotation), dtype=np.uint8)
    if flip is not None:
        image = np.asarray(cv2.flip(image, flip), dtype=np.uint8)
    return image
