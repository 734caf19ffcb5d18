"""Collages of objects cut from photos and pasted on another photo, with a table of the truth, from a seed."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.types import Image
from cbir_desktop.evaluation.edits import Homography
from cbir_desktop.evaluation.edits.colour import encode_jpeg
from cbir_desktop.images.resize import fit_long_side

SIDE = 640
"""Long side of a collage, pixels: what spatial checks look at."""
LEAST, MOST = 2, 5
"""Objects on a collage."""
_CUT = (0.35, 0.65)
"""Of a donor's width and of its height: what is cut out of it, at most 0.42 of its area."""
_LONG = (0.15, 0.35)
"""Of the collage's long side: the long side of an object."""
_GROWTH = 1.5
"""Objects are not enlarged more than this: nobody pastes a blur."""
_DEGREES = 45.0
_TRIES = 30
_OVERLAP = 0.15
"""Of an object, that may lie over objects pasted before."""
_QUALITY = 88

Mask = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Pasted:
    """``homography``: from the donor's pixels to the collage's, centres at +0.5. ``share``: of the collage's area."""

    donor: str
    homography: Homography
    share: float


@dataclass(frozen=True, slots=True)
class Composite:
    """A collage: ``data`` is a JPEG file. ``image`` its pixels before."""

    name: str
    background: str
    objects: tuple[Pasted, ...]
    image: Image

    @property
    def data(self) -> bytes:
        return encode_jpeg(self.image, _QUALITY)


def compose(name: str, background: tuple[str, Image], donors: Sequence[tuple[str, Image]], seed: int) -> Composite:
    """One object of each donor (name, picture) on the background; the same seed gives the same collage."""
    rng = np.random.default_rng(seed)
    canvas = _canvas(background[1])
    taken = np.zeros(canvas.shape[:2], np.bool_)
    pasted = [Pasted(donor, *_paste(canvas, taken, image, rng)) for donor, image in donors]
    return Composite(name, background[0], tuple(pasted), canvas)


def dealt(count: int, composites: int, seed: int) -> list[list[int]]:
    """For each of some collages the numbers of its background and of its ``LEAST`` to ``MOST`` donors, among ``count``
    pictures. Raises ValueError where there are too few."""
    if count <= MOST:
        raise ValueError(f"{count} pictures are too few for collages of {MOST} and a background")
    rng = np.random.default_rng(seed)
    sizes = rng.integers(LEAST, MOST + 1, composites)
    return [rng.choice(count, 1 + int(size), replace=False).tolist() for size in sizes]


COLUMNS = ["file", "role", "photo", "share", *(f"h{row}{column}" for row in range(3) for column in range(3))]


def write(composites: Iterable[Composite], folder: Path) -> int:
    """The collages and ``truth.csv`` (columns ``COLUMNS``; role ``background`` or ``object``). Returns how many.
    Raises OSError."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for count, one in enumerate(composites, 1):  # noqa: B007 - the last number is the answer
        (folder / one.name).write_bytes(one.data)
        rows.writerow([one.name, "background", one.background, "", *[""] * 9])
        for item in one.objects:
            numbers = [repr(float(value)) for value in item.homography.ravel()]
            rows.writerow([one.name, "object", item.donor, f"{item.share:.4f}", *numbers])
    write_atomic(folder / "truth.csv", text.getvalue().encode("utf-8", "surrogateescape"))
    return count


def _canvas(background: Image) -> Image:
    if max(background.shape[:2]) >= SIDE:
        return fit_long_side(background, SIDE).copy()
    grow = SIDE / max(background.shape[:2])
    return np.asarray(cv2.resize(background, None, fx=grow, fy=grow, interpolation=cv2.INTER_CUBIC), np.uint8)


def _paste(
    canvas: Image, taken: npt.NDArray[np.bool_], donor: Image, rng: np.random.Generator
) -> tuple[Homography, float]:
    """Cut, turn, scale and paste one object; where it lies little over others, else where it did least."""
    box = _box(donor, rng)
    shape = _shape(donor.shape[:2], box, rng)
    height, width = canvas.shape[:2]
    scale = min(_GROWTH, rng.uniform(*_LONG) * SIDE / max(box[2:]))
    turn = np.deg2rad(rng.uniform(-_DEGREES, _DEGREES))
    linear = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2])
    reach = np.abs(linear) @ np.array(box[2:]) / 2  # half of the box around the turned one
    best: tuple[float, Homography, Mask] | None = None
    for _ in range(_TRIES):
        low = np.minimum(reach, np.array([width, height]) / 2)
        place = rng.uniform(low, np.maximum(np.array([width, height]) - low, low + 1e-6))
        homography = np.eye(3)
        homography[:2, :2], homography[:2, 2] = linear, place - linear @ middle
        mask = _warped(shape, homography, (width, height))
        over = float((taken & (mask > 127)).sum() / max(1, (mask > 127).sum()))
        if best is None or over < best[0]:
            best = over, homography, mask
        if over < _OVERLAP:
            break
    assert best is not None
    _, homography, mask = best
    alpha = cv2.GaussianBlur(mask, (3, 3), 0).astype(np.float32)[..., None] / 255
    drawn = _warped(donor, homography, (width, height))
    canvas[:] = np.rint(canvas * (1 - alpha) + drawn * alpha).astype(np.uint8)
    taken |= mask > 127
    return homography, float((mask > 127).mean())


def _box(donor: Image, rng: np.random.Generator) -> tuple[int, int, int, int]:
    """(x, y, width, height): of three by chance the one with most contrast, for people cut out things, not sky."""
    height, width = donor.shape[:2]
    grey = cv2.cvtColor(donor, cv2.COLOR_RGB2GRAY)
    boxes = []
    for _ in range(3):
        w, h = (max(2, round(side * rng.uniform(*_CUT))) for side in (width, height))
        x, y = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
        boxes.append((float(grey[y : y + h, x : x + w].std()), (x, y, w, h)))
    return max(boxes)[1]


def _shape(size: tuple[int, ...], box: tuple[int, int, int, int], rng: np.random.Generator) -> Mask:
    """255 where the object is: an ellipse, a box, or what a quick hand cuts out."""
    mask = np.zeros(size[:2], np.uint8)
    x, y, w, h = box
    kind = int(rng.integers(3))
    if kind == 0:
        cv2.ellipse(mask, ((x + w / 2, y + h / 2), (w, h), 0.0), 255, -1)
    elif kind == 1:
        mask[y : y + h, x : x + w] = 255
    else:
        angles = np.linspace(0, 2 * np.pi, 14, endpoint=False)
        radius = rng.uniform(0.7, 1.0, len(angles))[:, None] * np.array([w, h]) / 2
        around = np.array([x + w / 2, y + h / 2]) + radius * np.column_stack([np.cos(angles), np.sin(angles)])
        cv2.fillPoly(mask, [np.rint(around).astype(np.int32)], 255)
    return mask


def _warped(picture: npt.NDArray[np.uint8], homography: Homography, size: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """OpenCV counts the centre of the first pixel as 0, this module as 0.5."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    matrix = np.linalg.inv(half) @ homography @ half
    shrinks = abs(np.linalg.det(homography[:2, :2])) < 1
    return np.asarray(
        cv2.warpAffine(picture, matrix[:2], size, flags=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC), np.uint8
    )
