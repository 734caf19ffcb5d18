"""What one way of describing a set is worth: its rankings, by every index and re-ranker behind it, judged and timed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Descriptor, Encoder, Index
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.types import Floats
from cbir_desktop.evaluation.lab import measures
from cbir_desktop.evaluation.lab.methods import FLAT, Method, Part, set_knobs
from cbir_desktop.evaluation.lab.ranking import (
    TIMED,
    Found,
    Sources,
    Space,
    build_reranker,
    looks_at_pictures,
    reranked,
)
from cbir_desktop.evaluation.lab.results import Answered, Outcome
from cbir_desktop.evaluation.lab.sets import LabSet
from cbir_desktop.evaluation.lab.vectors import Described
from cbir_desktop.evaluation.processes import forget_peak, peak_resident_mb

_NEAREST = 10


@dataclass(frozen=True)
class Extent:
    """How many queries are asked: ``queries`` by every method, ``picture_queries`` by re-rankers that look at pictures
    (seconds a query); the fewer are among the more, drawn by ``seed``."""

    queries: int = 1000
    picture_queries: int = 25
    seed: int = 0


class Bench:
    """All that is measured on one space: an index is built once for all its knobs and all re-rankers behind it."""

    def __init__(
        self,
        lab_set: LabSet,
        extent: Extent,
        encoder: Encoder | Descriptor,
        described: Described,
        whiten: int | None,
    ) -> None:
        self._set, self._extent, self._encoder, self._described = lab_set, extent, encoder, described
        self._by = encoder if isinstance(encoder, Descriptor) else None
        self._space = Space(lab_set, described.vectors, whiten, described.seconds)
        self._sources = Sources(self._space, encoder)
        self._queries = self._space.usable(lab_set.sample(extent.queries, extent.seed))
        if not self._queries:
            raise KnownError(f"{lab_set.name}: no query can be decoded and has something to find", "no-queries")
        self._index: tuple[str, Index, float, float] | None = None
        self._found: dict[Part, list[Found]] = {}
        self._exact: list[Found] | None = None

    def measure(self, method: Method, task: Task) -> tuple[Outcome, list[measures.Judged]]:
        forget_peak()
        found, seconds, costs = self._searched(method.index, task)
        values: dict[str, float] = {}
        if method.reranker is not None:
            found, seconds, values["map_before"] = self._reranked(method.reranker, found, seconds, task)
        judged = _judged(found)
        encoding = np.array([self._space.seconds[one.asked.row] for one in found])
        values |= measures.quality(judged, self._set.groups_of_four) | costs
        values |= measures.percentiles(encoding + seconds)
        values["encode_p50"] = measures.percentiles(encoding)["p50"]
        values["memory"] = peak_resident_mb()
        answered = tuple(_answered(one) for one in judged)
        problems = tuple(self._described.problems)
        return Outcome(method, self._set.name, self._encoder.key, values, answered, problems), judged

    def _searched(self, part: Part, task: Task) -> tuple[list[Found], Floats, dict[str, float]]:
        """Rankings, seconds of each search (nan where it was not timed), and what the index costs."""
        if self._exact is None:
            self._exact = self._space.exact(self._queries, self._by, task)
        if self._by is not None:
            return self._exact, self._descriptor_seconds(self._by), {"bytes": 4.0 * self._encoder.dim}
        if self._index is None or self._index[0] != part.name:
            self._index = (part.name, *self._space.build(part))
        _, index, build, size = self._index
        set_knobs(index, part)
        costs = {"build": build, "bytes": size}
        if part not in self._found:
            timed = self._queries[:TIMED] if part.name == FLAT.name else self._queries
            self._found[part] = self._space.through(index, timed, task)
        through = self._found[part]
        seconds = np.full(len(self._queries), np.nan)
        seconds[: len(through)] = [one.seconds for one in through]
        if part.name == FLAT.name:
            return self._exact, seconds, costs
        return through, seconds, costs | {"index_recall": _recall(through, self._exact)}

    def _descriptor_seconds(self, by: Descriptor) -> Floats:
        stored = self._space.vectors[self._space.database]
        seconds = np.full(len(self._queries), np.nan)
        for number, asked in enumerate(self._queries[:TIMED]):
            started = time.perf_counter()
            scores = by.similarities(self._space.vectors[asked.row][None], stored)[0]
            np.argsort(-scores, kind="stable")
            seconds[number] = time.perf_counter() - started
        return seconds

    def _reranked(
        self, part: Part, found: list[Found], seconds: Floats, task: Task
    ) -> tuple[list[Found], Floats, float]:
        """Rankings, seconds, and mAP of the same queries before."""
        reranker = build_reranker(part, self._sources)
        with_pictures = looks_at_pictures(part.name)
        count = self._extent.picture_queries if with_pictures else len(found)
        chosen = found[:count]
        better, added = reranked(chosen, reranker, self._sources, with_pictures, task)
        searching = seconds[: len(chosen)]
        typical = np.nanmedian(searching) if np.isfinite(searching).any() else np.nan
        plain = measures.quality(_judged(chosen), False)["map"]
        return better, added + np.where(np.isfinite(searching), searching, typical), plain


def _judged(found: Sequence[Found]) -> list[measures.Judged]:
    return [measures.judge(one.asked.row, one.ids, one.scores, one.asked.positives, one.asked.junk) for one in found]


def _recall(found: Sequence[Found], exact: Sequence[Found]) -> float:
    shares = [
        len(np.intersect1d(one.ids[:_NEAREST], true.ids[:_NEAREST])) / max(1, len(true.ids[:_NEAREST]))
        for one, true in zip(found, exact, strict=True)
    ]
    return float(np.mean(shares))


def _answered(one: measures.Judged) -> Answered:
    top = tuple(one.ids[:_NEAREST].tolist())
    ap = measures.quality_of(one)["map"]
    return Answered(one.row, ap, one.positives, top, tuple(bool(right) for right in one.relevant[:_NEAREST]))
