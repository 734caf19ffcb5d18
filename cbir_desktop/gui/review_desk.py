"""The groups that are looked through: what was found, by which rules, and what a person did. No widgets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.review_backend import Found, Renewal
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.choosing import Member
from cbir_desktop.library.duplicates import Duplicates, Group
from cbir_desktop.library.group_table import GroupTable
from cbir_desktop.library.keep_rules import KeepRules
from cbir_desktop.library.regrouping import Cuts
from cbir_desktop.library.review import key_of, let_be, set_apart, without
from cbir_desktop.store.decisions import PairDecision, PairKind
from cbir_desktop.store.reviews import Changes

_MOST_STEPS = 1000


@dataclass(frozen=True)
class Step:
    """Something that can be taken back: ``act`` is one that touched files."""

    undo: Callable[[], None]
    act: bool = False


class ReviewDesk(QObject):
    """``reset``: other groups, or all may have changed; ``changed``: the groups in these rows have;
    ``choosing_changed``: whether rules or marks are being applied just now."""

    reset = Signal()
    choosing_changed = Signal(bool)
    changed = Signal(object)
    steps_changed = Signal()

    def __init__(self, with_library: WithLibrary, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._with_library = with_library
        self.found: Duplicates | None = None
        self.table = GroupTable([])
        self.rules = KeepRules()
        self.threshold = 0.0
        self._cuts = Cuts()
        self.marks: dict[str, tuple[bytes, bool]] = {}
        self.steps: list[Step] = []
        self._choosing: Handle | None = None
        self._all, self._cut = False, False
        self._waiting: set[int] = set()
        self._touched: set[int] = set()

    # -- what is found ------------------------------------------------------------------------------------------

    def set_found(self, found: Found) -> None:
        self._stop_choosing()
        self.found, self.table, self.marks = found.duplicates, found.table, dict(found.marks)
        self._cuts = Cuts()
        self._cut = self.threshold > 0
        self.steps = []  # they speak of rows; what was done to files can still be undone, by the journal
        self.reset.emit()
        self.steps_changed.emit()
        self._choose()

    def whole_groups(self) -> list[Group | None]:
        """By row, as they are at no threshold; None for rows that are gone."""
        return self._cuts.undone(self.table)

    def renew(self, renewal: Renewal) -> None:
        """What a search found that went on beside the work: only what changed is touched, and steps stay."""
        self.found, self.marks = renewal.duplicates, renewal.marks | self.marks
        cut = [*self._cuts.wholes, *(row for rows in self._cuts.parts.values() for row in rows)]
        for row in cut:
            self.table.put(row, self._cuts.wholes.get(row))
        self._cuts = Cuts()
        self.table.renew(renewal.groups, renewal.changed)
        self._cut = self.threshold > 0
        if rows := sorted({*renewal.changed, *cut}):
            self.changed.emit(rows)
        self._choose()

    def group(self, row: int) -> Group | None:
        """The group in a row; None where there is none any more."""
        return None if not 0 <= row < len(self.table.groups) or self.table.gone[row] else self.table.groups[row]

    # -- choosing -----------------------------------------------------------------------------------------------

    @property
    def is_choosing(self) -> bool:
        return self._choosing is not None

    def set_threshold(self, threshold: float) -> None:
        """Hide pairs that are less sure at once, and cut the groups that they hold together; nothing is searched."""
        if threshold != self.threshold:
            self.threshold = threshold
            self.keep(meta={"threshold": threshold})
            self.reset.emit()
            self._cut = True
            self._choose()

    def set_rules(self, rules: KeepRules) -> None:
        """Choose in all groups by other rules."""
        if rules != self.rules:
            self.rules = rules
            if self._choosing is not None:  # by rules that are no longer wanted
                self._choosing.cancel()
                self._choosing = None
                self._waiting |= self._touched
            self._all = True
            self._choose()

    def mark(self, row: int, paths: Sequence[str], keep: bool) -> None:
        """Keep files of a group, or let them go, whatever the rules say; again takes that back."""
        members = {member.path: member.content for member in self.table.groups[row].members}
        before = {path: self.marks.get(path) for path in paths}
        same = all(mark is not None and mark[1] == keep for mark in before.values())
        self._mark(row, {path: None if same else (members[path], keep) for path in paths})
        self.push(Step(partial(self._mark, row, before)))

    def set_done(self, row: int, done: bool) -> None:
        """A person has looked through a group."""
        group = self.group(row)
        if group is not None and bool(self.table.done[row]) != done:
            self.table.done[row] = done
            self.keep(done={group.id: key_of(group) if done else None})
            self.changed.emit([row])

    def set_apart(self, row: int, member: Member) -> None:
        """A person says that a member is no copy of the others: remembered, by content, for good."""
        group = self.table.groups[row]
        pairs = self._pairs("not-a-duplicate", group, member)
        if pairs:
            self._cuts.settle(row)
            parts = set_apart(group, member.content)
            self.put(row, parts[0] if parts else None)
            more = [self.table.append(part) for part in parts[1:]]
            self._decide(row, group, pairs, more)
            self.reset.emit() if more else self.changed.emit([row])

    def decide(self, row: int, member: Member, kind: PairKind) -> None:
        """Another decision about a member and each of the others. Where nothing is left to show, the group goes."""
        group = self.table.groups[row]
        pairs = self._pairs(kind, group, member)
        if pairs:
            self._cuts.settle(row)
            self._decide(row, group, pairs, [])
            if kind in ("keep-both", "ignore"):
                self.put(row, let_be(group, member.content))
            self.changed.emit([row])

    def _pairs(self, kind: PairKind, group: Group, member: Member) -> list[PairDecision]:
        others = {other.content for other in group.members} - {member.content}
        return [PairDecision(kind, member.content, other) for other in sorted(others)]

    def _decide(self, row: int, before: Group, pairs: Sequence[PairDecision], more: Sequence[int]) -> None:
        def stored(numbers: list[int]) -> None:
            self.push(Step(partial(self._revoke, row, before, numbers, more)))
            self.choose_again([row, *more])

        self._with_library(lambda library: library.decisions.decide(pairs, stored))

    def _revoke(self, row: int, before: Group, numbers: Sequence[int], more: Iterable[int]) -> None:
        for other in more:
            self.table.put(other, None)
        self.put(row, before)
        self._with_library(lambda library: library.decisions.revoke(numbers, lambda _count: self.choose_again([row])))
        self.reset.emit()

    def put(self, row: int, group: Group | None) -> None:
        """Another version of a group; whoever calls tells of it."""
        self.table.put(row, group)
        self._touched.add(row)

    def remove(self, paths: Iterable[str], rows: Iterable[int]) -> dict[int, Group]:
        """Files of groups in these rows are gone: gives the groups that held them, as they were."""
        gone = set(paths)
        self._cuts.remove(gone)
        held = ((row, self.group(row)) for row in rows)
        before = {row: one for row, one in held if one is not None and any(m.path in gone for m in one.members)}
        for row, group in before.items():
            self.put(row, without(group, gone))
        self.choose_again(before)
        self.changed.emit(list(before))
        return before

    def bring_back(self, before: dict[int, Group], paths: Iterable[str]) -> None:
        """Files that were gone are back, in the groups that held them."""
        back = set(paths)
        for row, group in before.items():
            now = self.group(row)
            there = back | ({member.path for member in now.members} if now is not None else set())
            stayed = there | {m.path for m, p in zip(group.members, group.picks, strict=True) if p.state != "marked"}
            self.put(row, without(group, {member.path for member in group.members} - stayed))
        self.choose_again(before)
        self.changed.emit(list(before))

    def _mark(self, row: int, marks: dict[str, tuple[bytes, bool] | None]) -> None:
        for path, mark in marks.items():
            self.marks.pop(path, None)
            if mark is not None:
                self.marks[path] = mark
        self.keep(marks=marks)
        self.choose_again([row])

    def choose_again(self, rows: Iterable[int]) -> None:
        """Apply rules and marks to these groups; what else changes by it is told as well."""
        self._waiting.update(rows)
        self._choose()

    def _choose(self) -> None:
        if self._choosing is None and self.found is not None and (self._all or self._waiting or self._cut):
            self._with_library(self._start_choosing)

    def _start_choosing(self, library: Backend) -> None:
        assert self.found is not None
        snapshot = replace(self.found, groups=list(self.table.groups))
        by_hand = {path: keep for path, (_, keep) in self.marks.items()}
        self._touched.clear()
        if self._all:
            self._choosing = library.review.choose(snapshot, self.rules, by_hand, self._on_all)
            self._all, self._waiting = False, set()
        elif self._waiting:
            self._choosing = library.review.choose_some(snapshot, self._waiting, self.rules, by_hand, self._on_some)
            self._waiting = set()
        else:
            wholes, least, self._cut = self._cuts.wanted(self.table, self.threshold), self.threshold, False
            done = partial(self._on_cut, wholes)
            self._choosing = library.review.cut(snapshot, wholes, least, self.rules, by_hand, done)
        self.choosing_changed.emit(True)

    def _on_all(self, table: GroupTable) -> None:
        old = self.table
        for row in sorted(self._touched | set(range(len(table.groups), len(old.groups)))):
            group = old.groups[row]
            table.put(row, group) if row < len(table.groups) else table.append(group)
            self._waiting.add(row)
        table.done, table.gone = old.done, old.gone
        self.table = table
        self._ended()
        self.reset.emit()

    def _on_some(self, groups: dict[int, Group]) -> None:
        fresh = {row: group for row, group in groups.items() if row not in self._touched and not self.table.gone[row]}
        for row, group in fresh.items():
            self.table.put(row, group)
        self._waiting |= self._touched & groups.keys()
        self._ended()
        self.changed.emit(list(fresh))

    def _on_cut(self, wholes: dict[int, Group], parts: dict[int, list[Group]]) -> None:
        if self._touched:  # by a person, meanwhile: as she left them, and cut anew
            self._cut = True
        else:
            for row, whole in wholes.items():
                self._cuts.put(self.table, row, whole, parts[row])
            self._waiting |= {row for row in wholes if not parts[row]}  # hidden, by the rules of now all the same
        self._ended()
        self.reset.emit()

    def _ended(self) -> None:
        self._choosing = None
        self.choosing_changed.emit(False)
        self._choose()

    def _stop_choosing(self) -> None:
        if self._choosing is not None:
            self._choosing.cancel()
        self._choosing, self._all, self._cut = None, False, False
        self._waiting.clear()

    # -- steps back, and progress that is kept ------------------------------------------------------------------

    def push(self, step: Step) -> None:
        self.steps = [*self.steps[1 - _MOST_STEPS :], step]
        self.steps_changed.emit()

    def undo(self) -> bool:
        """Take back the last step; False where there is none in this session."""
        if not self.steps:
            return False
        self.steps.pop().undo()
        self.steps_changed.emit()
        return True

    def keep(self, **changes: Any) -> None:
        """Write down what changed: see ``Changes``."""
        self._with_library(lambda library: library.review.keep(Changes(**changes)))
