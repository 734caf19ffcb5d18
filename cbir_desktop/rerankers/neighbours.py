"""What the re-rankers by vectors share: the candidates of one query, their vectors and how alike they are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from cbir_desktop.core.types import Floats, Ids, Query, Ranking, Vectors

VectorsOf: TypeAlias = Callable[[Ids], Vectors]
"""The unit vectors (n, dim) of content ids (n,), in their order."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """The first ids of a ranking, (n,), with their unit vectors, (n, dim)."""

    ids: Ids
    vectors: Vectors

    @classmethod
    def first(cls, ranking: Ranking, depth: int, vectors_of: VectorsOf) -> "Candidates":
        """The first ``depth`` of a ranking of one query. Raises ValueError when it has several rows."""
        if len(ranking.ids) != 1:
            raise ValueError(f"a ranking of one query is needed, not of {len(ranking.ids)}")
        ids = ranking.ids[0][ranking.ids[0] >= 0][:depth]
        return cls(ids, vectors_of(ids) if len(ids) else np.zeros((0, 0), np.float32))

    def reordered(self, ranking: Ranking, scores: Floats) -> Ranking:
        """``ranking`` with these candidates by falling ``scores`` (n,), equal ones as they stood, and the rest behind.

        The candidates get these scores; all others keep theirs.
        """
        order = np.argsort(-scores, kind="stable")
        ids, kept = ranking.ids.copy(), ranking.scores.copy()
        ids[0, : len(order)] = self.ids[order]
        kept[0, : len(order)] = scores[order]
        return Ranking(ids, kept)


def unit(vector: Floats) -> Vectors:
    """(dim,) of length one; zeros stay."""
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length if length else vector, np.float32)


def query_vector(query: Query) -> Vectors:
    """(dim,) float32 of length one."""
    return unit(query.vector)
