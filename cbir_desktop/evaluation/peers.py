"""Encoders of other programs, for the tables only: never an index of the library."""

from collections.abc import Sequence

import numpy as np

from cbir_desktop.core.errors import MissingPluginError
from cbir_desktop.core.types import Image, Vectors


class Pdq:
    """PDQ, Meta's 256-bit perceptual hash (ThreatExchange 2019, "The TMK+PDQF video-hashing algorithm and the PDQ
    image-hashing algorithm"), by the package ``pdqhash``.

    Each bit is +-1/16, so that vectors are of unit length and cosine = 1 - Hamming distance / 128. Raises
    ``MissingPluginError`` where the package is not installed.
    """

    key = "pdq-256"
    dim = 256

    def __init__(self) -> None:
        try:
            import pdqhash
        except ImportError as error:
            raise MissingPluginError("PDQ needs a package: pip install 'cbir-desktop[bench]'") from error
        self._compute = pdqhash.compute

    def encode(self, images: Sequence[Image]) -> Vectors:
        bits = [self._compute(np.ascontiguousarray(image))[0] for image in images]
        return np.where(np.array(bits).reshape(len(bits), self.dim) > 0, 1 / 16, -1 / 16).astype(np.float32)
