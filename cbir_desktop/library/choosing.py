"""Which copies are kept and which are marked, by rules, with the reason in words. Pure: nothing is read or written."""

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from cbir_desktop.core.verification import Relation
from cbir_desktop.library.changes import is_in
from cbir_desktop.library.facts import LEAST_DIFFERENCE, format_class
from cbir_desktop.library.keep_rules import KeepRules, Rule

State: TypeAlias = Literal["kept", "marked", "open"]


@dataclass(frozen=True, slots=True)
class Member:
    """A file of a group, with what the rules look at; None where it is not known.

    ``exif``: how many of date, time zone, camera and place its EXIF has. ``protected``: why it is never marked by rule
    (a reference folder, a stack); empty where it may be.
    """

    path: str
    content: bytes
    size_bytes: int
    width: int
    height: int
    format: str
    jpeg_quality: int | None = None
    sharpness: float | None = None
    exif: int = 0
    taken: str | None = None
    protected: str = ""


@dataclass(frozen=True, slots=True)
class Ties:
    """What relates two contents of a group, seen from the first: all its relations, and whether it is a crop of it."""

    relations: frozenset[Relation]
    is_crop: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What the group knows of its members. ``ties``: of (content, kept content), for every two contents in it.
    ``preferred``, ``separate``: pairs of contents that a person decided about: keep the first rather than the second;
    keep both. ``by_hand``: what a person chose, by path: True to keep."""

    ties: Callable[[bytes, bytes], Ties | None] = lambda content, kept: None
    preferred: Collection[tuple[bytes, bytes]] = ()
    separate: Collection[frozenset[bytes]] = ()
    by_hand: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pick:
    """``marked`` to go because of ``to``; ``open``: nobody decided, so it stays."""

    state: State
    reason: str
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What would go: files and bytes; and the groups in which nothing is decided."""

    files: int
    bytes: int
    undecided: int


def choose(members: Sequence[Member], rules: KeepRules, context: Context = Context()) -> list[Pick]:
    """A pick for each member of one group, every two of which are proved copies.

    A person's choice comes first, then her preferences, then the rules in their order. Where they leave two files
    alike, or there are no rules, nothing is marked.
    """
    by_hand = context.by_hand
    hand_kept = [member for member in members if by_hand.get(member.path) is True]
    keeper, why = _keeper(hand_kept or [m for m in members if by_hand.get(m.path) is not False], rules, context)
    if hand_kept and keeper is None:
        keeper, why = hand_kept[0], "you keep it"
    picks = [_pick(member, keeper, why, rules, context) for member in members]
    return [Pick("open", why) for _ in members] if all(pick.state == "marked" for pick in picks) else picks


def preview(groups: Iterable[tuple[Sequence[Member], Sequence[Pick]]]) -> Preview:
    """The numbers that stand beside the rules while they are edited."""
    files = size = undecided = 0
    for members, picks in groups:
        marked = [m for m, pick in zip(members, picks, strict=True) if pick.state == "marked"]
        files += len(marked)
        size += sum(member.size_bytes for member in marked)
        undecided += not marked
    return Preview(files, size, undecided)


def _pick(member: Member, keeper: Member | None, why: str, rules: KeepRules, context: Context) -> Pick:
    chosen = context.by_hand.get(member.path)
    if chosen is True:
        return Pick("kept", "you keep it")
    if chosen is False:
        return Pick("marked", "you marked it", keeper.path if keeper else None)
    if keeper is None:
        return Pick("open", why)
    if member is keeper:
        return Pick("kept", why)
    if member.protected:
        return Pick("kept", member.protected)
    obstacle = _obstacle(member, keeper, rules, context)
    if obstacle:
        return Pick("open", obstacle)
    return Pick("marked", _worse(member, keeper, rules, context), keeper.path)


def _keeper(members: Sequence[Member], rules: KeepRules, context: Context) -> tuple[Member | None, str]:
    """The one that stays, and why; None and why not. What is protected stays anyway, so it comes first."""
    if not members:
        return None, "all of its copies are marked: one has to stay"
    left = [member for member in members if member.protected] or list(members)
    why = "" if len(left) == len(members) else next(m.protected for m in left)
    beaten = {worse for better, worse in context.preferred if any(m.content == better for m in left)}
    preferred = [member for member in left if member.content not in beaten]
    if preferred and len(preferred) < len(left):
        left, why = preferred, "you prefer it"
    for rule in rules.rules:
        if len(left) == 1:
            break
        best = _best(left, rule, context)
        if len(best) < len(left):
            left, why = best, _WORDS[rule.by](rule)
    if not rules.rules and len(left) > 1 and not left[0].protected:
        return None, "no rule decides it"
    if len(left) > 1:
        return (left[0], why) if left[0].protected else (None, "the rules find no difference")
    return left[0], why or "it is the only one left to keep"


