"""Pictures that are not in the library and are compared with it all the same; nothing of them is stored."""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.pipeline import bounded_map
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.images.capture import capture_of
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.hashing import hash_bytes, hash_pixels
from cbir_desktop.images.scan import Rules, walk
from cbir_desktop.library.indexing import WORKING_SIDE, vector_of
from cbir_desktop.library.session import Session
from cbir_desktop.store.catalog import PictureFile, Problem
from cbir_desktop.store.vectors import as_given_back


@dataclass(frozen=True)
class Newcomer:
    """A picture file with its vector, (dim,), as the catalog would give it back. Its content id is that of the library
    where that knows the bytes, else a number below 0."""

    file: PictureFile
    vector: Vectors


def read_newcomers(
    session: Session, tops: Sequence[str], known: Collection[str], task: Task
) -> tuple[list[Newcomer], list[Problem]]:
    """The picture files in these files and folders that are not ``known``, read and encoded.

    Raises ``KnownError`` (kind ``no-such-path``) for one that is neither there nor led to by what is known.
    """
    problems: list[Problem] = []
    for top in tops:
        if not os.path.lexists(top):
            raise KnownError(f"{top} is not there", "no-such-path")
    settings = session.settings
    rules = Rules(settings.excludes, settings.includes, settings.follow_symlinks)
    paths: list[str] = []
    for listing in walk(tops, lambda path, reason: problems.append(Problem(path, "unreadable", reason)), rules):
        found = (os.path.join(listing.folder, os.fsdecode(entry[0])) for entry in listing.files)
        paths += [path for path in found if path not in known]
    new: list[Newcomer] = []

    def read(path: str) -> tuple[PictureFile, Vectors] | Problem:
        task.check()
        try:
            return _read(session, path)
        except DecodeError as error:
            return Problem(path, error.kind, str(error))

    numbers: dict[bytes, int] = {}
    for done, answer in enumerate(bounded_map(session.decoders, read, paths, 4 * settings.threads), start=1):
        task.step(done, len(paths))
        if isinstance(answer, Problem):
            problems.append(answer)
            continue
        file, vector = answer
        number = session.catalog.content_id(file.hash)
        if number is None:
            number = numbers.setdefault(file.hash, -1 - len(numbers))
        new.append(Newcomer(replace(file, content_id=number), vector))
    return new, problems


def vectors_of(newcomers: Sequence[Newcomer]) -> tuple[Ids, Vectors]:
    """(n,) content ids and (n, dim) vectors, each content once."""
    by_id = {one.file.content_id: one.vector for one in newcomers}
    return np.array(list(by_id), np.int64), np.stack(list(by_id.values()))


def _read(session: Session, path: str) -> tuple[PictureFile, Vectors]:
    data = read_file(path)
    decoded = session.decoder.decode(data, min_side=WORKING_SIDE)
    capture = capture_of(data)
    exif = sum(map(bool, (capture.taken, capture.utc_offset, capture.camera, capture.has_gps)))
    file = PictureFile(
        path,
        0,
        hash_bytes(data),
        len(data),
        decoded.width,
        decoded.height,
        decoded.format,
        hash_pixels(decoded.image, decoded.width, decoded.height),
        capture.taken,
        capture.camera,
        exif,
    )
    return file, as_given_back(vector_of(session.engine, decoded)[np.newaxis])[0]
