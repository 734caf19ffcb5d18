"""Rankings of a set by one way of describing: exact for quality, through the index where that is tried, timed."""

import inspect
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cbir_desktop.core import registry
from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.protocols import Descriptor, Encoder, Index, Reranker
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Floats, Ids, Image, Picture, Query, Ranking, Vectors
from cbir_desktop.core.verification import Prepared
from cbir_desktop.encoders.whitening import PcaWhitening
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.evaluation.lab.methods import Part, set_knobs
from cbir_desktop.evaluation.lab.sets import Asked, LabSet
from cbir_desktop.evaluation.lab.vectors import MIN_SIDE
from cbir_desktop.matchers.sift import SiftExtractor

DEPTH = 10_000
"""Ranks that are kept of a query: what stands behind adds a ten-thousandth to its average precision at most."""
CANDIDATES = 100
"""What an index that is not exact is asked for: with more, its breadth of search would be forced up."""
TIMED = 200
_BLOCK = 1 << 23
"""Scores at a time, about 100 MB with their order."""
_PICTURES = 512
"""Decoded pictures kept for re-rankers that look at them, some 150 MB."""


@dataclass(frozen=True)
class Found:
    """The answer to one query: ``ids`` (k,) best first without the query, their ``scores``, and the ``seconds`` of the
    search (nan where it was not timed)."""

    asked: Asked
    ids: Ids
    scores: Vectors
    seconds: float


