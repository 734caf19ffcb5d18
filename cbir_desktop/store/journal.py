"""What was done to the user's files: written before each act, and never changed afterwards.

A file of its own beside the catalog: it is synced at every step, which the catalog need not be, and it must not go back
in time when a damaged catalog gives way to its backup.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from cbir_desktop.store.db import Database

ActKind: TypeAlias = Literal["trash", "delete", "move", "hardlink", "symlink"]
State: TypeAlias = Literal["planned", "doing", "done", "failed", "undoing", "undone"]

# Rows are added and never touched again: triggers, so that no later version of this program forgets it.
_MIGRATIONS = (
    """
CREATE TABLE acts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('trash', 'delete', 'move', 'hardlink', 'symlink')),
    path BLOB NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    volume TEXT NOT NULL,
    mount BLOB NOT NULL,
    kept BLOB NOT NULL,
    kept_hash BLOB NOT NULL CHECK (length(kept_hash) = 32),
    target BLOB,
    token TEXT NOT NULL
);
CREATE INDEX acts_by_run ON acts (run);

CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    act_id INTEGER NOT NULL REFERENCES acts (id),
    state TEXT NOT NULL CHECK (state IN ('planned', 'doing', 'done', 'failed', 'undoing', 'undone')),
    place BLOB,
    kind TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
);
CREATE INDEX events_by_act ON events (act_id);

CREATE TRIGGER acts_stay BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
CREATE TRIGGER acts_are_kept BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
CREATE TRIGGER events_are_kept BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
""",
    # 2: What an act writes into the sidecar of the kept file, in whose folder that lies: its bytes before, NULL where
    # there was none, and the hash of those after.
    """
CREATE TABLE merges (
    act_id INTEGER PRIMARY KEY REFERENCES acts (id),
    name BLOB NOT NULL,
    before BLOB,
    after BLOB NOT NULL CHECK (length(after) = 32)
);

CREATE TRIGGER merges_stay BEFORE UPDATE ON merges BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
CREATE TRIGGER merges_are_kept BEFORE DELETE ON merges BEGIN SELECT RAISE(ABORT, 'the journal is only added to'); END;
""",
)
_ACT = "a.id, a.run, a.kind, a.path, a.hash, a.size, a.mtime_ns, a.mode, a.volume, a.mount, a.kept, a.kept_hash"
_LAST = "JOIN events e ON e.id = (SELECT max(id) FROM events WHERE act_id = a.id)"


@dataclass(frozen=True, slots=True)
class NewAct:
    """What shall be done to the file ``path`` of these contents, because ``kept`` has them or a version of them.

    ``size``, ``mtime_ns``, ``mode``: of the file as it is. ``volume``, ``mount``: the UUID of its volume and where
    that is mounted. ``target``: the folder that a file is moved to, or what a link at its place leads to. ``token``:
    makes the names of temporary files this act's own. A last copy that a person chose has itself as ``kept``.
    """

    kind: ActKind
    path: str
    hash: bytes
    size: int
    mtime_ns: int
    mode: int
    volume: str
    mount: str
    kept: str
    kept_hash: bytes
    target: str | None
    token: str

    @property
    def is_last(self) -> bool:
        """Whether nothing is kept for it."""
        return self.kept == self.path


@dataclass(frozen=True, slots=True)
class Act:
    """One act and how far it got. ``place``: where the file is now, once it is ``done``; None where nobody knows.

    ``problem``: a short stable name of what went wrong, as ``KnownError.kind``; ``reason`` says it in words.
    """

    id: int
    run: int
    what: NewAct
    state: State
    place: str | None
    problem: str
    reason: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A sidecar beside the kept file of an act, by name: its bytes before (None: there was none), the hash after."""

    name: str
    before: bytes | None
    after: bytes


