"""How well the donors of collages are found: by one vector of the whole, by votes of keypoints, by spatial checks."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Ids, Image, Ranking, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.composites import MOST, Composite, compose, dealt
from cbir_desktop.evaluation.datasets import ImageSet
from cbir_desktop.evaluation.embed import Decoder, Decoding, Problem, decoder
from cbir_desktop.evaluation.reranked import sized
from cbir_desktop.images.decode import decode
from cbir_desktop.indexes.keypoints import KeypointIndex, sample_of
from cbir_desktop.library.verify import DECODED_SIDE
from cbir_desktop.matchers.correspondences import correspond
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.rerankers.local import METHODS, merged, reordered
from cbir_desktop.store.features import pack

RECALL_AT = (25, 50, 100, 200)
EMBEDDING, VOTES = "embedding alone", "keypoint votes"


@dataclass(frozen=True, slots=True)
class MethodResult:
    """One method. ``recall``: by k, over all pasted objects of all collages. ``background``: the same for their
    backgrounds. ``query_ms``: median of a collage, its own keypoints or vector counted; of a re-ranker with the
    candidates, the matching and the scores. ``pair_ms``: median of the method's own part of a pair, matching apart."""

    method: str
    recall: Mapping[int, float]
    background: Mapping[int, float]
    query_ms: float
    pair_ms: float | None = None


@dataclass(frozen=True, slots=True)
class CompositesResult:
    """``photos`` in the library, ``depth`` candidates re-ranked, ``match_ms``: median of matching a pair's keypoints.
    ``index_bytes`` and ``index_ms``: of the keypoint index for a photo, found keypoints not counted."""

    photos: int
    composites: int
    objects: int
    share: float
    depth: int
    seed: int
    match_ms: float
    index_bytes: float
    index_ms: float
    methods: Sequence[MethodResult]
    problems: Sequence[Problem]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class _Library:
    """Keypoints packed as the cache keeps them, vectors, and the index of keypoints; ids are rows."""

    encoder: Encoder
    extractor: SiftExtractor = field(default_factory=SiftExtractor)
    packed: list[tuple[bytes, tuple[int, ...]]] = field(default_factory=list)
    vectors: list[Vectors] = field(default_factory=list)
    index: KeypointIndex = field(default_factory=KeypointIndex)
    seconds: float = 0.0

    def add(self, image: Image) -> None:
        prepared = self.extractor.prepare(image, (image.shape[1], image.shape[0]))
        self.packed.append((pack(prepared.features), prepared.picture.image.shape))
        self.vectors.append(self.encoder.encode([image]))

    def fill_index(self) -> None:
        started = time.perf_counter()
        descriptors = [self.prepared(row).features.descriptors for row in range(len(self.packed))]
        self.index.fit(sample_of(descriptors))
        for row, found in enumerate(descriptors):
            self.index.add(row, found)
        self.seconds = time.perf_counter() - started

    def prepared(self, row: int) -> Prepared:
        return sized(*self.packed[row])


def measure_composites(
    images: ImageSet,
    encoder: Encoder,
    count: int = 60,
    seed: int = 0,
    depth: int = 400,
    task: Task = NULL_TASK,
    decode_at: Decoder | None = None,
) -> CompositesResult:
    """``count`` collages of the pictures of a set, searched for in the set: every method on the same candidates.

    Pictures that cannot be read are listed and left out. Raises ``KnownError`` where fewer than six can be;
    ``Cancelled``.
    """
    library = _Library(encoder)
    decoding = Decoding(images, decode_at or decoder(DECODED_SIDE), task)
    for image in decoding:
        library.add(image)
    if len(library.packed) <= MOST:
        raise KnownError(f"{images.name}: {len(library.packed)} pictures are too few for collages", "too-few-pictures")
    library.fill_index()
    usable = images.subset(decoding.rows)
    made = make(usable, count, seed, decoding.decode)
    runs = [_Run(library, one, usable.names, depth, task) for one in _stepped(made, count, task)]
    return _result(runs, library, seed, depth, tuple(decoding.problems))


def make(images: ImageSet, count: int, seed: int, decode_at: Decoder) -> Iterator[Composite]:
    """The collages of a set of pictures that can be read, one at a time."""
    for number, rows in enumerate(dealt(len(images), count, seed)):
        pictures = [(images.entries[row].name, decode_at(images.read(row))) for row in rows]
        yield compose(f"composite-{number:04d}.jpg", pictures[0], pictures[1:], seed * 1_000_003 + number)


