"""Labelled sets that come as arrays of small pictures: CIFAR-10 and MNIST."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation.datasets import ImageSet, folder_per_class
from cbir_desktop.evaluation.pickled import read_pickle


@dataclass(frozen=True, slots=True)
class ArrayEntry:
    """One picture of an array, (h, w, 3) or (h, w) uint8, as a file would be."""

    name: str
    pixels: npt.NDArray[np.uint8]

    def read(self) -> bytes:
        """The picture as PNG."""
        bgr = self.pixels if self.pixels.ndim == 2 else self.pixels[..., ::-1]
        return bytes(cv2.imencode(".png", np.ascontiguousarray(bgr))[1])


def cifar10(path: str) -> ImageSet:
    """CIFAR-10 (Krizhevsky 2009): the python version (``data_batch_1`` to ``5``, ``test_batch``, ``batches.meta``),
    or a folder a class with PNGs. Raises ``KnownError``."""
    batches = sorted(p for p in Path(path).glob("*_batch*") if p.is_file())
    if not batches:
        return folder_per_class(path)
    meta = Path(path, "batches.meta")
    names = read_pickle(meta)["label_names"] if meta.exists() else [str(number) for number in range(10)]
    entries: list[ArrayEntry] = []
    labels: list[int] = []
    for batch in batches:
        table = read_pickle(batch)
        try:
            pixels = table["data"].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
            files = [str(name) for name in table.get("filenames", range(len(pixels)))]
            labels += [int(label) for label in table["labels"]]
        except (KeyError, ValueError, AttributeError, TypeError) as error:
            raise KnownError(f"{batch} is no batch of CIFAR-10: {error}", "bad-truth") from error
        entries += [ArrayEntry(f"{batch.name}/{name}", one) for name, one in zip(files, pixels, strict=True)]
    return _labelled(path, entries, labels, [str(name) for name in names])


def mnist(path: str) -> ImageSet:
    """MNIST (LeCun et al. 1998) and its kin in the idx layout: ``*-images-idx3-ubyte`` and ``*-labels-idx1-ubyte``
    beside each other, gzipped or not. Raises ``KnownError``."""
    entries: list[ArrayEntry] = []
    labels: list[int] = []
    for images in sorted(Path(path).glob("*images*idx3*")):
        beside = images.with_name(images.name.replace("images", "labels").replace("idx3", "idx1"))
        pixels, known = read_idx(images), read_idx(beside)
        if pixels.ndim != 3 or known.shape != pixels.shape[:1]:
            raise KnownError(f"{images} {pixels.shape} and {beside.name} {known.shape} do not fit", "bad-truth")
        entries += [ArrayEntry(f"{images.name}/{i:05d}", one) for i, one in enumerate(pixels)]
        labels += known.tolist()
    if not entries:
        raise KnownError(f"{path} holds no *images*idx3* file", "no-pictures")
    return _labelled(path, entries, labels, [str(number) for number in range(max(labels) + 1)])


def read_idx(path: Path) -> npt.NDArray[np.uint8]:
    """The array of uint8 in an idx file: magic 0, 0, 8, rank; sizes, big endian; bytes. Raises ``KnownError``."""
    try:
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except (OSError, EOFError) as error:
        raise KnownError(f"{path} cannot be read: {error}", "unreadable") from error
    if len(data) < 4 or data[:3] != b"\0\0\x08" or len(data) < 4 + 4 * data[3]:
        raise KnownError(f"{path} is no idx file of bytes", "bad-truth")
    shape = tuple(np.frombuffer(data, ">u4", data[3], 4).tolist())
    values = np.frombuffer(data, np.uint8, offset=4 + 4 * data[3])
    if len(values) != int(np.prod(shape, dtype=object)):
        raise KnownError(f"{path} holds {len(values)} bytes, not {shape}: it is cut off", "damaged")
    return values.reshape(shape)


def _labelled(path: str, entries: Sequence[ArrayEntry], labels: Sequence[int], classes: Sequence[str]) -> ImageSet:
    return ImageSet(Path(path).resolve().name, entries, np.array(labels, np.int64), classes).require_classes()