class Space:
    """The vectors of a set by one encoder, whitened where that is asked for."""

    def __init__(self, lab_set: LabSet, vectors: Vectors, whiten: int | None, seconds: Floats) -> None:
        """``vectors``: (n, dim) by row, nan where there is none. Raises ``KnownError`` (kind ``sample-too-small``)."""
        self.lab_set, self.seconds = lab_set, seconds
        self._there: npt.NDArray[np.bool_] = np.asarray(~np.isnan(vectors).any(axis=1))
        self.database = lab_set.database[self._there[lab_set.database]]
        self.vectors = vectors
        if whiten is not None:
            # On the set's own pictures, as the program does it with a library: no label is looked at.
            whitening = PcaWhitening(whiten).fit(vectors[self.database])
            self.vectors = np.full((len(vectors), whitening.dim), np.nan, np.float32)
            self.vectors[self._there] = whitening.apply(vectors[self._there])

    def usable(self, queries: Sequence[Asked]) -> list[Asked]:
        """Those whose picture has a vector, with what can be found; none that has nothing to find."""
        found = []
        for asked in queries:
            positives = asked.positives[self._there[asked.positives]]
            if self._there[asked.row] and len(positives):
                found.append(Asked(asked.row, positives, asked.junk))
        return found

    def exact(self, queries: Sequence[Asked], by: Descriptor | None = None, task: Task = NULL_TASK) -> list[Found]:
        """Every query through the whole database; equal scores stand in the order of the set. Not timed."""
        stored, found = self.vectors[self.database], []
        size = max(1, _BLOCK // max(1, len(stored)))
        for start in range(0, len(queries), size):
            task.check()
            block = list(queries[start : start + size])
            asked = self.vectors[[one.row for one in block]]
            scores = asked @ stored.T if by is None else by.similarities(asked, stored)
            order = np.argsort(-scores, axis=1, kind="stable")[:, : DEPTH + 1]
            for one, places, row in zip(block, order, scores, strict=True):
                found.append(_without_query(one, self.database[places], row[places], np.nan))
        return found

    def build(self, part: Part) -> tuple[Index, float, float]:
        """An index of the database, the seconds it took, and its bytes a picture once saved."""
        index = registry.indexes.create(part.name, dim=self.vectors.shape[1])
        vectors = self.vectors[self.database]
        started = time.perf_counter()
        index.fit(vectors)
        index.add(self.database, vectors)
        seconds = time.perf_counter() - started
        with tempfile.TemporaryDirectory() as folder:
            index.save(Path(folder))
            size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        return index, seconds, size / max(1, len(self.database))

    def through(self, index: Index, queries: Sequence[Asked], task: Task = NULL_TASK) -> list[Found]:
        """Each query by itself through the index, timed."""
        found = []
        for asked in queries:
            task.check()
            started = time.perf_counter()
            ranking = index.search(self.vectors[asked.row][None], min(CANDIDATES + 1, len(self.database)))
            seconds = time.perf_counter() - started
            there = ranking.ids[0] >= 0
            found.append(_without_query(asked, ranking.ids[0][there], ranking.scores[0][there], seconds))
        return found


def _without_query(asked: Asked, ids: Ids, scores: Vectors, seconds: float) -> Found:
    kept = ids != asked.row
    return Found(asked, ids[kept], scores[kept], seconds)


class Sources:
    """What re-rankers may need, by the names of their constructors' arguments."""

    def __init__(self, space: Space, encoder: Encoder | Descriptor) -> None:
        self._space, self.encoder = space, encoder
        self._decode = decoder(MIN_SIDE)
        self.image_of = lru_cache(_PICTURES)(self._image)
        self.picture_of = lru_cache(_PICTURES)(self._picture)
        self.prepared_of = lru_cache(_PICTURES)(self._prepared)

    def vectors_of(self, ids: Ids) -> Vectors:
        return self._space.vectors[ids]

    @property
    def matcher(self) -> Any:
        return registry.matchers.create("sift")

    def _image(self, row: int) -> Image:
        """Raises ``KnownError``."""
        try:
            return self._decode(self._space.lab_set.entries[row].read())
        except DecodeError as error:
            raise KnownError(str(error), error.kind) from error

    def _picture(self, row: int) -> Picture:
        return Picture.of(self.image_of(row))

    @cached_property
    def _extractor(self) -> SiftExtractor:
        return SiftExtractor()

    def _prepared(self, row: int) -> Prepared:
        picture = self.picture_of(row)
        return self._extractor.prepare(picture.image, picture.full_size)


def looks_at_pictures(name: str) -> bool:
    """Whether a re-ranker needs more than vectors. Raises ``KnownError``, ``MissingPluginError``."""
    return bool(_needs(name) - {"vectors_of"})


def _needs(name: str) -> set[str]:
    given = registry.rerankers.plugin(name).arguments
    parameters = inspect.signature(registry.rerankers.factory(name)).parameters.values()
    return {one.name for one in parameters if one.default is one.empty and one.name not in given}


def build_reranker(part: Part, sources: Sources) -> Reranker:
    """Any registered re-ranker, with its knobs set. Raises ``KnownError`` (kind ``needs-more``) for one that needs what
    the laboratory has not."""
    needs = _needs(part.name)
    if lacking := [name for name in sorted(needs) if not hasattr(sources, name)]:
        raise KnownError(f"the re-ranker {part.name} needs {', '.join(lacking)}", "needs-more")
    arguments: Mapping[str, Any] = {name: getattr(sources, name) for name in needs}
    reranker = registry.rerankers.create(part.name, **arguments)
    set_knobs(reranker, part)
    return reranker


def reranked(
    found: Sequence[Found], reranker: Reranker, sources: Sources, with_pictures: bool, task: Task = NULL_TASK
) -> tuple[list[Found], Floats]:
    """The answers in a better order, and the seconds of each."""
    better, seconds = [], []
    for number, one in enumerate(found):
        task.step(number, len(found))
        images = [sources.image_of(one.asked.row)] if with_pictures else []
        query = Query(images, sources.vectors_of(np.array([one.asked.row]))[0])
        started = time.perf_counter()
        ranking = reranker.rerank(query, Ranking(one.ids[None], one.scores[None]))
        seconds.append(time.perf_counter() - started)
        better.append(Found(one.asked, ranking.ids[0], ranking.scores[0], one.seconds))
    return better, np.array(seconds)
