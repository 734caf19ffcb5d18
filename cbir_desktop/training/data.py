"""Photos for training: the split, the part kept aside for choosing, and pictures decoded once.

Only rows whose split is ``train`` ever get here; the part that is kept aside consists of whole classes, so that
what is chosen on it is chosen for classes the training does not see.
"""

import csv
import hashlib
import logging
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError

log = logging.getLogger(__name__)

Scalar = TypeVar("Scalar", bound=np.generic)

Pictures = npt.NDArray[np.uint8]
"""(n, size, size, 3) uint8 RGB squares."""


@dataclass(frozen=True, slots=True)
class Photo:
    """One row of labels.csv; ``label`` is source and class, empty where the source has no classes."""

    file: str
    label: str
    width: int
    height: int


def read_photos(data: Path, split: str = "train") -> list[Photo]:
    """The photos of a split in ``data``/train/labels.csv, by file name. Raises ``KnownError`` when there are none."""
    path = data / "train" / "labels.csv"
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row["split"] == split]
    except (OSError, KeyError) as error:
        raise KnownError(f"no list of photos at {path}: {error}", "no-training-data") from error
    if not rows:
        raise KnownError(f"{path} has no photos in split {split!r}", "no-training-data")
    photos = [
        Photo(
            row["file"],
            f"{row['source']}/{row['class']}" if row["class"] else "",
            int(row["width"]),
            int(row["height"]),
        )
        for row in rows
    ]
    return sorted(photos, key=lambda photo: photo.file)


def kept_aside(photos: Sequence[Photo], share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Which photos are kept for choosing, (n,) bool: ``share`` of each source's classes (at least one of four) whole,
    and ``share`` / 4 of all others. The answer for a photo depends on the seed, the classes and its own name."""
    classes: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = defaultdict(int)
    for photo in photos:
        if photo.label:
            classes[photo.label.rpartition("/")[0]].add(photo.label)
            counts[photo.label] += 1
    chosen: set[str] = set()
    for labels in classes.values():
        several = sorted((label for label in labels if counts[label] >= 10), key=lambda label: _draw(label, seed))
        if len(several) >= 4:
            chosen.update(several[: max(1, round(share * len(several)))])
    return np.array([photo.label in chosen or _draw(photo.file, seed) < share / 4 for photo in photos])


def _draw(name: str, seed: int) -> float:
    digest = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2.0**64


def squash(image: Pictures, size: int) -> Pictures:
    """The whole (h, w, 3) picture as a (size, size, 3) square, its aspect ratio given up."""
    shrinks = min(image.shape[:2]) >= size
    interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size, size), interpolation=interpolation), np.uint8)


def decode(blob: bytes) -> Pictures:
    """(h, w, 3) RGB of an encoded picture. Raises ``KnownError``."""
    image = cv2.imdecode(np.frombuffer(blob, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise KnownError("a training photo cannot be decoded", "damaged")
    return np.ascontiguousarray(image[..., ::-1])


def read_blobs(tars: Iterable[Path], names: set[str] | None = None) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of the files in tar shards, those in ``names`` only where given."""
    for path in tars:
        with tarfile.open(path) as shard:
            for member in shard:
                if member.isfile() and (names is None or member.name in names):
                    stream = shard.extractfile(member)
                    if stream is not None:
                        yield member.name, stream.read()


def decode_once(data: Path, photos: Sequence[Photo], size: int, path: Path) -> Pictures:
    """The photos as (n, size, size, 3) squares, mapped from ``path``, which is written first where it is missing."""
    if not path.exists():
        replace_atomic(path, lambda temporary: _decode_all(data, photos, size, temporary))
    pictures: Pictures = np.load(path, mmap_mode="r")
    if pictures.shape != (len(photos), size, size, 3):
        raise KnownError(f"{path} holds other pictures {pictures.shape}: remove it", "stale-cache")
    return pictures


def _decode_all(data: Path, photos: Sequence[Photo], size: int, path: Path) -> None:
    log.info("decoding %d photos to %d px", len(photos), size)
    place = {photo.file: row for row, photo in enumerate(photos)}
    out = empty_pictures(path, (len(photos), size, size, 3))
    blobs = read_blobs(sorted((data / "train").glob("photos-*.tar")), set(place))
    found = 0
    with ThreadPoolExecutor(2) as pool:
        while chunk := list(islice(blobs, 256)):
            rows = [place[name] for name, _ in chunk]
            for row, square in zip(rows, pool.map(lambda item: squash(decode(item[1]), size), chunk), strict=True):
                out[row] = square
            found += len(chunk)
    if found != len(photos):
        raise KnownError(f"{len(photos) - found} listed photos are not in the shards", "no-training-data")


def empty_pictures(path: Path, shape: tuple[int, ...]) -> Pictures:
    """A new .npy file of that shape, mapped for writing; unlike numpy's own, under any name."""
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": "|u1", "fortran_order": False, "shape": shape})
        offset = stream.tell()
        stream.truncate(offset + int(np.prod(shape)))
    return np.memmap(path, np.uint8, "r+", offset, shape)


def taken(kept: npt.NDArray[Scalar], rows: npt.NDArray[np.int64]) -> npt.NDArray[Scalar]:
    """``kept[rows]``, read from an array mapped from the disk in the order in which the rows lie there."""
    return kept[np.sort(rows)][np.argsort(np.argsort(rows))]
