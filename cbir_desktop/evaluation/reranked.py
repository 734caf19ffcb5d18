"""Rankings of a labelled set after a re-ranker, timed."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.protocols import Encoder, Reranker
from cbir_desktop.core.registry import rerankers
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Query, Ranking, Vectors
from cbir_desktop.evaluation.metrics import Relevant

PARTS = "patches"
"""The re-ranker that encodes parts of pictures."""


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


def by_parts(gallery: Gallery) -> Reranker:
    """The re-ranker ``PARTS`` with the parts of the whole set kept: each picture is cut up once."""
    found: Reranker = rerankers.create(
        PARTS, encoder=gallery.encoder, image_of=gallery.image_of, kept=len(gallery.vectors)
    )
    return found


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
