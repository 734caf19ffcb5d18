"""A picture of rankings: one row a query, its best hits beside it with their scores."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from cbir_desktop.core.atomic import replace_atomic

_CELL = 120  # pixels a thumbnail; 120 rows of it with a line of text stay under the 32,767 pixels that viewers open
_TEXT = 16
_GAP = 8
_ROW = _CELL + _TEXT + _GAP
_GROUND, _INK = "#ffffff", "#202020"


@dataclass(frozen=True, slots=True)
class Row:
    """A query with its caption, and (path, score) of its hits, best first."""

    query: Path
    caption: str
    hits: Sequence[tuple[Path, float]]


def draw_sheet(target: Path, rows: Sequence[Row]) -> None:
    """Write a PNG of all ``rows`` to ``target``: the query at the left, then its hits. Raises OSError."""
    thumbnail = functools.cache(_thumbnail)  # most pictures are a hit of several queries
    columns = 1 + max((len(row.hits) for row in rows), default=0)
    size = (_GAP + columns * (_CELL + _GAP) + _GAP, _GAP + len(rows) * _ROW)
    sheet = Image.new("RGB", size, _GROUND)
    for number, row in enumerate(rows):
        top = _GAP + number * _ROW
        _draw_cell(sheet, (_GAP, top), thumbnail(row.query), row.caption)
        for column, (path, score) in enumerate(row.hits, 1):
            # the second gap sets the query apart from what was found
            _draw_cell(sheet, (2 * _GAP + column * (_CELL + _GAP), top), thumbnail(path), f"{score:.3f}")
    replace_atomic(target, lambda temporary: sheet.save(temporary, "PNG"))


def _thumbnail(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return ImageOps.contain(picture.convert("RGB"), (_CELL, _CELL))


def _draw_cell(sheet: Image.Image, corner: tuple[int, int], thumbnail: Image.Image, caption: str) -> None:
    left, top = corner
    sheet.paste(thumbnail, (left + (_CELL - thumbnail.width) // 2, top + (_CELL - thumbnail.height) // 2))
    ImageDraw.Draw(sheet).text((left, top + _CELL + 2), caption, _INK, font_size=_TEXT - 5)
