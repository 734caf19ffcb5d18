"""Histograms of oriented gradients, by scikit-image."""

import numpy as np
from skimage.feature import hog as oriented_gradients

from cbir_desktop.core.types import Floats, Image
from cbir_desktop.encoders.hand_made import OneByOne
from cbir_desktop.encoders.preprocessing import resize

_WINDOW = 128


def hog() -> OneByOne:
    """Dalal & Triggs 2005: the picture squashed to 128 x 128, cells of 16 x 16, blocks of 2 x 2 cells that overlap by
    half, 9 orientations of half a turn, L2-Hys; at each place the channel with the steepest gradient."""

    def describe(image: Image) -> Floats:
        small = resize(image, _WINDOW, _WINDOW)
        found = oriented_gradients(small, 9, (16, 16), (2, 2), block_norm="L2-Hys", channel_axis=-1)
        return np.asarray(found, np.float64)

    return OneByOne("hog-128-16-9-p1", 7 * 7 * 4 * 9, describe)
