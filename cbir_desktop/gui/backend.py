"""What the window asks of the library, each in its executor; answers come back through ``Tasks``."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from cbir_desktop.core.region import Region
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.verification import Verification
from cbir_desktop.gui.compare_camera import Pair
from cbir_desktop.gui.compare_pictures import LaidOver, Loaded, lay_over, load
from cbir_desktop.gui.decisions_backend import DecisionsBackend
from cbir_desktop.gui.desktop import Desktop
from cbir_desktop.gui.lab_backend import LabBackend
from cbir_desktop.gui.overview import Overview, Place, look
from cbir_desktop.gui.pictures import pasted_bytes, photo_picture, photo_thumb, source_picture
from cbir_desktop.gui.programs import OtherProgram
from cbir_desktop.gui.query import FileSource, PhotoSource, SortedPaths, Source, sort_paths
from cbir_desktop.gui.question import Example, Question
from cbir_desktop.gui.question_query import resolved, to_query
from cbir_desktop.gui.review_backend import ReviewBackend
from cbir_desktop.gui.searches import Searches
from cbir_desktop.gui.tasks import Callback, Handle, Tasks
from cbir_desktop.gui.upkeep import Upkeep
from cbir_desktop.library.answers import Answer
from cbir_desktop.library.fetching import fetch
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.latent_map import LatentMap, make_map
from cbir_desktop.library.searching import Proof, search, verify_example
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import shared_objects, verify_many, verify_pair
from cbir_desktop.matchers.objects import FoundObject
from cbir_desktop.store.catalog import Photo

RESULTS = 1000
"""How many photos an answer holds: what a threshold and filters choose from."""
PROVED = 50
"""So many of the best are looked at for where a region lies on them."""

Verdicts = dict[int, Verification]
"""By the photo's id."""


