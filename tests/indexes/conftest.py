import numpy as np
import pytest


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def clusters():
    """(n, dim) unit vectors about a tenth as many centres, in 16 inner dimensions, as photographs' embeddings are."""

    def make(rows, dim=64, seed=0):
        random, world = np.random.default_rng(seed), np.random.default_rng(99)
        centres, spread = world.standard_normal((300, 16)), world.standard_normal((16, dim))
        return unit((centres[random.integers(0, 300, rows)] + 0.4 * random.standard_normal((rows, 16))) @ spread)

    return make
