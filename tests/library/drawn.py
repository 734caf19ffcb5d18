"""Pictures with corners to match, drawn by a seed."""

import cv2
import numpy as np
from PIL import Image


def scene(seed, size=(480, 360)):
    """A picture with corners to match: shapes on a smooth ground."""
    rng = np.random.default_rng(seed)
    ground = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
    picture = cv2.resize(ground, size, interpolation=cv2.INTER_CUBIC)
    for _ in range(90):
        x, y = (int(rng.integers(0, side)) for side in size)
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        far = (x + int(rng.integers(-60, 60)), y + int(rng.integers(-60, 60)))
        cv2.rectangle(picture, (x, y), far, colour, int(rng.integers(-1, 4)) or 1)
    return picture


def save(path, picture, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, **{"quality": 92, **options})
    return path
