"""The two pictures of a comparison, laid over each other: these functions run in workers, so QImage, never QPixmap."""

import os
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.gui.compare_camera import Matrix, Pair, Size
from cbir_desktop.gui.pictures import pasted_bytes
from cbir_desktop.gui.query import FileSource, PastedSource, Source
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.images.safe import SafeDecoder
from cbir_desktop.library.facts import Facts, facts_of

LONG_SIDE = 4096
"""Long side of the copy that is looked at, pixels: all of a 12-megapixel photo. Larger ones are shrunk to it."""
DIFFERENCE_SIDE = 2048
"""At most, of the picture of differences, pixels; B on A is as fine as A, or flicking would show it less sharp."""
DIFFERENT = 64
"""Levels of 255 from which on a difference is shown as great as can be."""


@dataclass(frozen=True)
class Shown:
    """A picture as the screen needs it: the copy and its halves, quarters ..., so that small ones do not shimmer.

    ``full_size``: (width, height) of what it stands for, whose edges are the edges of every level.
    """

    levels: tuple[QImage, ...]
    full_size: Size


@dataclass(frozen=True)
class Loaded:
    """A picture of the pair: ``pixels`` are those of the largest level."""

    shown: Shown
    pixels: Image
    facts: Facts


@dataclass(frozen=True)
class LaidOver:
    """``over``: B as it lies on A, in the frame of A, transparent where B does not reach. ``difference``: in colours
    from black (alike) to yellow (``DIFFERENT`` or more); A in faint grey where B does not reach."""

    over: Shown
    difference: Shown


def load(decoder: SafeDecoder, source: Source) -> Loaded:
    """Read and decode. Raises ``DecodeError``."""
    data, mtime = _read(source)
    decoded = decoder.decode(data, min_side=LONG_SIDE)
    pixels = fit_long_side(decoded.image, LONG_SIDE)
    return Loaded(
        Shown(_levels(_opaque(pixels)), (decoded.width, decoded.height)), pixels, facts_of(data, decoded, mtime)
    )


def lay_over(a: Loaded, b: Loaded, pair: Pair) -> LaidOver:
    """B on A, and how they differ, on a grid in the frame of A as fine as the finer of the two, within bounds."""
    scale, size = _grid(a, b, pair)
    to_grid = np.array([[scale[0], 0, -0.5], [0, scale[1], -0.5], [0, 0, 1]])
    pixels_b, from_b = _shrunk(b, pair, scale)
    over = cv2.warpPerspective(_opaque(pixels_b), to_grid @ np.linalg.inv(pair.a_to_b) @ from_b, size)
    full = a.shown.full_size
    return LaidOver(Shown(_levels(over), full), Shown(_levels(_differences(a.pixels, over)), full))


def _read(source: Source) -> tuple[bytes, int]:
    """(bytes, time of change in ns, 0 where there is no file)."""
    if isinstance(source, PastedSource):
        return pasted_bytes(source), 0
    path = source.path if isinstance(source, FileSource) else source.photo.path
    data = read_file(path)
    try:
        return data, os.stat(path).st_mtime_ns
    except OSError as error:
        raise DecodeError("the file is gone", "vanished") from error


def _grid(a: Loaded, b: Loaded, pair: Pair) -> tuple[tuple[float, float], Size]:
    """(pixels of the grid for one of A each way, size of the grid)."""
    width, height = pair.size_a
    _, jacobian = pair.near(width / 2, height / 2)
    fine_a = a.pixels.shape[1] / width
    fine_b = b.pixels.shape[1] / pair.size_b[0] * np.sqrt(abs(np.linalg.det(jacobian)))
    fine = min(max(fine_a, fine_b), LONG_SIDE / max(width, height))
    size = max(1, round(width * fine)), max(1, round(height * fine))
    return (size[0] / width, size[1] / height), size


def _shrunk(b: Loaded, pair: Pair, scale: tuple[float, float]) -> tuple[Image, Matrix]:
    """B no finer than the grid, or it would shimmer there; and the map from its pixels (first centre at 0) to B."""
    _, jacobian = pair.near(pair.size_a[0] / 2, pair.size_a[1] / 2)
    fineness = b.pixels.shape[1] / pair.size_b[0] * np.sqrt(abs(np.linalg.det(jacobian))) / scale[0]
    pixels = fit_long_side(b.pixels, max(1, round(max(b.pixels.shape[:2]) / max(1.0, fineness))))
    x, y = pair.size_b[0] / pixels.shape[1], pair.size_b[1] / pixels.shape[0]
    return pixels, np.array([[x, 0, x / 2], [0, y, y / 2], [0, 0, 1]])


def _differences(under: Image, over: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """False colours (Inferno) of the largest difference of a channel, smoothed a little: resampling leaves noise."""
    over = fit_long_side(over, DIFFERENCE_SIDE)
    shrinks = over.shape[1] < under.shape[1]
    under = cv2.resize(under, over.shape[1::-1], interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    # Not at the very edge, where smoothing mixes in what is not there.
    known = cv2.erode(over[:, :, 3], np.ones((5, 5), np.uint8), borderValue=255)[:, :, np.newaxis] == 255
    base = cv2.cvtColor(under, cv2.COLOR_RGB2BGR)
    blue, green, red = cv2.split(cv2.absdiff(*(cv2.GaussianBlur(one, (3, 3), 0) for one in (base, over[:, :, :3]))))
    apart = cv2.max(cv2.max(blue, green), red)
    colours = cv2.applyColorMap(cv2.convertScaleAbs(apart, alpha=255 / DIFFERENT), cv2.COLORMAP_INFERNO)
    faint = cv2.cvtColor(cv2.cvtColor(base, cv2.COLOR_BGR2GRAY) // 3, cv2.COLOR_GRAY2BGR)
    return cv2.cvtColor(np.where(known, colours, faint), cv2.COLOR_BGR2BGRA)


def _opaque(pixels: Image) -> npt.NDArray[np.uint8]:
    """(h, w, 4) blue, green, red, alpha: as QImage keeps ARGB32 on all machines that Qt supports today."""
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA)


def _levels(pixels: npt.NDArray[np.uint8]) -> tuple[QImage, ...]:
    """The picture, its half, its quarter, down to some hundred pixels; premultiplied alpha."""
    levels = [_to_qimage(pixels)]
    while max(pixels.shape[:2]) > 512:
        pixels = cv2.resize(pixels, [-(-side // 2) for side in pixels.shape[1::-1]], interpolation=cv2.INTER_AREA)
        levels.append(_to_qimage(pixels))
    return tuple(levels)


def _to_qimage(pixels: npt.NDArray[np.uint8]) -> QImage:
    height, width = pixels.shape[:2]
    format_ = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(np.ascontiguousarray(pixels).data, width, height, 4 * width, format_).copy()
