"""How a picture looks, in 110 bytes: which colours it has, where they lie, where it has edges."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders import color_layout, edge_histogram, scalable_color
from cbir_desktop.encoders.descriptors import small

KEY = "mpeg7-scd64-cld12-ehd80-1"
"""Changes whenever the bytes would."""

# Four coefficients of colour exceed a byte; an edge takes three bits.
_ROW = np.dtype([("coarse", "<i2", 4), ("fine", "i1", 60), ("layout", "u1", 12), ("edges", "u1", 30)])
BYTES = int(_ROW.itemsize)


@dataclass(frozen=True, slots=True)
class Looks:
    """Of n pictures, a column each: ``colour`` (64, n) int16, ``layout`` (12, n) uint8, ``edges`` (80, n) int8."""

    colour: npt.NDArray[np.int16]
    layout: npt.NDArray[np.uint8]
    edges: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return int(self.colour.shape[1])

    def distances(self, look: Literal["colour", "layout"], query: "Looks") -> tuple[Vectors, ...]:
        """(n,) distances of all to the one of ``query``: by colour, or two by layout, that of the colours' places and
        that of the edges."""
        if look == "colour":
            return (scalable_color.distances(query.colour[:, 0], self.colour),)
        places = color_layout.distances(query.layout[:, 0], self.layout)
        return places, edge_histogram.distances(query.edges[:, 0], self.edges)


def describe(image: Image) -> bytes:
    """The ``BYTES`` bytes of an upright picture of any size. 0.15 ms at a thumbnail's size."""
    shrunk = small(image)
    row = np.zeros(1, _ROW)
    colour = scalable_color.describe(shrunk)
    row["coarse"], row["fine"] = colour[:4], colour[4:]
    row["layout"] = color_layout.describe(shrunk)
    levels = edge_histogram.describe(shrunk)
    row["edges"] = np.packbits(np.unpackbits(levels[:, np.newaxis], axis=1)[:, 5:])
    return row.tobytes()


def looks_of(rows: Sequence[bytes]) -> Looks:
    """What ``describe`` said of n pictures. Raises ValueError where one is of another length."""
    if any(len(row) != BYTES for row in rows):
        raise ValueError(f"a look has {BYTES} bytes")
    table = np.frombuffer(b"".join(rows), _ROW)
    colour = np.concatenate([table["coarse"].T, table["fine"].T.astype(np.int16)])
    bits = np.ascontiguousarray(np.unpackbits(table["edges"], axis=1).T)
    edges = (bits[0::3] << 2 | bits[1::3] << 1 | bits[2::3]).astype(np.int8)
    return Looks(np.ascontiguousarray(colour), np.ascontiguousarray(table["layout"].T), edges)
