"""Pictures as sums of local descriptors over a vocabulary: bag of visual words, and VLAD."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Encoder, LocalEncoder
from cbir_desktop.core.types import Floats, Image, Vectors
from cbir_desktop.encoders.hand_made import OneByOne
from cbir_desktop.encoders.vocabulary import Vocabulary
from cbir_desktop.matchers.sift import SiftExtractor


class BagOfWords(OneByOne):
    """How often each word occurs in a picture, by its length in words, times how rare the word is (tf-idf: Sivic &
    Zisserman 2003, section 4, equation 1). A picture without keypoints is the first unit vector."""

    def __init__(self, vocabulary: Vocabulary, extractor: LocalEncoder) -> None:
        _check(vocabulary, extractor)
        self._vocabulary = vocabulary
        super().__init__(f"bovw-{vocabulary.key}-p1", len(vocabulary.centres), _described(extractor, self.describe))

    def describe(self, descriptors: Vectors) -> Floats:
        """(k,) of (n, d) descriptors."""
        counts = np.bincount(self._vocabulary.words(descriptors), minlength=self.dim)
        return np.asarray(counts / max(1, len(descriptors)) * self._vocabulary.idf)


class Vlad(OneByOne):
    """Vector of locally aggregated descriptors (Jegou et al. 2010, section 3): what lies between the descriptors of a
    word and its centre, summed; each word's sum brought to length one (intra-normalisation, Arandjelovic & Zisserman
    2013, section 3.1), so that a texture that repeats does not rule."""

    def __init__(self, vocabulary: Vocabulary, extractor: LocalEncoder) -> None:
        _check(vocabulary, extractor)
        self._vocabulary = vocabulary
        super().__init__(f"vlad-{vocabulary.key}-p1", vocabulary.centres.size, _described(extractor, self.describe))

    def describe(self, descriptors: Vectors) -> Floats:
        """(k * d,) of (n, d) descriptors."""
        centres = self._vocabulary.centres
        words = self._vocabulary.words(descriptors)
        sums: npt.NDArray[np.float64] = np.zeros(centres.shape)
        np.add.at(sums, words, descriptors - centres[words])
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray((sums / np.where(lengths > 0, lengths, 1)).ravel())


KINDS: dict[str, Callable[[Vocabulary, LocalEncoder], Encoder]] = {"bovw": BagOfWords, "vlad": Vlad}


def extractor() -> SiftExtractor:
    """What vocabularies of the program are made with: fewer and smaller than proofs need, for every photo is read."""
    return SiftExtractor(320, 400)


def load(name: str, path: Path) -> Encoder:
    """The encoder ``bovw-NAME`` or ``vlad-NAME`` of a vocabulary file. Raises ``KnownError`` (``DamagedError``)."""
    vocabulary, keypoints = Vocabulary.load(path), extractor()
    if vocabulary.features != keypoints.key:
        raise KnownError(f"{path} is of {vocabulary.features} keypoints, not of {keypoints.key}", "wrong-model")
    return KINDS[name.partition("-")[0]](vocabulary, keypoints)


def _described(extractor: LocalEncoder, describe: Callable[[Vectors], Floats]) -> Callable[[Image], Floats]:
    return lambda image: describe(extractor.extract(image).descriptors)


def _check(vocabulary: Vocabulary, extractor: LocalEncoder) -> None:
    if vocabulary.features != extractor.key:
        raise ValueError(f"the vocabulary is of {vocabulary.features} keypoints, not of {extractor.key}")
