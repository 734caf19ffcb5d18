"""The descriptors of looks as ``core.protocols.Descriptor``: what evaluation compares beside the encoders."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.protocols import Descriptor
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders import color_layout, edge_histogram, scalable_color
from cbir_desktop.encoders.descriptors import small


class ScalableColor:
    """64 coefficients, by L1."""

    key = "scalable-color-64-p1"
    dim = scalable_color.COEFFICIENTS

    def encode(self, images: Sequence[Image]) -> Vectors:
        return _rows([scalable_color.describe(small(image)) for image in images], self.dim)

    def similarities(self, queries: Vectors, rows: Vectors) -> Vectors:
        columns = np.ascontiguousarray(rows.T.astype(np.int16))
        return np.stack([-scalable_color.distances(query.astype(np.int16), columns) for query in queries])


class ColorLayout:
    """12 coefficients, by the standard's sum of three Euclidean distances: no inner product ranks alike."""

    key = "color-layout-12-p1"
    dim = color_layout.LENGTH

    def encode(self, images: Sequence[Image]) -> Vectors:
        return _rows([color_layout.describe(small(image)) for image in images], self.dim)

    def similarities(self, queries: Vectors, rows: Vectors) -> Vectors:
        columns = np.ascontiguousarray(rows.T.astype(np.uint8))
        return np.stack([-color_layout.distances(query.astype(np.uint8), columns) for query in queries])


class EdgeHistogram:
    """80 bins of 3 bits, by L1."""

    key = "edge-histogram-80-p1"
    dim = edge_histogram.LENGTH

    def encode(self, images: Sequence[Image]) -> Vectors:
        return _rows([edge_histogram.describe(small(image)) for image in images], self.dim)

    def similarities(self, queries: Vectors, rows: Vectors) -> Vectors:
        columns = np.ascontiguousarray(rows.T.astype(np.int8))
        return np.stack([-edge_histogram.distances(query.astype(np.int8), columns) for query in queries])


class Layout:
    """Color Layout and Edge Histogram, each over its median, added: what a search by layout ranks by."""

    key = "layout-cld12-ehd80-p1"
    dim = ColorLayout.dim + EdgeHistogram.dim

    def __init__(self) -> None:
        self._parts: tuple[Descriptor, ...] = (ColorLayout(), EdgeHistogram())

    def encode(self, images: Sequence[Image]) -> Vectors:
        return np.concatenate([part.encode(images) for part in self._parts], axis=1)

    def similarities(self, queries: Vectors, rows: Vectors) -> Vectors:
        found = np.zeros((len(queries), len(rows)), np.float32)
        for part, columns in zip(self._parts, (slice(0, ColorLayout.dim), slice(ColorLayout.dim, None)), strict=True):
            scores = part.similarities(queries[:, columns], rows[:, columns])
            middle = np.median(scores, axis=1, keepdims=True)
            found -= scores / np.where(middle < 0, middle, -1)
        return found


def _rows(found: Sequence[npt.NDArray[Any]], dim: int) -> Vectors:
    return np.stack(found).astype(np.float32) if found else np.empty((0, dim), np.float32)
