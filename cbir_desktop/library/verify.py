"""Proof that two pictures show the same thing: of files, of photos of the library, of a query against many."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image
from cbir_desktop.core.verification import Prepared, Verification
from cbir_desktop.images.decode import Decoded, decode, read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.answers import Answer, Hit
from cbir_desktop.library.session import Session
from cbir_desktop.matchers.objects import FoundObject, find_objects, in_full_size
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.matchers.verifier import verify
from cbir_desktop.store.catalog import Photo

Source: TypeAlias = str | bytes | int | Image | Prepared
"""A picture to verify: the path of a file, the bytes of one, a photo of the library by its id, its pixels, or what
verification looks at of a part of one."""

DECODED_SIDE = 480
"""Short side that is decoded at least: 640 x 480 and upwards, made smaller from there."""

VERIFIED = 50
"""Results that are proved unless another number is asked for."""

Verdicts: TypeAlias = dict[int, Verification | KnownError]
"""By the number of the photo."""

AHEAD_PART = 0.8
"""Of the cache's bound: filled ahead to this, so that what is looked at still finds room."""


def verify_files(a: str, b: str, session: Session | None = None, task: Task = NULL_TASK) -> Verification:
    """The verdict on two picture files; the library, where one is given, is used as a cache.

    Raises ``DecodeError`` that names the file; ``Cancelled``.
    """
    return verify_pair(session, a, b, task)


def verify_photos(session: Session, content_a: int, content_b: int, task: Task = NULL_TASK) -> Verification:
    """The verdict on two photos of the library, by their ids. Raises as ``verify_pair`` does."""
    return verify_pair(session, content_a, content_b, task)


def verify_pair(session: Session | None, a: Source, b: Source, task: Task = NULL_TASK) -> Verification:
    """The verdict on any two pictures, thorough.

    Raises ``DecodeError`` where one cannot be read, ``KnownError`` for a photo that is away and not cached, or that
    the library does not know; ``Cancelled``.
    """
    sides = _Side(session, a), _Side(session, b)
    for side in sides:
        task.check()
        side.prepared  # noqa: B018
    task.check()
    return _verify(*sides, thorough=True)


def shared_objects(session: Session | None, a: Source, b: Source, task: Task = NULL_TASK) -> list[FoundObject]:
    """The objects that any two pictures share, each moved in its own way, in full-size pixels; the one with most
    matches first. Raises as ``verify_pair`` does."""
    sides = []
    for source in (a, b):
        task.check()
        sides.append(prepare(session, source))
    task.check()
    return [in_full_size(found, sides[0].picture, sides[1].picture) for found in find_objects(*sides)]


def verify_many(
    session: Session, query: Source, photos: Sequence[int], task: Task = NULL_TASK
) -> Iterator[tuple[int, Verification | KnownError]]:
    """The verdict on ``query`` (A) and each photo of the library (B), in their order, as they come.

    A photo that cannot be read gives its error in its place. Raises ``DecodeError`` for the query, ``Cancelled``.
    Leaving the iteration early ends what is under way.
    """
    first = _Side(session, query)
    first.prepared  # noqa: B018 - once, and not in the threads

    def one(photo: int) -> Verification | KnownError:
        task.check()
        try:
            return _verify(first, _Side(session, photo))
        except KnownError as error:
            return error

    verdicts = bounded_map(session.verifiers, one, photos, ahead=2 * session.settings.threads)
    for done, (photo, verdict) in enumerate(zip(photos, verdicts, strict=True), start=1):
        task.step(done, len(photos))
        yield photo, verdict


def proved_first(
    session: Session, queries: Sequence[Source], answer: Answer, count: int = VERIFIED, task: Task = NULL_TASK
) -> tuple[Answer, Verdicts]:
    """The first ``count`` hits proved against the queries (each against the one that it fits best), what is proved in
    front by falling probability, all others in their order behind. Raises as ``verify_many`` does.
    """
    started = time.monotonic()
    front = [hit.photo.content_id for hit in answer.hits[:count]]
    verdicts: Verdicts = {}
    for query in queries:
        for photo, verdict in verify_many(session, query, front, task):
            if photo not in verdicts or chance_of(verdict) > chance_of(verdicts[photo]):
                verdicts[photo] = verdict
    return Answer(ordered(answer.hits, verdicts), answer.seconds + time.monotonic() - started), verdicts


def ordered(hits: Sequence[Hit], verdicts: Verdicts) -> list[Hit]:
    """What is proved in front by falling probability, all others in their order behind; ranks count anew."""
    front = sorted(hits, key=lambda hit: (-chance_of(verdicts.get(hit.photo.content_id)), hit.rank))
    return [replace(hit, rank=rank) for rank, hit in enumerate(front, start=1)]