def _best(members: Sequence[Member], rule: Rule, context: Context) -> list[Member]:
    """Those that a rule leaves: who has no value is left where that says nothing against it."""
    worths = [_WORTH[rule.by](member, rule, members, context) for member in members]
    known = [worth for worth in worths if worth is not None]
    if not known:
        return list(members)
    enough = max(known) / LEAST_DIFFERENCE if rule.by == "sharpness" else max(known)
    return [m for m, worth in zip(members, worths, strict=True) if worth is None or worth >= enough]


def _obstacle(member: Member, keeper: Member, rules: KeepRules, context: Context) -> str:
    """Why a copy is not marked by rule although another one is kept."""
    if frozenset((member.content, keeper.content)) in context.separate:
        return "you decided to keep both"
    relations = _relations(member, keeper, context)
    beyond = sorted(relation.value for relation in relations - rules.relations)
    if beyond:
        return f"it is {', '.join(beyond)}: the rules do not mark such copies"
    return "" if relations else "what it is to the kept one is not known"


def _relations(member: Member, keeper: Member, context: Context) -> frozenset[Relation]:
    if member.content == keeper.content:
        return frozenset({Relation.IDENTICAL_BYTES})
    ties = context.ties(member.content, keeper.content)
    return frozenset() if ties is None else ties.relations


def _worse(member: Member, keeper: Member, rules: KeepRules, context: Context) -> str:
    """The first thing by which the kept one is better."""
    kept = os.path.basename(keeper.path)
    if (keeper.content, member.content) in context.preferred:
        return f"you prefer {kept}"
    for rule in rules.rules:
        if _best([member, keeper], rule, context) == [keeper]:
            return f"{kept} stays: {_WORDS[rule.by](rule)}"
    return f"{kept} stays" if not keeper.protected else f"{kept} stays: {keeper.protected}"


def _earliness(member: Member) -> tuple[int, ...] | None:
    """ISO 8601 sorts as text; an undated one is worse than any."""
    return (0,) if member.taken is None else (1, *(-ord(sign) for sign in member.taken[:19]))


def _is_whole(member: Member, members: Sequence[Member], context: Context) -> bool:
    others = (other.content for other in members if other.content != member.content)
    ties = (context.ties(member.content, other) for other in others)
    return not any(tie is not None and tie.is_crop for tie in ties)


def _folder_rank(member: Member, rule: Rule) -> int:
    ranks = (number for number, folder in enumerate(rule.folders) if is_in(member.path, folder))
    return -next(ranks, len(rule.folders))


_WORTH: Mapping[str, Callable[[Member, Rule, Sequence[Member], Context], Any]] = {
    "resolution": lambda member, *_: member.width * member.height,
    "whole": lambda member, rule, members, context: _is_whole(member, members, context),
    "format": lambda member, *_: format_class(member.format),
    "jpeg-quality": lambda member, *_: member.jpeg_quality,
    "sharpness": lambda member, *_: member.sharpness,
    "exif": lambda member, *_: member.exif,
    "oldest": lambda member, *_: _earliness(member),
    "folder": lambda member, rule, *_: _folder_rank(member, rule),
    "name": lambda member, rule, *_: rule.matches_name(os.path.basename(member.path)),
    "size": lambda member, rule, *_: -member.size_bytes if rule.smaller else member.size_bytes,
}
_WORDS: Mapping[str, Callable[[Rule], str]] = {
    "resolution": lambda rule: "it has more pixels",
    "whole": lambda rule: "it is the whole picture, not a crop",
    "format": lambda rule: "its format is nearer to the camera",
    "jpeg-quality": lambda rule: "it is less compressed",
    "sharpness": lambda rule: "it is sharper",
    "exif": lambda rule: "its EXIF says more",
    "oldest": lambda rule: "it was taken first, by its EXIF",
    "folder": lambda rule: "its folder comes first",
    "name": lambda rule: f"its name {'does not match' if rule.unless else 'matches'} {rule.pattern}",
    "size": lambda rule: f"its file is {'smaller' if rule.smaller else 'larger'}",
}
