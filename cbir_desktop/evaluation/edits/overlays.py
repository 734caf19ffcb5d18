"""Edits that put something on, around or beside the picture: text, stickers, frames, screens, collages."""

from typing import NamedTuple

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from cbir_desktop.core.types import Image
from cbir_desktop.evaluation.edits.frame import Colour, Draw, Edited, cut, resize, scaling, share, shift, unmoved

WORDS = tuple(
    word
    for line in (
        "when the weekend starts on a Thursday nobody asked why this happened again today best summer ever",
        "limited offer only now no caption needed wait for it one more time please share with friends",
    )
    for word in line.split()
)


class Theme(NamedTuple):
    ground: Colour
    ink: Colour
    bar: Colour


THEMES = (
    Theme((250, 250, 250), (120, 122, 128), (222, 225, 230)),
    Theme((32, 33, 36), (150, 152, 158), (53, 54, 58)),
)


def text(image: Image, part: float, draw: Draw) -> Edited:
    """Captions in a meme's manner, white with a dark edge, lines of text over ``part`` of the height."""
    height, width = image.shape[:2]
    size = max(8, round(height * 0.12))
    lines = max(1, round(height * part / (size * 1.15)))
    picture = Pillow.fromarray(image)
    canvas, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    for line in range(lines):
        row = line if line % 2 == 0 else -line  # from the top and from the bottom by turns
        y = (0.5 + row // 2) * size * 1.15 if row >= 0 else height - (0.5 + (line + 1) // 2) * size * 1.15
        words = draw.rng.choice(WORDS, 6).tolist()
        while len(words) > 1 and canvas.textlength(" ".join(words), font=font) > width * 0.96:
            words.pop()
        stroke = max(1, size // 12)
        place = (width / 2, y)
        canvas.text(place, " ".join(words), (255, 255, 255), font, "mm", stroke_width=stroke, stroke_fill=(0, 0, 0))
    return unmoved(np.asarray(picture))


def emoji(image: Image, area: float, draw: Draw) -> Edited:
    """Round faces drawn of shapes that cover about ``area`` of the picture: up to three."""
    height, width = image.shape[:2]
    picture = Pillow.fromarray(image)
    canvas = ImageDraw.Draw(picture)
    count = int(draw.rng.integers(1, 4))
    radius = np.sqrt(area * width * height / count / np.pi)
    for _ in range(count):
        x, y = draw.rng.uniform(0.15, 0.85, 2) * (width, height)
        _face(canvas, float(x), float(y), float(radius), sad=draw.sign() < 0)
    return unmoved(np.asarray(picture))


def _face(canvas: ImageDraw.ImageDraw, x: float, y: float, r: float, sad: bool) -> None:
    canvas.ellipse((x - r, y - r, x + r, y + r), (255, 204, 51), (150, 100, 0), max(1, round(r / 15)))
    for side in (-0.35, 0.35):
        eye = (x + (side - 0.12) * r, y - 0.45 * r, x + (side + 0.12) * r, y - 0.05 * r)
        canvas.ellipse(eye, (70, 40, 10))
    top, start, end = (0.2, 200, 340) if sad else (-0.3, 20, 160)
    mouth = (x - 0.5 * r, y + top * r, x + 0.5 * r, y + (top + 0.8) * r)
    canvas.arc(mouth, start, end, (70, 40, 10), max(1, round(r / 8)))


def border(image: Image, part: float, draw: Draw) -> Edited:
    """A plain frame of ``part`` of the short side all around."""
    height, width = image.shape[:2]
    edge = share(image, part)
    framed = np.full((height + 2 * edge, width + 2 * edge, 3), draw.colour(), np.uint8)
    framed[edge : edge + height, edge : edge + width] = image
    return Edited(framed, shift(edge, edge))


def screenshot(image: Image, area: float, draw: Draw) -> Edited:
    """The picture in a window on a screen, of which it covers about ``area``: bars, buttons, lines like text.

    A wide screen or an upright one by chance; the theme is light or dark.
    """
    height, width = image.shape[:2]
    aspect = width / height * draw.rng.choice([0.75, 1.0, 1.35])
    screen_height = round(np.sqrt(width * height / area / aspect))
    screen_width = max(round(screen_height * aspect), width + 2)
    screen_height = max(screen_height, round(height * 1.25) + 2)  # room for the bars
    theme = THEMES[int(draw.rng.integers(len(THEMES)))]
    picture = Pillow.new("RGB", (screen_width, screen_height), theme.ground)
    x = round((screen_width - width) * draw.rng.uniform(0.1, 0.9))
    y = round((screen_height - height) * draw.rng.uniform(0.4, 0.7))
    canvas = ImageDraw.Draw(picture)
    _text_lines(canvas, screen_width, screen_height, theme, draw.rng)
    _bars(canvas, screen_width, screen_height, min(y, max(4, screen_height // 12)), theme)
    picture.paste(Pillow.fromarray(image), (x, y))
    return Edited(np.asarray(picture), shift(x, y))


def _text_lines(canvas: ImageDraw.ImageDraw, width: int, height: int, theme: Theme, rng: np.random.Generator) -> None:
    step = max(4, height // 24)
    for y in range(step * 3, height - step * 2, step):
        if rng.random() < 0.75:
            canvas.rectangle((width * 0.04, y, width * rng.uniform(0.4, 0.96), y + step * 0.35), theme.ink)


def _bars(canvas: ImageDraw.ImageDraw, width: int, height: int, bar: int, theme: Theme) -> None:
    """A title bar with three buttons and an address field, and a thin bar at the foot."""
    canvas.rectangle((0, 0, width, bar), theme.bar)
    canvas.rectangle((0, height - bar // 2, width, height), theme.bar)
    r = bar / 5
    for i, colour in enumerate(((237, 106, 94), (245, 191, 79), (98, 197, 84))):
        x = bar * (0.6 + 0.7 * i)
        canvas.ellipse((x - r, bar / 2 - r, x + r, bar / 2 + r), colour)
    if width > bar * 5:
        canvas.rounded_rectangle((bar * 3, bar * 0.25, width - bar, bar * 0.75), bar / 4, None, theme.ink)


def watermark(image: Image, opacity: float, draw: Draw) -> Edited:
    """One word in white, aslant and again and again over the whole picture, at ``opacity``."""
    height, width = image.shape[:2]
    side = round(np.hypot(width, height)) + 2
    layer = Pillow.new("L", (side, side), 0)
    canvas, size = ImageDraw.Draw(layer), max(8, round(min(height, width) * 0.11))
    font = ImageFont.load_default(size)
    word = str(draw.rng.choice(["SAMPLE", "PREVIEW", "COPYRIGHT", "DO NOT COPY"])) + "   "
    for row, y in enumerate(range(0, side, round(size * 1.9))):
        canvas.text((-(row % 2) * size * 2, y), word * (side // size), 255, font)
    left, top = (side - width) // 2, (side - height) // 2
    turned = layer.rotate(draw.sign() * 30, Pillow.Resampling.BILINEAR).crop((left, top, left + width, top + height))
    alpha = np.asarray(turned, np.float64)[..., None] / 255 * opacity
    return unmoved(np.rint(image * (1 - alpha) + 255 * alpha).astype(np.uint8))


def collage(image: Image, shown: float, draw: Draw) -> Edited:
    """A grid of four pictures, this one in a random quarter and ``shown`` of it (its middle) in view.

    The three others come from ``draw.others``, which must hold as many. The whole is as large as the picture is.
    """
    if len(draw.others) < 3:
        raise ValueError(f"a collage takes three other pictures, not {len(draw.others)}")
    height, width = image.shape[:2]
    gap = share(image, 0.02)
    cell_width, cell_height = max(1, (width - 3 * gap) // 2), max(1, (height - 3 * gap) // 2)
    canvas = np.full((2 * cell_height + 3 * gap, 2 * cell_width + 3 * gap, 3), draw.rng.choice([0, 255]), np.uint8)
    quarter = int(draw.rng.integers(4))
    pictures = [*draw.others[:3]]
    pictures.insert(quarter, image)
    homography = np.eye(3)
    for i, picture in enumerate(pictures):
        cell = _fill_cell(picture, cell_width, cell_height, shown)
        x, y = gap + (i % 2) * (cell_width + gap), gap + (i // 2) * (cell_height + gap)
        canvas[y : y + cell_height, x : x + cell_width] = cell.image
        if i == quarter:
            homography = shift(x, y) @ cell.homography
    return Edited(canvas, homography)


def _fill_cell(picture: Image, width: int, height: int, shown: float) -> Edited:
    """The middle of a picture at a cell's aspect, at most ``shown`` of its area, resized to the cell."""
    old_height, old_width = picture.shape[:2]
    scale = min(old_width / width, old_height / height)
    scale = min(scale, np.sqrt(shown * old_width * old_height / (width * height)))
    w, h = max(1, round(width * scale)), max(1, round(height * scale))
    window = cut(picture, (old_width - w) // 2, (old_height - h) // 2, w, h)
    cell = resize(window.image, width, height)
    return Edited(cell.image, scaling(width / w, height / h) @ window.homography)
