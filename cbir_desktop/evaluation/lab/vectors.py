"""The vectors of a set by each encoder, kept in pieces beside the results: a run that was killed loses one piece."""

import io
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import DamagedError, DecodeError, KnownError
from cbir_desktop.core.protocols import Descriptor, Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Floats, Image, Vectors
from cbir_desktop.encoders.onnx import OnnxEncoder
from cbir_desktop.evaluation.embed import Problem, decoder
from cbir_desktop.evaluation.lab.failing import told
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
    problems: list[Problem]


class VectorFolder:
    """One folder of pieces, ``SET/ENCODER/000000.npz`` and so on, by fingerprints."""

    def __init__(self, folder: Path, lab_set: LabSet) -> None:
        self._set, self._folder = lab_set, folder / lab_set.fingerprint

    def describe(self, encoders: Mapping[str, Encoder | Descriptor], task: Task = NULL_TASK) -> dict[str, str]:
        """Every picture by every encoder, for ``read``. What is there stays; the rest is decoded once for all that lack
        it, and networks that differ in their pooling only run once.

        Gives, by name, why an encoder failed. Raises ``KnownError`` where no picture can be decoded, ``Cancelled``,
        OSError.
        """
        work = _Work(dict(encoders), task)
        decoded = False
        for start in range(0, len(self._set), PIECE):
            rows = range(start, min(start + PIECE, len(self._set)))
            found = {name: self._read(encoder.key, start, len(rows)) for name, encoder in work.able.items()}
            missing = {name: work.able[name] for name, piece in found.items() if piece is None}
            reasons = [piece["reasons"].tolist() for piece in found.values() if piece is not None]
            if missing:
                reasons.append(self._make(missing, rows, work))
            decoded = decoded or not all(reasons[0])
            if not work.able:
                return work.failed
        if not decoded:
            raise KnownError(f"{self._set.name}: no picture could be decoded", "no-pictures")
        return work.failed

    def read(self, encoder: Encoder | Descriptor) -> Described:
        """What ``describe`` has written. Raises ``DamagedError`` where it is not there any more, MemoryError."""
        described = Described(
            np.empty((len(self._set), encoder.dim), np.float32), np.empty(len(self._set), np.float32), []
        )
        for start in range(0, len(self._set), PIECE):
            rows = slice(start, min(start + PIECE, len(self._set)))
            piece = self._read(encoder.key, start, rows.stop - start)
            if piece is None:
                raise DamagedError(f"{self._place(encoder.key, start)} cannot be read any more")
            described.vectors[rows], described.seconds[rows] = piece["vectors"], piece["seconds"]
            reasons = zip(self._set.entries[rows], piece["reasons"].tolist(), strict=True)
            described.problems.extend(Problem(entry.name, reason) for entry, reason in reasons if reason)
        return described

    def _make(self, missing: Mapping[str, Encoder | Descriptor], rows: range, work: "_Work") -> list[str]:
        """The pieces of these rows; why each could not be decoded, empty where it could."""
        decode, reasons = decoder(MIN_SIDE), [""] * len(rows)
        pieces: dict[str, dict[str, Any]] = {}
        for name, encoder in missing.items():
            with work.noting(name):
                vectors = np.full((len(rows), encoder.dim), np.nan, np.float32)
                pieces[name] = {"vectors": vectors, "seconds": np.full(len(rows), np.nan, np.float32)}
        for place, row in enumerate(rows):
            work.task.step(row, len(self._set))
            try:
                image = decode(self._set.entries[row].read())
            except DecodeError as error:
                reasons[place] = str(error)
                continue
            for name, (vector, took) in work.encoded(pieces, image).items():
                pieces[name]["vectors"][place], pieces[name]["seconds"][place] = vector, took
        for name in pieces.keys() & work.able.keys():
            self._write(work.able[name].key, rows.start, pieces[name] | {"reasons": np.array(reasons)})
        work.task.step(rows.stop, len(self._set))
        return reasons

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


class _Work:
    """Encoders at work: those that are ``able``, and why the others ``failed``, by name."""

    def __init__(self, able: dict[str, Encoder | Descriptor], task: Task) -> None:
        self.able, self.task = able, task
        self.failed: dict[str, str] = {}
        self._warm: set[str] = set()

    @contextmanager
    def noting(self, name: str) -> Iterator[None]:
        """What fails in here is no end of the others."""
        try:
            with told():
                yield
        except KnownError as error:
            self.failed[name] = str(error)
            self.able.pop(name, None)

    def encoded(self, names: Iterable[str], image: Image) -> dict[str, tuple[Vectors, float]]:
        """(vector (dim,), seconds) by name. A network that several share runs once, and its time counts for each."""
        outputs: dict[str, tuple[Floats, float]] = {}
        found = {}
        for name in names:
            if name in self.able:
                with self.noting(name):
                    if name not in self._warm:  # the first call of each is slower
                        self.able[name].encode([image])
                        self._warm.add(name)
                    found[name] = timed_encoding(self.able[name], image, outputs)
        return found


def timed_encoding(encoder: Describes, image: Image, outputs: dict[str, tuple[Floats, float]]) -> tuple[Vectors, float]:
    """(vector (dim,), seconds). ``outputs``: what networks gave for this picture so far, and the time of that."""
    started = time.perf_counter()
    if not isinstance(encoder, OnnxEncoder):
        return encoder.encode([image])[0], time.perf_counter() - started
    if encoder.network not in outputs:
        output = encoder.output_of(image)
        outputs[encoder.network] = (output, time.perf_counter() - started)
        started = time.perf_counter()
    output, before = outputs[encoder.network]
    return encoder.pooled(output)[0], before + time.perf_counter() - started
