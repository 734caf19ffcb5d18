"""What the pixels of a file are worth: how much its JPEG compression left of them, and how sharp they are."""

import struct

import cv2
import numpy as np

from cbir_desktop.core.types import Image
from cbir_desktop.images import jpeg

SHARPNESS_SIDE = 512
"""Long side at which sharpness is measured, pixels: only at one size can two pictures be compared."""

_DQT = 0xDB
# ITU-T T.81, table K.1: the luminance quantisation that libjpeg (jcparam.c) scales by its quality; row by row.
_LUMINANCE = np.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
).ravel()


def _zigzag(place: int) -> tuple[int, int]:
    """The order in which a file stores the 8 x 8 values: diagonal by diagonal, odd ones downwards, even ones up."""
    row, diagonal = place // 8, sum(divmod(place, 8))
    return diagonal, row if diagonal % 2 else -row


STORED_ORDER = np.array(sorted(range(64), key=_zigzag))
"""(64,) places of the 8 x 8 values, row by row, as a file stores them."""


def _scaled(quality: int) -> np.ndarray:
    """libjpeg's jpeg_quality_scaling and jpeg_add_quant_table: (64,) values of a quality from 1 to 100."""
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    return np.asarray(np.clip((_LUMINANCE[STORED_ORDER] * percent + 50) // 100, 1, 255))


TABLES = np.stack([_scaled(quality) for quality in range(1, 101)])
"""(100, 64) steps of luminance in stored order, by quality from 1 on."""


def jpeg_quality(data: bytes) -> int | None:
    """The quality, 1 to 100, whose table of the Independent JPEG Group is nearest to the file's; None for no JPEG.

    Exact for what libjpeg wrote. Cameras and Photoshop have tables of their own: there it is an estimate.
    """
    table = luminance_table(data) if data.startswith(jpeg.SIGNATURE) else None
    return None if table is None else int(np.abs(TABLES - table).sum(axis=1).argmin()) + 1


def luminance_table(data: bytes) -> np.ndarray | None:
    """Table 0, (64,) in stored order; None where there is none. A file has it in a segment of its own, or with others
    in one."""
    for marker, start, end in jpeg.segments(data):
        at = start
        while marker == _DQT and at < min(end, len(data)):
            wide, number = data[at] >> 4, data[at] & 15
            size = 128 if wide else 64
            if at + 1 + size > len(data):
                return None
            if number == 0:
                return np.array(struct.unpack_from(">64H" if wide else "64B", data, at + 1), dtype=np.int64)
            at += 1 + size
    return None


def sharpness(image: Image) -> float:
    """The variance of the Laplacian of the grey picture at ``SHARPNESS_SIDE``: higher is sharper.

    Pech-Pacheco et al. 2000, Diatom autofocusing in brightfield microscopy, eq. 3 (LAPV). A smaller picture is
    enlarged, so that one that lost its detail counts as less sharp. It compares pictures of one scene, and no others.
    """
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    factor = SHARPNESS_SIDE / max(grey.shape)
    size = tuple(max(1, round(side * factor)) for side in grey.shape[::-1])
    grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    return float(cv2.Laplacian(grey, cv2.CV_32F).var())
