"""Decisions about duplicates: made, carried to another computer, and brought to bear on the library as it is."""

import json
import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path, PurePath
from typing import Any, cast

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.json_file import read_json
from cbir_desktop.library.changes import is_in
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.decisions import (
    FOLDERS,
    PAIR_KINDS,
    Decision,
    FolderDecision,
    FolderKey,
    PairDecision,
    PairKind,
    pair_of,
)
from cbir_desktop.store.proofs import Pair

SCHEMA = 1
SAMPLE = 64
"""Contents that a folder is known by: with half of them found together, chance is out of the question."""

_HEX = re.compile(r"[0-9a-f]{64}")
_LONGEST = 1 << 26  # bytes of a file of decisions: more than 200,000 of them


@dataclass
class ImportReport:
    """``conflicts``: (what the file says, what the library says) of the pairs about which they disagree: the library's
    own stays."""

    added: int = 0
    known: int = 0
    conflicts: list[tuple[Decision, Decision]] = field(default_factory=list)


def folder_key(catalog: Catalog, folder: str) -> FolderKey:
    """A folder of the library, with what it is known by. Raises ``KnownError`` (``no-photos``) for an empty one."""
    hashes = catalog.hashes_below(folder)
    if not hashes:
        raise KnownError(f"the library has no photos in {folder}", "no-photos")
    return FolderKey(folder, tuple(sorted(hashes)[:SAMPLE]))


class Verdicts:
    """The decisions as they bear on the files of now. Take a new one after a decision was made or revoked."""

    def __init__(self, catalog: Catalog) -> None:
        self._pairs = catalog.decisions.pairs()
        self._partners: defaultdict[bytes, set[bytes]] = defaultdict(set)
        for a, b in self._pairs:
            self._partners[a].add(b)
            self._partners[b].add(a)
        self._folders = [
            (found_folder(catalog, one.a), found_folder(catalog, one.b)) for one in catalog.decisions.folders()
        ]

    def of(self, a: bytes, b: bytes) -> PairKind | None:
        """What is decided about two contents."""
        decision = self._pairs.get(pair_of(a, b))
        return None if decision is None else decision.kind

    @property
    def apart(self) -> set[bytes]:
        """The contents that a person told apart from some other."""
        decided = (pair for pair, decision in self._pairs.items() if decision.kind == "not-a-duplicate")
        return {content for pair in decided for content in pair}

    def among(self, contents: Collection[bytes]) -> list[Pair]:
        """The pairs of these contents about which anything is decided."""
        held = set(contents)
        return sorted(
            {pair_of(one, other) for one in held & self._partners.keys() for other in self._partners[one] & held}
        )

    def preferred(self, a: bytes, b: bytes) -> bytes | None:
        """Which of two contents a person prefers."""
        decision = self._pairs.get(pair_of(a, b))
        return decision.a if decision is not None and decision.kind == "prefer" else None

    def parts_folders(self, path_a: str, path_b: str) -> bool:
        """Whether two files lie in two folders that shall not be compared."""
        return any(
            (is_in(path_a, one) and is_in(path_b, other)) or (is_in(path_a, other) and is_in(path_b, one))
            for one, other in self._folders
            if one is not None and other is not None
        )


def found_folder(catalog: Catalog, key: FolderKey) -> str | None:
    """Where a folder is now: at its path while any of its sample is there, else the lowest folder that holds half of
    the sample or more; None where there is none."""
    counts: Counter[str] = Counter()
    for digest in key.sample:
        above = {folder for path in catalog.paths_of(digest) for folder in _folders_above(path)}
        counts.update(above)
    if counts[key.path]:
        return key.path
    enough = [folder for folder, count in counts.items() if 2 * count >= len(key.sample)]
    return max(enough, key=lambda folder: (len(PurePath(folder).parts), folder), default=None)


def _folders_above(path: str) -> Iterable[str]:
    return accumulate(PurePath(os.path.dirname(path)).parts, os.path.join)


def export_decisions(catalog: Catalog, path: Path) -> int:
    """Write all decisions as JSON; gives their number. Raises OSError."""
    decisions = catalog.decisions.all()[::-1]
    document = {"schema": SCHEMA, "decisions": [as_document(one) for one in decisions]}
    write_atomic(path, (json.dumps(document, indent=1) + "\n").encode("ascii"))
    return len(decisions)


