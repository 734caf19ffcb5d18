"""Pairs of pictures of which the truth is known, prepared for verification: planted, made, and hard ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image
from cbir_desktop.core.verification import Prepared
from cbir_desktop.evaluation import scenes
from cbir_desktop.evaluation.datasets import ImageSet
from cbir_desktop.evaluation.edits import EDITS, STRENGTHS, Homography, edit
from cbir_desktop.evaluation.edits.colour import encode_jpeg
from cbir_desktop.evaluation.embed import Decoding, decoder, embed
from cbir_desktop.evaluation.planted import nearest
from cbir_desktop.evaluation.planting import MIN_SIDE, QUALITY, plan, plant, readable
from cbir_desktop.images.decode import decode
from cbir_desktop.matchers.sift import SiftExtractor

Truth = Literal["copy", "scene", "none"]

EXPOSURE = "exposure"
PRINT = "print"
STILL_CAMERA = "still-camera"
STILL = ("blur", "noise", "light", "hue", "grayscale", "sepia")
"""Edits of values that move nothing and cover nothing."""
PLAIN_EDITS = ("jpeg", "shrink", "quarter-turn", "mirror", "light")


@dataclass(frozen=True, slots=True)
class Case:
    """A pair and what it is. ``homography``: from A to B, full size, of a copy. ``swapped``: A is the edited one.
    ``faint``: the edit changed less than writing the file once more did (``faint``): there is nothing to be named."""

    truth: Truth
    kind: str
    strength: int
    name: str
    a: Prepared
    b: Prepared
    homography: Homography | None = None
    swapped: bool = False
    faint: bool = False


def faint(original: Image, copy: Image, rewritten: Image) -> bool:
    """Whether an edit that moved nothing left less behind than JPEG did: ``rewritten`` is the original through the JPEG
    that every copy went through. Errors that are independent add up in their squares, so the copy is off by at most
    twice the square that ``rewritten`` is off by. A grey picture's hue, or noise that its own file smoothed away."""
    squares = [float(((image.astype(np.float32) - original) ** 2).mean()) for image in (copy, rewritten)]
    return squares[0] <= 2 * squares[1]


