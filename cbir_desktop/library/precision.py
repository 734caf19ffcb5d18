"""int8 or float32: chosen once, when a library is made, by what is faster on this machine.

The choice becomes part of the encoder's name in the catalog. Nothing here runs again for that library: the two variants
have different keys, and a measurement must never change the key of vectors that exist.
"""

import logging
import statistics
import time
from pathlib import Path

import numpy as np

from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.types import Image
from cbir_desktop.encoders.choice import PRECISIONS, Choice
from cbir_desktop.encoders.models import ModelEntry, build, find_entry

_log = logging.getLogger(__name__)

_ROUNDS = (3, 9)
_SECONDS = 0.7
"""No new round after this long, loading both networks included, so that a small one is chosen within a second."""
_WORTH = 0.9
"""int8 costs a little quality: it is chosen where it takes at most this share of float32's time."""


def settle(choice: Choice, models: Path) -> Choice:
    """``choice`` with its precision, measured where the model comes in more than one and none was asked for."""
    entry = find_entry(choice.name, models)
    if choice.precision is not None or entry is None or len(entry.precisions) == 1:
        return choice
    return Choice(choice.name, choice.pool, measure(entry, choice))


def measure(entry: ModelEntry, choice: Choice) -> str:
    """The precision to use on this machine: medians of a few runs of each variant on a made picture, interleaved."""
    started = time.perf_counter()
    encoders = {precision: build(entry.chosen(Choice(choice.name, choice.pool, precision))) for precision in PRECISIONS}
    picture = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    for encoder in encoders.values():
        encoder.encode([picture])  # the first run sets up memory
    seconds: dict[str, list[float]] = {precision: [] for precision in encoders}
    for number in range(_ROUNDS[1]):
        if number >= _ROUNDS[0] and time.perf_counter() - started > _SECONDS:
            break
        for precision, encoder in encoders.items():
            seconds[precision].append(_seconds(encoder, picture))
    medians = {precision: statistics.median(runs) for precision, runs in seconds.items()}
    _log.info("seconds a picture by %s: %s", entry.name, medians)
    return faster(medians["float32"], medians["int8"])


def faster(float32: float, int8: float) -> str:
    """The precision to choose for these times of one picture."""
    return "int8" if int8 <= _WORTH * float32 else "float32"


def _seconds(encoder: Encoder, picture: Image) -> float:
    started = time.perf_counter()
    encoder.encode([picture])
    return time.perf_counter() - started
