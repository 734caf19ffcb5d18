"""What belongs to a picture by its name: sidecars, the raw beside a JPEG, the film of a Live Photo."""

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cbir_desktop.images.capture import movie_identifier

Kind = Literal["xmp", "aae", "raw", "live"]

_OTHERS: dict[str, Kind] = {".xmp": "xmp", ".aae": "aae", ".mov": "live"}
_RAW_NAMES = (
    ".dng .cr2 .cr3 .crw .nef .nrw .arw .sr2 .srf .orf .rw2 .raf .pef .srw .x3f .rwl .3fr .iiq .kdc .dcr .mrw .erf"
)
RAW = frozenset(_RAW_NAMES.split())
# What a camera writes beside its raw, and a telephone beside its film.
_DEVELOPED = frozenset({".jpg", ".jpeg", ".heic", ".heif", ".hif"})


@dataclass(frozen=True, slots=True)
class Companion:
    """A file in the same folder. ``live`` is a film of the same name; whether it is the picture's own is certain only
    where both carry the same content identifier."""

    kind: Kind
    name: str
    content_identifier: str | None = field(default=None, compare=False)


def is_companion_name(name: str) -> bool:
    """Whether a file that is no picture may belong to one."""
    return os.path.splitext(name)[1].lower() in _OTHERS


def companions_of(pictures: Sequence[str], others: Sequence[str]) -> dict[str, tuple[Companion, ...]]:
    """For each of the pictures of a folder that has any, by name: what belongs to it. Case counts nowhere.

    A sidecar goes with all pictures of its stem (``a.xmp``), or with the one whose whole name it has (``a.jpg.xmp``);
    the raw and the film go with the developed picture of their stem. ``IMG_O1.AAE`` belongs to ``IMG_1.HEIC``: the
    original's edits.
    """
    raws = [name for name in pictures if os.path.splitext(name)[1].lower() in RAW]
    if not (raws or others):
        return {}
    by_stem: defaultdict[str, list[Companion]] = defaultdict(list)
    for name in (*raws, *others):
        stem, suffix = os.path.splitext(name.lower())
        by_stem[stem].append(Companion(_OTHERS.get(suffix, "raw"), name))
        if suffix == ".aae" and stem.startswith("img_o"):
            by_stem["img_" + stem[5:]].append(Companion("aae", name))
    found = ((name, _of(name.lower(), by_stem)) for name in pictures)
    return {name: companions for name, companions in found if companions}


def with_identifiers(folder: str, companions: Sequence[Companion]) -> tuple[Companion, ...]:
    """The same, the films with their content identifiers: looks into each film."""
    return tuple(_identified(folder, c) if c.kind == "live" else c for c in companions)


def _identified(folder: str, film: Companion) -> Companion:
    try:
        return replace(film, content_identifier=movie_identifier(os.path.join(folder, film.name)))
    except OSError:  # gone or locked: it is known by its name
        return film


def _of(name: str, by_stem: dict[str, list[Companion]]) -> tuple[Companion, ...]:
    stem, suffix = os.path.splitext(name)
    candidates = [*by_stem.get(stem, ()), *by_stem.get(name, ())]
    developed = suffix in _DEVELOPED
    return tuple(c for c in candidates if developed or c.kind in ("xmp", "aae"))
