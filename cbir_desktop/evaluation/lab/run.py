"""Runs a grid of methods on a set: what has a result file is read, the rest is measured and written at once."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from cbir_desktop.core import registry
from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Descriptor, Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation.lab import plots, trec_files
from cbir_desktop.evaluation.lab.failing import told
from cbir_desktop.evaluation.lab.measuring import Bench, Extent
from cbir_desktop.evaluation.lab.methods import Method
from cbir_desktop.evaluation.lab.ranking import CANDIDATES
from cbir_desktop.evaluation.lab.results import Outcome, ResultFolder, to_csv, to_markdown
from cbir_desktop.evaluation.lab.sets import LabSet
from cbir_desktop.evaluation.lab.vectors import Described, VectorFolder


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
        encoders, failed = self._encoders(methods)
        lacking = {
            method.encoder: encoders[method.encoder]
            for method in methods
            if method.encoder in encoders and self._read(self._path(method, encoders[method.encoder])) is None
        }
        vectors = VectorFolder(self._folder / "vectors", self._set)
        failed |= vectors.describe(lacking, task) if lacking else {}
        desk = _Desk(self._set, self._extent, vectors)
        for done, method in enumerate(methods):
            task.step(done, len(methods))
            yield self._outcome(method, encoders.get(method.encoder), failed.get(method.encoder), desk, task)
        task.step(len(methods), len(methods))

    def _outcome(
        self, method: Method, encoder: Encoder | Descriptor | None, failed: str | None, desk: "_Desk", task: Task
    ) -> Outcome:
        """What is there of a method, or what it gives now, or why it gives nothing."""
        if encoder is None:
            return Outcome(method, self._set.name, "", {}, failed=failed)
        path = self._path(method, encoder)
        if (outcome := self._read(path)) is not None:
            return outcome
        try:
            if failed is not None:
                raise KnownError(failed)
            with told():
                outcome, judged = desk.bench(encoder, method.whiten).measure(method, task)
        except KnownError as error:
            return Outcome(method, self._set.name, encoder.key, {}, failed=str(error))
        if self._trec is not None:
            self._trec.write(path.stem, judged)
        self._results.write(path, outcome)
        return outcome

    def _encoders(self, methods: Sequence[Method]) -> tuple[dict[str, Encoder | Descriptor], dict[str, str]]:
        made: dict[str, Encoder | Descriptor] = {}
        failed: dict[str, str] = {}
        for name in dict.fromkeys(method.encoder for method in methods):
            try:
                with told():
                    made[name] = self._create(name)
            except KnownError as error:
                failed[name] = str(error)
        return made, failed

    def _create(self, name: str) -> Encoder | Descriptor:
        is_descriptor = name in registry.descriptors.names()
        return registry.descriptors.create(name) if is_descriptor else create_encoder(name, self._models)

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


class _Desk:
    """The vectors and the bench that were used last: methods that share them stand together. What is not needed any
    more goes before the next is read, for it may be a gigabyte."""

    def __init__(self, lab_set: LabSet, extent: Extent, vectors: VectorFolder) -> None:
        self._set, self._extent, self._vectors = lab_set, extent, vectors
        self._described: tuple[str, Described] | None = None
        self._bench: tuple[str, int | None, Bench] | None = None

    def bench(self, encoder: Encoder | Descriptor, whiten: int | None) -> Bench:
        """Raises ``KnownError``, MemoryError."""
        if self._bench is not None and self._bench[:2] == (encoder.key, whiten):
            return self._bench[2]
        self._bench = None
        if self._described is None or self._described[0] != encoder.key:
            self._described = None
            self._described = (encoder.key, self._vectors.read(encoder))
        bench = Bench(self._set, self._extent, encoder, self._described[1], whiten)
        self._bench = (encoder.key, whiten, bench)
        return bench
