"""The plug-in points. Build arguments are constructor arguments; query-time knobs are attributes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, Self, runtime_checkable

from cbir_desktop.core.types import Ids, Image, LocalFeatures, Matches, Picture, Query, Ranking, Vectors


@runtime_checkable
class Encoder(Protocol):
    """Turns pictures into unit vectors.

    ``key`` changes whenever the output would: file hash and preprocessing version. ``dim`` is the length of a vector.
    ``encode`` gives (n, dim) float32 with unit rows; the answer for a picture never depends on its neighbours.
    """

    key: str
    dim: int

    def encode(self, images: Sequence[Image]) -> Vectors: ...


@runtime_checkable
class Descriptor(Protocol):
    """Turns pictures into rows of numbers that have a measure of their own, as an encoder's have the inner product.

    ``encode`` gives (n, dim) float32; ``similarities`` of (q, dim) and (n, dim) is (q, n), higher is nearer.
    """

    key: str
    dim: int

    def encode(self, images: Sequence[Image]) -> Vectors: ...
    def similarities(self, queries: Vectors, rows: Vectors) -> Vectors: ...


@runtime_checkable
class LocalEncoder(Protocol):
    """Finds and describes keypoints."""

    key: str

    def extract(self, image: Image) -> LocalFeatures: ...


@runtime_checkable
class Transform(Protocol):
    """A map of vectors fitted on a sample: PCA, whitening."""

    key: str

    def fit(self, sample: Vectors) -> Self: ...
    def apply(self, vectors: Vectors) -> Vectors: ...


@runtime_checkable
class Index(Protocol):
    """Nearest neighbours by inner product of unit vectors.

    Safe to call from several threads. ``add`` of an id that is present replaces its vector; ``remove`` of one that is
    absent does nothing; ``search`` pads with -1 (score -inf) where fewer than k exist. ``load`` raises
    ``DamagedError`` when what is on disk is missing, damaged or of another key.
    """

    key: str

    def fit(self, sample: Vectors) -> None: ...
    def add(self, ids: Ids, vectors: Vectors) -> None: ...
    def remove(self, ids: Ids) -> None: ...
    def search(self, queries: Vectors, k: int) -> Ranking: ...
    def ids(self) -> Ids: ...
    def save(self, folder: Path) -> None: ...
    def load(self, folder: Path) -> None: ...
    def __len__(self) -> int: ...


@runtime_checkable
class Matcher(Protocol):
    """Finds what two pictures have in common, in original pixel coordinates."""

    key: str

    def match(self, a: Picture, b: Picture) -> Matches: ...


@runtime_checkable
class Reranker(Protocol):
    """Puts a ranking of one query into a better order; ids that it does not look at keep their order behind."""

    def rerank(self, query: Query, ranking: Ranking) -> Ranking: ...
