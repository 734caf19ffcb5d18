"""A library of many photos: how soon it answers, what it holds in memory and on disk. The catalog is made by the
program's own code, with files that do not exist. The first vectors are those of real photos, as many as there are; the
others lie between two of them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Vectors
from cbir_desktop.encoders.looks import BYTES, KEY
from cbir_desktop.evaluation.corpus import make_corpus
from cbir_desktop.images.capture import Capture
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import search_files
from cbir_desktop.library.session import Session
from cbir_desktop.store.files import Content, FileRecord
from cbir_desktop.store.places import Place, Volume
from cbir_desktop.store.vectors import unit_rows

_BATCH = 1000
_FILES_A_FOLDER = 500
_TAKEN_NS = 1_714_975_689_000_000_000
_CAPTURE = Capture("2024-05-06T08:08:09.12", "+02:00", "Canon EOS 5D Mark IV", True)
_NOISE = 0.1  # length of what is added to a mixture of two unit vectors


@dataclass(frozen=True, slots=True)
class ScaleResult:
    """``open_to_first_search``: seconds to open a library in a fresh process and answer once; ``with_imports``: from
    the start of that process. ``query_ms``: p50 and p95 of a warm query from its 500-pixel file, decode and embedding
    counted. ``resident_mb``: peak while searching, and while indexing 300 more photos and searching at once; meanwhile
    the index was written ``index_saves`` times. ``bytes_a_photo``: ``together`` without the backup of the catalog.
    """

    photos: int
    dim: int
    open_to_first_search: float
    with_imports: float
    query_ms: tuple[float, float]
    resident_mb: dict[str, float]
    bytes_a_photo: dict[str, float]
    index_saves: int

    def to_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def make_library(
    session: Session, photos: int, embed: Callable[[], Vectors], seed: int = 0, task: Task = NULL_TASK
) -> None:
    """Fill the catalog up to ``photos`` contents, and its index. ``embed``, called if any are lacking, gives (n, dim)
    unit vectors, each taken once, then mixed."""
    session.catalog.looks.settle(KEY)
    known = len(session.catalog.vectors.ids(session.encoder_id))
    real = embed() if known < photos else np.empty((0, 0), np.float32)
    for start in range(known, photos, _BATCH):
        task.step(start, photos)
        rng = np.random.default_rng((seed, start))
        vectors = _vectors(real, start, min(_BATCH, photos - start), rng)
        session.catalog.files.record(list(_records(start, vectors, rng)), session.encoder_id)
    session.open_index(task).sync(task)
    session.save_index()


def measure_scale(folder: Path, corpus: Path, photos: int, task: Task = NULL_TASK) -> ScaleResult:
    """Figures of a library that ``make_library`` made in ``folder``, each from a process of its own."""
    queries = make_corpus(corpus, {"small": 40}, task=task)["small"]
    searching = _in_process("search", folder, queries)
    files = make_corpus(corpus / "new", {"small": 300}, seed=1, task=task)["small"]
    with TemporaryDirectory(prefix="cbir-bench-") as new:
        for path in files:  # with bytes behind the picture that make it another content, each time
            Path(new, Path(path).name).write_bytes(Path(path).read_bytes() + os.urandom(16))
        indexing = _in_process("index", folder, [*queries[:10], new])
    on_disk = {
        "catalog": (folder / "catalog.sqlite").stat().st_size / photos,
        "backup": (folder / "catalog.sqlite.bak").stat().st_size / photos,
        "index": sum(file.stat().st_size for file in (folder / "index").rglob("*") if file.is_file()) / photos,
    }
    together = on_disk["catalog"] + on_disk["index"]
    return ScaleResult(
        photos,
        searching["dim"],
        searching["open"],
        searching["imports"],
        (searching["p50"], searching["p95"]),
        {"searching": searching["resident"], "indexing and searching": indexing["resident"]},
        {name: round(size, 1) for name, size in {**on_disk, "together": together}.items()},
        indexing["saves"],
    )


def _in_process(what: str, folder: Path, paths: Sequence[str]) -> dict[str, Any]:
    started = time.time()
    command = [sys.executable, "-m", "cbir_desktop.evaluation.scale_bench", what, str(started), str(folder), *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _vectors(real: Vectors, start: int, count: int, rng: np.random.Generator) -> Vectors:
    as_they_are = real[start : start + count]
    return np.concatenate([as_they_are, _mixtures(real, count - len(as_they_are), rng)])


def _mixtures(real: Vectors, count: int, rng: np.random.Generator) -> Vectors:
    one, two = (real[rng.integers(0, len(real), count)] for _ in range(2))
    share = rng.random((count, 1)).astype(np.float32)
    noise = rng.normal(0, _NOISE / np.sqrt(real.shape[1]), one.shape).astype(np.float32)
    return unit_rows(share * one + (1 - share) * two + noise)


def _records(start: int, vectors: Vectors, rng: np.random.Generator) -> Iterator[FileRecord]:
    volume = Volume("made-for-measuring", "/media/made-for-measuring")
    for number, vector in enumerate(vectors, start):
        place = Place(volume, f"Pictures/{number // _FILES_A_FOLDER:05}")
        colour, pixels, look = int(rng.integers(1 << 24)), rng.bytes(32), rng.bytes(BYTES)
        content = Content(rng.bytes(32), 3_500_000, 4000, 3000, "JPEG", colour, _CAPTURE, pixels, look)
        mtime_ns = _TAKEN_NS + number * 1_000_000_007  # as large as real ones: SQLite keeps small numbers short
        yield FileRecord(place, f"IMG_{number:07}.jpg", 3_500_000, mtime_ns, number, content, vector)


def _run(what: str, started: float, folder: Path, paths: list[str]) -> dict[str, Any]:
    begun = time.time()
    with Session.open(folder) as session:
        search_files(session, paths[:1])
        result: dict[str, Any] = {
            "open": round(time.time() - begun, 3),
            "imports": round(time.time() - started, 3),
            "dim": session.encoder.dim,
        }
        if what == "index":
            running = session.indexer.submit(index_paths, session, paths[-1:])
            paths = paths[:-1]
            saved = set()
            while not running.done():
                search_files(session, paths[:1])
                saved |= {path.name for path in (folder / "index").glob("*/graph-*.bin")}
            running.result()
            saved |= {path.name for path in (folder / "index").glob("*/graph-*.bin")}
            result["saves"] = len(saved) - 1  # each has the hash of what it holds in its name
        seconds = [search_files(session, [path]).seconds for path in paths]
    result["p50"], result["p95"] = (round(1000 * float(np.percentile(seconds, p)), 2) for p in (50, 95))
    result["resident"] = _peak_resident_mb()
    return result


def _peak_resident_mb() -> float:
    import resource  # not on Windows

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 if sys.platform == "linux" else 1024 * 1024), 1)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_run(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])))
