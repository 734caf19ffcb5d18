"""From what a network gives to one unit vector a picture."""

import numpy as np

from cbir_desktop.core.types import Floats, Vectors

POOLS = ("none", "avg", "max")


def pool(output: Floats, kind: str) -> Vectors:
    """(n, c, h, w) feature maps to (n, c) by ``avg`` or ``max``; ``none`` takes an output that is (n, c) already.

    Raises ValueError when the shape and the kind do not go together.
    """
    if kind not in POOLS:
        raise ValueError(f"there is no pooling named {kind!r}; known: {', '.join(POOLS)}")
    ranks = 2 if kind == "none" else 4
    if output.ndim != ranks:
        raise ValueError(f"pooling {kind!r} needs {ranks} axes, the network gives {output.shape}")
    if kind == "none":
        return np.asarray(output, dtype=np.float32)
    pooled = output.mean(axis=(2, 3), dtype=np.float64) if kind == "avg" else output.max(axis=(2, 3))
    return np.asarray(pooled, dtype=np.float32)


def unit_rows(vectors: Floats) -> Vectors:
    """Rows of Euclidean length 1, (n, d) float32.

    A row without a direction (all zero, or not finite: what a network may give for an odd picture) becomes the first
    unit vector, so that it can be indexed and compared like any other.
    """
    wide = np.asarray(vectors, dtype=np.float64)
    norms = np.linalg.norm(wide, axis=1, keepdims=True)
    sound = np.isfinite(norms) & (norms > 0)
    first = np.zeros_like(wide)
    first[:, 0] = 1
    return np.where(sound, wide / np.where(sound, norms, 1), first).astype(np.float32)
