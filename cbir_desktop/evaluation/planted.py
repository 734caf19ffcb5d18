"""How well encoders find the originals of planted copies: recall@1 and micro average precision by kind of edit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.evaluation import metrics
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.edits import EDITS, STRENGTHS
from cbir_desktop.evaluation.embed import Decoder, Decoding, Problem, decoder, embed
from cbir_desktop.evaluation.planting import Plan, Planted, plant, readable

MIN_SIDE = 256
CANDIDATES = 10
"""Candidates of a query that enter micro average precision, as the Image Similarity Challenge took in the mean."""


@dataclass(frozen=True, slots=True)
class CopiesResult:
    """One encoder. ``recall``: kind -> recall@1 at strengths 1, 2, 3; ``micro_ap``: kind -> over its strengths.

    ``mean_recall`` and ``mean_micro_ap`` are means over the kinds, the collage among them.
    """

    encoder: str
    key: str
    originals: int
    library: int
    seed: int
    recall: Mapping[str, Sequence[float]]
    micro_ap: Mapping[str, float]
    mean_recall: float
    mean_micro_ap: float
    problems: Sequence[Problem]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class _Queries:
    """Decoded copies as they are planted; remembers what each is."""

    copies: Iterable[Planted]
    decode: Decoder
    task: Task
    total: int
    kinds: list[str] = field(default_factory=list)
    strengths: list[int] = field(default_factory=list)
    originals: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Image]:
        for done, copy in enumerate(self.copies):
            self.task.step(done, self.total)
            self.kinds.append(copy.kind)
            self.strengths.append(copy.strength)
            self.originals.append(copy.original)
            yield self.decode(copy.data)


def evaluate_planted(
    encoders: Mapping[str, Encoder],
    plan: Plan,
    seed: int = 0,
    kinds: Sequence[str] = tuple(EDITS),
    task: Task = NULL_TASK,
    decode: Decoder | None = None,
) -> list[CopiesResult]:
    """Library = originals and distractors; every edited copy is a query; exact search, by encoder's name.

    Broken pictures are listed and left out. Raises ``KnownError`` where nothing can be decoded; ``Cancelled``.
    """
    library = plan.originals.with_distractors(plan.distractors)
    decoding = Decoding(library, decode or decoder(MIN_SIDE), task)
    stored = embed(decoding, encoders)
    place = {library.entries[row].name: i for i, row in enumerate(decoding.rows) if row < len(plan.originals)}
    originals = plan.originals.subset([row for row in decoding.rows if row < len(plan.originals)])
    copies = plant(readable(originals), list(readable(plan.fillers)), seed, kinds, decode=decode)
    queries = _Queries(copies, decoding.decode, task, len(originals) * len(kinds) * len(STRENGTHS))
    asked = embed(queries, encoders)
    truth = np.array([place[name] for name in queries.originals])
    return [
        _result(name, encoder.key, asked.vectors[name], stored.vectors[name], truth, queries, decoding, seed)
        for name, encoder in encoders.items()
    ]


def _result(
    name: str,
    key: str,
    asked: Vectors,
    stored: Vectors,
    truth: npt.NDArray[np.int64],
    queries: _Queries,
    decoding: Decoding,
    seed: int,
) -> CopiesResult:
    ids, scores = nearest(asked, stored, CANDIDATES)
    kinds, strengths = np.array(queries.kinds), np.array(queries.strengths)
    correct = ids == truth[:, None]
    recall = {
        kind: [float(correct[(kinds == kind) & (strengths == strength), 0].mean()) for strength in STRENGTHS]
        for kind in dict.fromkeys(queries.kinds)
    }
    micro = {}
    for kind in recall:
        rows = kinds == kind
        micro[kind] = metrics.micro_average_precision(scores[rows].ravel(), correct[rows].ravel(), int(rows.sum()))
    return CopiesResult(
        encoder=name,
        key=key,
        originals=len(set(truth.tolist())),
        library=len(stored),
        seed=seed,
        recall=recall,
        micro_ap=micro,
        mean_recall=float(np.mean(list(recall.values()))),
        mean_micro_ap=float(np.mean(list(micro.values()))),
        problems=tuple(decoding.problems),
    )


def nearest(queries: Vectors, stored: Vectors, k: int) -> tuple[npt.NDArray[np.int64], Vectors]:
    """The k best rows of ``stored`` by inner product, exact, and their scores, (n, k) each, best first.

    Equal scores stand in the order of ``stored``. Blocks of queries keep the memory bounded.
    """
    k, ids, scores = min(k, len(stored)), [], []
    for start in range(0, len(queries), 256):
        block = queries[start : start + 256] @ stored.T
        order = np.argsort(-block, axis=1, kind="stable")[:, :k]
        ids.append(order)
        scores.append(np.take_along_axis(block, order, axis=1))
    return np.concatenate(ids), np.concatenate(scores)


def table(results: Sequence[CopiesResult]) -> str:
    """Recall@1 by kind (mean of three strengths, and each), then micro AP, an encoder a column, as Markdown."""
    names = [result.encoder for result in results]
    kinds = list(results[0].recall)
    recall = [[kind, *(_strengths(result.recall[kind]) for result in results)] for kind in kinds]
    recall.append(["mean", *(f"{result.mean_recall:.3f}" for result in results)])
    micro = [[kind, *(f"{result.micro_ap[kind]:.3f}" for result in results)] for kind in kinds]
    micro.append(["mean", *(f"{result.mean_micro_ap:.3f}" for result in results)])
    return markdown(["recall@1", *names], recall) + "\n" + markdown(["micro AP", *names], micro)


def _strengths(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f} ({' '.join(f'{value:.2f}' for value in values)})"
