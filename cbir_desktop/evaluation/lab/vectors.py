"""The vectors of a set by each encoder, kept in pieces beside the results: a run that was killed loses one piece."""

import io
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.protocols import Descriptor, Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Floats, Image, Vectors
from cbir_desktop.encoders.onnx import OnnxEncoder
from cbir_desktop.evaluation.embed import Problem, decoder
from cbir_desktop.evaluation.lab.sets import LabSet

MIN_SIDE = 256
"""Pixels that the short side keeps in a scaled decode: the size that one decode of the product gives."""
PIECE = 128
"""Pictures in a piece: some seconds of a network."""


class Describes(Protocol):
    """What encoders and descriptors have in common."""

    key: str
    dim: int

    def encode(self, images: Sequence[Image]) -> Vectors: ...


@dataclass(frozen=True)
class Described:
    """``vectors``: (n, dim) by row, nan where a picture could not be decoded; ``seconds``: (n,) each one's encoding."""

    vectors: Vectors
    seconds: Floats
    problems: Sequence[Problem]


class VectorFolder:
    """One folder of pieces, ``SET/ENCODER/000000.npz`` and so on, by fingerprints."""

    def __init__(self, folder: Path, lab_set: LabSet) -> None:
        self._set, self._folder = lab_set, folder / lab_set.fingerprint

    def describe(self, encoders: Mapping[str, Encoder | Descriptor], task: Task = NULL_TASK) -> dict[str, Described]:
        """Every picture by every encoder. What is there is read; the rest is decoded once for all that lack it, and
        networks that differ in their pooling only run once. Raises ``KnownError`` where no picture can be decoded,
        ``Cancelled``, OSError."""
        pieces: dict[str, list[dict[str, Any]]] = {name: [] for name in encoders}
        warm: set[str] = set()
        for start in range(0, len(self._set), PIECE):
            rows = range(start, min(start + PIECE, len(self._set)))
            found = {name: self._read(encoder.key, start, len(rows)) for name, encoder in encoders.items()}
            missing = {name: encoders[name] for name, piece in found.items() if piece is None}
            if missing:
                made = self._make(missing, rows, warm, task)
                for name, piece in made.items():
                    self._write(encoders[name].key, start, piece)
                    found[name] = piece
            for name, there in found.items():
                assert there is not None
                pieces[name].append(there)
        return {name: self._joined(pieces[name]) for name in encoders}

    def _make(
        self, encoders: Mapping[str, Encoder | Descriptor], rows: range, warm: set[str], task: Task
    ) -> dict[str, dict[str, Any]]:
        decode, reasons = decoder(MIN_SIDE), [""] * len(rows)
        vectors = {name: np.full((len(rows), encoder.dim), np.nan, np.float32) for name, encoder in encoders.items()}
        seconds = {name: np.full(len(rows), np.nan, np.float32) for name in encoders}
        for place, row in enumerate(rows):
            task.step(row, len(self._set))
            try:
                image = decode(self._set.entries[row].read())
            except DecodeError as error:
                reasons[place] = str(error)
                continue
            for name in encoders.keys() - warm:  # the first call of each is slower
                encoders[name].encode([image])
                warm.add(name)
            for name, (vector, took) in timed_encodings(encoders, image).items():
                vectors[name][place], seconds[name][place] = vector, took
        task.step(rows.stop, len(self._set))
        return {
            name: {"vectors": vectors[name], "seconds": seconds[name], "reasons": np.array(reasons)}
            for name in encoders
        }

    def _place(self, key: str, start: int) -> Path:
        return self._folder / sha256(key.encode()).hexdigest()[:16] / f"{start:06d}.npz"

    def _read(self, key: str, start: int, rows: int) -> dict[str, Any] | None:
        """A piece that is there and whole; a damaged one is made again."""
        try:
            with self._place(key, start).open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
                piece = {name: arrays[name] for name in ("vectors", "seconds", "reasons")}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            return None
        return piece if all(len(part) == rows for part in piece.values()) else None

    def _write(self, key: str, start: int, piece: Mapping[str, Any]) -> None:
        data = io.BytesIO()
        np.savez(data, **piece)
        write_atomic(self._place(key, start), data.getvalue())

    def _joined(self, pieces: Sequence[Mapping[str, Any]]) -> Described:
        reasons = np.concatenate([piece["reasons"] for piece in pieces]).tolist()
        if all(reasons):
            raise KnownError(f"{self._set.name}: no picture could be decoded", "no-pictures")
        problems = [Problem(self._set.entries[row].name, reason) for row, reason in enumerate(reasons) if reason]
        vectors = np.concatenate([piece["vectors"] for piece in pieces])
        return Described(vectors, np.concatenate([piece["seconds"] for piece in pieces]), problems)


def timed_encodings(encoders: Mapping[str, Describes], image: Image) -> dict[str, tuple[Vectors, float]]:
    """(vector (dim,), seconds) by name. A network that several share runs once, and its time counts for each."""
    outputs: dict[str, tuple[Floats, float]] = {}
    found = {}
    for name, encoder in encoders.items():
        started, before = time.perf_counter(), 0.0
        if isinstance(encoder, OnnxEncoder):
            if encoder.network not in outputs:
                output = encoder.output_of(image)
                outputs[encoder.network] = (output, time.perf_counter() - started)
                started = time.perf_counter()
            output, before = outputs[encoder.network]
            vector = encoder.pooled(output)[0]
        else:
            vector = encoder.encode([image])[0]
        found[name] = (vector, before + time.perf_counter() - started)
    return found
