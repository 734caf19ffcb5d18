"""What is proved to show the same thing comes first."""

from collections.abc import Callable

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Matcher
from cbir_desktop.core.types import Picture, Query, Ranking


class SpatialReranker:
    """Spatial verification of the first ``depth`` answers (Philbin et al. 2007).

    Verified ones go first, by falling number of inliers; all others keep their order behind them. Each id keeps its
    score, so scores no longer fall from rank to rank. ``depth`` may be set at any time.
    """

    def __init__(self, matcher: Matcher, picture_of: Callable[[int], Picture], depth: int = 50) -> None:
        """``picture_of`` gives the picture of a content id; where it raises ``KnownError`` (a drive that is away, a
        damaged file) the id counts as unverified."""
        self.matcher, self.picture_of, self.depth = matcher, picture_of, depth

    def rerank(self, query: Query, ranking: Ranking) -> Ranking:
        """The ranking of one query, (1, k), in the better order. Raises ValueError when it has several rows."""
        if len(ranking.ids) != 1:
            raise ValueError(f"a ranking of one query is needed, not of {len(ranking.ids)}")
        pictures = [Picture.of(image) for image in query.images]
        inliers = np.zeros(ranking.ids.shape[1], np.int64)
        for place, (identity, _) in enumerate(ranking.row()[: self.depth]):
            inliers[place] = self._inliers(pictures, identity)
        order = np.argsort(-inliers, kind="stable")
        return Ranking(ranking.ids[:, order], ranking.scores[:, order])

    def _inliers(self, queries: list[Picture], identity: int) -> int:
        """Of the example that fits best."""
        try:
            picture = self.picture_of(identity)
        except KnownError:
            return 0
        return max((self.matcher.match(query, picture).inliers for query in queries), default=0)
