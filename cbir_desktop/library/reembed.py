"""Give every photo a vector of another encoder, while the library goes on searching with the one it has.

The work is done in slices on ``session.indexer``, so that photos can be indexed in between; they get both vectors. What
has a vector is never encoded again: a run that was killed or cancelled goes on where it stopped. When no photo that can
be read is left, the library switches, in one transaction. The old vectors stay: switching back takes no encoding.

A photo whose file cannot be read now (its drive is away) keeps its old vector and is reported. After the switch it is
not found, since vectors of two encoders cannot be compared, until its drive is back and it is indexed or re-embedded.
"""

import os
import time
from concurrent.futures import Future
from dataclasses import dataclass, field, replace

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError, LibraryInUseError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import NULL_TASK, Cancelled, Task
from cbir_desktop.core.types import Vectors
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.models import resolve
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.indexing import WORKING_SIDE, vector_of
from cbir_desktop.library.precision import settle
from cbir_desktop.library.session import Session
from cbir_desktop.store.catalog import Photo, Problem

SLICE = 32  # photos: some seconds at most, which is what a kill can lose and what a search for the lock waits
_LOCK_SECONDS = 0.5  # between two looks at whether the task was cancelled, while another process indexes


@dataclass
class ReembedReport:
    """``encoded`` photos got their vector in this run, ``present`` had it already; ``left`` could not be read.

    ``switched`` is False where the library searched with this encoder before, and only lacked some vectors.
    """

    encoder: str
    encoded: int = 0
    present: int = 0
    left: list[Problem] = field(default_factory=list)
    switched: bool = False
    seconds: float = 0.0


def reembed(
    session: Session,
    encoder: str | None = None,
    pool: str | None = None,
    precision: str | None = None,
    task: Task = NULL_TASK,
) -> ReembedReport:
    """``start_reembed``, waited for. Not to be called in the indexer's own thread, which does the work."""
    return start_reembed(session, encoder, pool, precision, task).result()


def start_reembed(
    session: Session,
    encoder: str | None = None,
    pool: str | None = None,
    precision: str | None = None,
    task: Task = NULL_TASK,
) -> Future[ReembedReport]:
    """Begin, or go on with, a switch to ``encoder`` (``NAME[+POOL][@PRECISION]``); returns at once.

    Nothing named: go on with the switch that is under way, or fill in what the library's encoder lacks. Only ``pool``
    or ``precision``: the library's encoder with another one. The future raises ``Cancelled``, or ``KnownError``: kind
    ``superseded`` when another switch was begun, ``nothing-readable`` when no photo could be read (no switch then).
    """
    run = _Run(session, (encoder, pool, precision), task)
    run.submit()
    return run.outcome


def target(session: Session, encoder: str | None, pool: str | None, precision: str | None) -> Choice:
    """The encoder that these options mean for this library. Raises ``KnownError`` for one that is not there."""
    current, pending = session.encoder_name, session.next_encoder_name
    if encoder is None and pool is None and precision is None:
        return Choice.parse(pending or current)
    choice = Choice.parse(encoder or current)
    choice = replace(choice, pool=pool or choice.pool, precision=precision or choice.precision)
    choice = resolve(str(choice), session.folders.models)
    for name in (pending, current):  # measured once, and for good
        if name is not None and replace(Choice.parse(name), precision=None) == choice:
            return Choice.parse(name)
    return settle(choice, session.folders.models)


