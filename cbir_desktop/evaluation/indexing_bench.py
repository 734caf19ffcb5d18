"""How near indexing comes to what the machine can do: decoders and encoder alone, a bare loop of both, and all of it.

Every rate of a kind of file and a number of threads is taken in the same rounds, one after the other, so that what
else the machine does hits all alike; the median of the rounds counts. Read the ratios.
"""

import io
import os
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import simplejpeg
from PIL import Image as PillowImage

from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.preview_bench import preview_rate
from cbir_desktop.images.decode import decode
from cbir_desktop.library.indexing import WORKING_SIDE, index_paths
from cbir_desktop.library.session import Session
from cbir_desktop.settings import Folders, Settings

WITH_THUMBNAILS = "camera"
"""The kind of the corpus whose files carry them."""

Work = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class IndexingRates:
    """Pictures a second of one kind of file at one number of threads.

    ``decoders``: each way to decode a JPEG to a short side of 256 or more. ``decode``: our own. ``allowed``: what
    decoding and encoding allow together, 1 / (1/decode + 1/encode), with the fastest decoder. ``bare``: a loop of
    reading, decoding and encoding. ``full``: indexing with everything. ``preview``: the instant preview pass, of files
    that have thumbnails.
    """

    kind: str
    threads: int
    files: int
    decoders: dict[str, float]
    decode: float
    encode: float
    bare: float
    full: float
    preview: float | None = None

    @property
    def allowed(self) -> float:
        return 1 / (1 / self.fastest + 1 / self.encode)

    @property
    def fastest(self) -> float:
        """Decoding alone, by whatever does it fastest."""
        return max([self.decode, *self.decoders.values()])

    @property
    def preview_of_decode(self) -> float | None:
        """How many times as fast as decoding alone the preview pass is."""
        return None if self.preview is None else self.preview / self.fastest

    def to_json(self) -> dict[str, Any]:
        rates = {name: round(rate, 2) for name, rate in self.decoders.items()}
        return {
            "kind": self.kind, "threads": self.threads, "files": self.files, "decoders": rates,
            "decode": round(self.decode, 2), "encode": round(self.encode, 2), "allowed": round(self.allowed, 2),
            "bare": round(self.bare, 2), "full": round(self.full, 2),
            "full_of_allowed": round(self.full / self.allowed, 3), "full_of_bare": round(self.full / self.bare, 3),
            "preview": self.preview and round(self.preview, 2),
            "preview_of_decode": self.preview_of_decode and round(self.preview_of_decode, 2),
        }  # fmt: skip


def measure_indexing(
    paths: Sequence[str], kind: str, threads: int, encoder_name: str, rounds: int = 3, task: Task = NULL_TASK
) -> IndexingRates:
    """The rates for these files, which should be of one kind; what else lies beside them does not count."""
    with TemporaryDirectory(prefix="cbir-bench-") as folder:
        paths = _linked(paths, Path(folder) / "files")
        session = _session(Path(folder) / "warm", threads, encoder_name)
        with session:
            ways = _ways(session, paths[0])
            rates: dict[str, list[float]] = {name: [] for name in (*ways, "full")}
            for number in range(rounds):
                for name, work in ways.items():
                    task.check()
                    rates[name].append(_rate(work, paths, threads))
                if kind == WITH_THUMBNAILS:
                    where = Path(folder) / f"preview-{number}"
                    rates.setdefault("preview", []).append(_preview_rate(where, paths, threads, encoder_name))
                rates["full"].append(_full_rate(Path(folder) / f"library-{number}", paths, threads, encoder_name))
                task.step(number + 1, rounds)
    medians = {name: statistics.median(values) for name, values in rates.items()}
    ours = {name: medians.pop(name) for name in ("decode", "encode", "bare", "full", "preview") if name in medians}
    return IndexingRates(kind, threads, len(paths), medians, **ours)


