"""A map of the library: each photo a place in the plane, like photos near each other. Derived, and kept."""

import hashlib
import importlib.util
import io
import multiprocessing
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.library.session import Session

_VERSION = 2
_CHUNK = 5000
_LOOK_SECONDS = 0.2
_MARGIN = 0.02
_CUT = 0.001
"""A thousandth at each end is moved to the border: a few far ones would press all others together."""
_SMALL = 16
"""UMAP needs more photos than neighbours; with fewer than these a map says nothing beyond its first two axes."""
_SAMPLE = 20_000


@dataclass(frozen=True)
class LatentMap:
    """``ids``: (n,) rising; ``places``: (n, 2) float32 from 0 to 1, y downwards; ``method``: ``umap`` or ``pca``."""

    ids: Ids
    places: Vectors
    method: str


def make_map(session: Session, tell: Callable[[LatentMap], None], task: Task = NULL_TASK) -> LatentMap:
    """The map by the library's encoder. ``tell`` hears of the first two principal axes at once; where umap-learn is
    installed (extra ``map``), UMAP's follows, from the cache or made in a process of its own.

    Raises ``KnownError`` (kind ``empty-library``), ``Cancelled``.
    """
    engine = session.engine
    ids = session.catalog.vectors.ids(engine.encoder_id)
    if not len(ids):
        raise KnownError("the library holds no photos yet", "empty-library")
    wanted = "umap" if len(ids) > _SMALL and importlib.util.find_spec("umap") is not None else "pca"
    path = _cache_file(session, engine.encoder.key, ids, wanted)
    kept = _read(path, ids, wanted)
    if kept is not None:
        return kept
    vectors = _vectors(session, ids, engine.encoder_id, task)
    made = LatentMap(ids, framed(principal_axes(vectors)), "pca")
    if wanted == "umap":
        tell(made)
        made = LatentMap(ids, evened(framed(by_umap(vectors, task))), "umap")
    _write(path, made)
    return made


def principal_axes(vectors: Vectors) -> Vectors:
    """(n, 2): the two directions in which the vectors differ most, from a sample of them."""
    sample = vectors if len(vectors) <= _SAMPLE else vectors[np.linspace(0, len(vectors) - 1, _SAMPLE).astype(int)]
    mean = sample.mean(axis=0, dtype=np.float64)
    centred = sample.astype(np.float64) - mean
    axes = np.linalg.eigh(centred.T @ centred)[1][:, ::-1][:, :2]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])  # an axis has no sign of its own
    if axes.shape[1] < 2:
        axes = np.concatenate([axes, np.zeros_like(axes)], axis=1)
    return np.asarray((vectors - mean.astype(np.float32)) @ axes.astype(np.float32), np.float32)


def by_umap(vectors: Vectors, task: Task = NULL_TASK) -> Vectors:
    """(n, 2) by UMAP (McInnes et al. 2018), cosine, 15 neighbours; one seed, so that a library has one map.

    In a process of its own, which ends with the task: it takes minutes for 100,000, and cannot be asked to stop.
    Raises ``KnownError`` (kind ``no-map``), ``Cancelled``.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_umap_child, args=(sender, vectors), daemon=True)
    process.start()
    sender.close()
    try:
        while not receiver.poll(_LOOK_SECONDS):
            task.check()
        return np.asarray(receiver.recv(), np.float32)
    except EOFError as error:
        raise KnownError("the map could not be made: its process has ended", "no-map") from error
    finally:
        receiver.close()
        if process.is_alive():
            process.terminate()
        process.join()


def _umap_child(sender: "multiprocessing.connection.Connection", vectors: Vectors) -> None:
    import umap

    places = umap.UMAP(metric="cosine", n_neighbors=15, min_dist=0.1, random_state=0).fit_transform(vectors)
    sender.send(np.asarray(places, np.float32))


def framed(places: Vectors) -> Vectors:
    """(n, 2) into the unit square, both axes by one scale, far ones moved to the border."""
    low, high = np.quantile(places, [_CUT, 1 - _CUT], axis=0)
    span = max(float((high - low).max()), 1e-9)
    middle = (low + high) / 2
    return np.asarray(np.clip(0.5 + (places - middle) / span * (1 - 2 * _MARGIN), 0, 1), np.float32)


def evened(places: Vectors) -> Vectors:
    """(n, 2) of the unit square, along each axis half of the way to even spacing: order stays, equal places stay equal.

    UMAP's islands are small and far from each other, and most of the window would be empty."""
    ranks = np.empty(places.shape)
    for axis in range(2):
        line = np.sort(places[:, axis])
        below, up_to = (np.searchsorted(line, places[:, axis], side) for side in ("left", "right"))
        ranks[:, axis] = (below + up_to) / 2 / len(places)
    return np.asarray((places + ranks) / 2, np.float32)


def _vectors(session: Session, ids: Ids, encoder_id: int, task: Task) -> Vectors:
    blocks = []
    for start in range(0, len(ids), _CHUNK):
        task.step(start, len(ids))
        found, vectors = session.catalog.vectors.of(ids[start : start + _CHUNK].tolist(), encoder_id)
        blocks.append(vectors[np.argsort(found)])
    joined = np.concatenate(blocks)
    if len(joined) != len(ids):
        raise KnownError("the library changed while its map was made: open the map again", "no-map")
    return joined


def _cache_file(session: Session, key: str, ids: Ids, method: str) -> Path:
    """By encoder and contents: a content's vector by an encoder never changes."""
    facts = f"{_VERSION}/{method}/{key}/".encode() + ids.astype("<i8").tobytes()
    return session.folders.cache / "map" / f"{hashlib.sha256(facts).hexdigest()[:24]}.npz"


def _read(path: Path, ids: Ids, method: str) -> LatentMap | None:
    """None where there is none, or it is damaged."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            places = arrays["places"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return LatentMap(ids, places, method) if places.shape == (len(ids), 2) else None


def _write(path: Path, made: LatentMap) -> None:
    """In the place of older ones: a library has one map at a time."""
    data = io.BytesIO()
    np.savez(data, places=made.places)
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob("*.npz"):
        old.unlink(missing_ok=True)
    write_atomic(path, data.getvalue())
