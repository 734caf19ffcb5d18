"""A decoder that only says that it was asked."""

import numpy as np

from cbir_desktop.images.decode import Decoded


def decode(data: bytes, min_side: int | None = None) -> Decoded:
    return Decoded(np.zeros((1, 1, 3), np.uint8), 1, 1, "ELSEWHERE")
