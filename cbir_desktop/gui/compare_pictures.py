"""The two pictures of a comparison, laid over each other: these functions run in workers, so QImage, never QPixmap."""

import os
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage

from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.types import Image
from cbir_desktop.gui import photo_state
from cbir_desktop.gui.compare_camera import Pair, Size
from cbir_desktop.gui.pictures import pasted_bytes
from cbir_desktop.gui.query import PastedSource, PhotoSource, Source
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.images.safe import SafeDecoder
from cbir_desktop.library.facts import Facts, facts_of

Pixels = npt.NDArray[np.uint8]

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
    over = _warped(_opaque(b.pixels), b, pair, _grid(a, b, pair, LONG_SIDE), cv2.BORDER_CONSTANT)
    full = a.shown.full_size
    return LaidOver(Shown(_levels(over), full), Shown(_levels(_differences(a, b, pair)), full))


def _read(source: Source) -> tuple[bytes, int]:
    """(bytes, time of change in ns, 0 where there is no file)."""
    if isinstance(source, PastedSource):
        return pasted_bytes(source), 0
    if isinstance(source, PhotoSource) and source.photo.state != "online":
        raise DecodeError(photo_state.in_words(source.photo), "not-online")
    path = source.photo.path if isinstance(source, PhotoSource) else source.path
    if path is None:
        raise DecodeError("the picture is gone", "vanished")
    data = read_file(path)
    try:
        return data, os.stat(path).st_mtime_ns
    except OSError as error:
        raise DecodeError("the file is gone", "vanished") from error


def _grid(a: Loaded, b: Loaded, pair: Pair, most: int) -> Size:
    """(width, height) of the grid over A, ``most`` pixels long."""
    width, height = pair.size_a
    fine = min(max(a.pixels.shape[1] / width, _fineness(b, pair)), most / max(width, height))
    return max(1, round(width * fine)), max(1, round(height * fine))


def _fineness(b: Loaded, pair: Pair) -> float:
    """Pixels of B's copy for one of A, along a line in the middle."""
    _, jacobian = pair.near(pair.size_a[0] / 2, pair.size_a[1] / 2)
    return float(b.pixels.shape[1] / pair.size_b[0] * np.sqrt(abs(np.linalg.det(jacobian))))


def _warped(pixels: Pixels, b: Loaded, pair: Pair, grid: Size, border: int) -> Pixels:
    """What belongs to B, drawn on the grid; shrunk before where the grid is coarser, or it would shimmer."""
    coarser = max(1.0, _fineness(b, pair) * pair.size_a[0] / grid[0])
    pixels = fit_long_side(pixels, max(1, round(max(pixels.shape[:2]) / coarser)))
    # Of OpenCV's pixels the first has its centre at 0, of ours at 0.5.
    x, y = pair.size_b[0] / pixels.shape[1], pair.size_b[1] / pixels.shape[0]
    from_b = np.array([[x, 0, x / 2], [0, y, y / 2], [0, 0, 1]])
    to_grid = np.array([[grid[0] / pair.size_a[0], 0, -0.5], [0, grid[1] / pair.size_a[1], -0.5], [0, 0, 1]])
    matrix = to_grid @ np.linalg.inv(pair.a_to_b) @ from_b
    return np.asarray(cv2.warpPerspective(pixels, matrix, grid, borderMode=border), dtype=np.uint8)


def _differences(a: Loaded, b: Loaded, pair: Pair) -> Pixels:
    """False colours (Inferno) of the largest difference of a channel, smoothed a little: resampling leaves noise."""
    grid = _grid(a, b, pair, DIFFERENCE_SIDE)
    shrinks = grid[0] < a.pixels.shape[1]
    under = cv2.resize(a.pixels, grid, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    over = _warped(b.pixels, b, pair, grid, cv2.BORDER_REPLICATE)  # no edge that smoothing could spread
    known = _warped(np.full(b.pixels.shape[:2], 255, np.uint8), b, pair, grid, cv2.BORDER_CONSTANT) > 127
    red, green, blue = cv2.split(cv2.absdiff(*(cv2.GaussianBlur(one, (3, 3), 0) for one in (under, over))))
    apart = cv2.max(cv2.max(red, green), blue)
    colours = cv2.applyColorMap(cv2.convertScaleAbs(apart, alpha=255 / DIFFERENT), cv2.COLORMAP_INFERNO)
    faint = cv2.cvtColor(cv2.cvtColor(under, cv2.COLOR_RGB2GRAY) // 3, cv2.COLOR_GRAY2BGR)
    return np.asarray(cv2.cvtColor(np.where(known[:, :, np.newaxis], colours, faint), cv2.COLOR_BGR2BGRA), np.uint8)


def _opaque(pixels: Image) -> Pixels:
    """(h, w, 4) blue, green, red, alpha: as QImage keeps ARGB32 on all machines that Qt supports today."""
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2BGRA)


def _levels(pixels: Pixels) -> tuple[QImage, ...]:
    """The picture, its half, its quarter, down to some hundred pixels; premultiplied alpha."""
    levels = [_to_qimage(pixels)]
    while max(pixels.shape[:2]) > 512:
        pixels = cv2.resize(pixels, [-(-side // 2) for side in pixels.shape[1::-1]], interpolation=cv2.INTER_AREA)
        levels.append(_to_qimage(pixels))
    return tuple(levels)


def _to_qimage(pixels: Pixels) -> QImage:
    """Numpy copies without the interpreter's lock, QImage.copy with it: 50 MB would hold the window up."""
    height, width = pixels.shape[:2]
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    np.copyto(np.frombuffer(image.bits(), np.uint8).reshape(height, width, 4), pixels)
    return image
