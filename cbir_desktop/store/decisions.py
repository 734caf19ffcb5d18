"""What a person decided about two pictures, or two folders: by the hashes of contents, so that it stays true wherever
the files go."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias, get_args

from cbir_desktop.images.hashing import HASH_BYTES
from cbir_desktop.store.db import Database

PairKind: TypeAlias = Literal["not-a-duplicate", "keep-both", "ignore", "prefer"]
PAIR_KINDS: tuple[str, ...] = get_args(PairKind)
FOLDERS = "ignore-folders"


@dataclass(frozen=True, slots=True)
class PairDecision:
    """About two contents, by hash. ``prefer``: ``a`` is to be kept rather than ``b``; else their order says nothing.

    ``made``: ISO 8601, UTC. ``id``: 0 before it is stored.
    """

    kind: PairKind
    a: bytes
    b: bytes
    made: str = ""
    id: int = 0


@dataclass(frozen=True, slots=True)
class FolderKey:
    """A folder as it was: its path for people, and hashes of some contents in it and below, by which it is known again
    under another name or on another computer; sorted."""

    path: str
    sample: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class FolderDecision:
    """What lies in one folder and is in the other as well shall not be shown."""

    a: FolderKey
    b: FolderKey
    made: str = ""
    id: int = 0


Decision: TypeAlias = PairDecision | FolderDecision


class DecisionTable:
    """Reads and writes ``decisions``: one for each pair."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, decision: Decision) -> None:
        """Store a decision in place of an earlier one about the same two."""
        row = _as_row(decision)
        with self._db.writing() as connection:
            connection.execute("DELETE FROM decisions WHERE a = ? AND b = ?", (row[1], row[2]))
            connection.execute(
                "INSERT INTO decisions (kind, a, b, prefers, a_folder, b_folder, made) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )

    def about(self, decision: Decision) -> Decision | None:
        """What is decided about the same two."""
        row = _as_row(decision)
        return next(self._select("WHERE a = ? AND b = ?", (row[1], row[2])), None)

    def all(self) -> list[Decision]:
        """The latest first."""
        return list(self._select("ORDER BY id DESC"))

    def pairs(self) -> dict[tuple[bytes, bytes], PairDecision]:
        """The decisions about two contents, by their hashes, the lower one first."""
        found = (decision for decision in self._select("WHERE kind <> 'ignore-folders'"))
        return {pair_of(one.a, one.b): one for one in found if isinstance(one, PairDecision)}

    def folders(self) -> list[FolderDecision]:
        return [one for one in self._select("WHERE kind = 'ignore-folders'") if isinstance(one, FolderDecision)]

    def revoke(self, number: int) -> bool:
        """Forget a decision; False where there is none of that id."""
        with self._db.writing() as connection:
            return connection.execute("DELETE FROM decisions WHERE id = ?", (number,)).rowcount == 1

    def _select(self, condition: str, values: tuple[Any, ...] = ()) -> Iterator[Decision]:
        rows = self._db.connection.execute(
            f"SELECT id, kind, a, b, prefers, a_folder, b_folder, made FROM decisions {condition}", values
        ).fetchall()
        for number, kind, a, b, prefers, a_folder, b_folder, made in rows:
            if kind == FOLDERS:
                one, other = (FolderKey(os.fsdecode(path), _split(key)) for path, key in ((a_folder, a), (b_folder, b)))
                yield FolderDecision(one, other, made, number)
            else:
                first, second = (b, a) if prefers == "b" else (a, b)
                yield PairDecision(kind, first, second, made, number)


def pair_of(a: bytes, b: bytes) -> tuple[bytes, bytes]:
    """Two hashes in the one order in which a pair is kept."""
    return (a, b) if a < b else (b, a)


def _as_row(decision: Decision) -> tuple[Any, ...]:
    made = decision.made or datetime.now(UTC).isoformat(timespec="seconds")
    if isinstance(decision, FolderDecision):
        one, other = sorted((decision.a, decision.b), key=lambda key: (key.sample, key.path))
        folders = (os.fsencode(one.path), os.fsencode(other.path))
        return FOLDERS, b"".join(one.sample), b"".join(other.sample), None, *folders, made
    lo, hi = pair_of(decision.a, decision.b)
    prefers = None if decision.kind != "prefer" else "a" if lo == decision.a else "b"
    return decision.kind, lo, hi, prefers, None, None, made


def _split(sample: bytes) -> tuple[bytes, ...]:
    return tuple(sample[start : start + HASH_BYTES] for start in range(0, len(sample), HASH_BYTES))
