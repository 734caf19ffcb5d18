"""What the laboratory asks for; answers come back through ``Tasks``."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from cbir_desktop.core import registry
from cbir_desktop.core.tasks import Task
from cbir_desktop.encoders.models import available
from cbir_desktop.evaluation.files import Readable
from cbir_desktop.evaluation.lab.loading import Source, load
from cbir_desktop.evaluation.lab.measuring import Extent
from cbir_desktop.evaluation.lab.methods import Method, with_poolings
from cbir_desktop.evaluation.lab.results import Outcome
from cbir_desktop.evaluation.lab.run import Lab
from cbir_desktop.evaluation.lab.sets import LabSet, thinned
from cbir_desktop.gui.pictures import fitted, to_qimage
from cbir_desktop.gui.tasks import Callback, Handle, Tasks
from cbir_desktop.images.safe import SafeDecoder
from cbir_desktop.library.session import Session
from cbir_desktop.library.whiten import whiten


@dataclass(frozen=True)
class Ways:
    """What can be tried, (name, summary) each. ``mapped``: encoders that give a feature map, which can be pooled."""

    encoders: Sequence[tuple[str, str]]
    rerankers: Sequence[tuple[str, str]]
    mapped: frozenset[str]
    current: str


class LabBackend:
    """Each method returns at once with a ``Handle``. Runs, and the map, have threads of their own: searches never
    wait for them."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self._session, self._tasks = session, tasks
        self.thread = ThreadPoolExecutor(2, "laboratory")
        self._running: list[Handle] = []
        session.at_close(self._close)

    def ways(self, done: Callable[[Ways], None], failed: Callback) -> Handle:
        return self._tasks.submit(self._session.queries, _ways, self._session, done=done, failed=failed)

    def run(
        self,
        source: Source,
        methods: Sequence[Method],
        extent: Extent,
        loaded: Callable[[LabSet], None],
        measured: Callable[[Outcome], None],
        **callbacks: Callback,
    ) -> Handle:
        """``loaded(set)`` first, ``measured(outcome)`` for each method, ``done(None)`` at last."""
        folder = results_folder(self._session, source.path)
        given = (self._session, folder, source, list(methods), extent)
        tell = (self._tasks.relay(loaded), self._tasks.relay(measured))
        handle = self._tasks.submit(self.thread, _run, *given, *tell, with_task=True, **callbacks)
        self._running.append(handle)
        return handle

    def picture(
        self, entry: Readable, side: int, ratio: float, done: Callable[[QImage], None], failed: Callback
    ) -> Handle:
        """A picture of a set, fitted to a square."""
        given = (self._session.decoder, entry, side, ratio)
        return self._tasks.submit(self._session.thumb_loaders, _picture, *given, done=done, failed=failed)

    def whitened(self, encoder: str, dim: int, done: Callable[[str], None], failed: Callback) -> Handle:
        """An encoder more, whitened on the library's own photos; ``done`` gets its name."""
        given = (self._session, encoder, dim)
        return self._tasks.submit(self._session.indexer, _whitened, *given, done=done, failed=failed)

    def _close(self) -> None:
        for handle in self._running:
            handle.task.cancel()
        self.thread.shutdown(wait=True, cancel_futures=True)


def results_folder(session: Session, path: str) -> Path:
    """Where the results on a folder are kept: they are derived, and go when the cache does."""
    name = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return session.folders.cache / "laboratory" / name


def _ways(session: Session) -> Ways:
    found = available(session.folders.models)
    descriptors = [(name, registry.descriptors.plugin(name).summary) for name in registry.descriptors.names()]
    rerankers = [(name, registry.rerankers.plugin(name).summary) for name in registry.rerankers.names()]
    encoders = [(name, summary) for name, summary, _ in found] + descriptors
    models = session.folders.models
    mapped = frozenset(name for name, _ in encoders if with_poolings(name, ("avg",), models) != [name])
    return Ways(encoders, rerankers, mapped, session.encoder_name)


def _run(
    session: Session,
    folder: Path,
    source: Source,
    methods: list[Method],
    extent: Extent,
    loaded: Callable[[LabSet], None],
    measured: Callable[[Outcome], None],
    task: Task,
) -> None:
    lab_set = thinned(load(source), extent.queries, extent.seed)
    loaded(lab_set)
    Lab(lab_set, folder, extent, session.folders.models).run(methods, task, measured)


def _picture(decoder: SafeDecoder, entry: Readable, side: int, ratio: float) -> QImage:
    return fitted(to_qimage(decoder.decode(entry.read(), min_side=round(side * ratio)).image), side, ratio)


def _whitened(session: Session, encoder: str, dim: int) -> str:
    return whiten(session, encoder, dim)[0].name