def _stepped(made: Iterator[Composite], count: int, task: Task) -> Iterator[Composite]:
    for done, one in enumerate(made):
        task.step(done, count)
        yield one


class _Run:
    """One collage by every method: the ranks of what was pasted, and the times."""

    def __init__(self, library: _Library, composite: Composite, names: list[str], depth: int, task: Task) -> None:
        self.truth = [names.index(item.donor) for item in composite.objects]
        self.background = names.index(composite.background)
        self.shares = [item.share for item in composite.objects]
        image = decode(composite.data).image
        self.rankings: dict[str, Ranking] = {}
        self.seconds: dict[str, float] = {}
        self.match: list[float] = []
        self.pairs: dict[str, list[float]] = {name: [] for name in METHODS}
        started = time.perf_counter()
        embedded = _whole(library.encoder.encode([image]), np.concatenate(library.vectors))
        self._keep(EMBEDDING, embedded, started)
        started = time.perf_counter()
        query = library.extractor.prepare(image, (image.shape[1], image.shape[0]))
        voted = library.index.search(query.features.descriptors, len(library.packed))
        self._keep(VOTES, voted, started)
        self._rerank(library, query, merged(voted, embedded, depth), task)

    def _keep(self, name: str, ranking: Ranking, started: float) -> None:
        self.rankings[name], self.seconds[name] = ranking, time.perf_counter() - started

    def _rerank(self, library: _Library, query: Prepared, candidates: Ranking, task: Task) -> None:
        scores: dict[str, list[float]] = {name: [] for name in METHODS}
        for row, _ in candidates.row():
            task.check()
            started = time.perf_counter()
            common = correspond(query, library.prepared(row))
            self.match.append(time.perf_counter() - started)
            for name, method in METHODS.items():
                started = time.perf_counter()
                scores[name].append(method(common))
                self.pairs[name].append(time.perf_counter() - started)
        before = self.seconds[EMBEDDING] + self.seconds[VOTES] + sum(self.match)
        for name in METHODS:
            self.rankings[name] = reordered(candidates, scores[name])
            self.seconds[name] = before + sum(self.pairs[name])

    def ranks(self, name: str, wanted: Sequence[int]) -> list[float]:
        """From 1; infinite where it is not found."""
        places = {int(identity): rank for rank, identity in enumerate(self.rankings[name].ids[0].tolist(), 1)}
        return [places.get(row, np.inf) for row in wanted]


def _whole(query: Vectors, vectors: Vectors) -> Ranking:
    scores = (query @ vectors.T)[0]
    order: Ids = np.argsort(-scores, kind="stable").astype(np.int64)
    return Ranking(order[None], scores[order][None])


def _result(
    runs: Sequence[_Run], library: _Library, seed: int, depth: int, problems: tuple[Problem, ...]
) -> CompositesResult:
    methods = []
    for name in (EMBEDDING, VOTES, *METHODS):
        ranks = [rank for run in runs for rank in run.ranks(name, run.truth)]
        behind = [rank for run in runs for rank in run.ranks(name, [run.background])]
        own = [second for run in runs for second in run.pairs.get(name, ())]
        query = float(np.median([run.seconds[name] for run in runs]) * 1000)
        pair = float(np.median(own) * 1000) if own else None
        methods.append(MethodResult(name, _recall(ranks), _recall(behind), query, pair))
    return CompositesResult(
        photos=len(library.packed),
        composites=len(runs),
        objects=sum(len(run.truth) for run in runs),
        share=float(np.median([share for run in runs for share in run.shares])),
        depth=depth,
        seed=seed,
        match_ms=float(np.median([second for run in runs for second in run.match]) * 1000),
        index_bytes=library.index.nbytes / len(library.packed),
        index_ms=library.seconds / len(library.packed) * 1000,
        methods=methods,
        problems=problems,
    )


def _recall(ranks: Sequence[float]) -> dict[int, float]:
    found: npt.NDArray[np.float64] = np.array(ranks)
    return {k: float((found <= k).mean()) for k in RECALL_AT}


def table(result: CompositesResult) -> str:
    """A row a method, as Markdown."""
    head = ["method", *(f"recall@{k}" for k in RECALL_AT), "ms a collage", "ms a pair"]
    rows = [
        [
            one.method,
            *(f"{one.recall[k]:.3f}" for k in RECALL_AT),
            f"{one.query_ms:.0f}",
            "" if one.pair_ms is None else f"{one.pair_ms:.2f}",
        ]
        for one in result.methods
    ]
    return markdown(head, rows)
