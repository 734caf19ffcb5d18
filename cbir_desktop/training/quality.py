"""Quality on photos kept aside: category and view retrieval, in the forms that the bench uses."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from cbir_desktop.training.augment import edited, seeded_views

Floats = npt.NDArray[np.float32]


def mean_average_precision(vectors: Floats, labels: Sequence[str]) -> float:
    """Mean over labelled rows of the step form (mean of the precisions at the ranks of the right ones).

    ``vectors``: (n, d) unit rows; every labelled row is a query on all others; unlabelled rows only distract.
    Queries whose label is alone are left out.
    """
    names = np.asarray(labels)
    found = []
    for row in np.flatnonzero(names != ""):
        scores = vectors @ vectors[row]
        order = np.argsort(-scores, kind="stable")
        right = (names[order[order != row]] == names[row]).astype(np.float64)
        if right.any():
            precision = np.cumsum(right) / np.arange(1, len(right) + 1)
            found.append(float((precision * right).sum() / right.sum()))
    return float(np.mean(found))


def n_s_score(vectors: Floats, group: npt.NDArray[np.int64]) -> float:
    """Right ones among the first four, the query included (Nister & Stewenius 2006): 4 is perfect."""
    order = np.argsort(-(vectors @ vectors.T), axis=1, kind="stable")[:, :4]
    return float((group[order] == group[:, None]).sum(1).mean())


class Bench:
    """Fixed views of the photos kept aside: the whole of each, three crops of some of them, and edited copies.

    ``encode`` (views, rows, copy) gives unit vectors of the rows of the kept photos, or of their edited copies,
    through the views.
    """

    def __init__(self, labels: Sequence[str], aspect: Floats, seed: int, crops_of: int = 300) -> None:
        self.labels = labels
        n = len(labels)
        self.some = np.sort(np.random.default_rng((seed, 1)).permutation(n)[:crops_of]).astype(np.int64)
        self.many = np.sort(np.random.default_rng((seed, 5)).permutation(n)[: 2 * crops_of]).astype(np.int64)
        some_aspect = aspect[self.some]
        self.crops = [seeded_views(len(self.some), some_aspect, (seed, 2, i), smallest=0.3) for i in range(3)]
        mild = seeded_views(len(self.some), some_aspect, (seed, 3), smallest=0.5)
        self.copies = edited(mild, 1.0, (seed, 4))

    def measure(self, encode: Callable[..., Floats]) -> dict[str, float]:
        """``map``: mAP by class; ``ns``: N-S score of whole photos and three crops; ``copies``: recall@1 of slight
        edits; ``strong`` and ``micro``: recall@1 and micro average precision of strongly edited copies."""
        everything = encode(None, np.arange(len(self.labels)))
        whole = everything[self.some]
        views = np.concatenate([whole, *(encode(view, self.some) for view in self.crops)])
        group = np.tile(np.arange(len(self.some)), 4)
        queries = encode(self.copies, self.some)
        strong = encode(None, self.many, 0) @ everything.T
        return {
            "map": mean_average_precision(everything, self.labels),
            "ns": n_s_score(views, group),
            "copies": _found(queries @ everything.T, self.some),
            "strong": _found(strong, self.many),
            "micro": micro_average_precision(strong, self.many),
        }


def _found(scores: Floats, wanted: npt.NDArray[np.int64]) -> float:
    return float((scores.argmax(1) == wanted).mean())


def micro_average_precision(scores: Floats, wanted: npt.NDArray[np.int64]) -> float:
    """Average precision of all (query, photo) pairs in one order (Douze et al. 2021, section 4): ``scores`` (q, n),
    ``wanted`` (q,) the one right column of each row."""
    right = scores[np.arange(len(wanted)), wanted]
    above = scores.size - np.searchsorted(np.sort(scores, axis=None), right, side="left")
    right_above = len(right) - np.searchsorted(np.sort(right), right, side="left")
    return float((right_above / above).mean())
