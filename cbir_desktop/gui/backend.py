"""What the window asks of the library, each in its executor; answers come back through ``Tasks``."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QImage

from cbir_desktop.core.tasks import Task
from cbir_desktop.core.verification import Verification
from cbir_desktop.gui.compare_camera import Pair
from cbir_desktop.gui.compare_pictures import LaidOver, Loaded, lay_over, load
from cbir_desktop.gui.decisions_backend import DecisionsBackend
from cbir_desktop.gui.overview import Overview, Place, look
from cbir_desktop.gui.pictures import pasted_bytes, pasted_image, photo_picture, photo_thumb, source_picture
from cbir_desktop.gui.query import FileSource, PastedSource, PhotoSource, SortedPaths, Source, sort_paths
from cbir_desktop.gui.review_backend import ReviewBackend
from cbir_desktop.gui.tasks import Callback, Handle, Tasks
from cbir_desktop.gui.upkeep import Upkeep
from cbir_desktop.library.answers import Answer
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import search_contents, search_files, search_images
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import verify_many, verify_pair
from cbir_desktop.store.catalog import Photo

RESULTS = 200
"""How many results a search shows."""

Verdicts = dict[int, Verification]
"""By the photo's id."""


class Backend:
    """One open library as the window sees it: its photos, its ``upkeep``, the ``review`` of its duplicates, and the
    ``decisions`` about them. Each method returns at once with a ``Handle``."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self._session = session
        self._tasks = tasks
        self.upkeep = Upkeep(session, tasks)
        self.review = ReviewBackend(session, tasks)
        self.decisions = DecisionsBackend(session, tasks)

    def overview(self, place: Place, known: int | None, done: Callable[[Overview | None], None]) -> Handle:
        """``known``: the version of the last one; None comes where nothing has changed since."""
        return self._tasks.submit(self._session.queries, look, self._session, place, known, done=done)

    def photos(self, ids: Sequence[int], done: Callable[[list[Photo]], None]) -> Handle:
        return self._tasks.submit(self._session.queries, self._session.catalog.photos, list(ids), done=done)

    def sort(self, paths: Sequence[str], done: Callable[[SortedPaths], None]) -> Handle:
        return self._tasks.submit(self._session.queries, sort_paths, paths, done=done)

    def index(self, paths: Sequence[str], **callbacks: Callback) -> Handle:
        """``done(report)``; what was indexed before a cancel is kept."""
        indexer = self._session.indexer
        return self._tasks.submit(indexer, index_paths, self._session, list(paths), with_task=True, **callbacks)

    def search(self, sources: Sequence[Source], done: Callable[[Answer], None], failed: Callback) -> Handle:
        """The photos most like all of the sources together."""
        return self._tasks.submit(
            self._session.queries, _search, self._session, tuple(sources), done=done, failed=failed, with_task=True
        )

    def thumb(self, photo: Photo, side: int, ratio: float, done: Callable[[QImage], None], failed: Callback) -> Handle:
        loaders, thumbs, decoder = self._session.thumb_loaders, self._session.thumbs, self._session.decoder
        return self._tasks.submit(loaders, photo_thumb, thumbs, decoder, photo, side, ratio, done=done, failed=failed)

    def preview(
        self, photo: Photo, side: int, ratio: float, done: Callable[[QImage], None], failed: Callback
    ) -> Handle:
        """A sharper picture than the thumbnail, from the file where it is there."""
        loaders, thumbs, decoder = self._session.thumb_loaders, self._session.thumbs, self._session.decoder
        return self._tasks.submit(loaders, photo_picture, thumbs, decoder, photo, side, ratio, done=done, failed=failed)

    def chip(self, source: Source, side: int, ratio: float, done: Callable[[QImage], None], failed: Callback) -> Handle:
        loaders, thumbs, decoder = self._session.thumb_loaders, self._session.thumbs, self._session.decoder
        return self._tasks.submit(
            loaders, source_picture, thumbs, decoder, source, side, ratio, done=done, failed=failed
        )

    def picture(self, source: Source, done: Callable[[Loaded], None], failed: Callback) -> Handle:
        """A picture of a comparison, in its own pixels, with its facts."""
        loaders, decoder = self._session.thumb_loaders, self._session.decoder
        return self._tasks.submit(loaders, load, decoder, source, done=done, failed=failed)

    def verify(self, a: Source, b: Source, done: Callable[[Verification], None], failed: Callback) -> Handle:
        """What relates B to A."""
        return self._tasks.submit(
            self._session.queries, _verify, self._session, a, b, done=done, failed=failed, with_task=True
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


def _search(session: Session, sources: tuple[Source, ...], task: Task) -> Answer:
    """Sources of one kind go to the use case for that kind, which knows what to leave out of its own results."""
    files = [source.path for source in sources if isinstance(source, FileSource)]
    photos = [source.photo.content_id for source in sources if isinstance(source, PhotoSource)]
    pasted = [source for source in sources if isinstance(source, PastedSource)]
    if len(files) == len(sources):
        return search_files(session, files, k=RESULTS, task=task)
    if len(photos) == len(sources):
        return search_contents(session, photos, k=RESULTS, task=task)
    return search_images(session, [pasted_image(session.decoder, source) for source in pasted], k=RESULTS, task=task)


def _verify(session: Session, a: Source, b: Source, task: Task) -> Verification:
    return verify_pair(session, _to_verify(a), _to_verify(b), task)


def _verify_hits(session: Session, query: Source, ids: list[int], task: Task) -> Verdicts:
    verdicts = verify_many(session, _to_verify(query), ids, task)
    return {photo: verdict for photo, verdict in verdicts if isinstance(verdict, Verification)}


def _to_verify(source: Source) -> str | bytes | int:
    """A picture as ``library.verify`` takes it: a photo of the library by its id, for which features may be kept."""
    match source:
        case FileSource(path):
            return path
        case PhotoSource(photo):
            return photo.path if photo.provisional else photo.content_id
        case PastedSource():
            return pasted_bytes(source)
