"""Proof that two pictures show the same thing: of files, of photos of the library, of a query against many."""

import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TypeAlias

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Picture
from cbir_desktop.core.verification import Label, Relation, Verification
from cbir_desktop.images.decode import Decoded, decode, read_file
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.library.session import Session
from cbir_desktop.matchers.sift import SiftMatcher

Source: TypeAlias = str | bytes | int | Image
"""A picture to verify: the path of a file, the bytes of one, a photo of the library by its id, or its pixels."""

LONG_SIDE = 640
"""Verification looks at pictures of at most this long side."""


def verify_files(a: str, b: str, session: Session | None = None, task: Task = NULL_TASK) -> Verification:
    """The verdict on two picture files; the library, where one is given, is used as a cache.

    Raises ``DecodeError`` that names the file; ``Cancelled``.
    """
    return verify_pair(session, a, b, task)


def verify_photos(session: Session, content_a: int, content_b: int, task: Task = NULL_TASK) -> Verification:
    """The verdict on two photos of the library, by their ids. Raises as ``verify_pair`` does."""
    return verify_pair(session, content_a, content_b, task)


def verify_pair(session: Session | None, a: Source, b: Source, task: Task = NULL_TASK) -> Verification:
    """The verdict on any two pictures.

    Raises ``DecodeError`` where one cannot be read, ``KnownError`` for a photo that is away and not cached, or that
    the library does not know; ``Cancelled``.
    """
    task.check()
    picture_a = _picture(session, a)
    task.check()
    picture_b = _picture(session, b)
    task.check()
    return _verify(picture_a, picture_b)


def verify_many(
    session: Session, query: Source, photos: Sequence[int], task: Task = NULL_TASK
) -> Iterator[tuple[int, Verification | KnownError]]:
    """The verdict on ``query`` (A) and each photo of the library (B), in their order, as they come.

    A photo that cannot be read gives its error in its place. Raises ``DecodeError`` for the query, ``Cancelled``.
    Leaving the iteration early ends what is under way.
    """
    picture = _picture(session, query)

    def one(photo: int) -> Verification | KnownError:
        task.check()
        try:
            return _verify(picture, _picture(session, photo))
        except KnownError as error:
            return error

    verdicts = bounded_map(session.verifiers, one, photos, ahead=2 * session.settings.threads)
    for done, (photo, verdict) in enumerate(zip(photos, verdicts, strict=True), start=1):
        task.step(done, len(photos))
        yield photo, verdict


_MATCHER = SiftMatcher()


def _picture(session: Session | None, source: Source) -> Picture:
    if isinstance(source, np.ndarray):
        return Picture(fit_long_side(source, LONG_SIDE), (source.shape[1], source.shape[0]))
    if isinstance(source, bytes):
        data = source
    else:
        data = read_file(source if isinstance(source, str) else _path_of(session, source))
    read = partial(decode, min_side=480) if session is None else partial(session.decoder.decode, min_side=480)
    decoded: Decoded = read(data)
    return Picture(fit_long_side(decoded.image, LONG_SIDE), (decoded.width, decoded.height))


def _path_of(session: Session | None, photo: int) -> str:
    photos = session.catalog.photos([photo]) if session is not None else []
    if not photos:
        raise KnownError(f"the library has no photo with the number {photo}", "no-such-photo")
    return photos[0].path


def _verify(a: Picture, b: Picture) -> Verification:
    started = time.perf_counter()
    matches = _MATCHER.match(a, b)
    proved = matches.inliers >= 25
    labels = (Label(Relation.MIRRORED),) if matches.mirrored else (Label(Relation.EDITED),)
    return Verification(
        labels=labels if proved else (Label(Relation.UNRELATED),),
        proved="copy" if proved else None,
        copy=float(proved),
        scene=float(proved),
        matches=matches,
        residuals=np.full(len(matches.xy_a), np.nan, np.float32),
        seconds=time.perf_counter() - started,
    )
