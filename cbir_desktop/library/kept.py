"""Pictures of queries that no library has: pasted ones, and files from elsewhere, kept by the hash of their bytes."""

import contextlib
import os
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.query import Example, SearchQuery
from cbir_desktop.library.session import Session

UNUSED_SECONDS = 24 * 3600.0
"""How long a picture is kept that no saved search names: it may be in somebody's bar right now."""


def keep_bytes(session: Session, data: bytes) -> bytes:
    """Keep the bytes of a picture file; gives their hash, which is what an ``Example`` takes. Raises ``KnownError``
    (kind ``unwritable-library``)."""
    content = hash_bytes(data)
    path = _path(session, content)
    try:
        if path.exists():
            os.utime(path)
        else:
            write_atomic(path, data)
    except OSError as error:
        raise KnownError(f"the picture cannot be kept in {path.parent}: {error}", "unwritable-library") from error
    return content


def keep_pictures(session: Session, query: SearchQuery) -> SearchQuery:
    """The query with a hash for every example, so that it can be asked again when files have moved: what the library
    does not hold is kept. Raises as ``example_bytes`` and ``keep_bytes`` do."""
    return replace(query, examples=tuple(_kept(session, example) for example in query.examples))


def example_bytes(session: Session, example: Example) -> bytes:
    """The bytes of an example's picture: from the library, from what was kept, from its path.

    Raises ``DecodeError`` that names it where there is none any more.
    """
    if example.hash is not None and (data := _by_hash(session, example.hash, example.path)) is not None:
        return data
    if example.path is None:
        raise DecodeError("a picture of this search is not there any more", "vanished")
    return read_named(example.path)


def read_named(path: str) -> bytes:
    """``read_file``, with the name in what it raises."""
    try:
        return read_file(path)
    except DecodeError as error:
        reason = "there is no such file" if error.kind == "vanished" else str(error)
        raise DecodeError(f"{path}: {reason}", error.kind) from error


def drop_unused(session: Session, used: Collection[bytes]) -> int:
    """Remove what was kept and is not among the ``used`` hashes, unless it is new; returns how many."""
    removed = 0
    names = {content.hex() for content in used}
    folder = _folder(session)
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            if path.name not in names and time.time() - path.stat().st_mtime > UNUSED_SECONDS:
                path.unlink()
                removed += 1
    return removed


def _kept(session: Session, example: Example) -> Example:
    if example.hash is not None and (_path(session, example.hash).exists() or _in_library(session, example.hash)):
        return example
    data = example_bytes(session, example)
    content = hash_bytes(data)
    return replace(example, hash=content if _in_library(session, content) else keep_bytes(session, data))


def _in_library(session: Session, content: bytes) -> bool:
    return session.catalog.content_id(content) is not None


def _by_hash(session: Session, content: bytes, path: str | None) -> bytes | None:
    places = [*session.catalog.paths_of(content), str(_path(session, content))]
    for place in [path, *places] if path is not None else places:
        try:
            data = read_file(place)
        except DecodeError:
            continue
        if hash_bytes(data) == content:
            return data
    return None


def _folder(session: Session) -> Path:
    return session.folder / "queries"


def _path(session: Session, content: bytes) -> Path:
    return _folder(session) / content.hex()
