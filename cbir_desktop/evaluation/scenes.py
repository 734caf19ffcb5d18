"""Made pairs that are no copies: another exposure of a scene, and unrelated pictures that share something."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from cbir_desktop.core.types import Image
from cbir_desktop.evaluation.edits import edit
from cbir_desktop.evaluation.edits.frame import cut, warp
from cbir_desktop.evaluation.edits.overlays import WORDS

SHARED = {"text": 3, "watermark": 3, "border": 3, "emoji": 2, "screenshot": 1}
"""Edits that put the same thing on two pictures when they take the same chances, and up to which strength. Beyond,
most of the two pictures is the same."""


def exposures(image: Image, strength: int, rng: np.random.Generator, others: Sequence[Image]) -> tuple[Image, Image]:
    """Two exposures of the scene in ``image``: another view of each, the depth of the scene as a smooth field of
    displacements (``strength`` 1, 2, 3: up to 1, 2, 4 % of the side), a thing that moved, light, focus and noise.
    """
    first = _exposure(image, strength, rng, others, moved=False)
    return first, _exposure(image, strength, rng, others, moved=True)


def _exposure(image: Image, strength: int, rng: np.random.Generator, others: Sequence[Image], moved: bool) -> Image:
    height, width = image.shape[:2]
    picture = image
    if moved:
        picture = _displaced(picture, 0.01 * 2 ** (strength - 1), rng)
    if others:
        picture = _with_thing(picture, others[0], rng)
    reach = 0.04 * strength
    inwards = rng.uniform(0, reach, (4, 2)) * (width, height) * [[1, 1], [-1, 1], [-1, -1], [1, -1]]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    view = cv2.getPerspectiveTransform((corners + inwards).astype(np.float32), corners.astype(np.float32))
    picture = warp(picture, np.asarray(view, np.float64), width, height, (0, 0, 0)).image
    return _exposed(picture, rng)


def _exposed(picture: Image, rng: np.random.Generator) -> Image:
    """In its own light, with its own noise and focus."""
    gain, gamma = rng.uniform(0.8, 1.2, 3) * rng.uniform(0.9, 1.1), rng.uniform(0.8, 1.25)
    light = 255 * (picture / 255.0) ** gamma * gain
    light += rng.normal(0, rng.uniform(1, 4), light.shape)
    exposed = np.clip(np.rint(light), 0, 255).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(exposed, (0, 0), rng.uniform(0.3, 0.9)), np.uint8)


def stills(image: Image, strength: int, rng: np.random.Generator, others: Sequence[Image]) -> tuple[Image, Image]:
    """Two exposures by a camera that stands still, or of two things of one make: the frame is the same, a part of what
    is in it is not (``strength`` 1, 2, 3: one, two, three things), and light, focus and noise are each their own."""
    height, width = image.shape[:2]
    second = image
    for _ in range(strength):
        second = _with_thing(second, others[int(rng.integers(len(others)))], rng, least=0.25)
    shift = rng.uniform(-0.004, 0.004, (4, 2)) * (width, height) * float(rng.random() < 0.5)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    view = cv2.getPerspectiveTransform((corners + shift).astype(np.float32), corners.astype(np.float32))
    second = warp(second, np.asarray(view, np.float64), width, height, (0, 0, 0)).image
    return _exposed(image, rng), _exposed(second, rng)


def prints(image: Image, strength: int, rng: np.random.Generator, table: Image) -> tuple[Image, Image]:
    """Two photographs of one flat thing (a cover, a poster) on a table: no depth at all gives them away, only that each
    cuts the thing and its ground in its own way, from its own side, in its own light. ``strength`` 1, 2, 3: up to 5,
    10, 15 % of the side for each corner, and up to 8, 16, 24 degrees."""
    height, width = image.shape[:2]
    ground = cv2.resize(table, (2 * width, 2 * height), interpolation=cv2.INTER_LINEAR)
    ground[height // 2 : height // 2 + height, width // 2 : width // 2 + width] = image
    first = _photographed(ground, (width, height), strength, rng)
    return first, _photographed(ground, (width, height), strength, rng)


def _photographed(ground: Image, size: tuple[int, int], strength: int, rng: np.random.Generator) -> Image:
    """The middle of ``ground`` from somewhere, with light that falls off to one side."""
    width, height = size
    margin = rng.uniform(-0.12, 0.2)  # below 0 the thing fills the frame
    reach = np.array([0.5 + margin, 0.5 + margin])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * reach
    corners += rng.uniform(-0.05, 0.05, (4, 2)) * strength + rng.uniform(-0.05, 0.05, 2)
    radians = np.deg2rad(rng.uniform(-8, 8) * strength)
    turn = np.array([[np.cos(radians), -np.sin(radians)], [np.sin(radians), np.cos(radians)]])
    seen = (corners * (width, height)) @ turn.T + (width, height)
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    view = cv2.getPerspectiveTransform(seen.astype(np.float32), frame)
    picture = warp(ground, np.asarray(view, np.float64), width, height, (0, 0, 0)).image
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    slope = rng.uniform(-0.15, 0.15, 2)
    shade = (rng.uniform(0.8, 1.1) + slope[0] * x + slope[1] * y)[..., None] * rng.uniform(0.95, 1.05, 3)
    light = 255 * (picture / 255.0) ** rng.uniform(0.85, 1.15) * shade
    light += rng.normal(0, rng.uniform(1, 4), light.shape)
    exposed = np.clip(np.rint(light), 0, 255).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(exposed, (0, 0), rng.uniform(0.3, 0.9)), np.uint8)


def _displaced(image: Image, part: float, rng: np.random.Generator) -> Image:
    """Near things move more than far ones: rows and columns by a smooth random field."""
    height, width = image.shape[:2]
    reach = part * max(height, width)
    cells = int(rng.integers(3, 7))
    fields = [
        cv2.resize(
            rng.uniform(-1, 1, (cells, cells)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        for _ in range(2)
    ]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    moved = cv2.remap(
        image, x + reach * fields[0], y + reach * fields[1] * 0.5, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT
    )
    return np.asarray(moved, np.uint8)


def _with_thing(image: Image, other: Image, rng: np.random.Generator, least: float = 0.1) -> Image:
    """Something of another picture stands somewhere, its edge soft: ``least`` to 0.23 more of either side."""
    height, width = image.shape[:2]
    w, h = (max(8, round(side * rng.uniform(least, least + 0.23))) for side in (width, height))
    thing = cv2.resize(other, (w, h), interpolation=cv2.INTER_AREA)
    x, y = int(rng.integers(0, width - w + 1)), int(rng.integers(0, height - h + 1))
    mask = np.zeros((h, w), np.float32)
    cv2.ellipse(mask, (w // 2, h // 2), (max(1, w // 2 - 2), max(1, h // 2 - 2)), 0, 0, 360, 1, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 1.5)[..., None]
    mixed = image.copy()
    mixed[y : y + h, x : x + w] = np.rint(image[y : y + h, x : x + w] * (1 - mask) + thing * mask)
    return mixed


def shared(kind: str, strength: int, one: Image, two: Image, seed: int) -> tuple[Image, Image]:
    """Two unrelated pictures under the same text, mark, frame or screen; of one size, so that it lies alike."""
    height, width = (min(one.shape[i], two.shape[i]) for i in (0, 1))
    cuts = [
        cut(image, (image.shape[1] - width) // 2, (image.shape[0] - height) // 2, width, height).image
        for image in (one, two)
    ]
    a, b = (edit(kind, strength, image, np.random.default_rng(seed)).image for image in cuts)
    return a, b


def plain_pictures(rng: np.random.Generator, size: tuple[int, int] = (480, 360)) -> list[tuple[str, Image]]:
    """(name, picture) of what has few keypoints or many of one kind, and can be known again all the same."""
    kinds = {"sky": _sky, "page": _page, "chart": _chart, "bricks": _bricks, "soft": _soft}
    return [(name, make(size, rng)) for name, make in kinds.items()]


def traps(rng: np.random.Generator, size: tuple[int, int] = (480, 360)) -> list[tuple[str, Image, Image]]:
    """(name, A, B) of unrelated pictures that look alike to a careless eye, one pair of each kind."""
    kinds: dict[str, Callable[[tuple[int, int], np.random.Generator], Image]] = {
        "page": _page,
        "gradient": _gradient,
        "grain": _noise,
        "bricks": _bricks,
        "dark": _dark,
        "sky": _sky,
        "plain": _plain,
        "chart": _chart,
    }
    return [(name, make(size, rng), make(size, rng)) for name, make in kinds.items()]


def _page(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """A page of text in the same type and lines, of other words."""
    picture = Pillow.new("RGB", size, (255, 255, 255))
    canvas, font = ImageDraw.Draw(picture), ImageFont.load_default(14)
    for y in range(12, size[1] - 16, 20):
        line = " ".join(rng.choice(WORDS, 14).tolist())
        canvas.text((14, y), line[: size[0] // 9], (20, 20, 20), font)
    return np.asarray(picture)


def _gradient(size: tuple[int, int], rng: np.random.Generator) -> Image:
    angle = rng.uniform(-0.3, 0.3)
    y, x = np.mgrid[0 : 1 : size[1] * 1j, 0 : 1 : size[0] * 1j]
    t = ((x * np.sin(angle) + y * np.cos(angle))[..., None]).clip(0, 1)
    ends = rng.uniform(0, 255, (2, 3))
    return np.asarray(np.rint(ends[0] * (1 - t) + ends[1] * t), np.uint8)


def _noise(size: tuple[int, int], rng: np.random.Generator) -> Image:
    return np.asarray(np.clip(rng.normal(128, 40, (size[1], size[0], 3)), 0, 255), np.uint8)


def _bricks(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """A wall in one bond, each with bricks and joints of its own."""
    picture = Pillow.new("RGB", size, (190, 185, 180))
    canvas = ImageDraw.Draw(picture)
    for row, y in enumerate(range(-int(rng.integers(24)), size[1], 24)):
        for x in range(-48 * (row % 2) // 2 - int(rng.integers(12)), size[0], 48):
            shade = int(rng.integers(-35, 35))
            left, top, right, low = (int(value) for value in rng.integers(0, 5, 4))
            box = (x + left, y + top, x + 47 - right, y + 23 - low)
            canvas.rectangle(box, (160 + shade, 80 + shade, 60 + shade))
    return np.asarray(np.clip(np.asarray(picture) + rng.normal(0, 6, (size[1], size[0], 3)), 0, 255), np.uint8)


def _dark(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """A photograph taken with the cap on: noise, and a corner that glows."""
    y, x = np.mgrid[0 : 1 : size[1] * 1j, 0 : 1 : size[0] * 1j]
    glow = 8 * np.exp(-((x - rng.uniform()) ** 2 + (y - rng.uniform()) ** 2) / 0.1)[..., None]
    return np.asarray(np.clip(6 + glow + rng.normal(0, 3, (size[1], size[0], 3)), 0, 255), np.uint8)


def _sky(size: tuple[int, int], rng: np.random.Generator) -> Image:
    y, _ = np.mgrid[0 : 1 : size[1] * 1j, 0 : 1 : size[0] * 1j]
    sky = np.array([90, 140, 220]) * (1 - y[..., None]) + np.array([200, 220, 240]) * y[..., None]
    cloud = cv2.resize(rng.normal(0, 1, (6, 8)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)[..., None]
    return np.asarray(np.clip(sky + 14 * cloud + rng.normal(0, 1.5, sky.shape), 0, 255), np.uint8)


def _soft(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """Smooth fields of colour, as out of focus."""
    field = cv2.resize(rng.uniform(20, 235, (4, 5, 3)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(field, 0, 255), np.uint8)


def _plain(size: tuple[int, int], rng: np.random.Generator) -> Image:
    colour = rng.uniform(0, 255, 3)
    return np.asarray(np.clip(colour + rng.normal(0, 1, (size[1], size[0], 3)), 0, 255), np.uint8)


def _chart(size: tuple[int, int], rng: np.random.Generator) -> Image:
    """A diagram with the axes and grid of a template and lines of its own."""
    picture = Pillow.new("RGB", size, (255, 255, 255))
    canvas, font = ImageDraw.Draw(picture), ImageFont.load_default(12)
    width, height = size
    for i in range(1, 9):
        canvas.line((40, height * i / 9, width - 10, height * i / 9), (215, 215, 215))
        canvas.text((10, height * i / 9 - 6), str(90 - 10 * i), (60, 60, 60), font)
    canvas.line((40, 10, 40, height - 20, width - 10, height - 20), (0, 0, 0), 2)
    for colour in ((200, 60, 40), (40, 90, 200)):
        points = [(40 + (width - 50) * i / 12, height * rng.uniform(0.1, 0.9)) for i in range(13)]
        canvas.line(points, colour, 3)
    return np.asarray(picture)
