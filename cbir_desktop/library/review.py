"""What a person does with groups of duplicates: every function gives new groups and changes none. Pure."""

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.choosing import Member, Pick
from cbir_desktop.library.duplicates import Group
from cbir_desktop.library.groups import Kind, kind_of
from cbir_desktop.library.plans import Planned
from cbir_desktop.library.stacks import Stack
from cbir_desktop.store.journal import ActKind

LINKS: tuple[ActKind, ...] = ("hardlink", "symlink")


@dataclass(frozen=True)
class Proposal:
    """What an act would do: ``plan`` with all that is marked, ``careful`` without what would tear one of the stacks in
    ``torn``. ``relations``: (files, bytes) of the careful plan, by what each file is to the one that stays; ``rest``:
    the files that only the plan takes."""

    kind: ActKind
    plan: list[list[Planned]]
    careful: list[list[Planned]]
    relations: dict[Kind, tuple[int, int]]
    torn: list[Stack]
    rest: list[str]

    @property
    def files(self) -> int:
        return sum(files for files, _ in self.relations.values())

    @property
    def bytes(self) -> int:
        return sum(size for _, size in self.relations.values())


def propose(groups: Sequence[Group], kind: ActKind, stacks: Iterable[Stack]) -> Proposal:
    """What there is to ask before anything is done."""
    plan = plan_of(groups, kind)
    going = going_in(plan)
    torn = torn_stacks(stacks, going)
    leave = going & {path for stack in torn for path in stack.members}
    careful = plan_of(groups, kind, leave) if leave else plan
    return Proposal(kind, plan, careful, by_relation(groups, going_in(careful)), torn, sorted(leave))


def going_in(plan: Iterable[Iterable[Planned]]) -> set[str]:
    """The files that a plan does not keep."""
    return {member.path for group in plan for member in group if not member.keep}


def marked(group: Group) -> list[Member]:
    """The members that shall go."""
    return [member for member, pick in zip(group.members, group.picks, strict=True) if pick.state == "marked"]


def probabilities(group: Group) -> list[float]:
    """Of being copies, for every two pictures of a group that differ in their pixels; 1.0 where none do."""
    stand_ins = sorted({group.proved.stand_in(member.content) for member in group.members})
    proofs = (group.proof(a, b) for a, b in combinations(stand_ins, 2))
    return [proof.copy for proof in proofs if proof is not None] or [1.0]


def key_of(group: Group) -> str:
    """Names a group by what it holds, wherever its files are: 32 hexadecimal digits."""
    return hash_bytes(b"".join(sorted(member.content for member in group.members))).hex()[:32]


def partner(group: Group, path: str) -> Member | None:
    """What a member is compared with: the one that it goes for, else the first that is kept, else the first other."""
    picks = dict(zip((member.path for member in group.members), group.picks, strict=True))
    others = [member for member in group.members if member.path != path]
    for wanted in (lambda m: m.path == picks[path].to, lambda m: picks[m.path].state == "kept", lambda _: True):
        if found := next(filter(wanted, others), None):
            return found
    return None


def without(group: Group, paths: Collection[str]) -> Group | None:
    """The group when these files are gone; None where it is none any more."""
    left = [(m, p) for m, p in zip(group.members, group.picks, strict=True) if m.path not in paths]
    return _made(group, group.id, left)


def set_apart(group: Group, content: bytes) -> list[Group]:
    """What is left of a group when a content of it was said to be no copy of the others: none, one or two groups."""
    pairs = list(zip(group.members, group.picks, strict=True))
    rest = _made(group, group.id, [pair for pair in pairs if pair[0].content != content])
    return [one for one in (rest, part_of(group, {content})) if one is not None]


def part_of(group: Group, contents: Collection[bytes]) -> Group | None:
    """The members of a group with these contents, under a name of their own; None where they are no group."""
    pairs = [pair for pair in zip(group.members, group.picks, strict=True) if pair[0].content in contents]
    return _made(group, f"{group.id}-{min(contents).hex()[:8]}", pairs)


def let_be(group: Group, content: bytes) -> Group | None:
    """What is left to show of a group when a person wants to keep a content beside all of the others."""
    own = [member.path for member in group.members if member.content == content]
    others = [member.path for member in group.members if member.content != content]
    return without(group, {paths[0] for paths in (own, others) if len(paths) == 1})


def bound(rows: Iterable[int], groups: Sequence[Group], stacks: Iterable[Stack]) -> list[int]:
    """The rows of groups that must be decided together with these: a stack ties them, which is not torn."""
    found = set(rows)
    ties = [set(stack.members) for stack in stacks if stack.kind != "burst" and len(stack.members) > 1]
    if not ties:
        return sorted(found)
    tied = set().union(*ties)
    row_of = {m.path: row for row, group in enumerate(groups) for m in group.members if m.path in tied}
    reach = [{row_of[path] for path in tie if path in row_of} for tie in ties]
    while more := set().union(*(one for one in reach if one & found)) - found:
        found |= more
    return sorted(found)


def torn_stacks(stacks: Iterable[Stack], going: Collection[str]) -> list[Stack]:
    """Stacks of which a part would go, or all of their pictures and not what lies beside them. A burst is none: its
    frames are pictures of their own."""
    return [
        stack
        for stack in stacks
        if stack.kind != "burst"
        and any(path in going for path in stack.members)
        and (stack.beside or not all(path in going for path in stack.members))
    ]


def plan_of(groups: Iterable[Group], kind: ActKind, leave: Collection[str] = ()) -> list[list[Planned]]:
    """What would be done with the marked files of groups, but those to ``leave``: a link takes the place of a file only
    where one of the same bytes is kept."""
    plan = []
    for group in groups:
        pairs = list(zip(group.members, group.picks, strict=True))
        kept = {m.content for m, pick in pairs if pick.state != "marked" or m.path in leave}
        planned = [_planned(m, pick, leave, kept if kind in LINKS else None) for m, pick in pairs]
        if not all(one.keep for one in planned):
            plan.append(planned)
    return plan


def by_relation(groups: Iterable[Group], going: Collection[str]) -> dict[Kind, tuple[int, int]]:
    """(files, bytes) of what goes, by what it is to the file that stays for it."""
    found: dict[Kind, tuple[int, int]] = {}
    for group in groups:
        for member in group.members:
            other = partner(group, member.path) if member.path in going else None
            if other is not None:
                kind = kind_of({member.content, other.content}, group.proved)
                files, size = found.get(kind, (0, 0))
                found[kind] = (files + 1, size + member.size_bytes)
    return found


def in_folder(groups: Sequence[Group], folder: str) -> list[int]:
    """The rows of groups with a member in this folder or below it."""
    top = folder.rstrip(os.sep) + os.sep
    return [row for row, group in enumerate(groups) if any(member.path.startswith(top) for member in group.members)]


def _planned(member: Member, pick: Pick, leave: Collection[str], kept: Collection[bytes] | None) -> Planned:
    goes = pick.state == "marked" and member.path not in leave and (kept is None or member.content in kept)
    return Planned(member.path, member.content, not goes, pick.to)


def _made(group: Group, name: str, pairs: Sequence[tuple[Member, Pick]]) -> Group | None:
    if len(pairs) < 2:
        return None
    members, picks = zip(*pairs, strict=True)
    kind = kind_of({member.content for member in members}, group.proved)
    return replace(group, id=name, kind=kind, members=members, picks=picks)
