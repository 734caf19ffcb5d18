"""Collages of the pictures in scikit-image's wheel whose truth is known."""

import cv2
import numpy as np
import skimage.data

ASTRONAUT, COFFEE, CAT = skimage.data.astronaut(), skimage.data.coffee(), skimage.data.chelsea()
PARTS = (((140, 10, 190, 210), 20.0, 0.7, (130, 120)), ((330, 60, 150, 270), -15.0, 0.8, (520, 140)))
"""Boxes (x, y, width, height) of the astronaut, how they are turned and scaled, and where their middles come to lie."""


def background():
    return cv2.resize(skimage.data.rocket(), (640, 427), interpolation=cv2.INTER_AREA)


def pasted(canvas, picture, box, degrees, scale, middle):
    """The box of the picture on the canvas, in place; the (3, 3) map from picture to canvas, centres at +0.5."""
    x, y, width, height = box
    matrix = cv2.getRotationMatrix2D((x + width / 2 - 0.5, y + height / 2 - 0.5), degrees, scale)
    matrix[:, 2] += np.array(middle) - 0.5 - [x + width / 2 - 0.5, y + height / 2 - 0.5]
    mask = np.zeros(picture.shape[:2], np.uint8)
    mask[y : y + height, x : x + width] = 255
    size = canvas.shape[1::-1]
    inside = cv2.warpAffine(mask, matrix, size) > 127
    canvas[inside] = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_AREA)[inside]
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    return half @ np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(half)


def collage():
    """Two parts of the astronaut, each moved in its own way, and a part of the cat, on the rocket: (picture, the maps
    from the astronaut to it)."""
    canvas = background().copy()
    maps = [pasted(canvas, ASTRONAUT, *part) for part in PARTS]
    pasted(canvas, CAT, (100, 50, 250, 200), 0.0, 0.7, (200, 330))
    return canvas, maps
