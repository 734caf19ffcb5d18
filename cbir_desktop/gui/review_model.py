"""The list of groups: rows of the table that the filters leave, in the order that is chosen."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.photo_model import AnyIndex, display_name
from cbir_desktop.gui.review_desk import ReviewDesk
from cbir_desktop.library.group_table import Rows

_MANY = 100  # groups that change at once: from here on a list made anew costs less than the single rows


class GroupRole(IntEnum):
    GROUP = Qt.ItemDataRole.UserRole + 1
    STATE = Qt.ItemDataRole.UserRole + 2
    DETAIL = Qt.ItemDataRole.UserRole + 3


@dataclass(frozen=True)
class Filters:
    """``kind``: a place in ``KINDS``, -1 for all. ``rows``: of groups in a folder, None for all. ``order``: as
    ``GroupTable.order``."""

    kind: int = -1
    undecided: bool = False
    rows: tuple[int, ...] | None = None
    order: str = "saving"


class GroupModel(QAbstractListModel):
    """Holds numbers of rows only: 100,000 groups are filtered in some milliseconds."""

    def __init__(self, desk: ReviewDesk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.filters = Filters()
        self.rows: Rows = np.empty(0, np.intp)

    def set_filters(self, filters: Filters) -> None:
        self.filters = filters
        self.refresh()

    def refresh(self) -> None:
        """Other groups, other filters or another threshold."""
        self.beginResetModel()
        self.rows = self._desk.table.order(np.flatnonzero(self._held()), self.filters.order)
        self.endResetModel()

    def _held(self) -> npt.NDArray[np.bool_]:
        """Which rows of the table the filters leave."""
        table, wanted = self._desk.table, self.filters
        held = table.surer_than(self._desk.threshold)
        if wanted.kind >= 0:
            held &= table.kind == wanted.kind
        if wanted.undecided:
            held &= (table.files == 0) & ~table.done
        if wanted.rows is not None:
            inside = np.zeros(len(held), np.bool_)
            inside[list(wanted.rows)] = True
            held &= inside
        return held

    def update(self, rows: list[int]) -> None:
        """The groups in these rows changed. Those that are gone leave the list; what a filter would hide now stays
        until the list is made anew, so that nothing jumps away under the hand."""
        table = self._desk.table
        if len(rows) > _MANY:
            self.refresh()
            return
        for place in reversed(self.places_of(rows)):
            if table.gone[self.rows[place]]:
                self.beginRemoveRows(QModelIndex(), place, place)
                self.rows = np.delete(self.rows, place)
                self.endRemoveRows()
            else:
                self.dataChanged.emit(self.index(place), self.index(place))
        held = self._held()
        back = [row for row in rows if held[row] and row not in self.rows]
        if back:
            self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(back) - 1)
            self.rows = np.append(self.rows, np.array(back, np.intp))
            self.endInsertRows()

    def places_of(self, rows: list[int]) -> list[int]:
        """Where rows of the table stand in the list, ascending."""
        found: list[int] = np.flatnonzero(np.isin(self.rows, rows)).tolist()
        return found

    def table_row(self, place: int) -> int:
        """-1 for no place."""
        return int(self.rows[place]) if 0 <= place < len(self.rows) else -1

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        group = self._desk.group(self.table_row(index.row()))
        if group is None:
            return None
        if role == GroupRole.GROUP:
            return group
        if role == Qt.ItemDataRole.DisplayRole:
            return review_words.group(group)
        if role == GroupRole.STATE:
            return self._state(self.table_row(index.row()))
        if role == GroupRole.DETAIL:
            words = self.tr("{files}, {size} to gain")
            return words.format(
                files=wording.files(len(group.members)), size=wording.size(int(group.reclaimable_bytes))
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(wording.folder(member.path) for member in group.members[:12])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            parts = (display_name(group.members[0].path), *(index.data(one) for one in _HEARD))
            return ", ".join(parts)
        return None

    def _state(self, row: int) -> str:
        table = self._desk.table
        if table.done[row]:
            return self.tr("Done")
        if table.files[row]:
            return self.tr("{n} to go").format(n=wording.number(int(table.files[row])))
        return self.tr("Undecided")


_HEARD = (Qt.ItemDataRole.DisplayRole, GroupRole.DETAIL, GroupRole.STATE)
