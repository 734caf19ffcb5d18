"""PDQ, the perceptual hash of Facebook's ThreatExchange, by the package pdqhash: a peer in the tables of evaluation."""

from collections.abc import Sequence

import numpy as np
import pdqhash

from cbir_desktop.core.types import Image, Vectors


class Pdq:
    """256 signs of DCT coefficients ("The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm", 2019).

    A bit is +1/16 or -1/16, so the cosine of two hashes is 1 - 2 * (Hamming distance) / 256; the 31 bits at which two
    pictures count as alike there are a cosine of 0.758.
    """

    key = "pdq-p1"
    dim = 256

    def encode(self, images: Sequence[Image]) -> Vectors:
        rows = [self._hash(image) for image in images]
        return np.stack(rows) if rows else np.empty((0, self.dim), np.float32)

    def _hash(self, image: Image) -> Vectors:
        bits, _quality = pdqhash.compute(np.ascontiguousarray(image))
        return np.where(bits > 0, np.float32(1 / 16), np.float32(-1 / 16))
