"""``cbir duplicates`` on a planted set, in a process of its own: what it found, by which stage, how fast, how large."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.tasks import NULL_TASK
from cbir_desktop.core.verification import Proof as ProvedAs
from cbir_desktop.core.verification import Relation
from cbir_desktop.evaluation.processes import peak_resident_mb
from cbir_desktop.library.candidates import as_tuples, near_pairs, radius_of
from cbir_desktop.library.duplicates import Duplicates, choose_again, find_duplicates
from cbir_desktop.library.groups import Proved
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.keep_rules import PRESETS
from cbir_desktop.library.proving import matcher_key
from cbir_desktop.library.session import Session
from cbir_desktop.library.turned import turned_pairs
from cbir_desktop.store.decisions import pair_of
from cbir_desktop.store.proofs import Proof

KEEP = ("best-quality", "originals")
"""Presets whose choice is looked at."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run found. Files are relative to the folder of pictures.

    ``contents``: the content (hexadecimal) of each file. ``candidates``: pairs of contents that the index gives.
    ``proofs``: (content, content, "copy", "scene" or "", probability) of every pair that was looked at; those of equal
    pixels have one that stands for all (``stands_for``). ``picks``: preset -> file -> "kept", "marked" or "open".
    ``fresh``: no earlier run left anything, so that the seconds are those of all the work; ``made``: proofs that it
    made.
    """

    contents: Mapping[str, str]
    candidates: Sequence[tuple[str, str]]
    proofs: Sequence[tuple[str, str, str, float]]
    stands_for: Mapping[str, str]
    groups: Sequence[Sequence[str]]
    stacks: Sequence[Sequence[str]]
    picks: Mapping[str, Mapping[str, str]]
    problems: Sequence[tuple[str, str]]
    encoder: str
    threads: int
    fresh: bool
    made: int
    index_seconds: float
    seconds: float
    megabytes: float


def run(pictures: Path, work: Path, encoder: str) -> Run:
    """Index the folder in a library below ``work`` and look for duplicates; what is there already is not done again."""
    result = work / "run.json"
    if not result.exists():
        work.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", __name__, str(pictures), str(work), encoder]
        subprocess.run(command, check=True)
    document = json.loads(result.read_text(encoding="utf-8"))
    pairs = ("candidates", "proofs", "problems")
    return Run(**{**document, **{name: [tuple(one) for one in document[name]] for name in pairs}})


def _measure(pictures: Path, library: Path, encoder: str) -> Run:
    fresh = not library.exists()
    with Session.open(library, encoder) as session:
        started = time.monotonic()
        index_paths(session, [str(pictures)])
        indexed, before = time.monotonic(), session.catalog.proofs.count()
        found = find_duplicates(session)
        seconds, memory = time.monotonic() - indexed, peak_resident_mb()
        proofs = session.catalog.proofs.all(matcher_key(session)).values()
        files = session.catalog.picture_files()
        relative = {file.path: str(Path(file.path).relative_to(pictures)) for file in files}
        return Run(
            contents={relative[file.path]: file.hash.hex() for file in files},
            candidates=_candidates(session),
            proofs=[(one.lo.hex(), one.hi.hex(), one.proved or "", round(one.copy, 4)) for one in proofs],
            stands_for={one.hi.hex(): one.lo.hex() for one in proofs if Relation.IDENTICAL_PIXELS in one.relations},
            groups=[[relative[member.path] for member in group.members] for group in found.groups],
            stacks=[[relative[path] for path in stack.members] for stack in found.stacks if stack.kind == "burst"],
            picks={name: _picks(session, found, name, relative) for name in KEEP},
            problems=[(problem.path, problem.reason) for problem in found.problems],
            encoder=session.engine.name,
            threads=session.settings.threads,
            fresh=fresh,
            made=session.catalog.proofs.count() - before,
            index_seconds=round(indexed - started, 2),
            seconds=round(seconds, 2),
            megabytes=memory,
        )


def _candidates(session: Session) -> list[tuple[str, str]]:
    hashes = {file.content_id: file.hash for file in session.catalog.picture_files()}
    engine = session.engine
    within = radius_of(session.catalog, engine.encoder_id)
    found = {*as_tuples(near_pairs(session.catalog, engine, sorted(hashes), within, NULL_TASK))}
    found |= {*as_tuples(turned_pairs(session, sorted(hashes), hashes, NULL_TASK))}
    pairs = (pair_of(hashes[a], hashes[b]) for a, b in sorted(found))
    return [(lo.hex(), hi.hex()) for lo, hi in pairs]


def _picks(session: Session, found: Duplicates, preset: str, relative: Mapping[str, str]) -> dict[str, str]:
    groups = choose_again(session, found, PRESETS[preset][1])
    return {
        relative[member.path]: pick.state
        for group in groups
        for member, pick in zip(group.members, group.picks, strict=True)
    }


class Verdicts:
    """Of any two files of a run: whether they were candidates, what was proved, whether they stand in one group."""

    def __init__(self, run: Run) -> None:
        self._contents = run.contents
        proofs = {one.pair: one for one in map(_proof, run.proofs)}
        self._proved = Proved(proofs, {bytes.fromhex(a): bytes.fromhex(b) for a, b in run.stands_for.items()})
        self._candidates = {self._stand_ins(bytes.fromhex(a), bytes.fromhex(b)) for a, b in run.candidates}
        self._group_of = {file: number for number, group in enumerate(run.groups) for file in group}

    def is_candidate(self, a: str, b: str) -> bool:
        """Files of equal pixels need no index to be found."""
        one, other = self._stand_ins(self._content(a), self._content(b))
        return one == other or (one, other) in self._candidates

    def is_asked(self, a: str, b: str) -> bool:
        """Whether the pair was looked at: as a candidate, or because both are copies of a third."""
        return self._content(a) == self._content(b) or self._proof(a, b) is not None

    def proved(self, a: str, b: str) -> str:
        """ "copy", "scene" or ""."""
        if self._content(a) == self._content(b):
            return "copy"
        proof = self._proof(a, b)
        return "" if proof is None else proof.proved or ""

    def is_same(self, a: str, b: str) -> bool:
        """Whether two files hold the same pixels."""
        one, other = self._stand_ins(self._content(a), self._content(b))
        return one == other

    def is_grouped(self, a: str, b: str) -> bool:
        return a in self._group_of and self._group_of[a] == self._group_of.get(b)

    def _content(self, file: str) -> bytes:
        return bytes.fromhex(self._contents[file])

    def _proof(self, a: str, b: str) -> Proof | None:
        return self._proved.of(self._content(a), self._content(b))

    def _stand_ins(self, a: bytes, b: bytes) -> tuple[bytes, bytes]:
        return pair_of(self._proved.stand_in(a), self._proved.stand_in(b))


def _proof(row: tuple[str, str, str, float]) -> Proof:
    lo, hi, proved, copy = row
    known: dict[str, ProvedAs] = {"copy": "copy", "scene": "scene"}
    return Proof(bytes.fromhex(lo), bytes.fromhex(hi), known.get(proved), copy, 0.0, 0, frozenset())


if __name__ == "__main__":
    pictures, work, encoder = sys.argv[1:]
    measured: dict[str, Any] = asdict(_measure(Path(pictures), Path(work, "library"), encoder))
    write_atomic(Path(work, "run.json"), json.dumps(measured).encode())
