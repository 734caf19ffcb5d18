"""Shrinking by area averaging. Nothing here ever enlarges a picture."""

import cv2
import numpy as np

from cbir_desktop.core.types import Image


def fit_short_side(image: Image, side: int) -> Image:
    """Shrink so that the short side is ``side`` pixels; a smaller picture comes back as it is."""
    return _scale(image, side / min(image.shape[:2]))


def fit_long_side(image: Image, side: int) -> Image:
    """Shrink so that the long side is ``side`` pixels; a smaller picture comes back as it is."""
    return _scale(image, side / max(image.shape[:2]))


def _scale(image: Image, factor: float) -> Image:
    if factor >= 1:
        return image
    height, width = (max(1, round(length * factor)) for length in image.shape[:2])
    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
