"""Planted copies: pictures edited by known edits, with a table of the truth, from a seed."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.types import Image
from cbir_desktop.evaluation.datasets import ImageSet
from cbir_desktop.evaluation.edits import EDITS, STRENGTHS, Homography, edit
from cbir_desktop.evaluation.edits.colour import encode_jpeg
from cbir_desktop.evaluation.embed import Decoder, Problem, decoder

MIN_SIDE = 512
"""Originals are edited at a short side of at least this, or as large as they are: 12 megapixels would take minutes."""

QUALITY = 92
"""Every copy is written as JPEG at this quality: copies in the wild were saved once more."""

MAX_FILLERS = 64
"""Pictures for the other quarters of collages: they are in memory all the time, some 100 MB at the most."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One edited copy: ``data`` is a JPEG file, ``homography`` goes from the original, as decoded at ``MIN_SIDE`` and
    ``original_size`` (width, height) pixels, to the copy's pixels, centres at +0.5.
    """

    name: str
    original: str
    kind: str
    strength: int
    data: bytes
    homography: Homography
    original_size: tuple[int, int]


class Plan(NamedTuple):
    """``originals`` and ``distractors`` make the library; ``fillers`` are in no library, only in collages."""

    originals: ImageSet
    distractors: ImageSet
    fillers: ImageSet


def plan(images: ImageSet, originals: int = 200, seed: int = 0) -> Plan:
    """Deal a set out by ``seed``: originals, a twentieth (3 to ``MAX_FILLERS``) as fillers, the rest as distractors.

    A picture's part depends on the set's names and the seed, not on their order. Raises ``KnownError`` when the set is
    too small.
    """
    fillers = min(MAX_FILLERS, max(3, len(images) // 20))
    if len(images) < originals + fillers or originals < 1:
        raise KnownError(
            f"{images.name}: {len(images)} pictures are too few for {originals} originals and {fillers} fillers",
            "too-few-pictures",
        )
    dealt = np.random.default_rng(seed).permutation(np.argsort(np.array(images.names))).tolist()
    ends = (originals, originals + fillers)
    parts = (sorted(dealt[: ends[0]]), sorted(dealt[ends[1] :]), sorted(dealt[ends[0] : ends[1]]))
    return Plan(*(images.subset(part) for part in parts))


def plant(
    originals: Iterable[tuple[str, bytes]],
    fillers: Sequence[tuple[str, bytes]],
    seed: int = 0,
    kinds: Iterable[str] = tuple(EDITS),
    strengths: Iterable[int] = STRENGTHS,
    decode: Decoder | None = None,
    on_error: Callable[[Problem], None] | None = None,
) -> Iterator[Planted]:
    """Each original (name, bytes) by each kind and strength, one at a time.

    A copy depends on the seed, the original's bytes, kind and strength (a collage on the fillers too), never on what
    else is planted or in which order. A broken original goes to ``on_error`` and is left out, a broken filler is
    passed over. Raises ``KnownError`` when a kind is unknown or fewer fillers than a collage takes can be decoded.
    """
    kinds, strengths = list(kinds), list(strengths)
    unknown = set(kinds) - EDITS.keys()
    if unknown:
        raise KnownError(f"there is no edit {min(unknown)!r}; known: {', '.join(EDITS)}", "unknown-name")
    decode = decode or decoder(MIN_SIDE)
    pool = decodable([data for _, data in sorted(fillers)], decode) if any(EDITS[kind].others for kind in kinds) else []
    needed = max((EDITS[kind].others for kind in kinds), default=0)
    if len(pool) < needed:
        raise KnownError(f"{len(pool)} of the fillers can be decoded, a collage takes {needed}", "too-few-pictures")
    for name, data in originals:
        try:
            image = decode(data)
        except DecodeError as error:
            if on_error is not None:
                on_error(Problem(name, str(error)))
            continue
        for kind in kinds:
            for strength in strengths:
                yield plant_one(name, data, image, kind, strength, seed, pool)


def readable(images: ImageSet, on_error: Callable[[Problem], None] | None = None) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of a set, one at a time, for ``plant``; what cannot be read goes to ``on_error``."""
    for entry in images.entries:
        try:
            yield entry.name, entry.read()
        except DecodeError as error:
            if on_error is not None:
                on_error(Problem(entry.name, str(error)))


def plant_one(
    name: str, data: bytes, image: Image, kind: str, strength: int, seed: int, pool: Sequence[Image]
) -> Planted:
    """The original ``name`` (its bytes, and decoded) by one kind and strength; ``pool``: pictures for collages."""
    digest = blake2b(f"{seed}/{kind}/{strength}/".encode() + data, digest_size=16).digest()
    rng = np.random.default_rng(int.from_bytes(digest, "big"))
    others = [pool[i] for i in rng.choice(len(pool), EDITS[kind].others, replace=False)] if EDITS[kind].others else []
    edited = edit(kind, strength, image, rng, others)
    file = f"{kind}-{strength}/{_flat(name)}-{blake2b(data, digest_size=4).hexdigest()}.jpg"
    size = (image.shape[1], image.shape[0])
    return Planted(file, name, kind, strength, encode_jpeg(edited.image, QUALITY), edited.homography, size)


def _flat(name: str) -> str:
    """A file name out of a member's name, which may hold folders or anything else."""
    stem = PurePosixPath(name).stem
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in stem)[:80]


def decodable(files: Iterable[bytes], decode: Decoder) -> list[Image]:
    """The pictures among some files; what is broken is passed over."""
    pictures = []
    for data in files:
        try:
            pictures.append(decode(data))
        except DecodeError:  # a filler is any picture at all
            continue
    return pictures


COLUMNS = ["file", "original", "kind", "strength", "original_width", "original_height"]
COLUMNS += [f"h{row}{column}" for row in range(3) for column in range(3)]


def write(copies: Iterable[Planted], folder: Path) -> int:
    """Write copies below ``folder`` and ``truth.csv`` (columns ``COLUMNS``, the homography by rows) beside them.

    Returns how many. Raises OSError.
    """
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    count = 0
    for count, copy in enumerate(copies, 1):  # noqa: B007 - the last number is the answer
        target = folder / copy.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(copy.data)
        numbers = [repr(float(value)) for value in copy.homography.ravel()]
        rows.writerow([copy.name, copy.original, copy.kind, copy.strength, *copy.original_size, *numbers])
    write_atomic(folder / "truth.csv", text.getvalue().encode("utf-8", "surrogateescape"))
    return count
