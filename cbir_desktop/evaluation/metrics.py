"""Measures of ranked retrieval, each with its definition: average precision alone has several.

A ranking is a (n,) bool array in rank order, best first: True where that rank is relevant. The query itself is not
in it, but for the N-S score, whose definition counts it.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Relevant: TypeAlias = npt.NDArray[np.bool_]


def average_precision(relevant: Relevant, positives: int | None = None) -> float:
    """Average precision in the step form: the sum of precision@r over the relevant ranks r, by ``positives``.

    That is trec_eval's ``map`` for one query and scikit-learn's ``average_precision_score``. ``positives`` is how many
    relevant items there are in all (default: those in the ranking); those that were not retrieved add nothing.
    Raises ValueError where nothing is relevant, for which it is not defined.
    """
    total = _positives(relevant, positives)
    ranks = np.flatnonzero(relevant) + 1
    return float((np.arange(1, len(ranks) + 1) / ranks).sum() / total)


def average_precision_at(relevant: Relevant, k: int, positives: int | None = None) -> float:
    """The step form over the first ``k`` ranks only, by all ``positives``: trec_eval's ``map_cut_k``.

    Others divide by the lesser of k and ``positives``; compare with those only where each query has at most k.
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    return average_precision(relevant[:k], _positives(relevant, positives))


def average_precision_trapezoid(
    relevant: Relevant, junk: Relevant | None = None, positives: int | None = None
) -> float:
    """Average precision as the Oxford and Paris benchmarks compute it: the area under precision against recall by
    the trapezoid rule, with precision 1 at recall 0 (Philbin et al. 2007, ``compute_ap.cpp``).

    ``junk``: (n,) bool, ranks that are taken out first, so that they neither help nor hurt. Raises ValueError where
    nothing is relevant. On one ranking it differs from the step form: never compare one with the other.
    """
    kept = relevant if junk is None else relevant[~junk]
    total = _positives(kept, positives)
    at = np.flatnonzero(kept)
    found = np.arange(len(at))
    before = np.where(at == 0, 1.0, found / np.maximum(at, 1))
    return float(((before + (found + 1) / (at + 1)) / 2).sum() / total)


def mean_average_precision(rankings: Iterable[Relevant]) -> float:
    """Mean of the step-form ``average_precision`` over the queries; those with nothing relevant are left out.

    Raises ValueError where no query has anything relevant.
    """
    values = [average_precision(ranking) for ranking in rankings if ranking.any()]
    if not values:
        raise ValueError("no query has a relevant item")
    return float(np.mean(values))


def precision_at(relevant: Relevant, k: int) -> float:
    """Share of relevant items among the first ``k``; what a ranking lacks counts as wrong (trec_eval ``P_k``)."""
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    return float(relevant[:k].sum() / k)


def recall_at(relevant: Relevant, k: int, positives: int | None = None) -> float:
    """Share of all relevant items that is among the first ``k`` (trec_eval ``recall_k``). ValueError where none is."""
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    return float(relevant[:k].sum() / _positives(relevant, positives))


def ns_score(rankings: Sequence[Relevant] | Relevant) -> float:
    """UKBench score (Nister & Stewenius 2006): how many of the first four are of the query's object, the query
    itself among the ranked, as a mean over the queries; 4 is perfect.
    """
    return float(np.mean([ranking[:4].sum() for ranking in rankings]))


def micro_average_precision(scores: npt.NDArray[Any], correct: Relevant, positives: int) -> float:
    """Micro average precision (Douze et al. 2021, Image Similarity Challenge; SSCD, Pizzi et al. 2022, section 5.1).

    The candidates of all queries in one list by score: the sum over its relevant ranks of precision by ``positives``,
    the number of true pairs in all. One threshold for all queries is thereby judged, unlike by mAP. Candidates of one
    score share one rank, the last of them, as in scikit-learn: the answer does not depend on their order.
    ``scores``, ``correct``: (m,) each.
    """
    if positives < max(1, int(correct.sum())):
        raise ValueError(f"{positives} positives, but {int(correct.sum())} correct candidates")
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], np.cumsum(correct[order])
    if not len(ranked):
        return 0.0
    last = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    gained = np.diff(hits[last], prepend=0)
    return float((gained * hits[last] / (last + 1)).sum() / positives)


def _positives(relevant: Relevant, positives: int | None) -> int:
    found = int(relevant.sum())
    total = found if positives is None else positives
    if total < 1:
        raise ValueError("nothing is relevant: the measure is not defined")
    if total < found:
        raise ValueError(f"{total} positives, but {found} relevant ranks")
    return total
