"""PCA-whitening of vectors, fitted on a sample."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import DamagedError, KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders.pooling import unit_rows

_FLOOR = 1e-6
"""Directions whose variance is below this share of the largest are noise: whitening would blow them up."""


class Whitened:
    """An encoder whose vectors go through a fitted whitening."""

    def __init__(self, encoder: Encoder, whitening: "PcaWhitening") -> None:
        self._encoder, self._whitening = encoder, whitening
        self.key, self.dim = f"{encoder.key}-{whitening.key}", whitening.dim

    def encode(self, images: Sequence[Image]) -> Vectors:
        """(n, dim) float32 unit rows."""
        if not images:
            return np.empty((0, self.dim), np.float32)
        # One by one: the last bits of a product depend on how many rows it has.
        return np.concatenate([self._whitening.apply(row[None]) for row in self._encoder.encode(images)])


class PcaWhitening:
    """Centre, rotate to the principal axes, divide by their standard deviations, scale to unit length.

    Jegou & Chum 2012, section 3: it takes the weight off what many dimensions say together. ``dim`` asked for is an
    upper limit: fewer remain where the sample has fewer directions. ``key`` is known once fitted.
    """

    def __init__(self, dim: int = 256) -> None:
        if dim < 1:
            raise ValueError("dim must be at least 1")
        self.dim = dim
        self.key = f"pcaw{dim}-unfitted"
        self._mean: Vectors | None = None
        self._axes: Vectors | None = None  # (dim, d), each row divided by its standard deviation

    def fit(self, sample: Vectors) -> Self:
        """From (n, d) rows, n at least 2. Raises ``KnownError`` (kind ``sample-too-small``) where all are one."""
        mean = sample.mean(axis=0, dtype=np.float64)
        centred = sample.astype(np.float64) - mean
        few = len(sample) < sample.shape[1]  # then by the smaller matrix: that of 64,000 numbers of a VLAD is 30 GiB
        products = centred @ centred.T if few else centred.T @ centred
        variances, axes = np.linalg.eigh(products / max(1, len(sample) - 1))
        variances, axes = variances[::-1], axes[:, ::-1].T
        kept = min(self.dim, int((variances > _FLOOR * max(variances[0], 1e-12)).sum()))
        if len(sample) < 2 or kept == 0:
            raise KnownError("whitening needs a sample of different pictures; index more first", "sample-too-small")
        if few:
            axes = axes[:kept] @ centred
            axes /= np.linalg.norm(axes, axis=1, keepdims=True)
        signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])  # an axis has no sign of its own
        scaled = (axes * signs[:, None])[:kept] / np.sqrt(variances[:kept, None])
        return self._set(mean.astype(np.float32), scaled.astype(np.float32))

    def apply(self, vectors: Vectors) -> Vectors:
        """(n, d) to (n, dim) unit rows. Raises ValueError before ``fit`` or for another d."""
        if self._mean is None or self._axes is None:
            raise ValueError("a whitening must be fitted before it is applied")
        return unit_rows((vectors - self._mean) @ self._axes.T)

    def save(self, path: Path) -> None:
        """Write it atomically, as one .npz file. Raises ValueError before ``fit``, and OSError."""
        if self._mean is None or self._axes is None:
            raise ValueError("a whitening must be fitted before it is saved")
        data = io.BytesIO()
        np.savez(data, mean=self._mean, axes=self._axes)
        write_atomic(path, data.getvalue())

    @classmethod
    def load(cls, path: Path) -> Self:
        """What ``save`` wrote. Raises ``DamagedError``."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                mean, axes = arrays["mean"], arrays["axes"]
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise DamagedError(f"the whitening {path} cannot be read: {error}") from error
        if mean.ndim != 1 or axes.ndim != 2 or axes.shape[1] != len(mean):
            raise DamagedError(f"the whitening {path} has shapes that do not go together")
        return cls(len(axes))._set(mean, axes)

    def _set(self, mean: Vectors, axes: Vectors) -> Self:
        self._mean, self._axes, self.dim = mean, axes, len(axes)
        digest = hashlib.sha256(mean.astype("<f4").tobytes() + axes.astype("<f4").tobytes()).hexdigest()
        self.key = f"pcaw{self.dim}-{digest[:16]}"
        return self
