"""Sets whose truth is given query by query: what is right, what counts neither way, and how it is judged."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.evaluation import metrics
from cbir_desktop.evaluation.bench import PRECISION_AT
from cbir_desktop.evaluation.datasets import ImageSet
from cbir_desktop.evaluation.embed import Decoding, Problem, decoder, embed


@dataclass(frozen=True)
class Truth:
    """One query. ``row`` is its picture among the entries; ``positives`` and ``junk`` are rows, (p,) and (j,) int64;
    what is in neither is wrong. ``box``: the part of the upright query that is asked for, (left, top, right, bottom)
    in pixels, or None."""

    row: int
    positives: npt.NDArray[np.int64]
    junk: npt.NDArray[np.int64]
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class RetrievalSet:
    """``images``: all pictures, labels unused. ``database``: the rows that are ranked. ``form`` of average precision:
    each set has the one that it was published with."""

    name: str
    images: ImageSet
    truths: Sequence[Truth]
    database: npt.NDArray[np.int64]
    form: Literal["step", "trapezoid"] = "step"


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """One encoder on one such set; precision@k with junk taken out, as mAP."""

    dataset: str
    encoder: str
    key: str
    queries: int
    pictures: int
    mean_average_precision: float
    precision: Mapping[int, float]
    seconds: float
    problems: Sequence[Problem] = field(default=())


def measure_retrieval(
    dataset: RetrievalSet, encoders: Mapping[str, Encoder], task: Task = NULL_TASK
) -> list[RetrievalResult]:
    """Each encoder, by name: exact search for every query through the database.

    A picture that cannot be decoded is listed and ranks last; a query that cannot be is left out. Raises
    ``KnownError`` where no picture can be decoded; ``Cancelled``.
    """
    decoding = Decoding(dataset.images, decoder(256), task)
    started = time.monotonic()
    embedded = embed(decoding, encoders)
    seconds = time.monotonic() - started
    return [
        RetrievalResult(
            dataset=dataset.name,
            encoder=name,
            key=encoder.key,
            pictures=len(dataset.database),
            **_quality(dataset, encoder, _by_row(embedded.vectors[name], decoding.rows, len(dataset.images)), task),
            seconds=seconds,
            problems=tuple(decoding.problems),
        )
        for name, encoder in encoders.items()
    ]


def _by_row(vectors: Vectors, rows: Sequence[int], count: int) -> Vectors:
    """(count, dim): nan where a picture could not be decoded."""
    found = np.full((count, vectors.shape[1]), np.nan, np.float32)
    found[list(rows)] = vectors
    return found


def _quality(dataset: RetrievalSet, encoder: Encoder, vectors: Vectors, task: Task) -> dict[str, Any]:
    average, precision = [], []
    for truth in dataset.truths:
        task.check()
        query = vectors[truth.row]
        if np.isnan(query).any():
            continue
        if truth.box is not None:
            query = encoder.encode([boxed(dataset.images, truth)])[0]
        relevant = judged(dataset, truth, vectors @ query)
        positives = len(np.intersect1d(truth.positives, dataset.database))
        measure = metrics.average_precision if dataset.form == "step" else metrics.average_precision_trapezoid
        average.append(measure(relevant, positives=positives))
        precision.append([metrics.precision_at(relevant, k) for k in PRECISION_AT])
    return {
        "queries": len(average),
        "mean_average_precision": float(np.mean(average)) if average else float("nan"),
        "precision": dict(zip(PRECISION_AT, np.mean(precision, axis=0).tolist(), strict=True)) if precision else {},
    }


def judged(dataset: RetrievalSet, truth: Truth, scores: npt.NDArray[np.floating[Any]]) -> metrics.Relevant:
    """What is relevant by rank, junk taken out; ``scores`` (n,) by row, nan is ranked last."""
    kept = np.setdiff1d(dataset.database, truth.junk, assume_unique=False)
    order = kept[np.argsort(-np.nan_to_num(scores[kept], nan=-np.inf), kind="stable")]
    return np.isin(order, truth.positives)


def boxed(images: ImageSet, truth: Truth) -> Image:
    """The part of the query that is asked for, decoded at full size."""
    assert truth.box is not None
    image = decoder(1 << 15)(images.read(truth.row))
    height, width = image.shape[:2]
    left, top, right, bottom = truth.box
    columns = slice(max(0, round(left)), max(round(left) + 1, min(width, round(right))))
    rows = slice(max(0, round(top)), max(round(top) + 1, min(height, round(bottom))))
    return np.ascontiguousarray(image[rows, columns])
