"""EXIF: the entries of a TIFF structure, and the orientation, read from them and applied to pixels."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

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


_MOST_ENTRIES = 512  # of one directory; cameras write about 50
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4}  # bytes of each type of TIFF 6.0


class Entry(NamedTuple):
    """One entry of a directory; ``at`` is where its value begins in the block."""

    kind: int
    values: int
    at: int


class Tiff:
    """The entries of an EXIF block (or a TIFF file). What is damaged is as if it were not there."""

    def __init__(self, data: bytes, order: str | None = None) -> None:
        """``order``: of a block without a header of its own, such as a maker's note."""
        self.data = data
        self.order = order or {b"II": "<", b"MM": ">"}.get(data[:2])

    def first(self) -> dict[int, Entry]:
        """The first directory."""
        return self.directory(self._number("I", 4))

    def second(self) -> dict[int, Entry]:
        """The directory after the first: of the thumbnail (Exif 2.32, section 4.5.1)."""
        first = self._number("I", 4)
        return self.directory(self._number("I", first + 2 + 12 * self._number("H", first)) if first else 0)

    def directory(self, start: int) -> dict[int, Entry]:
        return dict(self._entries(start)) if self.order and start else {}

    def number(self, entry: Entry | None) -> int:
        """The first value of a SHORT or LONG; 0 where it is none."""
        return 0 if entry is None else self._number({3: "H", 4: "I", 13: "I"}.get(entry.kind, ""), entry.at)

    def text(self, entry: Entry | None) -> str:
        """An ASCII value up to its first NUL, without blanks around it."""
        if entry is None or entry.kind != 2:
            return ""
        return self.raw(entry).split(b"\0")[0].decode("utf-8", "replace").strip()

    def raw(self, entry: Entry) -> bytes:
        return self.data[entry.at : entry.at + _SIZES[entry.kind] * entry.values]

    def _number(self, code: str, at: int) -> int:
        try:
            return int(struct.unpack_from(f"{self.order}{code}", self.data, at)[0]) if self.order and code else 0
        except struct.error:
            return 0

    def _entries(self, start: int) -> Iterator[tuple[int, Entry]]:
        for at in range(start + 2, start + 2 + 12 * min(self._number("H", start), _MOST_ENTRIES), 12):
            try:
                tag, kind, count = struct.unpack_from(f"{self.order}HHI", self.data, at)
            except struct.error:
                return
            if kind in _SIZES:
                inline = _SIZES[kind] * count <= 4
                yield tag, Entry(kind, count, at + 8 if inline else self._number("I", at + 8))


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
