"""Rankings of a labelled set after a re-ranker, timed."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.protocols import Encoder, Reranker
from cbir_desktop.core.registry import BY_LOCAL_MATCHES, BY_PARTS, rerankers
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Picture, Query, Ranking, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.evaluation.metrics import Relevant
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.store.features import pack, unpack


@dataclass(frozen=True)
class Gallery:
    """A set as re-rankers see it, its rows as ids: ``vectors`` (n, dim) by ``encoder``, and its pictures, decoded when
    they are asked for."""

    vectors: Vectors
    encoder: Encoder
    image_of: Callable[[int], Image]


BuildReranker: TypeAlias = Callable[[Gallery], Reranker]


def by_vectors(name: str) -> BuildReranker:
    """A registered re-ranker that looks at nothing but vectors. Raises ``KnownError`` for an unknown name."""
    rerankers.plugin(name)
    return lambda gallery: rerankers.create(name, vectors_of=lambda ids: gallery.vectors[ids])


def by_parts(name: str) -> BuildReranker:
    """A registered re-ranker that describes parts, those of the whole set kept: each picture is cut up once."""
    return lambda gallery: rerankers.create(
        name, encoder=gallery.encoder, image_of=gallery.image_of, kept=len(gallery.vectors)
    )


def by_local_matches(name: str) -> BuildReranker:
    """A registered re-ranker that looks at keypoints: found when first asked for, kept packed, 23 kB a picture."""

    def build(gallery: Gallery) -> Reranker:
        extractor, packed = SiftExtractor(), dict[int, tuple[bytes, tuple[int, ...]]]()

        def prepared_of(row: int) -> Prepared:
            if row not in packed:
                image = gallery.image_of(row)
                found = extractor.prepare(image, (image.shape[1], image.shape[0]))
                packed[row] = pack(found.features), found.picture.image.shape
            return sized(*packed[row])

        made: Reranker = rerankers.create(name, prepared_of=prepared_of)
        return made

    return build


def sized(packed: bytes, shape: tuple[int, ...]) -> Prepared:
    """Packed keypoints with a picture of that shape (height, width, 3) that takes no memory and shows nothing."""
    return Prepared(Picture.of(np.broadcast_to(np.uint8(0), shape)), unpack(packed))


def builder(name: str) -> BuildReranker:
    """Any registered re-ranker but ``spatial``. Raises ``KnownError`` for an unknown name."""
    if name in BY_PARTS:
        return by_parts(name)
    return by_local_matches(name) if name in BY_LOCAL_MATCHES else by_vectors(name)


@dataclass
class Timed:
    """``seconds`` grows by what each query took. ``image_of``: that of a query, where the re-ranker looks."""

    reranker: Reranker
    image_of: Callable[[int], Image] | None = None
    task: Task = NULL_TASK
    seconds: list[float] = field(default_factory=list)

    def judged(
        self,
        orders: Iterable[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.float32]]],
        vectors: Vectors,
        labels: npt.NDArray[np.int64],
    ) -> Iterator[tuple[Relevant, Relevant]]:
        """What is relevant by rank for each query: with the query in front, and without it.

        The re-ranker sees a set that the query is not in, as a picture from outside would be searched for.
        """
        for query, order, scores in orders:
            self.task.check()
            others = order[order != query]
            images = [] if self.image_of is None else [self.image_of(query)]
            started = time.perf_counter()
            found = self.reranker.rerank(Query(images, vectors[query]), Ranking(others[None], scores[others][None]))
            self.seconds.append(time.perf_counter() - started)
            relevant = labels[found.ids[0]] == labels[query]
            yield np.append(True, relevant), relevant
