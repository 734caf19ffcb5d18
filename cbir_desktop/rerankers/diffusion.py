"""Diffusion on the graph of nearest neighbours: what is reached over many short steps counts as near."""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import cg

from cbir_desktop.core.types import Floats, Query, Ranking, Vectors
from cbir_desktop.rerankers.neighbours import Candidates, VectorsOf, query_vector


class Diffusion:
    """Ranking on manifolds (Zhou et al. 2003) as Iscen et al. 2017 ("Efficient diffusion on region manifolds") do it.

    Affinities are ``max(x_i . x_j, 0)^gamma`` between reciprocal neighbours of the ``k`` nearest, normalised to
    ``S = D^-1/2 W D^-1/2``; the query, which is no node, enters through its ``query_k`` nearest.
    ``(I - alpha S) f = y``, whose solution is the limit of Zhou's iteration ``f <- alpha S f + (1 - alpha) y`` but for
    a factor, is solved by conjugate gradients, and ``f`` is the score. The graph is that of the first ``depth``
    candidates only (the paper's truncation), so that the work for a query does not grow with the library. Candidates
    that nothing reaches keep their order behind.

    ``alpha`` is 0.8 and not the paper's 0.99: with the embedded encoder, on 2,000 pictures of the training split, mAP
    goes from 0.580 to 0.654 by 0.8, to 0.642 by 0.5 and to 0.585 by 0.99 (``k`` 50, 150 queries). Towards 1 ``f``
    becomes the leading eigenvector of ``S``, whatever is asked for.

    All knobs may be set at any time.
    """

    def __init__(
        self,
        vectors_of: VectorsOf,
        k: int = 50,
        query_k: int = 10,
        alpha: float = 0.8,
        gamma: float = 3.0,
        depth: int = 2000,
        iterations: int = 20,
    ) -> None:
        self.vectors_of, self.k, self.query_k = vectors_of, k, query_k
        self.alpha, self.gamma, self.depth, self.iterations = alpha, gamma, depth, iterations

    def rerank(self, query: Query, ranking: Ranking) -> Ranking:
        """The ranking of one query, (1, k), in the better order. Raises ValueError when it has several rows."""
        found = Candidates.first(ranking, self.depth, self.vectors_of)
        if len(found.ids) < 2:
            return ranking
        likeness = np.maximum(found.vectors @ query_vector(query), 0.0).astype(np.float64) ** self.gamma
        start = np.zeros(len(likeness))
        nearest = np.argsort(-likeness, kind="stable")[: self.query_k]
        start[nearest] = likeness[nearest]
        normalised = normalise(affinities(found.vectors, self.k, self.gamma))
        system = sparse.identity(len(start), format="csr") - self.alpha * normalised
        reached, _ = cg(system, start, rtol=1e-6, maxiter=self.iterations)
        return found.reordered(ranking, np.maximum(reached, 0.0))


def affinities(vectors: Vectors, k: int, gamma: float) -> sparse.csr_matrix:
    """(n, n) symmetric affinities between reciprocal nearest neighbours, 0 on the diagonal."""
    n = len(vectors)
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -np.inf)
    kept = min(k, n - 1)
    nearest = np.argpartition(-likeness, kept - 1, axis=1)[:, :kept]
    rows = np.repeat(np.arange(n), kept)
    values = np.maximum(likeness[rows, nearest.ravel()], 0.0).astype(np.float64) ** gamma
    directed = sparse.csr_matrix((values, (rows, nearest.ravel())), shape=(n, n))
    return directed.minimum(directed.T)  # an edge that goes one way only has 0 the other way


def normalise(weights: sparse.csr_matrix) -> sparse.csr_matrix:
    """``D^-1/2 W D^-1/2`` with the sums of rows in D (Zhou et al. 2003, step 2); a node without edges stays alone."""
    degree: Floats = np.asarray(weights.sum(axis=1)).ravel()
    scale = sparse.diags(np.divide(1.0, np.sqrt(degree), out=np.zeros_like(degree), where=degree > 0))
    return scale @ weights @ scale
