"""What is no group of copies: related pictures, look-alikes without a proof, stacks. Shown, and never selected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.photo_model import AnyIndex, display_name
from cbir_desktop.gui.review_model import GroupRole
from cbir_desktop.library.choosing import Member, Pick
from cbir_desktop.library.duplicates import Duplicates, Group, Lookalike
from cbir_desktop.library.groups import Proved
from cbir_desktop.library.stacks import Stack

List: TypeAlias = Literal["groups", "related", "unproved", "stacks"]


@dataclass(frozen=True)
class Entry:
    """``group`` is none of copies: it carries the files to the view. ``sure``: the probability of its pair."""

    group: Group
    words: str
    state: str
    sure: float


class RestModel(QAbstractListModel):
    """One of the lists, with the roles of ``GroupModel``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []
        self._shown: list[Entry] = []
        self.threshold = 0.0

    def set_entries(self, entries: Iterable[Entry]) -> None:
        self._entries = list(entries)
        self.set_threshold(self.threshold)

    def set_threshold(self, threshold: float) -> None:
        """Hide pairs that are less sure."""
        self.threshold = threshold
        self.beginResetModel()
        self._shown = [entry for entry in self._entries if entry.sure >= threshold]
        self.endResetModel()

    def remove(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        self._entries.remove(self._shown.pop(row))
        self.endRemoveRows()

    def group(self, row: int) -> Group | None:
        return self._shown[row].group if 0 <= row < len(self._shown) else None

    def place_of(self, group: Group | None) -> int | None:
        """Where a group stands, by its files."""
        places = (place for place, entry in enumerate(self._shown) if group is not None and entry.group.id == group.id)
        return next(places, None)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not 0 <= index.row() < len(self._shown):
            return None
        entry = self._shown[index.row()]
        names = ", ".join(display_name(member.path) for member in entry.group.members)
        if role == GroupRole.GROUP:
            return entry.group
        if role == GroupRole.STATE:
            return entry.state
        if role in (GroupRole.DETAIL, Qt.ItemDataRole.ToolTipRole):
            return names
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.words
        return ", ".join((entry.words, names, entry.state)) if role == Qt.ItemDataRole.AccessibleTextRole else None


def entries(found: Duplicates, which: List) -> Sequence[Entry]:
    """Of one of the lists."""
    if which == "stacks":
        return [_of_stack(stack) for stack in found.stacks]
    return [_of_pair(pair) for pair in (found.related if which == "related" else found.unproved)]


def _of_pair(pair: Lookalike) -> Entry:
    words = review_words.lookalike(pair)
    contents = ((pair.a, pair.proof.lo), (pair.b, pair.proof.hi))
    members = tuple(Member(path, content, 0, 0, 0, "") for path, content in contents)
    picks = tuple(Pick("open", review_words.never_selected()) for _ in members)
    group = Group(f"{pair.a}\0{pair.b}", "near", members, picks, Proved({pair.proof.pair: pair.proof}, {}))
    return Entry(group, words, review_words.sureness(pair.proof.copy), pair.proof.copy)


def _of_stack(stack: Stack) -> Entry:
    kind = review_words.stack(stack.kind)
    members = tuple(Member(path, path.encode("utf-8", "surrogateescape"), 0, 0, 0, "") for path in stack.members)
    picks = tuple(Pick("open", review_words.belongs_together(kind, stack.beside)) for _ in members)
    group = Group("\0".join(stack.members), "near", members, picks, Proved({}, {}))
    return Entry(group, kind, wording.files(len(stack.members) + len(stack.beside)), 1.0)
