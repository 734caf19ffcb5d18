"""A plan of what goes and what stays: written as JSON, edited by whoever likes, read back with distrust, and run."""

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.json_file import read_json
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.verification import Relation
from cbir_desktop.library.acting import Outcome, Report, Wanted, remove_copies
from cbir_desktop.library.choosing import Member, Pick
from cbir_desktop.library.duplicates import Duplicates, Group, Lookalike
from cbir_desktop.library.proving import matcher_key
from cbir_desktop.library.session import Session
from cbir_desktop.library.survivors import Survivors
from cbir_desktop.store.journal import ActKind
from cbir_desktop.store.proofs import Proof

_HEX = re.compile(r"[0-9a-f]{64}")
_LONGEST = 1 << 30  # bytes of a plan: a million members


@dataclass(frozen=True, slots=True)
class Planned:
    """A file of a plan. ``to``: the file that it was proved against, where the plan names one."""

    path: str
    content: bytes
    keep: bool
    to: str | None


def as_document(duplicates: Duplicates) -> dict[str, Any]:
    """Duplicates as JSON has them. ``keep`` is false for what is marked; nothing else ever goes."""
    return {
        "groups": [_group(group) for group in duplicates.groups],
        "related": [_lookalike(pair) for pair in duplicates.related],
        "unproved": [_lookalike(pair) for pair in duplicates.unproved],
        "stacks": [
            {"kind": stack.kind, "members": list(stack.members), "beside": list(stack.beside)}
            for stack in duplicates.stacks
        ],
        "problems": [
            {"path": problem.path, "kind": problem.kind, "reason": problem.reason} for problem in duplicates.problems
        ],
        "preview": asdict(duplicates.preview),
        "seconds": round(duplicates.seconds, 3),
    }


def read_plan(path: Path) -> list[list[Planned]]:
    """The groups of a plan. Raises ``KnownError`` (kind ``bad-plan``) that says what is wrong and where."""
    document = read_json(path, _LONGEST, "plan", "bad-plan")
    groups = document.get("groups") if isinstance(document, dict) else None
    if not isinstance(groups, list) or document.get("schema") != 1:
        raise KnownError(f"{path} is no plan: cbir duplicates --json writes one", "bad-plan")
    plan = [_planned_group(group, f"{path}, group {number}") for number, group in enumerate(groups, start=1)]
    seen: dict[str, bool] = {}
    for member in (member for group in plan for member in group):
        if seen.setdefault(member.path, member.keep) != member.keep:
            raise KnownError(f"{path}: {member.path} shall both stay and go", "bad-plan")
    return plan


def run_plan(
    session: Session,
    plan: Sequence[Sequence[Planned]],
    kind: ActKind = "trash",
    folder: str | None = None,
    dry_run: bool = False,
    task: Task = NULL_TASK,
    merge_metadata: bool = False,
) -> Report:
    """Do away with what a plan does not keep. Each such file needs one that survives: of its group, and proved to be a
    copy of it (by this library, whatever the plan says), or one of the library with the same bytes.

    Raises ``KnownError`` (kind ``last-copy``) before anything is done where there is none; else as ``remove_copies``.
    """
    going = list({member.path: (member, group) for group in plan for member in group if not member.keep}.values())
    survivors = Survivors(session.catalog, [member.path for member, _ in going])
    wanted: list[Wanted] = []
    refused: list[Outcome] = []
    for member, group in going:
        kept = [other for other in _by_preference(member, group) if survivors.why_not(other.path) is None]
        proved = [other for other in kept if _is_proved(session, member, other, kind)]
        same = None if proved else survivors.of_content(member.content)
        if proved:
            wanted.append(Wanted(member.path, member.content, proved[0].path, proved[0].content))
        elif same is not None:
            wanted.append(Wanted(member.path, member.content, same, member.content))
        elif kept:
            refused.append(_not_proved(member, kept[0], kind))
        else:
            raise KnownError(f"nothing was done: {_why_last(member, group, survivors)}", "last-copy")
    report = remove_copies(session, wanted, kind, folder, task, dry_run, merge_metadata)
    report.refused[:0] = refused
    return report


