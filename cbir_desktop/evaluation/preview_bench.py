"""The instant preview pass: how fast it is, and how near what it finds is to what is found once all is indexed."""

import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import simplejpeg

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.evaluation.datasets import ImageSet
from cbir_desktop.images.decode import decode
from cbir_desktop.images.preview import HEAD, preview_in
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.library.indexing import WORKING_SIDE
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.moved import NewFile
from cbir_desktop.library.previewing import preview_pass
from cbir_desktop.library.session import Session

TOP = 10
_LONG_SIDE, _QUALITY = 160, 80  # of most EXIF thumbnails


@dataclass(frozen=True, slots=True)
class PreviewFidelity:
    """``overlap``: of the ``TOP`` nearest photos by full vectors, the mean share that is among those by previews, for
    queries that are the photos themselves in full; ``nearest``: the share of queries whose nearest is the same.

    ``own``: the mean cosine of a photo's two vectors. ``cameras``: how many previews are of cameras; the rest is made
    as they make them.
    """

    photos: int
    cameras: int
    overlap: float
    nearest: float
    own: float

    def to_json(self) -> dict[str, Any]:
        return {name: round(value, 4) for name, value in asdict(self).items()}


def preview_rate(session: Session, paths: Sequence[str]) -> float:
    """Files a second of the preview pass over these files, in a library that does not know them yet.

    Raises ValueError where a file has no preview.
    """
    mounts = read_mounts()
    status = [os.stat(path) for path in paths]
    files = [
        NewFile(path, mounts.place_of(os.path.dirname(path)), found.st_size, found.st_mtime_ns, found.st_ino)
        for path, found in zip(paths, status, strict=True)
    ]
    with session.writing():
        started = time.perf_counter()
        preview_pass(session, session.engine, files, NULL_TASK, len(files))
        seconds = time.perf_counter() - started
    if session.catalog.previews.count() != len(paths):
        raise ValueError(f"{session.catalog.previews.count()} of {len(paths)} files have a preview")
    return len(paths) / seconds


def measure_fidelity(images: ImageSet, encoder: Encoder, most: int = 2000, task: Task = NULL_TASK) -> PreviewFidelity:
    """Compare the rankings of ``most`` of these photos, evenly taken. Raises ``KnownError`` for fewer than ``TOP`` + 2.

    A picture that cannot be decoded is left out.
    """
    rows = np.linspace(0, len(images) - 1, min(most, len(images))).astype(int).tolist()
    full: list[Vectors] = []
    small: list[Vectors] = []
    cameras = 0
    for done, row in enumerate(rows):
        task.step(done, len(rows))
        try:
            data = images.read(row)
            image = decode(data, min_side=WORKING_SIDE).image
        except DecodeError:
            continue
        preview = preview_in(data[:HEAD])
        cameras += preview is not None
        full.append(encoder.encode([image])[0])
        small.append(encoder.encode([made_thumbnail(image) if preview is None else preview.image])[0])
    if len(full) < TOP + 2:
        raise KnownError(f"{images.name}: {len(full)} photos are too few to compare rankings", "too-few-pictures")
    return compare(np.stack(full), np.stack(small), cameras)


def made_thumbnail(image: Image) -> Image:
    """What a camera would have left of this picture, as it comes out of the decoder."""
    data = simplejpeg.encode_jpeg(fit_long_side(image, _LONG_SIDE), _QUALITY, "RGB", "420")
    return np.asarray(simplejpeg.decode_jpeg(data, "RGB"), np.uint8)


def compare(full: Vectors, small: Vectors, cameras: int) -> PreviewFidelity:
    """Of (n, dim) unit vectors of the same photos, in full and by their previews."""
    final, provisional = _nearest(full, full), _nearest(full, small)
    shared = [len(np.intersect1d(a, b)) for a, b in zip(final, provisional, strict=True)]
    return PreviewFidelity(
        photos=len(full),
        cameras=cameras,
        overlap=float(np.mean(shared)) / TOP,
        nearest=float(np.mean(final[:, 0] == provisional[:, 0])),
        own=float(np.mean((full * small).sum(axis=1))),
    )


def _nearest(queries: Vectors, gallery: Vectors) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """(n, TOP) rows of the gallery, best first, without the query's own."""
    scores = queries @ gallery.T
    np.fill_diagonal(scores, -np.inf)
    return np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
