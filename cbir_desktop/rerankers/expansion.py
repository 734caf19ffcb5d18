"""Query expansion: the best answers become part of the question."""

import numpy as np

from cbir_desktop.core.types import Query, Ranking
from cbir_desktop.rerankers.neighbours import Candidates, VectorsOf, query_vector, unit


class QueryExpansion:
    """Average query expansion (Chum et al. 2007, section 3) and alpha query expansion (Radenovic et al. 2018,
    section 3.3): the candidates by their likeness to ``q + sum_i (q . x_i)^alpha x_i`` over the ``nearest`` of them,
    brought to length one. ``alpha`` 0 is the plain average; unlike pictures (negative likeness) add nothing.

    ``depth``, ``nearest`` and ``alpha`` may be set at any time.
    """

    def __init__(self, vectors_of: VectorsOf, nearest: int = 10, alpha: float = 0.0, depth: int = 1000) -> None:
        self.vectors_of, self.nearest, self.alpha, self.depth = vectors_of, nearest, alpha, depth

    def rerank(self, query: Query, ranking: Ranking) -> Ranking:
        """The ranking of one query, (1, k), in the better order. Raises ValueError when it has several rows."""
        found = Candidates.first(ranking, self.depth, self.vectors_of)
        if not len(found.ids):
            return ranking
        q = query_vector(query)
        likeness = found.vectors[: self.nearest] @ q
        weights = np.where(likeness > 0, np.maximum(likeness, 0) ** self.alpha, 0)
        expanded = unit(q + weights @ found.vectors[: self.nearest])
        return found.reordered(ranking, found.vectors @ expanded)
