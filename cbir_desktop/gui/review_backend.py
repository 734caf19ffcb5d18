"""What the page of duplicates asks of the library; answers come back through ``Tasks``."""

import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PySide6.QtGui import QImage

from cbir_desktop.core.tasks import Task
from cbir_desktop.gui.pictures import fitted, to_qimage
from cbir_desktop.gui.tasks import Callback, Handle, Tasks
from cbir_desktop.images.decode import read_file
from cbir_desktop.library.acting import Report, acting, delete_refused
from cbir_desktop.library.duplicates import Duplicates, Group, Scope, choose_again, find_duplicates
from cbir_desktop.library.facts import Facts, facts_of
from cbir_desktop.library.group_table import GroupTable, histogram, pair_probabilities
from cbir_desktop.library.indexing import rescan
from cbir_desktop.library.keep_rules import KeepRules
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.plans import Planned, run_plan
from cbir_desktop.library.regrouping import cut, renewed
from cbir_desktop.library.review import Proposal, bound, in_folder, propose
from cbir_desktop.library.review_progress import FILE, current_of, done_of, marks_of
from cbir_desktop.library.session import Session
from cbir_desktop.library.stacks import Stack
from cbir_desktop.library.undo import UndoReport, undo_last
from cbir_desktop.store.fingerprint import fingerprint
from cbir_desktop.store.journal import ActKind
from cbir_desktop.store.reviews import Changes, Progress, ReviewStore

_SIDE = 512  # pixels at which sharpness is measured: the picture is decoded to it at least


@dataclass(frozen=True)
class Found:
    """What a search found, ready for the page. ``bins``: the histogram of the probabilities of all pairs. ``current``:
    the row of the group that was in view last time, -1 where it is not there any more. ``state``: the library's, as it
    was before."""

    duplicates: Duplicates
    table: GroupTable
    marks: dict[str, tuple[bytes, bool]]
    bins: np.ndarray
    current: int
    state: bytes


@dataclass(frozen=True)
class Renewal:
    """What a further search found, for the rows of the page: see ``regrouping.renewed``."""

    duplicates: Duplicates
    groups: list[Group | None]
    changed: list[int]
    marks: dict[str, tuple[bytes, bool]]
    bins: np.ndarray
    state: bytes


class ReviewBackend:
    """Each method returns at once with a ``Handle``."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self._session, self._tasks = session, tasks
        self._store: ReviewStore | None = None
        self._unwritten, self._lock = Changes(), threading.Lock()
        session.at_close(self._close)

    # -- finding and choosing -----------------------------------------------------------------------------------

    def load(self, done: Callable[[Progress], None], failed: Callback) -> Handle:
        """How far the review got."""
        return self._tasks.submit(self._session.queries, self._load, done=done, failed=failed)

    def find(self, scope: Scope, rules: KeepRules, **callbacks: Callback) -> Handle:
        """``done(found)``, with what was written down brought to bear. What was proved before a cancel is kept."""
        return self._tasks.submit(self._session.reviewer, self._find, scope, rules, with_task=True, **callbacks)

    def renew(
        self, rows: Sequence[Group | None], scope: Scope, rules: KeepRules, state: bytes, **callbacks: Callback
    ) -> Handle:
        """Search again beside the work: ``done(renewal)``, or None where the library is in ``state`` still."""
        given = (rows, scope, rules, state)
        return self._tasks.submit(self._session.reviewer, self._renew, *given, with_task=True, **callbacks)

    def choose(
        self, found: Duplicates, rules: KeepRules, by_hand: Mapping[str, bool], done: Callable[[GroupTable], None]
    ) -> Handle:
        """All groups by other rules."""
        given = (self._session, found, rules, dict(by_hand))
        return self._tasks.submit(self._session.reviewer, _choose, *given, done=done, with_task=True)

    def choose_some(
        self,
        found: Duplicates,
        rows: Collection[int],
        rules: KeepRules,
        by_hand: Mapping[str, bool],
        done: Callable[[dict[int, Group]], None],
    ) -> Handle:
        """Some of the groups, and those that stacks tie to them."""
        given = (self._session, found, set(rows), rules, dict(by_hand))
        return self._tasks.submit(self._session.reviewer, _choose_some, *given, done=done)

    def cut(
        self,
        found: Duplicates,
        wholes: Mapping[int, Group],
        least: float,
        rules: KeepRules,
        by_hand: Mapping[str, bool],
        done: Callable[[dict[int, list[Group]]], None],
    ) -> Handle:
        """The parts of groups at a threshold, by row, with what the rules pick in each."""
        given = (self._session, found, dict(wholes), least, rules, dict(by_hand))
        return self._tasks.submit(self._session.reviewer, _cut, *given, done=done)

    def rows_in(self, groups: Sequence[Group], folder: str, done: Callable[[list[int]], None]) -> Handle:
        return self._tasks.submit(self._session.queries, in_folder, groups, folder, done=done)

    def keep(self, changes: Changes) -> None:
        """Write down how far the review got; what comes before the library closes is written in any case."""
        with self._lock:
            for name in ("marks", "done", "meta"):
                getattr(self._unwritten, name).update(getattr(changes, name))
        self._tasks.submit(self._session.queries, self._write)

    def member(
        self, path: str, side: int, ratio: float, done: Callable[[tuple[QImage, Facts]], None], failed: Callback
    ) -> Handle:
        """A picture file as large as ``side``, and its facts."""
        given = (self._session, path, side, ratio)
        return self._tasks.submit(self._session.thumb_loaders, _member, *given, done=done, failed=failed)

    # -- acting -------------------------------------------------------------------------------------------------

    def propose(
        self, groups: Sequence[Group], kind: ActKind, stacks: Sequence[Stack], done: Callable[[Proposal], None]
    ) -> Handle:
        """What an act on these groups would do."""
        return self._tasks.submit(self._session.reviewer, propose, list(groups), kind, list(stacks), done=done)

    def act(self, plan: list[list[Planned]], kind: ActKind, folder: str | None, **callbacks: Callback) -> Handle:
        """``done(report)``."""
        given = (self._session, plan, kind, folder, False)
        return self._tasks.submit(self._session.reviewer, run_plan, *given, with_task=True, **callbacks)

    def went(self, paths: Sequence[str], done: Callable[[list[str]], None], failed: Callback) -> Handle:
        """Which of these the latest clean-up did away with: of one that was stopped."""
        return self._tasks.submit(
            self._session.reviewer, _went, self._session, frozenset(paths), done=done, failed=failed
        )

    def delete(self, run: int, paths: Sequence[str], **callbacks: Callback) -> Handle:
        """For good, what the trash refused. ``done(report)``."""
        given = (self._session, run, list(paths))
        return self._tasks.submit(self._session.reviewer, _delete, *given, with_task=True, **callbacks)

    def undo(self, **callbacks: Callback) -> Handle:
        """The latest clean-up. ``done(report)``."""
        return self._tasks.submit(self._session.reviewer, undo_last, self._session, with_task=True, **callbacks)

    def take_in(self, report: UndoReport, done: Callback) -> Handle:
        """Have the library look at the folders into which files came back."""
        given = (self._session, report.folders)
        return self._tasks.submit(self._session.indexer, _look, *given, done=done, failed=done, with_task=True)

    def run(self, function: Callable, *args: object, **callbacks: Callback) -> Handle:
        """Something small that reads or writes a file of the user's."""
        return self._tasks.submit(self._session.queries, function, *args, with_task=False, **callbacks)

    # -- in a worker --------------------------------------------------------------------------------------------

    def _load(self) -> Progress:
        with self._lock:
            if self._store is None:
                self._store = ReviewStore(self._session.folder / FILE)
            return self._store.load()

    def _find(self, scope: Scope, rules: KeepRules, task: Task) -> Found:
        return _found(self._session, scope, rules, self._progress(), task)

    def _renew(
        self, rows: Sequence[Group | None], scope: Scope, rules: KeepRules, state: bytes, task: Task
    ) -> Renewal | None:
        if fingerprint(self._session.catalog.db) == state:
            return None
        found = _found(self._session, scope, rules, self._progress(), task)
        groups, changed = renewed(rows, found.table.groups)
        return Renewal(found.duplicates, groups, changed, found.marks, found.bins, found.state)

    def _progress(self) -> Progress:
        self._write()
        return Progress() if self._store is None else self._load()

    def _write(self) -> None:
        with self._lock:
            changes, self._unwritten = self._unwritten, Changes()
            if changes and self._store is not None:
                self._store.write(changes)

    def _close(self) -> None:
        self._write()
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None