def import_decisions(catalog: Catalog, path: Path) -> ImportReport:
    """Take over what such a file says, in one transaction; twice is as once. Raises ``KnownError`` (kind
    ``bad-decisions``, with the number of the decision) for anything that is not what ``export_decisions`` writes."""
    decisions, report = read_decisions(path), ImportReport()
    with catalog.db.writing():
        for one in decisions:
            there = catalog.decisions.about(one)
            if there is None:
                catalog.decisions.put(one)
                report.added += 1
            elif _says(there) == _says(one):
                report.known += 1
            else:
                report.conflicts.append((one, there))
    return report


def read_decisions(path: Path) -> list[Decision]:
    """The decisions in a file of JSON; nothing in it is taken on trust."""
    document = read_json(path, _LONGEST, "decisions", "bad-decisions")
    entries = _fields(document, {"schema", "decisions"}, set(), f"{path}")["decisions"]
    if document["schema"] != SCHEMA or not isinstance(entries, list):
        raise KnownError(f"{path} is no list of decisions that this program knows", "bad-decisions")
    return [_decision(entry, f"{path}, decision {number}") for number, entry in enumerate(entries, start=1)]


def as_document(decision: Decision) -> dict[str, Any]:
    """A decision as JSON has it; of ``prefer``, ``a`` is the one to keep."""
    if isinstance(decision, FolderDecision):
        return {"kind": FOLDERS, "a": _folder(decision.a), "b": _folder(decision.b), "made": decision.made}
    return {"kind": decision.kind, "a": decision.a.hex(), "b": decision.b.hex(), "made": decision.made}


def _folder(key: FolderKey) -> dict[str, Any]:
    return {"path": key.path, "sample": [digest.hex() for digest in key.sample]}


def _decision(entry: Any, where: str) -> Decision:
    fields = _fields(entry, {"kind", "a", "b"}, {"made"}, where)
    made = fields.get("made", "")
    if not isinstance(made, str) or len(made) > 40:
        raise KnownError(f"{where}: made must be a date", "bad-decisions")
    if fields["kind"] == FOLDERS:
        return FolderDecision(_folder_of(fields["a"], where), _folder_of(fields["b"], where), made)
    if fields["kind"] not in PAIR_KINDS:
        raise KnownError(f"{where}: there is no kind {fields['kind']!r}", "bad-decisions")
    a, b = _hash(fields["a"], where), _hash(fields["b"], where)
    if a == b:
        raise KnownError(f"{where}: a and b are one content", "bad-decisions")
    return PairDecision(cast(PairKind, fields["kind"]), a, b, made)


def _folder_of(entry: Any, where: str) -> FolderKey:
    fields = _fields(entry, {"path", "sample"}, set(), where)
    if not isinstance(fields["path"], str) or not isinstance(fields["sample"], list) or not fields["sample"]:
        raise KnownError(f"{where}: a folder is a path and a sample of hashes", "bad-decisions")
    try:
        os.fsencode(fields["path"])
    except UnicodeEncodeError as error:
        raise KnownError(f"{where}: its path cannot be one", "bad-decisions") from error
    return FolderKey(fields["path"], tuple(sorted({_hash(digest, where) for digest in fields["sample"]})))


def _fields(entry: Any, needed: set[str], allowed: set[str], where: str) -> dict[str, Any]:
    if not isinstance(entry, dict) or not needed <= entry.keys() <= needed | allowed:
        names = ", ".join(sorted(needed))
        raise KnownError(f"{where}: expected an object with {names} and nothing else", "bad-decisions")
    return entry


def _hash(text: Any, where: str) -> bytes:
    if not isinstance(text, str) or not _HEX.fullmatch(text):
        raise KnownError(f"{where}: a hash has 64 hexadecimal digits, in lower case", "bad-decisions")
    return bytes.fromhex(text)


def _says(decision: Decision) -> Sequence[Any]:
    if isinstance(decision, FolderDecision):
        return (FOLDERS,)
    return (decision.kind, decision.a if decision.kind == "prefer" else None)
