"""The result file of each configuration, and the one table that they make: CSV, Markdown."""

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.embed import Problem
from cbir_desktop.evaluation.lab.measures import COLUMNS, Column, Judged, quality_of
from cbir_desktop.evaluation.lab.methods import Method

SCHEMA = 1
_OF_TEN = ("map_10", "p_1", "p_5", "p_10", "recall_1", "recall_10", "ns")


@dataclass(frozen=True, slots=True)
class Answered:
    """One query of a result: its row, its average precision (step), how many are right, and the rows of its first
    ten."""

    row: int
    ap: float
    positives: int
    top: tuple[int, ...]
    right: tuple[bool, ...]

    def value(self, key: str) -> float:
        """This query by the measure of a column; by average precision where a column says nothing of single queries, or
        its ranks go beyond the tenth."""
        if key not in _OF_TEN:
            return self.ap
        ids = np.array(self.top, np.int64)
        one = Judged(self.row, ids, np.zeros(len(ids), np.float32), np.array(self.right, np.bool_), self.positives)
        return quality_of(one)[key]


@dataclass(frozen=True)
class Outcome:
    """One row of the table. ``failed`` says why there are no ``values`` (by column); such a row is tried again by the
    next run."""

    method: Method
    set_name: str
    encoder_key: str
    values: Mapping[str, float]
    answered: Sequence[Answered] = ()
    problems: Sequence[Problem] = ()
    failed: str | None = None

    def to_json(self) -> dict[str, Any]:
        values = {key: value if math.isfinite(value) else None for key, value in self.values.items()}
        queries = [[one.row, one.ap, one.positives, list(one.top), list(one.right)] for one in self.answered]
        problems = [[problem.name, problem.reason] for problem in self.problems]
        document = {"schema": SCHEMA, "set": self.set_name, "method": self.method.to_json()}
        return document | {"encoder_key": self.encoder_key, "values": values, "problems": problems, "queries": queries}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Outcome":
        """Raises KeyError, TypeError or ValueError for what ``to_json`` did not write."""
        if document["schema"] != SCHEMA:
            raise ValueError(f"schema is {document['schema']}, not {SCHEMA}")
        values = {key: math.nan if value is None else float(value) for key, value in document["values"].items()}
        queries = tuple(
            Answered(row, ap, positives, tuple(top), tuple(right))
            for row, ap, positives, top, right in document["queries"]
        )
        problems = tuple(Problem(name, reason) for name, reason in document["problems"])
        method = Method.from_json(document["method"])
        return cls(method, document["set"], document["encoder_key"], values, queries, problems)


class ResultFolder:
    """``results/SET/NAME-HASH.json``, a file a configuration. ``basis``: what all figures of this set depend on, beside
    the method and its encoder's key."""

    def __init__(self, folder: Path, basis: Sequence[object]) -> None:
        self._basis = json.dumps([SCHEMA, *map(str, basis)])
        self._folder = folder / "results" / sha256(self._basis.encode()).hexdigest()[:12]

    def path(self, method: Method, encoder_key: str) -> Path:
        facts = json.dumps([method.to_json(), encoder_key], sort_keys=True)
        slug = re.sub(r"[^A-Za-z0-9.+=-]+", "_", method.name)[:80]
        return self._folder / f"{slug}-{sha256(facts.encode()).hexdigest()[:12]}.json"

    def read(self, path: Path) -> Outcome | None:
        """None where it is not there, or is damaged: then it is measured again."""
        try:
            return Outcome.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def all(self) -> list[Outcome]:
        """Whatever runs on this set have left, by method; of two by one method, that of the newer file."""
        paths = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        found = {outcome.method: outcome for path in paths if (outcome := self.read(path)) is not None}
        return sorted(found.values(), key=lambda outcome: outcome.method.name)

    def write(self, path: Path, outcome: Outcome) -> None:
        """Raises OSError."""
        write_atomic(path, json.dumps(outcome.to_json(), allow_nan=False, separators=(",", ":")).encode("ascii"))


def shown_columns(outcomes: Sequence[Outcome]) -> list[Column]:
    """Those that any row has a number for."""
    return [
        column
        for column in COLUMNS
        if any(math.isfinite(outcome.values.get(column.key, math.nan)) for outcome in outcomes)
    ]


def to_markdown(outcomes: Sequence[Outcome]) -> str:
    """A row a configuration, in the order given; the best of each column is bold."""
    columns = shown_columns(outcomes)
    best = {column.key: best_value(column, outcomes) for column in columns if column.compared}
    rows = []
    for outcome in outcomes:
        cells = [outcome.method.name]
        for column in columns:
            value = outcome.values.get(column.key)
            text = column.text(value)
            is_best = bool(text) and text == column.text(best.get(column.key))
            cells.append(f"**{text}**" if is_best else text)
        rows.append(cells)
    return markdown(["method", *(column.heading for column in columns)], rows)


def best_value(column: Column, outcomes: Sequence[Outcome]) -> float | None:
    values = [outcome.values.get(column.key, math.nan) for outcome in outcomes]
    known = [value for value in values if math.isfinite(value)]
    return None if not known else max(known) if column.higher_is_better else min(known)


def to_csv(outcomes: Sequence[Outcome]) -> str:
    """All columns, in full precision; a row that failed has its reason in the last."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    head = ["set", "method", "encoder", "whiten", "index", "reranker", *(column.key for column in COLUMNS), "failed"]
    rows.writerow(head)
    for outcome in outcomes:
        method = outcome.method
        parts = [method.encoder, method.whiten or "", str(method.index), str(method.reranker or "")]
        values = [outcome.values.get(column.key, math.nan) for column in COLUMNS]
        figures = ["" if not math.isfinite(value) else repr(value) for value in values]
        rows.writerow([outcome.set_name, method.name, *parts, *figures, outcome.failed or ""])
    return text.getvalue()
