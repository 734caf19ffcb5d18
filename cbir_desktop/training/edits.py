"""Photos edited as copies are in the wild, made once and kept: the hard positives of training."""

import logging
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation.edits import EDITS, STRENGTHS, edit
from cbir_desktop.training.data import Pictures, empty_pictures, squash

log = logging.getLogger(__name__)

KINDS: Sequence[str] = [name for name, kind in EDITS.items() if not kind.others]
"""Without the collage: what four photos look like together is not what one of them looks like."""


def edited_copy(square: Pictures, aspect: float, rng: np.random.Generator) -> Pictures:
    """A (size, size, 3) square after one edit, or two, of the picture that it was squashed from.

    ``aspect`` is width over height of that picture. The edit sees the true shape, the result is squashed again.
    """
    size = square.shape[0]
    width, height = round(size * aspect**0.5), round(size / aspect**0.5)
    image = np.asarray(cv2.resize(square, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    for _ in range(1 + int(rng.random() < 0.35)):
        image = edit(str(rng.choice(KINDS)), int(rng.choice(STRENGTHS)), image, rng).image
    return squash(image, size)


def edited_copies(path: Path, pictures: Pictures, aspect: npt.NDArray[np.float32], seed: tuple[int, ...]) -> Pictures:
    """An edited copy of every picture, (n, size, size, 3), mapped from ``path``, which is made where it is missing.

    The copy of picture i follows from ``seed`` and i. Raises ``KnownError`` where the file is about other pictures.
    """
    if not path.exists():
        log.info("editing %d pictures for %s", len(pictures), path.name)
        replace_atomic(path, lambda temporary: _edit_all(temporary, pictures, aspect, seed))
    found: Pictures = np.load(path, mmap_mode="r")
    if found.shape != pictures.shape:
        raise KnownError(f"{path} holds other pictures {found.shape}: remove it", "stale-cache")
    return found


def _edit_all(path: Path, pictures: Pictures, aspect: npt.NDArray[np.float32], seed: tuple[int, ...]) -> None:
    out = empty_pictures(path, pictures.shape)
    for row in range(len(pictures)):
        rng = np.random.default_rng((*seed, row))
        out[row] = edited_copy(np.array(pictures[row]), float(aspect[row]), rng)
