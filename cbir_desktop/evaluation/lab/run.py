"""Runs a grid of methods on a set: what has a result file is read, the rest is measured and written at once."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from cbir_desktop.core import registry
from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Descriptor, Encoder, Index
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Floats
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation.lab import measures, plots, trec_files
from cbir_desktop.evaluation.lab.methods import FLAT, Method, Part, set_knobs
from cbir_desktop.evaluation.lab.ranking import (
    CANDIDATES,
    TIMED,
    Found,
    Sources,
    Space,
    build_reranker,
    looks_at_pictures,
    reranked,
)
from cbir_desktop.evaluation.lab.results import Answered, Outcome, ResultFolder, to_csv, to_markdown
from cbir_desktop.evaluation.lab.sets import LabSet
from cbir_desktop.evaluation.lab.vectors import Described, VectorFolder
from cbir_desktop.evaluation.processes import forget_peak, peak_resident_mb

_NEAREST = 10


@dataclass(frozen=True)
class Extent:
    """How many queries are asked: ``queries`` by every method, ``picture_queries`` by re-rankers that look at pictures
    (seconds a query); the fewer are among the more, drawn by ``seed``."""

    queries: int = 1000
    picture_queries: int = 25
    seed: int = 0


class Lab:
    """One set, one folder of results."""

    def __init__(
        self,
        lab_set: LabSet,
        folder: Path,
        extent: Extent | None = None,
        models: Path | None = None,
        with_trec: bool = False,
    ) -> None:
        """``models``: the folder of a library's own networks. ``with_trec``: TREC's files are written too
        (``trec_files``); what has a result and no such file is measured again."""
        self._set, self._folder, self._extent, self._models = lab_set, folder, extent or Extent(), models
        self._trec = trec_files.TrecFiles(folder / "trec", lab_set) if with_trec else None
        self._results = ResultFolder(folder, [lab_set.fingerprint, self._extent, CANDIDATES])

    def run(
        self,
        methods: Sequence[Method],
        task: Task = NULL_TASK,
        on_outcome: Callable[[Outcome], None] = lambda outcome: None,
    ) -> list[Outcome]:
        """All methods, in their order; ``on_outcome`` hears of each as it is there. The table and the plots are written
        at the end, and also when the run is cancelled: a later run goes on.

        A method that cannot be run has its reason in ``failed``. Raises ``KnownError`` where no picture of the set can
        be decoded, ``Cancelled``, OSError.
        """
        outcomes: list[Outcome] = []
        try:
            for outcome in self._outcomes(methods, task):
                outcomes.append(outcome)
                on_outcome(outcome)
        finally:
            self._write_summary(outcomes)
        return outcomes

    def _outcomes(self, methods: Sequence[Method], task: Task) -> Iterator[Outcome]:
        encoders, broken = self._encoders(methods)
        lacking = {
            method.encoder: encoders[method.encoder]
            for method in methods
            if method.encoder in encoders and self._read(self._path(method, encoders[method.encoder])) is None
        }
        described = VectorFolder(self._folder / "vectors", self._set).describe(lacking, task) if lacking else {}
        done = 0
        for (name, whiten), group in groupby(methods, key=lambda method: (method.encoder, method.whiten)):
            bench: _Bench | None = None
            for method in group:
                task.step(done, len(methods))
                done += 1
                if name in broken:
                    yield Outcome(method, self._set.name, "", {}, failed=broken[name])
                    continue
                encoder = encoders[name]
                path = self._path(method, encoder)
                outcome = self._read(path)
                if outcome is None:
                    try:
                        bench = bench or _Bench(self._set, self._extent, encoder, described[name], whiten)
                        outcome, judged = bench.measure(method, task)
                    except KnownError as error:
                        yield Outcome(method, self._set.name, encoder.key, {}, failed=str(error))
                        continue
                    if self._trec is not None:
                        self._trec.write(path.stem, judged)
                    self._results.write(path, outcome)
                yield outcome
        task.step(len(methods), len(methods))

    def _encoders(self, methods: Sequence[Method]) -> tuple[dict[str, Encoder | Descriptor], dict[str, str]]:
        made: dict[str, Encoder | Descriptor] = {}
        broken: dict[str, str] = {}
        for name in dict.fromkeys(method.encoder for method in methods):
            try:
                is_descriptor = name in registry.descriptors.names()
                made[name] = registry.descriptors.create(name) if is_descriptor else create_encoder(name, self._models)
            except KnownError as error:
                broken[name] = str(error)
        return made, broken

    def _path(self, method: Method, encoder: Encoder | Descriptor) -> Path:
        return self._results.path(method, encoder.key)

    def _read(self, path: Path) -> Outcome | None:
        return None if self._trec is not None and not self._trec.has(path.stem) else self._results.read(path)

    def _write_summary(self, outcomes: Sequence[Outcome]) -> None:
        """One table of this run and of all before it on the same set."""
        now = {outcome.method for outcome in outcomes}
        outcomes = [*outcomes, *(outcome for outcome in self._results.all() if outcome.method not in now)]
        measured = [outcome for outcome in outcomes if outcome.failed is None]
        write_atomic(self._folder / "table.csv", to_csv(outcomes).encode("utf-8", "surrogateescape"))
        write_atomic(self._folder / "table.md", to_markdown(measured).encode("utf-8"))
        for plot in plots.plots(measured):
            write_atomic(self._folder / f"{plot.name}.svg", plots.to_svg(plot).encode("utf-8"))


class _Bench:
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
        judged = [
            measures.judge(one.asked.row, one.ids, one.scores, one.asked.positives, one.asked.junk) for one in found
        ]
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
        before = [
            measures.judge(one.asked.row, one.ids, one.scores, one.asked.positives, one.asked.junk) for one in chosen
        ]
        plain = measures.quality(before, False)["map"]
        return better, added + np.where(np.isfinite(searching), searching, typical), plain


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