def _by_preference(member: Planned, group: Iterable[Planned]) -> list[Planned]:
    """The kept ones of a group: first the one that the plan names, then those of the same bytes."""
    kept = [other for other in group if other.keep]
    return sorted(kept, key=lambda other: (other.path != member.to, other.content != member.content))


def _is_proved(session: Session, a: Planned, b: Planned, kind: ActKind) -> bool:
    if kind in ("hardlink", "symlink"):
        return a.content == b.content
    return session.catalog.proofs.is_copy(a.content, b.content, matcher_key(session))


def _not_proved(member: Planned, kept: Planned, kind: ActKind) -> Outcome:
    if kind in ("hardlink", "symlink"):
        return Outcome(member.path, 0, None, "other-bytes", "only identical bytes can be replaced by a link")
    reason = f"it was not proved to be a copy of {kept.path}: run cbir duplicates again"
    return Outcome(member.path, 0, None, "not-proved", reason)


def _why_last(member: Planned, group: Iterable[Planned], survivors: Survivors) -> str:
    kept = [f"{other.path} {survivors.why_not(other.path)}" for other in group if other.keep]
    return f"{member.path} would be the last copy: {'; '.join(kept) or 'its group keeps none'}"


def _group(group: Group) -> dict[str, Any]:
    states = [pick.state for pick in group.picks]
    anchor = group.members[states.index("kept") if "kept" in states else 0]
    members = zip(group.members, group.picks, strict=True)
    return {
        "id": group.id,
        "kind": group.kind,
        "members": [_member(group, member, pick, anchor) for member, pick in members],
        "reclaimable_bytes": group.reclaimable_bytes,
    }


def _member(group: Group, member: Member, pick: Pick, anchor: Member) -> dict[str, Any]:
    """``to``: the file that keeps it, else the first of the group that is kept; null for that one."""
    other = next((one for one in group.members if one.path == pick.to), anchor)
    proof = group.proof(member.content, other.content)
    relations = [Relation.IDENTICAL_BYTES.value] if member.content == other.content else _relations(proof)
    return {
        "path": member.path,
        "content": member.content.hex(),
        "keep": pick.state != "marked",
        "decided": pick.state != "open",
        "reason": pick.reason,
        "relations": [] if other is member else relations,
        "to": None if other is member else other.path,
        "probability": 1.0 if proof is None else round(proof.copy, 6),
        "inliers": 0 if proof is None else proof.inliers,
        "bytes": member.size_bytes,
        "width": member.width,
        "height": member.height,
    }


def _lookalike(pair: Lookalike) -> dict[str, Any]:
    return {
        "a": pair.a,
        "b": pair.b,
        "proved": pair.proof.proved,
        "relations": _relations(pair.proof),
        "probability": {"copy": round(pair.proof.copy, 6), "scene": round(pair.proof.scene, 6)},
        "inliers": pair.proof.inliers,
    }


def _relations(proof: Proof | None) -> list[str]:
    return [] if proof is None else sorted(relation.value for relation in proof.relations)


def _planned_group(group: Any, where: str) -> list[Planned]:
    members = group.get("members") if isinstance(group, dict) else None
    if not isinstance(members, list):
        raise KnownError(f"{where}: a group has members", "bad-plan")
    return [_planned(member, f"{where}, member {number}") for number, member in enumerate(members, start=1)]


def _planned(member: Any, where: str) -> Planned:
    if not isinstance(member, dict):
        raise KnownError(f"{where}: expected an object", "bad-plan")
    path, content, keep, to = (member.get(name) for name in ("path", "content", "keep", "to"))
    if not isinstance(path, str) or not os.path.isabs(path) or "\0" in path:
        raise KnownError(f"{where}: path must be the whole path of a file", "bad-plan")
    if not isinstance(content, str) or not _HEX.fullmatch(content):
        raise KnownError(f"{where}: content must be a hash of 64 hexadecimal digits", "bad-plan")
    if not isinstance(keep, bool):
        raise KnownError(f"{where}: keep must be true or false", "bad-plan")
    if to is not None and not isinstance(to, str):
        raise KnownError(f"{where}: to must be a path or null", "bad-plan")
    try:
        os.fsencode(path)
    except UnicodeEncodeError as error:
        raise KnownError(f"{where}: path cannot be one", "bad-plan") from error
    return Planned(path, bytes.fromhex(content), keep, to)