def _found(session: Session, scope: Scope, rules: KeepRules, progress: Progress, task: Task) -> Found:
    mounts = read_mounts()

    def canonical(paths: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mounts.canonical(os.path.abspath(path)) for path in paths))

    state = fingerprint(session.catalog.db)
    scope = replace(scope, paths=canonical(scope.paths), references=canonical(scope.references))
    found = find_duplicates(session, scope, rules, task)
    marks = marks_of(progress, found.groups)
    if marks:
        found.groups = choose_again(session, found, rules, {path: keep for path, (_, keep) in marks.items()}, task)
    table, done = GroupTable(found.groups), done_of(progress, found.groups)
    table.done[:] = [group.id in done for group in found.groups]
    others = [one.proof.copy for one in (*found.related, *found.unproved)]
    bins = histogram([*pair_probabilities(found.groups), *others])
    return Found(found, table, marks, bins, current_of(progress, found.groups), state)


def _choose(session: Session, found: Duplicates, rules: KeepRules, by_hand: dict[str, bool], task: Task) -> GroupTable:
    return GroupTable(choose_again(session, found, rules, by_hand, task))


def _choose_some(
    session: Session, found: Duplicates, rows: set[int], rules: KeepRules, by_hand: dict[str, bool]
) -> dict[int, Group]:
    tied = bound(rows, found.groups, found.stacks)
    some = replace(found, groups=[found.groups[row] for row in tied])
    return dict(zip(tied, choose_again(session, some, rules, by_hand), strict=True))


def _cut(
    session: Session,
    found: Duplicates,
    wholes: dict[int, Group],
    least: float,
    rules: KeepRules,
    by_hand: dict[str, bool],
) -> dict[int, list[Group]]:
    parts = {row: cut(whole, least) for row, whole in wholes.items()}
    some = replace(found, groups=[part for row in wholes for part in parts[row]])
    chosen = iter(choose_again(session, some, rules, by_hand))
    return {row: [next(chosen) for _ in parts[row]] for row in wholes}


def _member(session: Session, path: str, side: int, ratio: float) -> tuple[QImage, Facts]:
    data = read_file(path)
    decoded = session.decoder.decode(data, max(_SIDE, round(side * ratio)))
    mtime = Path(path).stat().st_mtime_ns
    return fitted(to_qimage(decoded.image), side, ratio), facts_of(data, decoded, mtime)


def _went(session: Session, paths: frozenset[str]) -> list[str]:
    with acting(session) as journal:
        run = journal.last_run()
        acts = [] if run is None else journal.acts(run)
    return [act.what.path for act in acts if act.state == "done" and act.what.path in paths]


def _delete(session: Session, run: int, paths: list[str], task: Task) -> Report:
    return delete_refused(session, run, paths, task)


def _look(session: Session, folders: list[str], task: Task) -> None:
    rescan(session, (), task, folders=folders)
