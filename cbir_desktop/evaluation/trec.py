"""TREC's files: qrels (what is relevant) and runs (what was found), in and out, and the measures of a pair of them."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

import numpy as np

from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation import metrics

Qrels: TypeAlias = Mapping[str, Mapping[str, int]]
"""Query -> document -> relevance; 0 and below is not relevant."""

Run: TypeAlias = Mapping[str, Mapping[str, float]]
"""Query -> document -> score."""


def read_qrels(path: Path) -> Qrels:
    """Lines of query, iteration (ignored), document, relevance. Raises ``KnownError`` with the line that is wrong."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for number, (query, _, document, relevance) in _lines(path, 4):
        try:
            found[query][document] = int(relevance)
        except ValueError as error:
            raise KnownError(f"{path}, line {number}: {relevance!r} is no relevance", "bad-truth") from error
    return dict(found)


def read_run(path: Path) -> Run:
    """Lines of query, ``Q0``, document, rank (ignored, as trec_eval does), score, name of the run. Raises
    ``KnownError`` with the line that is wrong, also where a document is there twice."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for number, (query, _, document, _, score, _) in _lines(path, 6):
        if document in found[query]:
            raise KnownError(f"{path}, line {number}: {document} is there twice for {query}", "bad-run")
        try:
            found[query][document] = float(score)
        except ValueError as error:
            raise KnownError(f"{path}, line {number}: {score!r} is no score", "bad-run") from error
    return dict(found)


def _lines(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding="utf-8") as stream:
            for number, line in enumerate(stream, start=1):
                words = line.split()
                if words and len(words) != columns:
                    raise KnownError(f"{path}, line {number}: {len(words)} columns, not {columns}", "bad-truth")
                if words:
                    yield number, words
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(f"{path} cannot be read: {error}", "unreadable") from error


def write_qrels(path: Path, qrels: Qrels) -> None:
    """Atomically. Names must hold no white space: ValueError."""
    _write(
        path,
        (
            f"{_word(query)} 0 {_word(document)} {relevance}\n"
            for query, documents in qrels.items()
            for document, relevance in documents.items()
        ),
    )


def write_run(path: Path, run: Run, name: str) -> None:
    """Atomically, best first, ranks from 1. Names must hold no white space: ValueError."""
    _write(
        path,
        (
            f"{_word(query)} Q0 {_word(document)} {rank} {score!r} {_word(name)}\n"
            for query, documents in run.items()
            for rank, (document, score) in enumerate(_ranked(documents), start=1)
        ),
    )


def _write(path: Path, lines: Iterable[str]) -> None:
    text = "".join(lines)

    def write(temporary: Path) -> None:
        temporary.write_text(text, encoding="utf-8")

    replace_atomic(path, write)


def word(name: str) -> str:
    """A file's name as TREC's files can hold it: white space, and what is no text, as %XX of its bytes."""
    return quote(os.fsencode(name), safe="/:#!$&'()*+,;=?@[]~")


def _word(name: str) -> str:
    if len(name.split()) != 1:
        raise ValueError(f"{name!r} is no single word, which TREC's files need")
    return name


def _ranked(documents: Mapping[str, float]) -> list[tuple[str, float]]:
    """By falling score, equal ones by falling name: trec_eval's order, whatever the ranks in the file."""
    return sorted(documents.items(), key=lambda item: (np.float32(item[1]), item[0]), reverse=True)


@dataclass(frozen=True, slots=True)
class Measures:
    """Means over the queries that have anything relevant and that the run answers, as ``trec_eval`` gives them.

    ``map``: average precision in the step form; ``precision`` and ``recall`` by k."""

    queries: int
    map: float
    precision: Mapping[int, float]
    recall: Mapping[int, float]


def measure(run: Run, qrels: Qrels, ks: Iterable[int] = (1, 5, 10)) -> Measures:
    """Raises ``KnownError`` where run and qrels have no query in common."""
    ks = tuple(ks)
    rows = []
    for query, documents in run.items():
        relevance = qrels.get(query, {})
        positives = sum(value > 0 for value in relevance.values())
        if not positives:
            continue
        relevant = np.array([relevance.get(document, 0) > 0 for document, _ in _ranked(documents)], np.bool_)
        rows.append(
            [metrics.average_precision(relevant, positives)]
            + [metrics.precision_at(relevant, k) for k in ks]
            + [metrics.recall_at(relevant, k, positives) for k in ks]
        )
    if not rows:
        raise KnownError("the run answers no query that has anything relevant", "no-queries")
    mean = np.mean(rows, axis=0).tolist()
    at = dict(zip(ks, mean[1 : 1 + len(ks)], strict=True)), dict(zip(ks, mean[1 + len(ks) :], strict=True))
    return Measures(len(rows), mean[0], *at)
