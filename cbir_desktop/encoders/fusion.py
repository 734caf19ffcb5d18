"""Several descriptors as one vector, with the class that they speak for: early fusion."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from skops import io as skops

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import DamagedError, KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.types import Floats, Image, Vectors
from cbir_desktop.encoders.pooling import unit_rows

FORMS = ("probabilities", "one-hot")
_OURS = "sklearn."
"""A saved classifier may hold types of scikit-learn, and what skops itself trusts."""


@dataclass(frozen=True)
class Classed:
    """``classifier``: fitted, of scikit-learn, on fused rows. ``form``: its probabilities, or 1 for the class it names.
    ``weight``: the length of a certain class beside the 1 that the descriptors have together."""

    classifier: Any
    form: str
    weight: float

    def columns(self, fused: Vectors) -> Floats:
        """(n, classes) of (n, d) fused rows."""
        found = np.asarray(self.classifier.predict_proba(fused), np.float64)
        if self.form == "one-hot":
            found = np.eye(found.shape[1])[found.argmax(axis=1)]
        return self.weight * found


class Fusion:
    """Unit rows of each of ``parts`` side by side, each with the same share; behind them the class, if one is learned.

    The likeness of two pictures is the mean of the parts' own, and ``weight`` squared times that of their classes.
    """

    def __init__(self, parts: Mapping[str, Encoder], classed: Classed | None = None, saved: bytes = b"") -> None:
        """``saved``: the classifier as its file has it. Writing it anew gives other bytes, hence another key."""
        self.parts, self.classed = parts, classed
        about = json.dumps({name: part.key for name, part in parts.items()}, sort_keys=True).encode()
        self._saved = saved if saved or classed is None else skops.dumps(classed.classifier)
        told = b"" if classed is None else f"{classed.form} {classed.weight:g}".encode()
        self.key = f"fusion-{hashlib.sha256(about + told + self._saved).hexdigest()[:16]}-p1"
        self.dim = sum(part.dim for part in parts.values())
        if classed is not None:
            self.dim += len(classed.classifier.classes_)

    def encode(self, images: Sequence[Image]) -> Vectors:
        """(n, dim) float32 unit rows."""
        if not images:
            return np.empty((0, self.dim), np.float32)
        fused = fuse([part.encode(images) for part in self.parts.values()])
        if self.classed is None:
            return unit_rows(fused)
        # One by one: the last bits of a product depend on how many rows it has.
        classes = np.concatenate([self.classed.columns(row[None]) for row in fused])
        return unit_rows(np.concatenate([fused, classes], axis=1))

    def save(self, path: Path) -> None:
        """Write it atomically, as one .npz file without pickles; the parts by name. Raises OSError."""
        about: dict[str, Any] = {"parts": {name: part.key for name, part in self.parts.items()}}
        if self.classed is not None:
            about |= {"form": self.classed.form, "weight": self.classed.weight}
        data = io.BytesIO()
        np.savez(data, fusion=np.array(json.dumps(about)), classifier=np.frombuffer(self._saved, np.uint8))
        write_atomic(path, data.getvalue())


def fuse(rows: Sequence[Vectors]) -> Vectors:
    """(n, d1 + d2 + ...) rows of length one, of several (n, d) blocks of unit rows."""
    return np.asarray(np.concatenate(rows, axis=1) / np.sqrt(len(rows)), np.float32)


def load(path: Path, create: Callable[[str], Encoder]) -> Fusion:
    """What ``save`` wrote; ``create`` makes a part by name. Raises ``KnownError`` (``DamagedError``; kind
    ``wrong-model`` where a part is not what it was, as a vocabulary of the same name)."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            about, saved = json.loads(str(arrays["fusion"])), arrays["classifier"].astype(np.uint8).tobytes()
        keys, form, weight = dict(about["parts"]), about.get("form", ""), float(about.get("weight", 0))
        classifier = _loaded(saved) if saved else None
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedError(f"the fusion {path} cannot be read: {error}") from error
    parts = {name: create(name) for name in keys}
    changed = [name for name, part in parts.items() if part.key != keys[name]]
    if changed:
        raise KnownError(f"{path} was made with another {', '.join(changed)}", "wrong-model")
    return Fusion(parts, None if classifier is None else Classed(classifier, form, weight), saved)


def _loaded(data: bytes) -> Any:
    """Raises ValueError where the file asks for types that are not scikit-learn's."""
    asked = skops.get_untrusted_types(data=data)
    strange = [name for name in asked if not name.startswith(_OURS)]
    if strange:
        raise ValueError(f"it asks for {', '.join(strange)}")
    return skops.loads(data, trusted=asked)
