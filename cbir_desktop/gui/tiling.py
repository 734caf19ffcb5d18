"""Where the cells of a grid lie: arithmetic on row numbers, the same cost for 10 cells and for a million."""

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect


@dataclass(frozen=True)
class Tiling:
    """``count`` cells of one size in lines of ``columns``. Coordinates are of the content, its first line at y = 0."""

    count: int
    room: int
    columns: int
    width: int
    height: int
    mirrored: bool = False

    @classmethod
    def fitted(cls, count: int, room: int, least_width: int, height: int, mirrored: bool = False) -> "Tiling":
        """As many columns as ``room`` pixels hold, which share its width, so that both edges line up."""
        columns = max(1, room // least_width)
        return cls(count, room, columns, max(least_width, room // columns), height, mirrored)

    @property
    def extent(self) -> int:
        """Height of all lines."""
        return -(-self.count // self.columns) * self.height

    def rect(self, row: int) -> QRect:
        line, column = divmod(row, self.columns)
        left = column * self.width
        if self.mirrored:
            left = self.room - left - self.width
        return QRect(left, line * self.height, self.width, self.height)

    def row_at(self, place: QPoint) -> int | None:
        """The cell at this place, None where there is none."""
        columns = self._columns(place.x(), place.x())
        row = place.y() // self.height * self.columns + (columns.start if columns else self.count)
        return row if columns and place.y() >= 0 and row < self.count else None

    def rows_between(self, top: int, bottom: int) -> range:
        """Cells of the lines that these two pixels and those between them touch."""
        first = max(0, top // self.height) * self.columns
        stop = max(0, bottom // self.height + 1) * self.columns
        return range(min(first, self.count), min(stop, self.count))

    def runs_in(self, area: QRect) -> list[range]:
        """Cells that a rectangle touches: one run for all lines where it spans all columns, else one for each line."""
        columns = self._columns(area.left(), area.right())
        rows = self.rows_between(area.top(), area.bottom())
        if len(columns) == self.columns:
            return [rows] if rows else []
        starts = range(rows.start, rows.stop, self.columns)
        runs = (range(start + columns.start, min(start + columns.stop, rows.stop)) for start in starts)
        return [run for run in runs if run]

    def _columns(self, left: int, right: int) -> range:
        if self.mirrored:
            left, right = self.room - 1 - right, self.room - 1 - left
        return range(max(0, left // self.width), max(0, min(right // self.width + 1, self.columns)))
