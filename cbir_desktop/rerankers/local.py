"""Re-ranking by local matches of the query's keypoints and each candidate's, by any of the methods that check them."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.types import Picture, Query, Ranking
from cbir_desktop.core.verification import Prepared
from cbir_desktop.matchers.correspondences import PairScore, correspond
from cbir_desktop.matchers.hough_pyramid import hough_pyramid
from cbir_desktop.matchers.objects import os2os
from cbir_desktop.matchers.pairwise import pairwise
from cbir_desktop.matchers.sift import SiftExtractor
from cbir_desktop.matchers.vote_and_verify import vote_and_verify
from cbir_desktop.matchers.weak_geometry import sift_votes, weak_consistency

METHODS: Mapping[str, PairScore] = MappingProxyType(
    {
        "sift-votes": sift_votes,
        "wgc": weak_consistency,
        "hpm": hough_pyramid,
        "pgm": pairwise,
        "vote-verify": vote_and_verify,
        "os2os": os2os,
    }
)

PreparedOf: TypeAlias = Callable[[int], Prepared]
"""The bounded picture of a content id, and its keypoints; raises ``KnownError`` where it cannot be had."""


class LocalReranker:
    """The first ``depth`` candidates by falling score of their local matches with the query; equal ones, and those
    that cannot be read, as they stood. They get these scores, all others keep theirs behind. Of several example
    pictures the best counts. ``depth`` may be set at any time.
    """

    def __init__(self, prepared_of: PreparedOf, method: str = "os2os", depth: int = 200) -> None:
        self.prepared_of, self.depth = prepared_of, depth
        self._score, self._extractor = METHODS[method], SiftExtractor()

    def rerank(self, query: Query, ranking: Ranking) -> Ranking:
        """The ranking of one query, (1, k), in the better order. Raises ValueError when it has several rows."""
        if len(ranking.ids) != 1:
            raise ValueError(f"a ranking of one query is needed, not of {len(ranking.ids)}")
        pictures = [Picture.of(image) for image in query.images]
        queries = [self._extractor.prepare(one.image, one.full_size) for one in pictures]
        found = [self._scored(queries, identity) for identity, _ in ranking.row()[: self.depth]]
        return reordered(ranking, found)

    def _scored(self, queries: Sequence[Prepared], identity: int) -> float:
        try:
            candidate = self.prepared_of(identity)
        except KnownError:
            return 0.0
        return max((self._score(correspond(query, candidate)) for query in queries), default=0.0)


def reordered(ranking: Ranking, scores: Sequence[float]) -> Ranking:
    """The first of a ranking of one query by falling ``scores``, equal ones as they stood, and the rest behind."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    ids, kept = ranking.ids.copy(), ranking.scores.copy()
    ids[0, : len(order)] = ranking.ids[0, order]
    kept[0, : len(order)] = np.asarray(scores, np.float32)[order]
    return Ranking(ids, kept)


def merged(voted: Ranking, ranked: Ranking, depth: int) -> Ranking:
    """The first ``depth`` candidates of two rankings of one query, in turns, each once, with falling scores: what votes
    of keypoints find, and what looks alike as a whole."""
    pairs = np.full((2, max(voted.ids.shape[1], ranked.ids.shape[1])), -1, np.int64)
    pairs[0, : voted.ids.shape[1]], pairs[1, : ranked.ids.shape[1]] = voted.ids[0], ranked.ids[0]
    both = pairs.T.ravel()
    both = both[both >= 0]
    _, first = np.unique(both, return_index=True)
    ids = both[np.sort(first)][:depth]
    return Ranking(ids[None], -np.arange(len(ids), dtype=np.float32)[None])
