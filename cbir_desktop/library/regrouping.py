"""Groups that change while they are looked at: cut by a threshold, or found anew beside those on show. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np

from cbir_desktop.library.duplicates import Group
from cbir_desktop.library.group_table import GroupTable
from cbir_desktop.library.groups import copy_groups
from cbir_desktop.library.review import part_of, probabilities, without


def cut(group: Group, least: float) -> list[Group]:
    """What a group is when only pairs with this probability or more count as copies, the largest part first; none where
    nothing holds together. Every two of a part are such a pair: complete linkage, as the group itself was made."""
    if min(probabilities(group)) >= least:
        return [group]
    contents = {member.content for member in group.members}
    stand_ins = sorted({group.proved.stand_in(content) for content in contents})
    proofs = (group.proof(a, b) for a, b in combinations(stand_ins, 2))
    together = copy_groups(proof for proof in proofs if proof is not None and proof.copy >= least)
    alone = set(stand_ins).difference(*together)
    parts = (
        part_of(group, {content for content in contents if group.proved.stand_in(content) in part})
        for part in (*together, *({one} for one in sorted(alone)))
    )
    return sorted((part for part in parts if part is not None), key=lambda part: -len(part.members))


@dataclass
class Cuts:
    """Which rows of a table show a part of a group instead of all of it. ``wholes``: the group of a row as it was
    found; ``parts``: further rows that were appended for it."""

    wholes: dict[int, Group] = field(default_factory=dict)
    parts: dict[int, list[int]] = field(default_factory=dict)

    def wanted(self, table: GroupTable, least: float) -> dict[int, Group]:
        """The groups that another threshold concerns, whole: those that are cut, and those that it would cut."""
        appended = {row for rows in self.parts.values() for row in rows}
        unsure = np.flatnonzero(~table.gone & (table.sure < least)).tolist()
        divisible = (row for row in unsure if row not in appended and len(table.groups[row].members) > 2)
        return {row: table.groups[row] for row in divisible} | self.wholes

    def put(self, table: GroupTable, row: int, whole: Group, parts: Sequence[Group]) -> None:
        """Show these parts of a group in its row and in rows that are appended; all of it where there are none."""
        appended = self.parts.pop(row, [])
        self.wholes.pop(row, None)
        table.put(row, parts[0] if parts else whole)
        more = list(parts[1:])
        for other in appended:
            table.put(other, more.pop(0) if more else None)
        rows = [*appended, *(table.append(part) for part in more)]
        if rows or (parts and len(parts[0].members) < len(whole.members)):
            self.wholes[row], self.parts[row] = whole, rows

    def settle(self, row: int) -> None:
        """A person decided about what a row shows: its group is not put together again before the next search."""
        for owner in [owner for owner, rows in self.parts.items() if row == owner or row in rows]:
            del self.wholes[owner], self.parts[owner]

    def remove(self, paths: Iterable[str]) -> None:
        """Files are gone."""
        gone = set(paths)
        for row, whole in list(self.wholes.items()):
            left = without(whole, gone)
            if left is None:
                self.settle(row)
            else:
                self.wholes[row] = left

    def undone(self, table: GroupTable) -> list[Group | None]:
        """The groups by row as they are without any cut; None for rows that are gone."""
        rows: list[Group | None] = [None if gone else one for one, gone in zip(table.groups, table.gone, strict=True)]
        for row in {other for appended in self.parts.values() for other in appended}:
            rows[row] = None
        for row, whole in self.wholes.items():
            rows[row] = whole
        return rows


def renewed(rows: Sequence[Group | None], found: Iterable[Group]) -> tuple[list[Group | None], list[int]]:
    """What a new search found, in the rows that show the same files now, and further rows; and which rows it changes.

    A group goes to the row with most of its files, each to another one. Where its files are the same, what is measured
    of them and what was picked stay.
    """
    row_of = {member.path: row for row, group in enumerate(rows) if group is not None for member in group.members}
    now: list[Group | None] = [None] * len(rows)
    fresh: list[Group] = []
    changed: list[int] = []
    for group in found:
        held = Counter(row_of[member.path] for member in group.members if member.path in row_of)
        row = next((row for row, _ in held.most_common() if now[row] is None), None)
        if row is None:
            fresh.append(group)
            continue
        before = rows[row]
        assert before is not None
        is_same = _files(before) == _files(group)
        now[row] = replace(group, id=before.id, members=before.members, picks=before.picks) if is_same else group
        if not is_same:
            changed.append(row)
    gone = [row for row, group in enumerate(rows) if group is not None and now[row] is None]
    return [*now, *fresh], sorted([*changed, *gone, *range(len(rows), len(rows) + len(fresh))])


def _files(group: Group) -> list[tuple[str, bytes, str]]:
    return [(member.path, member.content, member.protected) for member in group.members]
