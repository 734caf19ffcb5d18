"""Parts of pictures matched with parts: an object found wherever it lies and however large it is."""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.types import Image, Query, Ranking, Vectors


class PatchMatching:
    """Spatial search of Razavian et al. 2014 ("CNN features off-the-shelf", section 3.4.1) among the first ``depth``.

    A picture is cut at ``levels`` scales into i x i overlapping parts (``parts``). The distance of a part of
    the query to a picture is that to its nearest part; the picture's distance is the mean over the query's parts
    (``by`` "average"), or that of the pair of parts that are nearest of all ("best"). Scores are 1 less half the
    squared distance, so cosines: of best pairs, or their mean. A picture that cannot be had keeps its place behind
    those that can, in front of what lies below ``depth``.

    ``depth``, ``levels``, ``query_levels`` and ``by`` may be set at any time; the parts of ``kept`` pictures stay in
    memory.
    """

    def __init__(
        self,
        encoder: Encoder,
        image_of: Callable[[int], Image],
        levels: int = 3,
        query_levels: int = 2,
        by: str = "average",
        depth: int = 50,
        kept: int = 1000,
    ) -> None:
        """``image_of`` gives the picture of a content id, and raises ``KnownError`` where it is away or damaged."""
        if by not in ("average", "best"):
            raise ValueError(f"by must be average or best, not {by!r}")
        self.encoder, self.image_of, self.levels, self.query_levels = encoder, image_of, levels, query_levels
        self.by, self.depth, self.kept = by, depth, kept
        self._vectors: OrderedDict[tuple[int, int], Vectors] = OrderedDict()

    def rerank(self, query: Query, ranking: Ranking) -> Ranking:
        """The ranking of one query, (1, k), in the better order. Raises ValueError when it has several rows."""
        if len(ranking.ids) != 1:
            raise ValueError(f"a ranking of one query is needed, not of {len(ranking.ids)}")
        ids = ranking.ids[0][ranking.ids[0] >= 0][: self.depth]
        asked = [part for image in query.images for part in parts(image, self.query_levels)]
        if not len(ids) or not asked:
            return ranking
        wanted = self.encoder.encode(asked)
        scores = np.array([self._score(wanted, int(identity)) for identity in ids], np.float32)
        order = np.argsort(-scores, kind="stable")
        found_ids, found_scores = ranking.ids.copy(), ranking.scores.copy()
        found_ids[0, : len(ids)], found_scores[0, : len(ids)] = ids[order], scores[order]
        return Ranking(found_ids, found_scores)

    def _score(self, wanted: Vectors, identity: int) -> float:
        try:
            best = (wanted @ self._parts_of(identity).T).max(axis=1)
        except KnownError:
            return -1.0
        return float(best.mean() if self.by == "average" else best.max())

    def _parts_of(self, identity: int) -> Vectors:
        key = (identity, self.levels)
        if key not in self._vectors:
            self._vectors[key] = self.encoder.encode(parts(self.image_of(identity), self.levels))
            if len(self._vectors) > self.kept:
                self._vectors.popitem(last=False)
        self._vectors.move_to_end(key)
        return self._vectors[key]


def parts(image: Image, levels: int) -> Sequence[Image]:
    """1 + 4 + 9 ... views of (h, w, 3): at level i, i x i of 2 / (i + 1) of each side, evenly spread, so that two
    neighbours share half."""
    found = []
    for level in range(1, levels + 1):
        height, width = (max(1, round(2 * side / (level + 1))) for side in image.shape[:2])
        for row in range(level):
            for column in range(level):
                top = round(row * (image.shape[0] - height) / max(1, level - 1))
                left = round(column * (image.shape[1] - width) / max(1, level - 1))
                found.append(image[top : top + height, left : left + width])
    return found
