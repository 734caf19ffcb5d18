"""Pictures that the tests make themselves."""

import io
from typing import Any

import numpy as np
import PIL.Image
import pytest

from cbir_desktop.core.types import Image


def quarters(width: int = 96, height: int = 64) -> Image:
    """Red, green, blue and yellow quarters: no turn and no mirror image of it looks like it."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = (220, 30, 30)
    image[: height // 2, width // 2 :] = (30, 200, 40)
    image[height // 2 :, : width // 2] = (30, 40, 220)
    image[height // 2 :, width // 2 :] = (230, 220, 30)
    return image


def encoded(picture: Any, kind: str, **options: Any) -> bytes:
    """A picture or an array as a file of the format that Pillow calls ``kind``."""
    if isinstance(picture, np.ndarray):
        picture = PIL.Image.fromarray(picture)
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def distance(a: Image, b: Image) -> float:
    """Mean absolute difference in levels; infinite where the shapes differ."""
    if a.shape != b.shape:
        return float("inf")
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


@pytest.fixture(scope="session")
def photo() -> Image:
    """384 x 512 with smooth areas, edges and noise."""
    y, x = np.mgrid[0:384, 0:512]
    waves = np.stack([np.sin(x / 37) + np.cos(y / 23), np.sin((x + y) / 51), np.cos(x / 11) * np.sin(y / 67)], axis=-1)
    noise = np.random.default_rng(7).normal(0, 8, waves.shape)
    return (128 + 55 * waves + noise).clip(0, 255).astype(np.uint8)
