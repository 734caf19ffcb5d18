"""A picture of rankings: one row a query, its best hits beside it with their scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from cbir_desktop.core.atomic import replace_atomic

_CELL = 112  # pixels a thumbnail; 120 rows of it and a line of text stay under 17,000 pixels, which viewers open
_TEXT = 16
_GAP = 8
_GROUND, _INK = "#ffffff", "#202020"


@dataclass(frozen=True, slots=True)
class Row:
    """A query with its caption, and (path, score) of its hits, best first."""

    query: Path
    caption: str
    hits: Sequence[tuple[Path, float]]


def draw_sheet(target: Path, rows: Sequence[Row]) -> None:
    """Write a PNG of all ``rows`` to ``target``: the query at the left, then its hits. Raises OSError."""
    columns = 1 + max((len(row.hits) for row in rows), default=0)
    size = (_GAP + columns * (_CELL + _GAP) + _GAP, _GAP + len(rows) * _row_height())
    sheet = Image.new("RGB", size, _GROUND)
    for number, row in enumerate(rows):
        _draw_row(sheet, _GAP + number * _row_height(), row)
    replace_atomic(target, lambda temporary: sheet.save(temporary, "PNG"))


def _row_height() -> int:
    return _CELL + _TEXT + _GAP


def _draw_row(sheet: Image.Image, top: int, row: Row) -> None:
    _draw_cell(sheet, (_GAP, top), row.query, row.caption)
    for column, (path, score) in enumerate(row.hits, 1):
        # the second gap sets the query apart from what was found
        left = 2 * _GAP + column * (_CELL + _GAP)
        _draw_cell(sheet, (left, top), path, f"{score:.3f}")


def _draw_cell(sheet: Image.Image, corner: tuple[int, int], path: Path, caption: str) -> None:
    left, top = corner
    with Image.open(path) as picture:
        thumbnail = ImageOps.contain(picture.convert("RGB"), (_CELL, _CELL))
    sheet.paste(thumbnail, (left + (_CELL - thumbnail.width) // 2, top + (_CELL - thumbnail.height) // 2))
    ImageDraw.Draw(sheet).text((left, top + _CELL + 2), caption, _INK, font_size=_TEXT - 5)
