"""Finding the pairs to prove in large made libraries: time, memory, and how both grow; each in a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Vectors
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.embed import Decoding, embed
from cbir_desktop.evaluation.processes import peak_resident_mb
from cbir_desktop.evaluation.scale_bench import made_records, mixtures
from cbir_desktop.library.candidates import as_tuples, near_pairs, radius_of
from cbir_desktop.library.session import Session
from cbir_desktop.store.vectors import unit_rows

_BLOCK = 1000
_COPIES = 100  # of a block: its last, of its first
_LEAST, _MOST = 0.6, 0.98  # similarity of a planted copy to its original: the edits of ``edits`` lie there


@dataclass(frozen=True, slots=True)
class JoinResult:
    """``found``: share of the ``planted`` copies that are candidates with their originals. ``seconds``: of the
    candidates alone, the index being loaded; ``processor_seconds``: of all threads, which other work on the
    machine does not change; ``megabytes``: peak of the process with catalog, index and encoder."""

    photos: int
    planted: int
    found: float
    candidates: int
    seconds: float
    processor_seconds: float
    megabytes: float
    threads: int

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def measure_join(folder: Path, photos: int, pictures: Decoding, encoder: str, task: Task = NULL_TASK) -> JoinResult:
    """A library of ``photos`` made in ``folder`` (what is there is kept), and the candidates of all of it."""
    with Session.open(folder, encoder) as session:
        known = len(session.catalog.vectors.ids(session.encoder_id))
        if known < photos:
            real = embed(pictures, {"": create_encoder(encoder)}).vectors[""]
            for start in range(known, photos, _BLOCK):
                task.step(start, photos)
                vectors = _block(real, start)[: photos - start]
                records = made_records(start, vectors, np.random.default_rng((1, start)))
                session.catalog.files.record(list(records), session.encoder_id)
        session.keep_encoder()
        session.open_index(task).sync(task)
        session.save_index()
    done = subprocess.run([sys.executable, "-m", __name__, str(folder)], capture_output=True, text=True, check=True)
    return JoinResult(**json.loads(done.stdout))


def table(results: Sequence[JoinResult]) -> str:
    """Markdown; ``us a photo``, of processor, tells how the time grows."""
    head = [
        "photos",
        "candidates",
        "a photo",
        "planted",
        "found",
        "seconds",
        "of processor",
        "us a photo",
        "MB",
        "threads",
    ]
    rows = []
    for one in results:
        part = [f"{one.candidates / one.photos:.2f}", str(one.planted), f"{one.found:.4f}", f"{one.seconds:.1f}"]
        growth = [f"{one.processor_seconds:.1f}", f"{1e6 * one.processor_seconds / one.photos:.0f}"]
        growth += [f"{one.megabytes:.0f}", str(one.threads)]
        rows.append([str(one.photos), str(one.candidates), *part, *growth])
    return markdown(head, rows)


def _block(real: Vectors, start: int) -> Vectors:
    """(1000, dim) unit rows of which the last 100 are copies of the first."""
    rng = np.random.default_rng((0, start))
    made = mixtures(real, _BLOCK - _COPIES, rng)
    likeness = rng.uniform(_LEAST, _MOST, (_COPIES, 1)).astype(np.float32)
    noise = rng.normal(size=(_COPIES, made.shape[1])).astype(np.float32)
    originals = made[:_COPIES]
    across = unit_rows(noise - (noise * originals).sum(axis=1, keepdims=True) * originals)
    return np.concatenate([made, likeness * originals + np.sqrt(1 - likeness**2) * across])


def _measure(folder: Path) -> JoinResult:
    with Session.open(folder) as session:
        engine, ids = session.engine, session.catalog.content_ids()
        engine.open_index()
        started, spent = time.monotonic(), time.process_time()
        within = radius_of(session.catalog, engine.encoder_id)
        pairs = near_pairs(session.catalog, engine, ids.tolist(), within, NULL_TASK)
        seconds, processor = time.monotonic() - started, time.process_time() - spent
        place = {number: row for row, number in enumerate(ids.tolist())}
        found = sum(_is_planted(place[a], place[b]) for a, b in as_tuples(pairs))
        planted = sum(row % _BLOCK >= _BLOCK - _COPIES for row in range(len(ids)))
        threads = session.settings.threads
        return JoinResult(
            len(ids),
            planted,
            found / max(planted, 1),
            len(pairs),
            round(seconds, 2),
            round(processor, 2),
            peak_resident_mb(),
            threads,
        )


def _is_planted(first: int, second: int) -> bool:
    return second - first == _BLOCK - _COPIES and second % _BLOCK >= _BLOCK - _COPIES


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(Path(sys.argv[1])).to_json()))