class Journal:
    """Opens or makes the journal file. Every method returns when what it wrote is on the disk."""

    def __init__(self, path: Path) -> None:
        self._db = Database(path, _MIGRATIONS, durable=True)

    def close(self) -> None:
        self._db.close()

    def plan(self, acts: Sequence[NewAct]) -> int:
        """Write down what will be done, in one transaction; gives the number of the run."""
        with self._db.writing() as connection:
            run = int(connection.execute("SELECT coalesce(max(run), 0) + 1 FROM acts").fetchone()[0])
            for act in acts:
                row = connection.execute(
                    "INSERT INTO acts (run, kind, path, hash, size, mtime_ns, mode, volume, mount, kept, kept_hash,"
                    " target, token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
                    (run, *_as_row(act)),
                ).fetchone()
                connection.execute("INSERT INTO events (act_id, state) VALUES (?, 'planned')", row)
        return run

    def mark(self, act: Act, state: State, place: str | None = None, problem: str = "", reason: str = "") -> None:
        """Add what became of an act."""
        with self._db.writing() as connection:
            connection.execute(
                "INSERT INTO events (act_id, state, place, kind, reason) VALUES (?, ?, ?, ?, ?)",
                (act.id, state, _encoded(place), problem, reason),
            )

    def plan_merge(self, act: Act, merge: Merge) -> None:
        """Write down what will be done to a sidecar along with an act."""
        with self._db.writing() as connection:
            connection.execute(
                "INSERT INTO merges (act_id, name, before, after) VALUES (?, ?, ?, ?)",
                (act.id, _encoded(merge.name), merge.before, merge.after),
            )

    def merge_of(self, act: Act) -> Merge | None:
        row = self._db.connection.execute(
            "SELECT name, before, after FROM merges WHERE act_id = ?", (act.id,)
        ).fetchone()
        return None if row is None else Merge(os.fsdecode(row[0]), row[1], row[2])

    def acts(self, run: int) -> list[Act]:
        """The acts of a run in their order, as they stand now."""
        return self._select("a.run = ?", (run,))

    def act(self, number: int) -> Act:
        return self._select("a.id = ?", (number,))[0]

    def unsettled(self) -> list[Act]:
        """What was begun, or planned, and has no end: the process that did it died, or is at it."""
        return self._select("e.state IN ('planned', 'doing', 'undoing')")

    def last_run(self) -> int | None:
        """The latest run of which something can still be undone."""
        row = self._db.connection.execute(
            f"SELECT max(a.run) FROM acts a {_LAST} WHERE e.state = 'done' AND a.kind <> 'delete'"
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def _select(self, condition: str, values: Iterable[Any] = ()) -> list[Act]:
        rows = self._db.connection.execute(
            f"SELECT {_ACT}, a.target, a.token, e.state, e.place, e.kind, e.reason FROM acts a {_LAST}"
            f" WHERE {condition} ORDER BY a.id",
            tuple(values),
        )
        return [_act(row) for row in rows]


def _as_row(act: NewAct) -> tuple[Any, ...]:
    return (
        act.kind,
        _encoded(act.path),
        act.hash,
        act.size,
        act.mtime_ns,
        act.mode,
        act.volume,
        _encoded(act.mount),
        _encoded(act.kept),
        act.kept_hash,
        _encoded(act.target),
        act.token,
    )


def _act(row: Sequence[Any]) -> Act:
    number, run, kind, path, digest, size, mtime_ns, mode, volume, mount, kept, kept_hash, target, token, *end = row
    new = NewAct(
        kind,
        os.fsdecode(path),
        digest,
        size,
        mtime_ns,
        mode,
        volume,
        os.fsdecode(mount),
        os.fsdecode(kept),
        kept_hash,
        _decoded(target),
        token,
    )
    state, place, problem, reason = end
    return Act(number, run, new, state, _decoded(place), problem, reason)


def _encoded(path: str | None) -> bytes | None:
    return None if path is None else os.fsencode(path)


def _decoded(path: bytes | None) -> str | None:
    return None if path is None else os.fsdecode(path)
