"""What every index asks of its input, and the shape of its answer."""

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Ids, Ranking, Vectors


def checked_vectors(vectors: Vectors, dim: int) -> Vectors:
    """``vectors`` as contiguous (n, dim) float32. Raises ValueError: another shape or a NaN would poison an index."""
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    if vectors.ndim != 2 or vectors.shape[1] != dim:
        raise ValueError(f"vectors of shape {vectors.shape} do not fit an index of dimension {dim}")
    if not np.isfinite(vectors).all():
        raise ValueError("vectors must be finite")
    return vectors


def checked_batch(ids: Ids, vectors: Vectors, dim: int) -> tuple[Ids, Vectors]:
    """(n,) ids and their (n, dim) vectors; of an id that is there twice the last one counts. Raises ValueError."""
    ids, vectors = np.asarray(ids, dtype=np.int64), checked_vectors(vectors, dim)
    if ids.shape != (len(vectors),):
        raise ValueError(f"{ids.shape} ids do not go with {len(vectors)} vectors")
    if len(ids) and ids.min() < 0:
        raise ValueError("ids must not be negative: -1 pads a ranking")
    unique, from_behind = np.unique(ids[::-1], return_index=True)
    if len(unique) == len(ids):
        return ids, vectors
    last = np.sort(len(ids) - 1 - from_behind)
    return ids[last], vectors[last]


def blank_ranking(queries: int, k: int) -> Ranking:
    """Nothing found yet: all -1 and -inf. Raises ValueError when ``k`` is below 1."""
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    return Ranking(np.full((queries, k), -1, np.int64), np.full((queries, k), -np.inf, np.float32))


def best_first(ids: Ids, scores: Vectors) -> npt.NDArray[np.intp]:
    """The order by falling score, equal scores by rising id, so that an answer is the same in every run."""
    return np.lexsort((ids, -scores))
