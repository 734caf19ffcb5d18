"""A part of a picture, with the way back to where it was."""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from cbir_desktop.core.region import Matrix, Region
from cbir_desktop.core.types import Image


@dataclass(frozen=True, slots=True)
class Crop:
    """``image``: the part, (h, w, 3) uint8, in the resolution that the picture came in. ``full_size``: (width, height)
    that it has in the full picture. ``to_full``: (3, 3) from those pixels to the full picture's, centres at +0.5."""

    image: Image
    full_size: tuple[int, int]
    to_full: Matrix


def decode_side(region: Region, full_size: tuple[int, int], wanted: int) -> int | None:
    """The ``min_side`` to decode a picture with, so that the short side of the region has ``wanted`` pixels; None: in
    full, where it has no more than that."""
    short = min(full_size)
    side = math.ceil(wanted * short / min(region.width, region.height))
    return None if side >= short else side


def crop(image: Image, full_size: tuple[int, int], region: Region) -> Crop:
    """What lies in the region of a picture of ``full_size`` (width, height), of which ``image`` may be smaller.

    Beyond the edge, where a turned box may reach, the edge goes on. Raises ValueError where region and picture do not
    meet.
    """
    region = region.within(*full_size)
    grow = np.array([full_size[0] / image.shape[1], full_size[1] / image.shape[0]])
    return _turned(image, grow, region) if region.angle % 360 else _cut(image, grow, region)


def _cut(image: Image, grow: Matrix, region: Region) -> Crop:
    """Whole pixels of the image: nothing is drawn anew."""
    start, size_of_box = np.array([region.x, region.y]), np.array([region.width, region.height])
    low = np.floor(start / grow + 0.5).astype(int)
    high = np.floor((start + size_of_box) / grow + 0.5).astype(int)
    high = np.minimum(np.maximum(high, low + 1), (image.shape[1], image.shape[0]))
    low = np.minimum(low, high - 1)
    part = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    size = np.maximum(1, np.rint((high - low) * grow)).astype(int)
    to_full = np.diag([*((high - low) * grow / size), 1.0])
    to_full[:2, 2] = low * grow
    return Crop(part, (int(size[0]), int(size[1])), to_full)


def _turned(image: Image, grow: Matrix, region: Region) -> Crop:
    width, height = max(1, round(region.width / grow[0])), max(1, round(region.height / grow[1]))
    size = max(1, round(region.width)), max(1, round(region.height))
    box = np.diag([region.width / width, region.height / height, 1.0])  # pixels of the part -> of the box
    back = np.diag([*(1 / grow), 1.0]) @ region.to_full @ box
    centre, corner = np.eye(3), np.eye(3)
    centre[:2, 2], corner[:2, 2] = 0.5, -0.5  # OpenCV counts from the centre of the first pixel
    matrix = (corner @ back @ centre)[:2]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    part = cv2.warpAffine(image, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    to_full = region.to_full @ np.diag([region.width / size[0], region.height / size[1], 1.0])
    return Crop(np.asarray(part, np.uint8), size, to_full)
