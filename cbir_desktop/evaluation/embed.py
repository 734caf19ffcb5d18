"""Pictures of a set through the decoder and through encoders, timed apart, with a bounded number in memory."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from itertools import islice
from typing import TypeAlias

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.protocols import Descriptor, Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.evaluation.datasets import ImageSet

Decoder: TypeAlias = Callable[[bytes], Image]

BATCH = 16
"""Pictures in memory at a time: on a CPU a larger batch gains little."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A picture that was left out, and why."""

    name: str
    reason: str


def decoder(min_side: int) -> Decoder:
    """The product's own decoder: upright, and scaled down while the short side stays at ``min_side`` or more."""
    decode = import_module("cbir_desktop.images.decode").decode
    return lambda data: decode(data, min_side=min_side).image


@dataclass
class Decoding:
    """Iterates the decoded pictures of a set in its order.

    ``rows`` grows by the rows that came out, ``problems`` by the rest, ``seconds`` is what decoding took (reading
    the file apart).
    """

    images: ImageSet
    decode: Decoder
    task: Task = NULL_TASK
    rows: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seconds: float = 0.0

    def __iter__(self) -> Iterator[Image]:
        for row, entry in enumerate(self.images.entries):
            self.task.step(row, len(self.images))
            try:
                data = entry.read()
                started = time.perf_counter()
                image = self.decode(data)
            except DecodeError as error:
                self.problems.append(Problem(entry.name, str(error)))
                continue
            self.seconds += time.perf_counter() - started
            self.rows.append(row)
            yield image
        self.task.step(len(self.images), len(self.images))


@dataclass(frozen=True, slots=True)
class Embedded:
    """By encoder's name: (n, dim) float32 vectors in the order of the pictures, and the seconds they took."""

    vectors: Mapping[str, Vectors]
    seconds: Mapping[str, float]


def embed(pictures: Iterable[Image], encoders: Mapping[str, Encoder | Descriptor]) -> Embedded:
    """Every picture by every encoder; the first call of each, which warms it up, is not timed.

    Raises ``KnownError`` where there is no picture.
    """
    stream = iter(pictures)
    blocks: dict[str, list[Vectors]] = {name: [] for name in encoders}
    seconds = dict.fromkeys(encoders, 0.0)
    while batch := list(islice(stream, BATCH)):
        for name, encoder in encoders.items():
            if not blocks[name]:
                encoder.encode(batch[:1])
            started = time.perf_counter()
            blocks[name].append(encoder.encode(batch))
            seconds[name] += time.perf_counter() - started
    if not all(blocks.values()):
        raise KnownError("no picture could be decoded", "no-pictures")
    return Embedded({name: np.concatenate(block) for name, block in blocks.items()}, seconds)