class Cases:
    """Cases from a set of pictures, dealt out by ``seed``: the same ones in every run."""

    def __init__(self, images: ImageSet, originals: int, seed: int = 0, extractor: SiftExtractor | None = None) -> None:
        self._plan, self._seed = plan(images, originals, seed), seed
        self._extractor = extractor or SiftExtractor()
        self._decode = decoder(MIN_SIDE)

    def planted(
        self, kinds: Sequence[str] = tuple(EDITS), strengths: Sequence[int] = STRENGTHS, task: Task = NULL_TASK
    ) -> Iterator[Case]:
        """Every original with each of its edits; by chance the edited one is A."""
        originals, fillers = (list(readable(part)) for part in (self._plan.originals, self._plan.fillers))
        by_name = dict(originals)
        rng = np.random.default_rng(self._seed)
        name, original = "", None
        total = len(originals) * len(kinds) * len(strengths)
        for done, copy in enumerate(plant(originals, fillers, self._seed, kinds, strengths)):
            task.step(done, total)
            if copy.original != name or original is None:
                name, plain = copy.original, self._decode(by_name[copy.original])
                original, rewritten = self._prepare(plain), self._decode(encode_jpeg(plain, QUALITY))
            changed = decode(copy.data).image  # all of it: what is larger than its original would come at half size
            edited, swapped = self._prepare(changed), bool(rng.random() < 0.5)
            nothing = copy.kind in STILL and faint(plain, changed, rewritten)
            homography = np.linalg.inv(copy.homography) if swapped else copy.homography
            sides = (edited, original) if swapped else (original, edited)
            yield Case("copy", copy.kind, copy.strength, name, *sides, np.asarray(homography), swapped, nothing)

    def made(self, trap_pairs: int, task: Task = NULL_TASK) -> Iterator[Case]:
        """Another exposure of each original at each strength, two photographs of it as a print, and two by a camera
        that stands still; each beside another under the same text, mark, frame and screen; ``trap_pairs`` of each kind
        of ``scenes.traps``; and copies of as many ``scenes.plain_pictures``."""
        rng = np.random.default_rng((self._seed, 1))
        images = {name: self._decode(data) for name, data in readable(self._plan.originals)}
        fillers = [self._decode(data) for _, data in readable(self._plan.fillers)]
        names, pictures = list(images), list(images.values())
        for place, (name, image) in enumerate(images.items()):
            task.step(place, len(images))
            for strength in STRENGTHS:
                thing = fillers[int(rng.integers(len(fillers)))]
                yield self._case("scene", EXPOSURE, strength, name, *scenes.exposures(image, strength, rng, [thing]))
                yield self._case("scene", PRINT, strength, name, *scenes.prints(image, strength, rng, thing))
                yield self._case("scene", STILL_CAMERA, strength, name, *scenes.stills(image, strength, rng, fillers))
            for kind, strongest in scenes.SHARED.items() if len(names) > 1 else ():
                other = (place + 1 + int(rng.integers(len(names) - 1))) % len(names)
                strength, seed = int(rng.integers(1, strongest + 1)), int(rng.integers(1 << 30))
                pair = scenes.shared(kind, strength, image, pictures[other], seed)
                yield self._case("none", f"shared-{kind}", strength, name, *pair)
        size = (pictures[0].shape[1], pictures[0].shape[0])
        for number in range(trap_pairs):
            for kind, one, two in scenes.traps(rng, size):
                yield self._case("none", kind, 0, str(number), one, two)

        for number in range(trap_pairs):
            for name, picture in scenes.plain_pictures(rng, size):
                for kind in PLAIN_EDITS:
                    strength = int(rng.integers(1, 3))
                    edited = edit(kind, strength, picture, rng)
                    copy = decode(encode_jpeg(edited.image, QUALITY)).image
                    yield self._case("copy", f"plain-{name}", strength, f"{number} {kind}", picture, copy)

    def _case(self, truth: Truth, kind: str, strength: int, name: str, a: Image, b: Image) -> Case:
        return Case(truth, kind, strength, name, self._prepare(a), self._prepare(b))

    def _prepare(self, image: Image) -> Prepared:
        return self._extractor.prepare(image, (image.shape[1], image.shape[0]))


def hard_pairs(images: ImageSet, encoder: Encoder, count: int, task: Task = NULL_TASK) -> list[tuple[int, int]]:
    """``count`` pairs of rows that are nearest by the encoder, or all there are: the first neighbours of every picture
    before the second ones."""
    decoding = Decoding(images, decoder(256), task)
    vectors = embed(decoding, {"": encoder}).vectors[""]
    deep = min(len(vectors) - 1, 2 * count // max(len(vectors), 1) + 2)
    ids, _ = nearest(vectors, vectors, deep + 1)
    pairs: dict[tuple[int, int], None] = {}
    for rank in range(deep + 1):
        for row, other in enumerate(ids[:, rank].tolist()):
            if row != other:
                first, second = decoding.rows[min(row, other)], decoding.rows[max(row, other)]
                pairs[first, second] = None
    return list(pairs)[:count]


def prepared(images: ImageSet, extractor: SiftExtractor | None = None) -> Mapping[int, Prepared]:
    """The pictures of a set by row, prepared when they are first asked for, and kept."""
    return _Lazily(images, extractor or SiftExtractor())


class _Lazily(dict[int, Prepared]):
    def __init__(self, images: ImageSet, extractor: SiftExtractor) -> None:
        super().__init__()
        self._images, self._extractor, self._decode = images, extractor, decoder(MIN_SIDE)

    def __missing__(self, row: int) -> Prepared:
        image = self._decode(self._images.read(row))
        self[row] = self._extractor.prepare(image, (image.shape[1], image.shape[0]))
        return self[row]
