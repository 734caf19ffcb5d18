"""The pictures of a query: read, cropped, encoded and described, each no more than is asked for."""

import os
import threading
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.region import Matrix
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders.looks import Looks, describe, looks_of
from cbir_desktop.images.crop import Crop, crop, decode_side
from cbir_desktop.images.decode import Decoded
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.engine import Engine
from cbir_desktop.library.indexing import WORKING_SIDE
from cbir_desktop.library.kept import example_bytes
from cbir_desktop.library.query import Example
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import DECODED_SIDE, Source
from cbir_desktop.store.vectors import as_given_back


@dataclass(frozen=True, slots=True)
class ToVerify:
    """An example as ``library.verify`` takes it; ``to_full``: from its pixels to those of the whole picture, where it
    is a part of one."""

    source: Source
    to_full: Matrix | None = None


class Picture:
    """One example of a query. Safe in threads. Every method raises ``DecodeError`` that names the picture, where it
    cannot be read, and ``KnownError`` (kind ``bad-region``) where its region is not on it."""

    def __init__(self, session: Session, example: Example) -> None:
        self.example = example
        self._session = session
        self._lock = threading.RLock()
        self._bytes: bytes | None = None
        self._hash = example.hash
        self._crop: Crop | None = None

    @property
    def hash(self) -> bytes:
        """Of the bytes."""
        with self._lock:
            if self._hash is None:
                self._hash = hash_bytes(self._data())
            return self._hash

    def ids(self) -> list[int]:
        """The photos of the library that it is: the same bytes, or a file that was not read yet."""
        catalog, content_hash, path = self._session.catalog, self.hash, self.example.path
        with catalog.db.reading():  # a file is not read yet, or has a content
            content = catalog.content_id(content_hash)
            file = None if path is None else catalog.previews.file_at(path)
        return [number for number in (content, None if file is None else -file) if number is not None]

    def itself(self) -> list[int]:
        """``ids()``, but none for a file from elsewhere: who asks with a copy wants to know where the photo is."""
        path = self.example.path
        return [] if path is not None and self._is_from_elsewhere(path) else self.ids()

    def _is_from_elsewhere(self, path: str) -> bool:
        known = self._session.catalog.paths_of(self.hash, ("online", "offline", "missing"))
        return bool(known) and os.path.realpath(path) not in map(os.path.realpath, known)

    def vector(self, engine: Engine) -> Vectors:
        """(dim,) unit vector, prepared as indexing prepares a photo: the same bytes give the same vector, and a known
        one is not decoded."""
        if self.example.region is not None:
            return _encoded(engine, self._cropped().image)
        vectors = self._session.catalog.vectors
        content = vectors.content_with_vector(self.hash, engine.encoder_id)
        if content is not None:
            return np.asarray(vectors.of([content], engine.encoder_id)[1][0], np.float32)
        return _encoded(engine, self._decode(WORKING_SIDE).image)

    def look(self) -> Looks:
        """Its colours, layout and edges: one column."""
        if self.example.region is not None:
            return looks_of([describe(self._cropped().image)])
        content = self._session.catalog.content_id(self.hash)
        known = [] if content is None else self._session.catalog.looks.of([content])
        return looks_of([known[0][1] if known else describe(self._decode(WORKING_SIDE).image)])

    def to_verify(self) -> ToVerify:
        """The whole of it, or the keypoints inside its region."""
        if self.example.region is not None:
            part = self._cropped()
            return ToVerify(self._session.extractor.prepare(part.image, part.full_size), part.to_full)
        content = self._session.catalog.content_id(self.hash)
        return ToVerify(self._data() if content is None else content)

    def _data(self) -> bytes:
        with self._lock:
            if self._bytes is None:
                self._bytes = example_bytes(self._session, self.example)
            return self._bytes

    def _cropped(self) -> Crop:
        """The region, in so many pixels that keypoints can be found in it."""
        region = self.example.region
        assert region is not None
        with self._lock:
            if self._crop is None:
                decoded = self._decode(WORKING_SIDE)
                size = decoded.width, decoded.height
                side = decode_side(region, size, DECODED_SIDE)
                if side is None or side > min(decoded.image.shape[:2]):
                    decoded = self._decode(side)
                try:
                    self._crop = crop(decoded.image, size, region)
                except ValueError as error:
                    raise KnownError(str(error), "bad-region") from error
            return self._crop

    def _decode(self, min_side: int | None) -> Decoded:
        try:
            return self._session.decoder.decode(self._data(), min_side)
        except DecodeError as error:
            name = self.example.path or "a picture of this search"
            raise DecodeError(f"{name}: {error}", error.kind) from error


def _encoded(engine: Engine, image: Image) -> Vectors:
    vector: Vectors = as_given_back(engine.encoder.encode([image]))[0]
    return vector
