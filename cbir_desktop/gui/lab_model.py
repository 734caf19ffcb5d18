"""The table of the laboratory: a row a method, a column a measure."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from cbir_desktop.evaluation.lab.measures import COLUMNS, Column
from cbir_desktop.evaluation.lab.results import Outcome, best_value
from cbir_desktop.gui import wording

VALUE = Qt.ItemDataRole.UserRole + 1
"""What a column is sorted by."""

Index = QModelIndex | QPersistentModelIndex
_NO = QModelIndex()


class LabModel(QAbstractTableModel):
    """Rows come while the laboratory runs; a column is of use once it ``has`` a figure."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.outcomes: list[Outcome] = []
        self.columns = COLUMNS
        self._best: dict[str, float | None] = {}

    def clear(self) -> None:
        self.beginResetModel()
        self.outcomes, self._best = [], {}
        self.endResetModel()

    def add(self, outcome: Outcome) -> None:
        """A row more, or a newer one of the same method."""
        for row, there in enumerate(self.outcomes):
            if there.method == outcome.method:
                self.outcomes[row] = outcome
                break
        else:
            row = len(self.outcomes)
            self.beginInsertRows(_NO, row, row)
            self.outcomes.append(outcome)
            self.endInsertRows()
        self._best = {column.key: best_value(column, self.outcomes) for column in self.columns if column.compared}
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.outcomes) - 1, len(self.columns)))

    def has(self, column: Column) -> bool:
        """Whether any row has a figure for it."""
        return any(math.isfinite(outcome.values.get(column.key, math.nan)) for outcome in self.outcomes)

    def column(self, section: int) -> Column | None:
        """The measure of a column; None for that of the names."""
        return self.columns[section - 1] if 0 < section <= len(self.columns) else None

    def rowCount(self, parent: Index = _NO) -> int:
        return 0 if parent.isValid() else len(self.outcomes)

    def columnCount(self, parent: Index = _NO) -> int:
        return 0 if parent.isValid() else 1 + len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Vertical:
            return None
        column = self.column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.tr("Method") if column is None else column.heading
        if role == Qt.ItemDataRole.ToolTipRole and column is not None:
            return f"{column.heading}: {column.definition}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column is None else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        outcome, column = self.outcomes[index.row()], self.column(index.column())
        value = math.nan if column is None else outcome.values.get(column.key, math.nan)
        if role == Qt.ItemDataRole.DisplayRole:
            return outcome.method.name if column is None else self._text(column, value)
        if role == VALUE:
            return outcome.method.name if column is None else value
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(outcome, column, value)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(outcome, column, value)
        if role == Qt.ItemDataRole.TextAlignmentRole and column is not None:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and column is not None and self._is_best(column, value):
            font = QFont()
            font.setBold(True)
            return font
        return None

    def _text(self, column: Column, value: float) -> str:
        return wording.decimal(float(value), column.digits) if math.isfinite(value) else ""

    def _is_best(self, column: Column, value: float) -> bool:
        best = self._best.get(column.key)
        return best is not None and math.isfinite(value) and column.text(value) == column.text(best)

    def _tip(self, outcome: Outcome, column: Column | None, value: float) -> str | None:
        if outcome.failed is not None:
            return self.tr("Could not be tried: {why}").format(why=outcome.failed)
        if column is None:
            return outcome.method.name
        return f"{column.heading} {self._text(column, value)}"

    def _spoken(self, outcome: Outcome, column: Column | None, value: float) -> str:
        name = outcome.method.name
        if outcome.failed is not None:
            return f"{name}. " + self.tr("Could not be tried: {why}").format(why=outcome.failed)
        if column is None:
            return name
        words = f"{name}, {column.heading} {self._text(column, value)}"
        return words + self.tr(", the best") if self._is_best(column, value) else words


def extremes(outcome: Outcome, key: str, count: int) -> tuple[Sequence[int], Sequence[int]]:
    """The places among ``answered`` of the best and of the worst queries by a measure, ``count`` at most of each and
    none in both."""
    values = [one.value(key) for one in outcome.answered]
    order = sorted(range(len(values)), key=lambda place: -values[place])
    best = order[: min(count, (len(order) + 1) // 2)]
    return best, order[len(best) :][::-1][:count]
