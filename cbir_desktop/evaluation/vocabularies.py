"""Vocabularies of visual words out of a sample of pictures, their size chosen by the Davies-Bouldin index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.cluster import MiniBatchKMeans

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import LocalEncoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image, Vectors
from cbir_desktop.encoders.vocabulary import Vocabulary, inverse_document_frequency

SIZES = (100, 200, 500, 1000)
_JUDGED = 20_000
"""Descriptors that the index is computed on, or ten for each word: of fewer the spread of a word is mostly chance."""
_SEEDED = 2000
"""Words up to which k-means++ chooses the first centres, in time that grows with their square; more begin by chance."""
_PRODUCTS = 1 << 22
"""Distances between words at a time, 16 MB."""


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
    """k-means in mini-batches of ``batch`` (Sculley 2010), a step of which costs ``batch`` times ``size``.

    Raises ``KnownError`` where there are fewer descriptors than words.
    """
    together = np.concatenate(sample.descriptors)
    if len(together) < size:
        raise KnownError(f"{len(together)} descriptors are too few for {size} words", "sample-too-small")
    kmeans = MiniBatchKMeans(
        size, batch_size=batch, random_state=seed, n_init=1, reassignment_ratio=0.01,
        init="k-means++" if size <= _SEEDED else "random", init_size=min(len(together), max(3 * size, 3 * batch)),
    )  # fmt: skip
    centres = kmeans.fit(together).cluster_centers_.astype(np.float32)
    plain = Vocabulary(centres, np.zeros(size, np.float32), sample.features)
    idf = inverse_document_frequency([plain.words(one) for one in sample.descriptors], size)
    return Vocabulary(centres, idf, sample.features)


def davies_bouldin(vocabulary: Vocabulary, sample: Sample, seed: int = 0) -> float:
    """Mean over the words of the worst ratio of spreads to distance with another word (Davies & Bouldin 1979,
    definitions 3 to 5), on a part of the sample: lower is better. nan where all fall to one word."""
    together = np.concatenate(sample.descriptors)
    judged = max(_JUDGED, 10 * len(vocabulary.centres))
    part = together[np.random.default_rng(seed).permutation(len(together))[:judged]]
    used, words = np.unique(vocabulary.words(part), return_inverse=True)
    if not 1 < len(used) < len(part):
        return float("nan")
    counts = np.bincount(words)
    centres = np.zeros((len(used), part.shape[1]))
    np.add.at(centres, words, part)
    centres /= counts[:, None]
    spreads = np.bincount(words, np.linalg.norm(part - centres[words], axis=1)) / counts
    return _worst_ratios(centres, spreads)


def _worst_ratios(centres: npt.NDArray[np.float64], spreads: npt.NDArray[np.float64]) -> float:
    """The mean over rows of the worst (s_i + s_j) / d_ij, in blocks: sklearn's own holds all distances of 100,000 words
    at once, 80 GB."""
    squares = (centres**2).sum(axis=1)
    at_once = max(1, _PRODUCTS // len(centres))
    worst = np.empty(len(centres))
    for start in range(0, len(centres), at_once):
        block = slice(start, start + at_once)
        distances = squares[block, None] + squares - 2 * centres[block] @ centres.T
        ratios = (spreads[block, None] + spreads) / np.sqrt(np.maximum(distances, 1e-12))
        ratios[np.arange(len(ratios)), np.arange(start, start + len(ratios))] = 0
        worst[block] = ratios.max(axis=1)
    return float(worst.mean())


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