def chance_of(verdict: Verification | KnownError | None) -> float:
    """The probability of what is proved; 0 where nothing is."""
    if not isinstance(verdict, Verification) or verdict.proved is None:
        return 0.0
    return verdict.copy if verdict.proved == "copy" else verdict.scene


class Ahead:
    """Finds the keypoints of photos that have none in the cache, for when there is nothing else to do."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._left: list[int] = []
        self._seen = -1  # the state of the catalog that ``_left`` was made from
        self._failed: set[int] = set()  # away or damaged: not again in this session

    def work(self, task: Task = NULL_TASK, seconds: float = 1.0) -> bool:
        """For about ``seconds``. Whether anything is left to do: nothing is once the cache is nearly full. Raises
        ``Cancelled``."""
        features, ends = self._session.features, time.monotonic() + seconds
        self._look()
        while self._left:
            task.check()
            if time.monotonic() >= ends:
                return True
            if features.held() > AHEAD_PART * features.max_bytes:
                return False
            number = self._left.pop()
            try:
                side = _Side(self._session, number)
                if side.content not in features:
                    side.prepared  # noqa: B018
            except KnownError:
                self._failed.add(number)
        return False

    def _look(self) -> None:
        version = self._session.catalog.db.data_version()
        if not self._left and version != self._seen:
            self._seen = version
            numbers = self._session.catalog.content_ids()[::-1].tolist()  # the last of them is taken first
            self._left = [number for number in numbers if number not in self._failed]


def prepare(session: Session | None, source: Source) -> Prepared:
    """A picture bounded in size, and its keypoints; from the cache where it is known. Raises as ``verify_pair``."""
    return _Side(session, source).prepared


class _Side:
    """One picture of a pair; reads no more of it than is asked for."""

    def __init__(self, session: Session | None, source: Source) -> None:
        self._session = session
        self._photo: Photo | None = None
        self._prepared: Prepared | None = None
        self._source: str | bytes | Image
        if isinstance(source, int):
            self._photo = _photo(session, source)
            self._source = self._photo.path
        elif isinstance(source, Prepared):
            self._prepared, self._source = source, source.picture.image
        else:
            self._source = source

    @property
    def content(self) -> bytes:
        """The hash of a photo as the library knows it."""
        return b"" if self._photo is None else self._photo.hash

    @property
    def prepared(self) -> Prepared:
        if self._prepared is None:
            self._prepared = self._prepare()
        return self._prepared

    def full(self) -> Image:
        """All of its pixels. Raises ``DecodeError``."""
        return self._source if isinstance(self._source, np.ndarray) else self._decode(self._data(), None).image

    def _prepare(self) -> Prepared:
        extractor = SiftExtractor() if self._session is None else self._session.extractor
        if isinstance(self._source, np.ndarray):
            return extractor.prepare(self._source, (self._source.shape[1], self._source.shape[0]))
        cache = None if self._session is None else self._session.features
        content = None if self._photo is None or self._photo.provisional else self._photo.hash
        if cache is not None and content is not None and (known := cache.get(content)) is not None:
            return known
        data = self._data()
        content = hash_bytes(data)  # as it is now: the file may have changed since it was indexed
        if cache is not None and (known := cache.get(content)) is not None:
            return known
        decoded = self._decode(data, DECODED_SIDE)
        prepared = extractor.prepare(decoded.image, (decoded.width, decoded.height), content)
        if cache is not None:
            cache.put(content, prepared)
        return prepared

    def _data(self) -> bytes:
        if isinstance(self._source, bytes):
            return self._source
        assert isinstance(self._source, str)
        try:
            return read_file(self._source)
        except DecodeError as error:
            raise self._named(error) from error

    def _decode(self, data: bytes, min_side: int | None) -> Decoded:
        try:
            return decode(data, min_side) if self._session is None else self._session.decoder.decode(data, min_side)
        except DecodeError as error:
            raise self._named(error) from error

    def _named(self, error: DecodeError) -> DecodeError:
        if not isinstance(self._source, str):
            return error
        reason = "there is no such file" if error.kind == "vanished" else str(error)
        return DecodeError(f"{self._source}: {reason}", error.kind)


def _photo(session: Session | None, number: int) -> Photo:
    photos = session.catalog.photos(session.catalog.settled([number])) if session is not None else []
    if not photos:
        raise KnownError(f"the library has no photo with the number {number}", "no-such-photo")
    return photos[0]


def _verify(a: _Side, b: _Side, thorough: bool = False) -> Verification:
    def same_pixels() -> bool:
        try:
            return bool(np.array_equal(a.full(), b.full()))
        except DecodeError:  # away: it cannot be told
            return False

    return verify(a.prepared, b.prepared, same_pixels, thorough=thorough)
