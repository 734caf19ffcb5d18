"""A vocabulary of visual words: centres of local descriptors, and how rare each is."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import DamagedError
from cbir_desktop.core.types import Vectors

_PRODUCTS = 1 << 22
"""Descriptors times words at a time: 16 MB of distances, whatever the vocabulary's size."""


@dataclass(frozen=True)
class Vocabulary:
    """``centres``: (k, d) float32. ``idf``: (k,) float32, log(N / n_i) over the N pictures of the sample, n_i of which
    hold word i (Sivic & Zisserman 2003, equation 1); a word in none counts as in one. ``features`` is the key of the
    extractor it was made with."""

    centres: Vectors
    idf: npt.NDArray[np.float32]
    features: str

    @property
    def key(self) -> str:
        data = self.centres.astype("<f4").tobytes() + self.idf.astype("<f4").tobytes() + self.features.encode()
        return f"words{len(self.centres)}-{hashlib.sha256(data).hexdigest()[:16]}"

    def words(self, descriptors: Vectors) -> npt.NDArray[np.int64]:
        """The nearest centre of each of (n, d) descriptors, (n,)."""
        at_once = max(1, _PRODUCTS // len(self.centres))
        half = (self.centres.astype(np.float32) ** 2).sum(axis=1) / 2
        parts = [
            np.argmax(descriptors[start : start + at_once] @ self.centres.T - half, axis=1)
            for start in range(0, len(descriptors), at_once)
        ]
        return np.concatenate(parts) if parts else np.empty(0, np.int64)

    def save(self, path: Path) -> None:
        """Write it atomically, as one .npz file. Raises OSError."""
        data = io.BytesIO()
        np.savez(data, centres=self.centres, idf=self.idf, features=np.array(self.features))
        write_atomic(path, data.getvalue())

    @classmethod
    def load(cls, path: Path) -> "Vocabulary":
        """What ``save`` wrote. Raises ``DamagedError``."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                centres, idf, features = arrays["centres"], arrays["idf"], str(arrays["features"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise DamagedError(f"the vocabulary {path} cannot be read: {error}") from error
        if centres.ndim != 2 or idf.shape != centres.shape[:1] or not np.isfinite(centres).all():
            raise DamagedError(f"the vocabulary {path} has shapes that do not go together")
        return cls(centres.astype(np.float32), idf.astype(np.float32), features)


def inverse_document_frequency(words: Sequence[npt.NDArray[np.int64]], size: int) -> npt.NDArray[np.float32]:
    """(size,) of the ``words`` of each picture of a sample."""
    holding = np.zeros(size)
    for found in words:
        holding[np.unique(found)] += 1
    return np.log(max(1, len(words)) / np.maximum(holding, 1)).astype(np.float32)