class _Run:
    """One re-embedding. Every method but ``submit`` and ``_after`` runs in the indexer."""

    def __init__(self, session: Session, wanted: tuple[str | None, str | None, str | None], task: Task) -> None:
        self.outcome: Future[ReembedReport] = Future()
        self.outcome.set_running_or_notify_cancel()
        self._session = session
        self._wanted = wanted
        self._task = task
        self._started = time.monotonic()
        self._report = ReembedReport("")
        self._engine: Engine | None = None
        self._todo: list[int] = []
        self._failed: dict[int, Problem] = {}
        self._total = 0

    def submit(self) -> None:
        try:
            part = self._session.indexer.submit(self._part)
        except RuntimeError:  # the session was closed
            self.outcome.set_exception(Cancelled())
            return
        part.add_done_callback(self._after)

    def _after(self, part: Future[bool]) -> None:
        """Behind whatever was queued meanwhile: the next part."""
        if part.cancelled():
            self.outcome.set_exception(Cancelled())
        elif (error := part.exception()) is not None:
            self.outcome.set_exception(error)
        elif part.result():
            self._report.seconds = time.monotonic() - self._started
            self.outcome.set_result(self._report)
        else:
            self.submit()

    def _part(self) -> bool:
        """Begin, encode a slice, or finish. True once all is done."""
        if self._engine is None:
            self._engine = self._begin()
        engine = self._engine
        self._check_wanted(engine)
        if not self._todo:
            self._todo = self._lacking(engine)
        if self._todo:
            self._encode_slice(engine)
            return False
        return self._finish(engine)

    def _begin(self) -> Engine:
        self._task.check()
        name = str(target(self._session, *self._wanted))
        engine = self._session.make_engine(name) if name != self._session.encoder_name else self._session.engine
        engine.encoder  # noqa: B018 - fail before anything is written when the model cannot be loaded
        self._session.begin_switch(name)
        engine = self._session.next_engine or self._session.engine
        self._report.encoder = name
        self._total = len(self._lacking(engine))
        self._report.present = len(self._session.catalog.content_ids()) - self._total
        return engine

    def _check_wanted(self, engine: Engine) -> None:
        if engine.name not in (self._session.next_encoder_name, self._session.encoder_name):
            raise KnownError("another encoder was chosen meanwhile; this switch ends here", "superseded")

    def _lacking(self, engine: Engine) -> list[int]:
        """Photos without a vector of the new encoder, in the order of their paths; not those that failed here."""
        photos = self._session.catalog.content_ids()
        there = np.isin(photos, self._session.catalog.vectors.ids(engine.encoder_id))
        return [content for content in photos[~there].tolist() if content not in self._failed]

    def _encode_slice(self, engine: Engine) -> None:
        slice_, self._todo = self._todo[:SLICE], self._todo[SLICE:]
        photos = self._session.catalog.photos(slice_)
        vectors: list[tuple[int, Vectors]] = []
        answers = bounded_map(
            self._session.decoders, lambda photo: self._encode(engine, photo), photos, 2 * len(photos) + 1
        )
        try:
            for photo, answer in zip(photos, answers, strict=True):
                if isinstance(answer, Problem):
                    self._failed[photo.content_id] = answer
                else:
                    vectors.append((photo.content_id, answer))
        finally:
            self._write(engine, vectors)
        done = self._report.encoded + len(self._failed)
        self._task.step(done, max(self._total, done + len(self._todo)))

    def _encode(self, engine: Engine, photo: Photo) -> Vectors | Problem:
        """From whichever of the photo's files still holds it. Runs in the decode threads."""
        self._task.check()
        if photo.state != "online":
            return Problem(photo.path, "offline", "its drive is away: it keeps the vector of the old encoder")
        problem = Problem(photo.path, "changed", "the file has changed: index its folder again")
        for path in (photo.path, *photo.also):
            try:
                data = read_file(path)
                if hash_bytes(data) == photo.hash:
                    return vector_of(engine, self._session.index_decoder.decode(data, min_side=WORKING_SIDE))
            except DecodeError as error:
                problem = Problem(path, error.kind, str(error))
        return problem

    def _write(self, engine: Engine, vectors: list[tuple[int, Vectors]]) -> None:
        catalog = self._session.catalog
        encoder_id = engine.encoder_id
        with catalog.db.writing():
            self._report.encoded += sum(catalog.vectors.put(content, encoder_id, vector) for content, vector in vectors)

    def _finish(self, engine: Engine) -> bool:
        """Build the new index, then switch if nothing came in between. False: something did."""
        session = self._session
        if len(session.catalog.content_ids()) and not len(session.catalog.vectors.ids(engine.encoder_id)):
            raise KnownError(
                "none of the photos can be read now, are their drives away? The library keeps its encoder",
                "nothing-readable",
            )
        index = engine.open_index(self._task)
        try:
            with session.writing(_LOCK_SECONDS):
                index.sync(self._task)
                index.save()
                if self._lacking(engine):
                    return False
                if engine.name != session.encoder_name:
                    session.finish_switch(engine.name)
                    self._report.switched = True
        except LibraryInUseError:  # another process indexes: after it there may be more to do
            self._task.check()
            return False
        self._report.left = sorted(self._failed.values(), key=lambda problem: os.fsencode(problem.path))
        return True
