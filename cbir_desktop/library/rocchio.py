"""Several examples, plus and minus, as one question."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.types import Vectors
from cbir_desktop.library.query import Example

MINUS = 1 / 3
"""What the mean of the minus examples counts beside that of the plus examples: gamma over beta of Salton & Buckley
1990, 0.25 over 0.75, who found that what is not wanted should count less."""

_NOTHING = 1e-6


def weights_of(examples: Sequence[Example]) -> npt.NDArray[np.float64]:
    """(n,): by what each example's vector, or its similarity, is multiplied before all are added.

    Rocchio 1971, in the form of Salton & Buckley 1990 without a first query (which would be the alpha term):

        q = (1 / sum w_i) sum w_i p_i  -  MINUS (1 / m) sum v_j n_j

    over the plus examples p with weights w and the m minus examples n with weights v. The weights of the plus examples
    are shares of one; that of a minus example says how hard it pushes, also when it is the only one.
    """
    plus = np.array([0.0 if example.minus else example.weight for example in examples])
    minus = np.array([example.weight if example.minus else 0.0 for example in examples])
    count = max(1, sum(example.minus for example in examples))
    return np.asarray(plus / plus.sum() - MINUS * minus / count)


def combined(examples: Sequence[Example], vectors: Vectors) -> Vectors:
    """(1, dim): the one unit vector to search with, of the (n, dim) unit vectors of the examples.

    Raises ``KnownError`` (kind ``empty-query``) where plus and minus cancel out.
    """
    vector = weights_of(examples) @ vectors.astype(np.float64)
    length = float(np.linalg.norm(vector))
    if length < _NOTHING:
        raise KnownError("plus and minus examples cancel out: nothing is left to search for", "empty-query")
    return np.asarray(vector / length, np.float32)[np.newaxis]
