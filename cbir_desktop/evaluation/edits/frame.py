"""What every edit is made of: its result with the transform that it did, its chances, and the warp."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image

Homography: TypeAlias = npt.NDArray[np.float64]
"""(3, 3) from original to edited pixels, pixel centres at +0.5: the first pixel covers 0 to 1."""

Colour: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Edited:
    """An edited picture and where each point of the original went."""

    image: Image
    homography: Homography


@dataclass(frozen=True, slots=True)
class Draw:
    """Where an edit takes its chances: random numbers, and other pictures for what is made of several."""

    rng: np.random.Generator
    others: Sequence[Image] = ()

    def sign(self) -> int:
        return int(self.rng.choice([-1, 1]))

    def colour(self) -> Colour:
        red, green, blue = self.rng.integers(0, 256, 3).tolist()
        return red, green, blue


def unmoved(image: npt.NDArray[np.uint8]) -> Edited:
    """An edit that left every point in its place."""
    return Edited(np.ascontiguousarray(image), np.eye(3))


def scaling(x: float, y: float) -> Homography:
    return np.diag([x, y, 1.0])


def shift(x: float, y: float) -> Homography:
    return np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]])


def resize(image: Image, width: int, height: int) -> Edited:
    """To a size of at least one pixel; by area where it shrinks, so that nothing aliases."""
    old_height, old_width = image.shape[:2]
    width, height = max(1, width), max(1, height)
    shrinks = width * height < old_width * old_height
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    resized = cv2.resize(image, (width, height), interpolation=method)
    return Edited(np.asarray(resized, np.uint8), scaling(width / old_width, height / old_height))


def cut(image: Image, x: int, y: int, width: int, height: int) -> Edited:
    return Edited(np.ascontiguousarray(image[y : y + height, x : x + width]), shift(-x, -y))


def warp(image: Image, homography: Homography, width: int, height: int, fill: Colour) -> Edited:
    """Every point moved by ``homography``. OpenCV counts from pixel centres, hence the half pixels."""
    from_centres = shift(-0.5, -0.5) @ homography @ shift(0.5, 0.5)
    warped = cv2.warpPerspective(
        image, from_centres, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=fill
    )
    return Edited(np.asarray(warped, np.uint8), homography)


def share(image: Image, part: float) -> int:
    """``part`` of the short side in pixels, at least one."""
    return max(1, round(float(min(image.shape[:2])) * part))
