"""Stacks: pictures that belong together and are no copies of each other: bursts, raw and JPEG, Live Photos, edits."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from cbir_desktop.images.companions import RAW

BURST_SECONDS = 2.0
"""Between two frames of a burst. Cameras make three to thirty in a second, and telephones ten."""

StackKind = Literal["burst", "raw+jpeg", "live", "sidecar"]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture file with what says to whom it belongs. ``companions``: (kind, path) of files of the same folder that
    belong to it, as ``images.companions`` names them."""

    path: str
    content: bytes
    taken: str | None
    camera: str | None
    companions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Stack:
    """``members``: picture files that the library knows; ``beside``: other files that belong to them."""

    kind: StackKind
    members: tuple[str, ...]
    beside: tuple[str, ...] = ()


def find_stacks(shots: Sequence[Shot], same_scene: Callable[[bytes, bytes], bool]) -> list[Stack]:
    """All stacks, by path. ``same_scene`` says whether two contents were proved to show one scene."""
    known = {shot.path for shot in shots}
    by_files = (stack for shot in shots for stack in _around(shot, known))
    return sorted([*by_files, *_bursts(shots, same_scene)], key=lambda stack: (stack.members, stack.kind))


def _around(shot: Shot, known: set[str]) -> Iterable[Stack]:
    """What lies beside one picture."""
    of_kind: defaultdict[str, list[str]] = defaultdict(list)
    for kind, path in shot.companions:
        of_kind[kind].append(path)
    if raws := [path for path in of_kind["raw"] if path in known]:
        yield Stack("raw+jpeg", tuple(sorted([shot.path, *raws])))
    if of_kind["live"]:
        yield Stack("live", (shot.path,), tuple(sorted(of_kind["live"])))
    if sidecars := sorted(of_kind["aae"] + of_kind["xmp"]):
        original, edited = shot.path, _edit_of(shot.path)
        yield Stack("sidecar", (original, edited) if edited in known else (original,), tuple(sidecars))


def _edit_of(path: str) -> str:
    """Apple's name for the edited version: IMG_E1234.JPG beside IMG_1234.JPG (or .HEIC)."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f"IMG_E{name[4:]}") if name.upper().startswith("IMG_") else ""


def _bursts(shots: Sequence[Shot], same_scene: Callable[[bytes, bytes], bool]) -> Iterable[Stack]:
    """Runs of exposures by one camera, each close to the one before in time and proved to show the same scene.

    One exposure has one capture time: files that agree in it to the subsecond may be copies, and are one frame.
    """
    cameras: defaultdict[str, defaultdict[datetime, dict[bytes, Shot]]] = defaultdict(lambda: defaultdict(dict))
    for shot in sorted(shots, key=lambda one: one.path):
        when = _time(shot.taken)
        if when is not None and shot.camera and os.path.splitext(shot.path)[1].lower() not in RAW:
            cameras[shot.camera][when].setdefault(shot.content, shot)
    for frames in cameras.values():
        run: list[str] = []
        for before, after in pairwise(sorted(frames)):
            ones, others = frames[before].values(), frames[after].values()
            near = (after - before).total_seconds() <= BURST_SECONDS
            if near and any(same_scene(one.content, other.content) for one in ones for other in others):
                run = [*(run or [one.path for one in ones]), *(other.path for other in others)]
            elif run:
                yield Stack("burst", tuple(run))
                run = []
        if run:
            yield Stack("burst", tuple(run))


def _time(taken: str | None) -> datetime | None:
    try:
        return None if taken is None else datetime.fromisoformat(taken).replace(tzinfo=None)
    except ValueError:
        return None
