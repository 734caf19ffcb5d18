"""Brings what a person had marked and looked through to bear on the groups as they are found today."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.duplicates import Group, Scope
from cbir_desktop.library.keep_rules import KeepRules, parse_rules, rules_text
from cbir_desktop.library.review import key_of
from cbir_desktop.store.reviews import Progress

FILE = "review.sqlite"


def marks_of(progress: Progress, groups: Iterable[Group]) -> dict[str, tuple[bytes, bool]]:
    """By path as it is now. A file that holds something else by now is not marked; one that has another name is, where
    it is the only one of its content that may be meant."""
    members = {member.path: member.content for group in groups for member in group.members}
    found = {path: mark for path, mark in progress.marks.items() if members.get(path) == mark[0]}
    lost, free = defaultdict(list), defaultdict(list)
    for path, mark in progress.marks.items():
        if path not in members:
            lost[mark[0]].append(mark)
    for path, content in members.items():
        if content in lost and path not in found:
            free[content].append(path)
    return found | {
        free[content][0]: marks[0] for content, marks in lost.items() if len(marks) == len(free[content]) == 1
    }


def done_of(progress: Progress, groups: Sequence[Group]) -> set[str]:
    """The ids of the groups that a person is done with: they hold what they held then."""
    keys = set(progress.done.values())
    by_key: defaultdict[str, list[Group]] = defaultdict(list)
    for group in groups if keys else ():
        if (key := key_of(group)) in keys:
            by_key[key].append(group)
    return {group.id for same in by_key.values() for group in same if len(same) == 1 or group.id in progress.done}


def current_of(progress: Progress, groups: Sequence[Group]) -> int:
    """The row of the group that was in view, by its id or by what it holds; -1 where it is not there any more."""
    name, key = progress.meta.get("current", ("", ""))
    by_id = next((row for row, group in enumerate(groups) if group.id == name), -1)
    if by_id >= 0 or not key:
        return by_id
    return next((row for row, group in enumerate(groups) if key_of(group) == key), -1)


def scope_of(progress: Progress) -> Scope:
    """Where it was looked."""
    stored = progress.meta.get("scope", {})
    return Scope(stored.get("mode", "all"), tuple(stored.get("paths", ())), tuple(stored.get("references", ())))


def rules_of(progress: Progress) -> KeepRules:
    """The rules as they were; none where they cannot be read any more."""
    try:
        return parse_rules(progress.meta.get("rules", ""))
    except KnownError:
        return KeepRules()


def as_meta(scope: Scope, rules: KeepRules) -> dict[str, Any]:
    return {
        "scope": {"mode": scope.mode, "paths": list(scope.paths), "references": list(scope.references)},
        "rules": rules_text(rules),
    }
