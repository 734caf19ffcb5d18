"""Vocabularies of visual words out of a sample of pictures, their size chosen by the Davies-Bouldin index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.metrics import davies_bouldin_score

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import LocalEncoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders.vocabulary import Vocabulary, inverse_document_frequency

SIZES = (100, 200, 500, 1000)
_JUDGED = 20_000
"""Descriptors that the index is computed on: its time grows with their number times the size."""


@dataclass(frozen=True)
class Sample:
    """Local descriptors picture by picture, (n_i, d) each, and the key of what found them."""

    descriptors: Sequence[Vectors]
    features: str

    @classmethod
    def of(cls, images: Iterable[Image], extractor: LocalEncoder, each: int = 200, seed: int = 0) -> "Sample":
        """At most ``each`` a picture, drawn by ``seed``, so that one busy picture does not rule. Raises ``KnownError``
        where there are under two descriptors."""
        random = np.random.default_rng(seed)
        found = []
        for image in images:
            descriptors = extractor.extract(image).descriptors
            found.append(descriptors[np.sort(random.permutation(len(descriptors))[:each])])
        if sum(map(len, found)) < 2:
            raise KnownError("these pictures have hardly any keypoints: no vocabulary can be made", "sample-too-small")
        return cls(found, extractor.key)


def train(sample: Sample, size: int, seed: int = 0, batch: int = 64) -> Vocabulary:
    """k-means in mini-batches of ``batch`` (Sculley 2010) with k-means++ seeds. Raises ``KnownError`` where there are
    fewer descriptors than words."""
    together = np.concatenate(sample.descriptors)
    if len(together) < size:
        raise KnownError(f"{len(together)} descriptors are too few for {size} words", "sample-too-small")
    kmeans = MiniBatchKMeans(size, batch_size=batch, random_state=seed, n_init=1, reassignment_ratio=0.01)
    centres = kmeans.fit(together).cluster_centers_.astype(np.float32)
    plain = Vocabulary(centres, np.zeros(size, np.float32), sample.features)
    idf = inverse_document_frequency([plain.words(one) for one in sample.descriptors], size)
    return Vocabulary(centres, idf, sample.features)


def davies_bouldin(vocabulary: Vocabulary, sample: Sample, seed: int = 0) -> float:
    """Mean over the words of the worst ratio of spreads to distance with another word (Davies & Bouldin 1979,
    definitions 3 to 5), on a part of the sample: lower is better. nan where all fall to one word."""
    together = np.concatenate(sample.descriptors)
    part = together[np.random.default_rng(seed).permutation(len(together))[:_JUDGED]]
    words = vocabulary.words(part)
    return float(davies_bouldin_score(part, words)) if 1 < len(np.unique(words)) < len(part) else float("nan")


@dataclass(frozen=True)
class Chosen:
    """``curve``: (size, Davies-Bouldin index) of each size that was tried."""

    vocabulary: Vocabulary
    curve: Sequence[tuple[int, float]]


def choose(
    sample: Sample, sizes: Sequence[int] = SIZES, seed: int = 0, batch: int = 64, task: Task = NULL_TASK
) -> Chosen:
    """The vocabulary of the size whose index is lowest. Raises ``KnownError`` where none can be made; ``Cancelled``."""
    tried: list[tuple[float, Vocabulary]] = []
    for number, size in enumerate(sizes):
        task.step(number, len(sizes))
        vocabulary = train(sample, size, seed, batch)
        tried.append((davies_bouldin(vocabulary, sample, seed), vocabulary))
    task.step(len(sizes), len(sizes))
    best = min(tried, key=lambda item: np.inf if np.isnan(item[0]) else item[0])[1]
    return Chosen(best, [(len(vocabulary.centres), index) for index, vocabulary in tried])