class Backend:
    """One open library as the window sees it: its photos, its ``upkeep``, its saved ``searches``, the ``review`` of its
    duplicates, the ``decisions`` about them, and the ``lab``. Each method returns at once with a ``Handle``."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self._session = session
        self._tasks = tasks
        self.upkeep = Upkeep(session, tasks)
        self.searches = Searches(session, tasks)
        self.review = ReviewBackend(session, tasks)
        self.decisions = DecisionsBackend(session, tasks)
        self.lab = LabBackend(session, tasks)

    def overview(self, place: Place, known: int | None, done: Callable[[Overview | None], None]) -> Handle:
        """``known``: the version of the last one; None comes where nothing has changed since."""
        return self._tasks.submit(self._session.queries, look, self._session, place, known, done=done)

    def photos(self, ids: Sequence[int], done: Callable[[list[Photo]], None]) -> Handle:
        return self._tasks.submit(self._session.queries, self._session.catalog.photos, list(ids), done=done)

    def make_map(
        self, first: Callable[[LatentMap], None], done: Callable[[LatentMap], None], failed: Callback
    ) -> Handle:
        """``first``: a rough map, where a better one takes a while. In the thread of the laboratory."""
        tell = self._tasks.relay(first)
        return self._tasks.submit(
            self.lab.thread, make_map, self._session, tell, done=done, failed=failed, with_task=True
        )

    def sort(self, paths: Sequence[str], done: Callable[[SortedPaths], None]) -> Handle:
        return self._tasks.submit(self._session.queries, sort_paths, paths, done=done)

    def programs(self, desktop: Desktop, path: str, done: Callable[[Sequence[OtherProgram]], None]) -> Handle:
        return self._tasks.submit(self._session.queries, desktop.programs, path, done=done)

    def fetch(self, address: str, done: Callable[[bytes], None], failed: Callback) -> Handle:
        """From the web: only where ``upkeep.may_fetch`` and the user say so."""
        return self._tasks.submit(self._session.queries, fetch, address, done=done, failed=failed, with_task=True)

    def index(self, paths: Sequence[str], **callbacks: Callback) -> Handle:
        """``done(report)``; what was indexed before a cancel is kept."""
        indexer = self._session.indexer
        return self._tasks.submit(indexer, index_paths, self._session, list(paths), with_task=True, **callbacks)

    def search(
        self,
        question: Question,
        found: Callable[[Answer | Proof], None],
        done: Callable[[None], None],
        failed: Callback,
    ) -> Handle:
        """``found`` is called for each step of the answer as it comes; never once the handle is cancelled."""
        begun: list[Handle] = []

        def pass_on(item: Answer | Proof) -> None:
            if not begun[0].task.cancelled:
                found(item)

        tell = self._tasks.relay(pass_on)
        begun.append(
            self._tasks.submit(
                self._session.queries, _search, self._session, question, tell, done=done, failed=failed, with_task=True
            )
        )
        return begun[0]

    def thumb(self, photo: Photo, side: int, ratio: float, done: Callable[[QImage], None], failed: Callback) -> Handle:
        loaders, thumbs, decoder = self._session.thumb_loaders, self._session.thumbs, self._session.decoder
        return self._tasks.submit(loaders, photo_thumb, thumbs, decoder, photo, side, ratio, done=done, failed=failed)

    def preview(
        self, photo: Photo, side: int, ratio: float, done: Callable[[QImage], None], failed: Callback
    ) -> Handle:
        """A sharper picture than the thumbnail, from the file where it is there."""
        loaders, thumbs, decoder = self._session.thumb_loaders, self._session.thumbs, self._session.decoder
        return self._tasks.submit(loaders, photo_picture, thumbs, decoder, photo, side, ratio, done=done, failed=failed)

    def chip(
        self, source: Source, side: int, ratio: float, done: Callable[[tuple[QImage, QSize]], None], failed: Callback
    ) -> Handle:
        """``done((picture, size of the upright picture in its own pixels))``."""
        return self._tasks.submit(
            self._session.thumb_loaders, _chip, self._session, source, side, ratio, done=done, failed=failed
        )

    def picture(self, source: Source, done: Callable[[Loaded], None], failed: Callback) -> Handle:
        """A picture of a comparison, in its own pixels, with its facts."""
        return self._tasks.submit(self._session.thumb_loaders, _load, self._session, source, done=done, failed=failed)

    def verify(
        self, a: Source, b: Source, part: Region | None, done: Callable[[Verification], None], failed: Callback
    ) -> Handle:
        """What relates B to A, or to a part of A."""
        return self._tasks.submit(
            self._session.queries, _verify, self._session, a, b, part, done=done, failed=failed, with_task=True
        )

    def shared_objects(self, a: Source, b: Source, done: Callable[[list[FoundObject]], None]) -> Handle:
        """What A and B show both, each moved in its own way; nothing comes where one cannot be read."""
        return self._tasks.submit(
            self._session.queries, _shared_objects, self._session, a, b, done=done, failed=_nothing, with_task=True
        )

    def verify_hits(self, query: Source, ids: Sequence[int], done: Callable[[Verdicts], None]) -> Handle:
        """What relates each of these photos to the query; those that cannot be read are left out."""
        ignore = partial(done, {})  # that the query cannot be read was told when it was asked with
        return self._tasks.submit(
            self._session.queries,
            _verify_hits,
            self._session,
            query,
            list(ids),
            done=done,
            failed=lambda _: ignore(),
            with_task=True,
        )

    def lay_over(self, a: Loaded, b: Loaded, pair: Pair, done: Callable[[LaidOver], None]) -> Handle:
        """B as it lies on A, and how they differ."""
        return self._tasks.submit(self._session.thumb_loaders, lay_over, a, b, pair, done=done)


def _search(session: Session, question: Question, tell: Callback, task: Task) -> None:
    """What one region is to each photo is found out with the answer; of a whole picture ``verify_hits`` tells."""
    one_region = len(question.plus) == 1 and question.plus[0].region is not None
    prove = PROVED if one_region and question.by == "content" else None
    for item in search(session, to_query(session, question), RESULTS, prove, task=task):
        tell(item)


def _chip(session: Session, source: Source, side: int, ratio: float) -> tuple[QImage, QSize]:
    return source_picture(session.thumbs, session.decoder, resolved(session, source), side, ratio)


def _load(session: Session, source: Source) -> Loaded:
    return load(session.decoder, resolved(session, source))


def _verify(session: Session, a: Source, b: Source, part: Region | None, task: Task) -> Verification:
    if part is not None:
        query = to_query(session, Question((Example(a, region=part),)))
        return verify_example(session, query.examples[0], _to_verify(session, b), task)
    return verify_pair(session, _to_verify(session, a), _to_verify(session, b), task)


def _shared_objects(session: Session, a: Source, b: Source, task: Task) -> list[FoundObject]:
    return shared_objects(session, _to_verify(session, a), _to_verify(session, b), task)


def _nothing(error: Exception) -> None:
    """The verdict on the same pictures told it."""


def _verify_hits(session: Session, query: Source, ids: list[int], task: Task) -> Verdicts:
    verdicts = verify_many(session, _to_verify(session, query), ids, task)
    return {photo: verdict for photo, verdict in verdicts if isinstance(verdict, Verification)}


def _to_verify(session: Session, source: Source) -> str | bytes | int:
    """A picture as ``library.verify`` takes it: a photo of the library by its id, for which features may be kept."""
    match resolved(session, source):
        case FileSource(path):
            return path
        case PhotoSource(photo):
            return photo.path if photo.provisional else photo.content_id
        case pasted:
            return pasted_bytes(pasted)
