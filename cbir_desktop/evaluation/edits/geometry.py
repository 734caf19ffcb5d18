"""Edits that move points: crops, turns, mirrors, squeezes, perspective."""

import cv2
import numpy as np

from cbir_desktop.core.types import Image
from cbir_desktop.evaluation.edits.frame import Colour, Draw, Edited, cut, resize, scaling, shift, warp

FILLS: tuple[Colour, ...] = ((0, 0, 0), (255, 255, 255), (128, 128, 128))
"""What programs put behind a turned picture."""


def crop(image: Image, area: float, draw: Draw) -> Edited:
    """The middle ``area`` of the picture, at its own aspect."""
    return _window(image, area, 0.5, 0.5)


def crop_off_centre(image: Image, area: float, draw: Draw) -> Edited:
    """``area`` of the picture out of a random corner, at an aspect changed by up to a fifth."""
    x, y = draw.rng.choice([0.0, 0.1, 0.9, 1.0], 2).tolist()
    return _window(image, area, x, y, draw.rng.uniform(0.9, 1.1))


def rotate(image: Image, degrees: float, draw: Draw) -> Edited:
    """Turned either way by ``degrees``, give or take a tenth, on a plain ground that holds all of it."""
    height, width = image.shape[:2]
    angle = np.deg2rad(degrees * draw.sign() * draw.rng.uniform(0.9, 1.1))
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])
    new_width = round(width * abs(cos) + height * abs(sin))
    new_height = round(width * abs(sin) + height * abs(cos))
    homography = shift(new_width / 2, new_height / 2) @ turn @ shift(-width / 2, -height / 2)
    fill = FILLS[int(draw.rng.integers(len(FILLS)))]
    return warp(image, homography, new_width, new_height, fill)


def quarter_turn(image: Image, degrees: float, draw: Draw) -> Edited:
    """Turned clockwise by 90, 180 or 270 degrees, without any loss."""
    height, width = image.shape[:2]
    turned, homography = image, np.eye(3)
    for _ in range(round(degrees / 90)):
        homography = np.array([[0.0, -1.0, height], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]) @ homography
        turned, height, width = np.rot90(turned, -1), width, height
    return Edited(np.ascontiguousarray(turned), homography)


def mirror(image: Image, area: float, draw: Draw) -> Edited:
    """Left and right changed over, then cropped to the middle ``area``."""
    width = image.shape[1]
    mirrored = np.ascontiguousarray(image[:, ::-1])
    cropped = _window(mirrored, area, 0.5, 0.5)
    return Edited(cropped.image, cropped.homography @ shift(width, 0) @ scaling(-1, 1))


def squeeze(image: Image, factor: float, draw: Draw) -> Edited:
    """One side, by chance, made shorter by ``factor``."""
    height, width = image.shape[:2]
    if draw.sign() > 0:
        return resize(image, round(width * factor), height)
    return resize(image, width, round(height * factor))


def shrink(image: Image, factor: float, draw: Draw) -> Edited:
    """Both sides made shorter by ``factor``."""
    height, width = image.shape[:2]
    return resize(image, round(width * factor), round(height * factor))


def perspective(image: Image, reach: float, draw: Draw) -> Edited:
    """Seen from one side: each corner moves inwards by up to ``reach`` of the sides, two of them by all of it."""
    height, width = image.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
    amount = draw.rng.uniform(0, 0.4, (4, 2))
    first = int(draw.rng.integers(4))
    amount[[first, (first + 1) % 4]] = draw.rng.uniform(0.7, 1.0, (2, 2))
    moved = corners + inwards * amount * reach * np.array([width, height])
    homography = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    fill = FILLS[int(draw.rng.integers(len(FILLS)))]
    return warp(image, np.asarray(homography, np.float64), width, height, fill)


def _window(image: Image, area: float, x: float, y: float, stretch: float = 1.0) -> Edited:
    """``area`` of the picture at ``x``, ``y`` (0 to 1) of the room that there is."""
    height, width = image.shape[:2]
    new_width = min(width, max(1, round(width * np.sqrt(area) * stretch)))
    new_height = min(height, max(1, round(height * np.sqrt(area) / stretch)))
    return cut(image, round((width - new_width) * x), round((height - new_height) * y), new_width, new_height)
