"""How well and how fast encoders find what belongs together in a labelled set: exact search, one table."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.protocols import Descriptor, Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Vectors
from cbir_desktop.evaluation import metrics
from cbir_desktop.evaluation.datasets import DISTRACTOR, ImageSet
from cbir_desktop.evaluation.embed import Decoder, Decoding, Problem, decoder, embed
from cbir_desktop.evaluation.reranked import BuildReranker, Gallery, Timed

Measure: TypeAlias = Callable[[Vectors, Vectors], Vectors]
"""(q, dim) queries and (n, dim) rows -> (q, n), higher is nearer."""

MIN_SIDE = 256
"""Pixels that the short side keeps in a scaled decode: the size that one decode of the product gives."""

PRECISION_AT = (1, 5, 10)
TIMED_QUERIES = 100
SCORES_AT_ONCE = 1 << 23
"""Scores ranked at a time, about 100 MB with their order."""

Judged: TypeAlias = tuple[metrics.Relevant, metrics.Relevant]
"""What is relevant by rank for one query: with the query ranked among the rest, and without it."""


@dataclass(frozen=True, slots=True)
class Result:
    """One encoder on one set.

    ``mean_average_precision``: step form, the query left out of its ranking. ``ns_score``: only where groups are of
    four, the query included. ``precision``: by k, the query left out. Milliseconds are (p50, p95) over single
    queries: ``decode_ms`` one picture, ``query_ms`` its encoding and an exact search through all. Rates are pictures
    a second over the whole set.
    """

    dataset: str
    encoder: str
    key: str
    dim: int
    pictures: int
    queries: int
    mean_average_precision: float
    ns_score: float | None
    precision: Mapping[int, float]
    decode_ms: tuple[float, float]
    query_ms: tuple[float, float]
    decoded_per_second: float
    encoded_per_second: float
    both_per_second: float
    problems: Sequence[Problem]

    def to_json(self) -> dict[str, Any]:
        """A document for ``json.dumps``; the form of average precision is in its name."""
        document = asdict(self)
        document["map_step"] = document.pop("mean_average_precision")
        document["precision"] = {str(k): value for k, value in self.precision.items()}
        return document


def evaluate(
    dataset: ImageSet, encoder: Encoder | Descriptor, task: Task = NULL_TASK, decode: Decoder | None = None
) -> Result:
    """One encoder on one labelled set; see ``compare``."""
    return compare(dataset, {encoder.key: encoder}, task, decode)[0]


def compare(
    dataset: ImageSet,
    encoders: Mapping[str, Encoder | Descriptor],
    task: Task = NULL_TASK,
    decode: Decoder | None = None,
    rerankers: Mapping[str, BuildReranker] | None = None,
) -> list[Result]:
    """Each encoder, by name, on one labelled set: every picture with a class is ranked against all others, by inner
    product or by the measure of a descriptor.

    Behind each encoder's row comes one for each of ``rerankers``, whose time counts in that of its queries; behind a
    descriptor, whose measure is no inner product, none.
    A picture that cannot be decoded is listed in ``problems`` and left out. Raises ``KnownError`` where the set has
    under two classes, or no pair, also after the broken ones are gone; ``Cancelled``.
    """
    dataset.require_classes()
    decoding = Decoding(dataset, decode or decoder(MIN_SIDE), task)
    embedded = embed(decoding, encoders)
    usable = dataset.subset(decoding.rows).require_classes()
    latency = _latencies(usable, encoders, embedded.vectors, decoding.decode)
    results = []
    for name, encoder in encoders.items():
        vectors = embedded.vectors[name]
        plain = Result(
            dataset=dataset.name,
            encoder=name,
            key=encoder.key,
            dim=encoder.dim,
            pictures=len(usable),
            **_quality(rankings(vectors, usable.labels, _measure(encoder)), usable),
            decode_ms=_percentiles(latency[""]),
            query_ms=_percentiles(latency[name]),
            decoded_per_second=len(usable) / decoding.seconds,
            encoded_per_second=len(usable) / embedded.seconds[name],
            both_per_second=len(usable) / (decoding.seconds + embedded.seconds[name]),
            problems=tuple(decoding.problems),
        )
        results.append(plain)
        for added, build in () if isinstance(encoder, Descriptor) else (rerankers or {}).items():
            gallery = Gallery(vectors, encoder, lambda row: decoding.decode(usable.read(row)))
            reranker = build(gallery)
            looks = not hasattr(reranker, "vectors_of")
            timed = Timed(reranker, gallery.image_of if looks else None, task)
            quality = _quality(timed.judged(orders(vectors, usable.labels), vectors, usable.labels), usable)
            both = [a + b for a, b in zip(plain.query_ms, _percentiles(timed.seconds), strict=True)]
            results.append(replace(plain, encoder=f"{name} + {added}", **quality, query_ms=(both[0], both[1])))
    return results


def table(results: Sequence[Result]) -> str:
    """Results on one set as a Markdown table, a row an encoder."""
    precision = [f"P@{k}" for k in PRECISION_AT]
    head = ["encoder", "dim", "mAP (step)", "N-S", *precision, "query ms p50", "p95", "decode ms p50", "p95"]
    head += ["decoded/s", "encoded/s", "both/s", "pictures", "problems"]
    rows = [
        [row.encoder, str(row.dim), f"{row.mean_average_precision:.4f}"]
        + ["" if row.ns_score is None else f"{row.ns_score:.3f}"]
        + [f"{row.precision[k]:.4f}" for k in PRECISION_AT]
        + [f"{ms:.1f}" for ms in (*row.query_ms, *row.decode_ms)]
        + [f"{rate:.1f}" for rate in (row.decoded_per_second, row.encoded_per_second, row.both_per_second)]
        + [str(row.pictures), str(len(row.problems))]
        for row in results
    ]
    return markdown(head, rows)


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table: text to the left, numbers to the right, columns padded so that it reads as plain text too."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [
        " | ".join(
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (head, rule, *rows)
    ]
    return "".join(f"| {line} |\n" for line in lines)


def inner_products(queries: Vectors, rows: Vectors) -> Vectors:
    return np.asarray(queries @ rows.T, np.float32)


def orders(
    vectors: Vectors, labels: npt.NDArray[np.int64], measure: Measure = inner_products
) -> Iterator[tuple[int, npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
    """(query, all rows best first, scores by row) of each query, in order.

    Exact, in blocks of bounded memory; equal scores stand in the order of the set. A query is what
    has a label that another one shares.
    """
    shared = np.isin(labels, [label for label, n in zip(*np.unique(labels, return_counts=True), strict=True) if n > 1])
    queries = np.flatnonzero(shared & (labels != DISTRACTOR))
    for block in np.split(queries, range(0, len(queries), max(1, SCORES_AT_ONCE // len(vectors)))[1:]):
        scores = measure(vectors[block], vectors)
        for query, order, row in zip(block, np.argsort(-scores, axis=1, kind="stable"), scores, strict=True):
            yield int(query), order, row


def rankings(vectors: Vectors, labels: npt.NDArray[np.int64], measure: Measure = inner_products) -> Iterator[Judged]:
    """What is relevant for each query of ``orders``."""
    for query, order, _ in orders(vectors, labels, measure):
        relevant = labels[order] == labels[query]
        yield relevant, relevant[order != query]


def _measure(encoder: Encoder | Descriptor) -> Measure:
    return encoder.similarities if isinstance(encoder, Descriptor) else inner_products


def _quality(judged: Iterable[Judged], dataset: ImageSet) -> dict[str, Any]:
    """The measures of ``Result``, in one pass over the rankings."""
    precision, average, four = [], [], []
    for with_query, ranking in judged:
        average.append(metrics.average_precision(ranking))
        precision.append([metrics.precision_at(ranking, k) for k in PRECISION_AT])
        four.append(with_query[:4])
    return {
        "queries": len(average),
        "mean_average_precision": float(np.mean(average)),
        "ns_score": metrics.ns_score(four) if dataset.groups_of_four else None,
        "precision": dict(zip(PRECISION_AT, np.mean(precision, axis=0).tolist(), strict=True)),
    }


def _latencies(
    dataset: ImageSet,
    encoders: Mapping[str, Encoder | Descriptor],
    vectors: Mapping[str, Vectors],
    decode: Decoder,
) -> dict[str, list[float]]:
    """Seconds of single queries spread over the set, by encoder; under "" those of their decoding."""
    seconds: dict[str, list[float]] = {name: [] for name in ("", *encoders)}
    for row in np.unique(np.linspace(0, len(dataset) - 1, TIMED_QUERIES).astype(int)):
        try:
            data = dataset.read(int(row))
            started = time.perf_counter()
            image = decode(data)
        except DecodeError:  # gone since the first reading: one sample less
            continue
        seconds[""].append(time.perf_counter() - started)
        for name, encoder in encoders.items():
            started = time.perf_counter()
            scores = _measure(encoder)(encoder.encode([image]), vectors[name])[0]
            best = np.argpartition(-scores, min(PRECISION_AT[-1], len(scores) - 1))[: PRECISION_AT[-1]]
            best[np.argsort(-scores[best])]
            seconds[name].append(time.perf_counter() - started)
    return seconds


def _percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    p50, p95 = np.percentile(seconds, [50, 95]) * 1000 if seconds else (np.nan, np.nan)
    return float(p50), float(p95)
