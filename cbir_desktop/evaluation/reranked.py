"""Rankings of a labelled set after a re-ranker, timed."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.protocols import Reranker
from cbir_desktop.core.registry import rerankers
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Query, Ranking, Vectors
from cbir_desktop.evaluation.metrics import Relevant

BuildReranker: TypeAlias = Callable[[Vectors], Reranker]
"""Makes a re-ranker of a set's vectors (n, dim), whose rows are its ids."""


def by_vectors(name: str) -> BuildReranker:
    """A registered re-ranker that looks at nothing but vectors. Raises ``KnownError`` for an unknown name."""
    rerankers.plugin(name)
    return lambda vectors: rerankers.create(name, vectors_of=lambda ids: vectors[ids])


@dataclass
class Timed:
    """``seconds`` grows by what each query took."""

    reranker: Reranker
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
            started = time.perf_counter()
            found = self.reranker.rerank(Query([], vectors[query]), Ranking(others[None], scores[others][None]))
            self.seconds.append(time.perf_counter() - started)
            relevant = labels[found.ids[0]] == labels[query]
            yield np.append(True, relevant), relevant
