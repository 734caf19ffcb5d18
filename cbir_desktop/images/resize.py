"""Shrinking. Nothing here ever enlarges a picture."""

import cv2
import numpy as np

from cbir_desktop.core.types import Image


def leave_threads_to_the_program() -> None:
    """Have OpenCV work in the thread that calls it, in this whole process: there is one for each core already.

    0 and not 1: on macOS it knows no other number.
    """
    cv2.setNumThreads(0)


def fit_short_side(image: Image, side: int) -> Image:
    """Shrink by area averaging so that the short side is ``side`` pixels; a smaller picture comes back as it is."""
    return _scale(image, side / min(image.shape[:2]), cv2.INTER_AREA)


def fit_long_side(image: Image, side: int) -> Image:
    """Shrink so that the long side is ``side`` pixels; a smaller picture comes back as it is.

    For thumbnails: down to a half bilinearly, which still sees every pixel and takes 0.1 ms where area averaging takes
    0.7 ms (500 to 256 pixels); below that by area averaging.
    """
    factor = side / max(image.shape[:2])
    return _scale(image, factor, cv2.INTER_LINEAR if factor >= 0.5 else cv2.INTER_AREA)


def _scale(image: Image, factor: float, interpolation: int) -> Image:
    if factor >= 1:
        return image
    height, width = (max(1, round(length * factor)) for length in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), dtype=np.uint8)
