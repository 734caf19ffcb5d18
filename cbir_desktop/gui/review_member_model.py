"""The members of one group, with their facts as far as they are known."""

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.photo_model import AnyIndex, display_name
from cbir_desktop.gui.review_facts import Fact, facts_in_words
from cbir_desktop.library.choosing import Member, Pick
from cbir_desktop.library.duplicates import Group
from cbir_desktop.library.facts import Facts
from cbir_desktop.library.review import partner

_KEPT_FACTS = 4096


class MemberRole(IntEnum):
    MEMBER = Qt.ItemDataRole.UserRole + 1
    PICK = Qt.ItemDataRole.UserRole + 2
    RELATION = Qt.ItemDataRole.UserRole + 3
    FACTS = Qt.ItemDataRole.UserRole + 4


class MemberModel(QAbstractListModel):
    """One group. The facts of a file are compared with those of the one that it goes for, or that is kept."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.group: Group | None = None
        self._facts: dict[str, Facts] = {}

    def set_group(self, group: Group | None) -> None:
        """The same files with other picks stay where they are."""
        before, paths = self.group, None if group is None else [member.path for member in group.members]
        if before is not None and paths == [member.path for member in before.members]:
            self.group = group
            self._tell()
            return
        self.beginResetModel()
        self.group = group
        self.endResetModel()

    def set_facts(self, path: str, facts: Facts) -> None:
        while len(self._facts) > _KEPT_FACTS:
            self._facts.pop(next(iter(self._facts)))
        self._facts[path] = facts
        self._tell()

    def member(self, row: int) -> Member | None:
        return self.group.members[row] if self.group is not None and 0 <= row < len(self.group.members) else None

    def pick(self, row: int) -> Pick:
        assert self.group is not None
        return self.group.picks[row]

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() or self.group is None else len(self.group.members)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        member = self.member(index.row())
        if member is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return display_name(member.path)
        if role == MemberRole.MEMBER:
            return member
        if role == MemberRole.PICK:
            return self.pick(index.row())
        if role == MemberRole.RELATION:
            return self._relation(member)
        if role == MemberRole.FACTS:
            return self._told(member)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{wording.folder(member.path)}\n{wording.sentence(self.pick(index.row()).reason)}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._heard(member, self.pick(index.row()))
        return None

    def _other(self, member: Member) -> Member | None:
        return None if self.group is None else partner(self.group, member.path)

    def _relation(self, member: Member) -> str:
        """What it is to the file that stays for it; empty of the one that stays."""
        other = self._other(member)
        assert self.group is not None
        if other is None or self.pick(self.group.members.index(member)).state == "kept":
            return ""
        proof = self.group.proof(member.content, other.content)
        if proof is None and member.content != other.content:
            return ""
        words = review_words.proof(proof, member.content)
        return self.tr("To {name}: {what}").format(name=display_name(other.path), what=words)

    def _told(self, member: Member) -> list[Fact]:
        other = self._other(member)
        theirs = self._facts.get(other.path) if other is not None and self._is_related(member, other) else None
        return facts_in_words(member, self._facts.get(member.path), theirs)

    def _is_related(self, member: Member, other: Member) -> bool:
        """Which value is the better one is of use for two pictures that are proved to have to do with each other."""
        assert self.group is not None
        proof = self.group.proof(member.content, other.content)
        return member.content == other.content or (proof is not None and proof.proved is not None)

    def _heard(self, member: Member, pick: Pick) -> str:
        better = self.tr("better")
        facts = [f"{fact.words} {better}" if fact.better else fact.words for fact in self._told(member)]
        state = review_words.state(pick.state)
        return ", ".join(filter(None, (display_name(member.path), state, pick.reason, self._relation(member), *facts)))

    def _tell(self) -> None:
        if self.group is not None:
            self.dataChanged.emit(self.index(0), self.index(len(self.group.members) - 1))