def table(rates: Sequence[IndexingRates]) -> str:
    """A row for each kind of file and number of threads, as Markdown."""
    decoders = sorted({name for row in rates for name in row.decoders})
    head = [
        "files",
        "threads",
        *decoders,
        "our decode",
        "encode",
        "allowed",
        "bare loop",
        "full",
        "of allowed",
        "of bare",
        "preview",
        "of decode",
    ]
    rows = [
        [
            row.kind,
            str(row.threads),
            *(f"{row.decoders[name]:.1f}" if name in row.decoders else "" for name in decoders),
        ]
        + [f"{rate:.1f}" for rate in (row.decode, row.encode, row.allowed, row.bare, row.full)]
        + [f"{row.full / row.allowed:.2f}", f"{row.full / row.bare:.2f}"]
        + ([f"{row.preview:.1f}", f"{row.preview_of_decode:.1f}"] if row.preview else ["", ""])
        for row in rates
    ]
    return markdown(head, rows)


def _linked(paths: Sequence[str], folder: Path) -> list[str]:
    """The same files in a folder of their own."""
    folder.mkdir()
    for path in paths:
        try:
            os.link(path, folder / Path(path).name)
        except OSError:  # on another disk, or one that has no links
            shutil.copy2(path, folder)
    return [str(folder / Path(path).name) for path in paths]


def _ways(session: Session, sample: str) -> dict[str, Work]:
    """What is timed, by name: each takes the path of a file."""
    image = decode(Path(sample).read_bytes(), min_side=WORKING_SIDE).image
    encoder = session.encoder
    ways: dict[str, Work] = {}
    if sample.endswith(".jpg"):
        ways |= {"simplejpeg": _simplejpeg, "opencv": _opencv, "pillow": _pillow}
    return ways | {
        "decode": lambda path: decode(_read(path), min_side=WORKING_SIDE),
        "encode": lambda path: encoder.encode([image]),
        "bare": lambda path: encoder.encode([decode(_read(path), min_side=WORKING_SIDE).image]),
    }


def _rate(work: Work, paths: Sequence[str], threads: int) -> float:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, paths[:threads]))  # threads started, caches warm
        started = time.perf_counter()
        list(pool.map(work, paths))
        return len(paths) / (time.perf_counter() - started)


def _full_rate(folder: Path, paths: Sequence[str], threads: int, encoder_name: str) -> float:
    with _session(folder, threads, encoder_name) as session:
        session.encoder.encode([np.zeros((64, 64, 3), np.uint8)])
        report = index_paths(session, [str(Path(paths[0]).parent)])
        if report.indexed != len(paths):
            raise ValueError(f"{report.indexed} of {len(paths)} files were indexed: {report.failed[:1]}")
        return report.indexed / report.seconds


def _preview_rate(folder: Path, paths: Sequence[str], threads: int, encoder_name: str) -> float:
    with _session(folder, threads, encoder_name) as session:
        session.encoder.encode([np.zeros((64, 64, 3), np.uint8)])
        list(session.decoders.map(time.sleep, [0.01] * threads))  # threads started
        return preview_rate(session, paths)


def _session(folder: Path, threads: int, encoder_name: str) -> Session:
    # Full indexing is measured without the preview pass, which is measured beside it.
    return Session(Folders.of(folder), Settings(decode_threads=threads, previews_first=False), encoder_name)


def _read(path: str) -> bytes:
    return Path(path).read_bytes()


def _simplejpeg(path: str) -> object:
    return simplejpeg.decode_jpeg(_read(path), min_height=WORKING_SIDE, min_width=WORKING_SIDE, min_factor=8)


def _opencv(path: str) -> object:
    flags = {
        1: cv2.IMREAD_COLOR,
        2: cv2.IMREAD_REDUCED_COLOR_2,
        4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8,
    }
    data = _read(path)
    _, short = sorted(PillowImage.open(io.BytesIO(data)).size, reverse=True)
    factor = max((factor for factor in flags if short // factor >= WORKING_SIDE), default=1)
    return cv2.imdecode(np.frombuffer(data, np.uint8), flags[factor] | cv2.IMREAD_IGNORE_ORIENTATION)


def _pillow(path: str) -> object:
    image = PillowImage.open(io.BytesIO(_read(path)))
    image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
    return np.asarray(image)
