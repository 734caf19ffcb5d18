"""The columns of the laboratory's table: each measure with its definition, and how it is computed from rankings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.types import Ids, Vectors
from cbir_desktop.evaluation import metrics

MICRO = 10
"""Candidates of a query that enter micro average precision."""


@dataclass(frozen=True, slots=True)
class Column:
    """One measure. ``definition`` is shown beside it; ``digits`` behind the point; ``compared``: rows differ in it for
    better or worse."""

    key: str
    heading: str
    definition: str
    digits: int = 3
    higher_is_better: bool = True
    compared: bool = True

    def text(self, value: float | None) -> str:
        return "" if value is None or not np.isfinite(value) else f"{value:.{self.digits}f}"


_JUNK = "Junk is taken out first. The query is not in its own ranking."
QUALITY = (
    Column(
        "map",
        "mAP",
        f"Mean of average precision, step form: precision at each right rank, by all that is right. {_JUNK}",
    ),
    Column(
        "map_trapezoid",
        "mAP trap.",
        f"Mean of the area under precision against recall by trapezoids, as Oxford and Paris have it. {_JUNK}",
    ),
    Column(
        "map_10", "mAP@10", f"The step form over ten ranks only, by all that is right (trec_eval's map_cut). {_JUNK}"
    ),
    Column("map_100", "mAP@100", f"The step form over a hundred ranks only, by all that is right. {_JUNK}"),
    Column("p_1", "P@1", f"Share of right ones among the first. {_JUNK}"),
    Column("p_5", "P@5", f"Share of right ones among the first 5. {_JUNK}"),
    Column("p_10", "P@10", f"Share of right ones among the first 10. {_JUNK}"),
    Column("recall_1", "R@1", f"Share of all that is right among the first. {_JUNK}"),
    Column("recall_10", "R@10", f"Share of all that is right among the first 10. {_JUNK}"),
    Column("recall_100", "R@100", f"Share of all that is right among the first 100. {_JUNK}"),
    Column(
        "ns", "N-S", "UKBench: right ones among the first four, the query itself counted as the first; 4 is perfect.", 2
    ),
    Column(
        "micro_ap",
        "µAP",
        "Micro average precision: the ten best of all queries in one list by score, step form, by the pairs that ten "
        "candidates a query can hold. One threshold for all queries is judged.",
    ),
    Column("map_before", "mAP before", "mAP of the same queries before the re-ranker.", compared=False),
    Column("index_recall", "Index R@10", "Share of the exact ten nearest that the index finds."),
)
COSTS = (
    Column("p50", "ms p50", "Milliseconds from a decoded picture to its ranking, median query.", 1, False),
    Column("p95", "ms p95", "The same: 95 of 100 queries take no longer.", 1, False),
    Column("p99", "ms p99", "The same: 99 of 100 queries take no longer.", 1, False),
    Column("encode_p50", "Encode ms", "Milliseconds of describing one decoded picture, median.", 1, False),
    Column("build", "Build s", "Seconds of building the index from vectors that are there.", 2, False),
    Column("bytes", "Bytes a picture", "Bytes of the saved index by its pictures.", 0, False),
    Column("memory", "MB", "Most memory that the process held while this row was measured.", 0, False),
    Column("queries", "Queries", "How many queries were asked.", 0, compared=False),
)
COLUMNS = QUALITY + COSTS
BY_KEY = {column.key: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Judged:
    """One query's ranking without junk: ``ids`` and ``scores`` best first, (k,); what is ``relevant``, (k,) bool; how
    many ``positives`` there are in the database."""

    row: int
    ids: Ids
    scores: Vectors
    relevant: npt.NDArray[np.bool_]
    positives: int


def judge(row: int, ids: Ids, scores: Vectors, positives: Sequence[int] | Ids, junk: Sequence[int] | Ids) -> Judged:
    """``ids``: (k,) best first, padded with -1 at the end."""
    kept = (ids >= 0) & ~np.isin(ids, junk)
    ids, scores = ids[kept], scores[kept]
    return Judged(row, ids, scores, np.isin(ids, positives), len(positives))


def quality_of(one: Judged) -> dict[str, float]:
    """The measures of one query that are means over queries, by column."""
    relevant, total = one.relevant, one.positives
    found = {
        "map": metrics.average_precision(relevant, total),
        "map_trapezoid": metrics.average_precision_trapezoid(relevant, positives=total),
        "ns": 1.0 + float(relevant[:3].sum()),
    }
    found |= {f"map_{k}": metrics.average_precision_at(relevant, k, total) for k in (10, 100)}
    found |= {f"p_{k}": metrics.precision_at(relevant, k) for k in (1, 5, 10)}
    return found | {f"recall_{k}": metrics.recall_at(relevant, k, total) for k in (1, 10, 100)}


def quality(judged: Sequence[Judged], groups_of_four: bool) -> dict[str, float]:
    """All measures of rankings, by column; the N-S score only where it is defined."""
    each = [quality_of(one) for one in judged]
    means = {key: float(np.mean([values[key] for values in each])) for key in each[0]}
    if not groups_of_four:
        del means["ns"]
    scores = np.concatenate([one.scores[:MICRO] for one in judged])
    correct = np.concatenate([one.relevant[:MICRO] for one in judged])
    possible = sum(min(MICRO, one.positives) for one in judged)
    return means | {
        "micro_ap": metrics.micro_average_precision(scores, correct, possible),
        "queries": float(len(judged)),
    }


def percentiles(seconds: npt.NDArray[np.floating]) -> Mapping[str, float]:
    """p50, p95 and p99 in milliseconds of what is a number."""
    known = seconds[np.isfinite(seconds)]
    values = np.percentile(known, [50, 95, 99]) * 1000 if len(known) else np.full(3, np.nan)
    return dict(zip(("p50", "p95", "p99"), values.tolist(), strict=True))
