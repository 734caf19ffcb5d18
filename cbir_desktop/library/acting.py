"""Do away with copies: to the trash, into a folder, by links. Journalled first, checked before and after each act."""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from filelock import FileLock, Timeout

from cbir_desktop.core.errors import KnownError, LibraryInUseError
from cbir_desktop.core.tasks import NULL_TASK, Cancelled, Task
from cbir_desktop.images.hashing import hash_file
from cbir_desktop.library import trash
from cbir_desktop.library.merging import merge_into_kept
from cbir_desktop.library.mounts import Mounts, read_mounts
from cbir_desktop.library.moving import free_name, move_new, replace_by_link, signature, temporary_in
from cbir_desktop.library.restoring import settle_act, settle_acts, undo_act
from cbir_desktop.library.session import Session
from cbir_desktop.library.survivors import check_survivors
from cbir_desktop.store.journal import Act, ActKind, Journal, NewAct

JOURNAL = "acts.sqlite"
_MERGED = ("trash", "move")  # what becomes a link stays, with its sidecar


@dataclass(frozen=True, slots=True)
class Wanted:
    """The file ``path`` shall go because ``kept`` stays. The hashes are those of the proof that relates them. A file
    that is ``kept`` for itself goes though no other has what it shows: only ``remove_chosen`` does that."""

    path: str
    hash: bytes
    kept: str
    kept_hash: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file. ``place``: where it is now, None where nobody knows; ``problem`` and ``reason`` as
    ``KnownError`` has them, where it stayed where it was. ``sidecar``: of the kept file, where its metadata went."""

    path: str
    size: int
    place: str | None = None
    problem: str = ""
    reason: str = ""
    sidecar: str | None = None


@dataclass
class Report:
    """``run`` is its number in the journal, None where nothing was begun (a rehearsal, or nothing to do)."""

    run: int | None = None
    done: list[Outcome] = field(default_factory=list)
    refused: list[Outcome] = field(default_factory=list)

    @property
    def bytes(self) -> int:
        """Of the files that went."""
        return sum(outcome.size for outcome in self.done)


@contextlib.contextmanager
def acting(session: Session) -> Iterator[Journal]:
    """The library's journal, for one process and thread at a time: two clean-ups at once could each remove what the
    other keeps. What an earlier one left in the middle is settled first. Raises ``LibraryInUseError``."""
    lock = FileLock(session.folder / "acting.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise LibraryInUseError(f"another process is cleaning up the library in {session.folder}") from None
    journal = None
    try:
        journal = Journal(session.folder / JOURNAL)
        settle_acts(journal, read_mounts())
        yield journal
    finally:
        if journal is not None:
            journal.close()
        lock.release()


def remove_copies(
    session: Session,
    wanted: Sequence[Wanted],
    kind: ActKind = "trash",
    folder: str | None = None,
    task: Task = NULL_TASK,
    dry_run: bool = False,
    merge_metadata: bool = False,
) -> Report:
    """Do away with files, one after the other; each stays where it is when anything about it is not as it should be.

    ``folder``: where ``move`` puts them. ``dry_run``: make every check and do nothing. ``merge_metadata``: what goes to
    the trash or a folder leaves in the sidecar of the kept file what that does not say; where that cannot be, it stays.
    ``delete`` is not to be had here: see ``delete_refused``. Cancelling leaves the rest as it is.

    Raises ``KnownError`` (kind ``last-copy``) before anything is done when a file would go that has no survivor,
    ``LibraryInUseError``.
    """
    if kind == "delete":
        raise ValueError("what the trash refused is deleted by delete_refused")
    with acting(session) as journal:
        check_survivors(session.catalog, [(one.path, one.kept) for one in wanted])
        return _Runner(session, journal, task, merge_metadata).run(wanted, kind, folder, dry_run)


def remove_chosen(session: Session, wanted: Sequence[Wanted], task: Task = NULL_TASK) -> Report:
    """Move files to the trash that a person chose one by one, last copies (``kept`` is ``path``) too: the person was
    asked, and ``undo_last`` brings them back. What has another file to stay for it is checked as in ``remove_copies``.

    Raises as ``remove_copies`` does.
    """
    with acting(session) as journal:
        check_survivors(session.catalog, [(one.path, one.kept) for one in wanted if one.kept != one.path])
        return _Runner(session, journal, task).run(wanted, "trash", None, dry_run=False)


def delete_refused(session: Session, run: int, paths: Sequence[str] | None, task: Task = NULL_TASK) -> Report:
    """Delete for good those of ``paths`` (None: all) that the trash refused in that run: this cannot be undone.

    Raises ``KnownError`` (kind ``not-refused``) for any other path, and as ``remove_copies`` does.
    """
    with acting(session) as journal:
        refused = {
            act.what.path: act.what
            for act in journal.acts(run)
            if act.state == "failed" and act.problem == trash.TrashRefusedError.kind
        }
        paths = list(refused) if paths is None else paths
        for path in paths:
            if path not in refused:
                raise KnownError(f"{path} was not refused by the trash; nothing was deleted", "not-refused")
        chosen = (refused[path] for path in paths)
        wanted = [Wanted(what.path, what.hash, what.kept, what.kept_hash) for what in chosen]
        check_survivors(session.catalog, [(one.path, one.kept) for one in wanted])
        return _Runner(session, journal, task).run(wanted, "delete", None, dry_run=False)


class _Runner:
    def __init__(self, session: Session, journal: Journal, task: Task, merges: bool = False) -> None:
        self._catalog, self._journal, self._task, self._merges = session.catalog, journal, task, merges
        self._report = Report()

    def run(self, wanted: Sequence[Wanted], kind: ActKind, folder: str | None, dry_run: bool) -> Report:
        mounts, planned = read_mounts(), list[NewAct]()
        for one in wanted:
            try:
                planned.append(_as_planned(one, kind, folder, mounts))
            except KnownError as error:
                self._refuse(one.path, error)
        if dry_run:
            self._rehearse(planned)
        elif planned:
            self._report.run = self._journal.plan(planned)
            try:
                self._act_on(self._journal.acts(self._report.run))
            finally:
                self._tell_catalog(kind)
        return self._report

    def _tell_catalog(self, kind: ActKind) -> None:
        """The next scan would find out as well."""
        gone = [outcome.path for outcome in self._report.done]
        if kind == "trash":
            self._catalog.mark_trashed(gone)
        elif kind != "hardlink":
            self._catalog.forget_files(gone)

    def _rehearse(self, planned: Sequence[NewAct]) -> None:
        for done, act in enumerate(planned, start=1):
            try:
                _check(act)
                self._report.done.append(Outcome(act.path, act.size))
            except KnownError as error:
                self._refuse(act.path, error)
            self._task.step(done, len(planned))

    def _act_on(self, acts: Sequence[Act]) -> None:
        for done, act in enumerate(acts, start=1):
            try:
                self._task.step(done - 1, len(acts))
            except Cancelled:
                for left in acts[done - 1 :]:
                    self._journal.mark(left, "failed", problem="cancelled", reason="stopped before its turn")
                raise
            self._act(act)
        self._task.step(len(acts), len(acts))

    def _act(self, act: Act) -> None:
        what, place, sidecar = act.what, None, None
        try:
            kept = _check(what)
            if self._merges and what.kind in _MERGED:
                sidecar = merge_into_kept(self._journal, act)
            if what.kind == "move":
                assert what.target is not None
                place = free_name(what.target, os.path.basename(what.path))
            self._journal.mark(act, "doing", place)
            place = _ACTS[what.kind](what, place)
            self._journal.mark(act, "done", place)
        except (KnownError, OSError) as error:
            self._fail(act, error, sidecar)
            return
        if not what.is_last and _signature_of(what.kept) != kept:
            self._take_back(replace(act, state="done", place=place))
            return
        self._went(what, place, sidecar)

    def _went(self, what: NewAct, place: str | None, sidecar: str | None) -> None:
        self._report.done.append(Outcome(what.path, what.size, place, sidecar=sidecar))

    def _fail(self, act: Act, error: KnownError | OSError, sidecar: str | None) -> None:
        """Tell what went wrong; an act of which half may have happened is settled as after a crash."""
        known = error if isinstance(error, KnownError) else KnownError(str(error), "os-error")
        now = self._journal.act(act.id)
        if now.state in ("planned", "doing") and settle_act(self._journal, now, read_mounts(), known) == "done":
            self._went(act.what, self._journal.act(act.id).place, sidecar)
        else:
            self._refuse(act.what.path, known)

    def _take_back(self, act: Act) -> None:
        """The kept file changed while its copy went: the copy comes back."""
        reason = "the kept file changed meanwhile"
        back = act.what.kind != "delete" and undo_act(self._journal, act, read_mounts()) is None
        self._refuse(act.what.path, KnownError(reason if back else f"{reason}; cbir undo", "kept-changed"))

    def _refuse(self, path: str, error: KnownError) -> None:
        size = os.lstat(path).st_size if os.path.lexists(path) else 0
        self._report.refused.append(Outcome(path, size, None, error.kind, str(error)))


def _as_planned(one: Wanted, kind: ActKind, folder: str | None, mounts: Mounts) -> NewAct:
    """Raises ``KnownError`` for what is no file of its own."""
    status = _file_of_its_own(one.path)
    volume = mounts.of(os.path.realpath(os.path.dirname(one.path))).volume
    target = one.kept
    if kind == "move":
        assert folder is not None
        target = os.path.abspath(folder)
        os.makedirs(target, exist_ok=True)
        if os.path.dirname(one.path) == target:
            raise KnownError("it lies in that folder already", "same-folder")
    return NewAct(
        kind,
        one.path,
        one.hash,
        status.st_size,
        status.st_mtime_ns,
        stat.S_IMODE(status.st_mode),
        volume.uuid,
        volume.mount,
        one.kept,
        one.kept_hash,
        target,
        secrets.token_hex(8),
    )


def _check(act: NewAct) -> tuple[int, ...] | None:
    """Hash both files again; gives the signature of the kept one, none for a last copy. Raises ``KnownError`` where a
    file is not what it was when the pair was proved."""
    _file_of_its_own(act.path)
    if act.is_last:
        _check_unchanged(act)
        return None
    try:
        kept = _file_of_its_own(act.kept)
    except KnownError as error:
        raise KnownError(f"the file to keep, {act.kept}: {error}", "kept-gone") from error
    if os.path.samefile(act.path, act.kept):
        raise KnownError(f"it is the same file as {act.kept}, by another name", "same-file")
    if _hash_of(act.kept) != act.kept_hash:
        raise KnownError(f"the file to keep, {act.kept}, has changed since the pair was proved", "kept-changed")
    _check_unchanged(act)
    if act.kind in ("hardlink", "symlink") and act.hash != act.kept_hash:
        raise KnownError("only identical bytes can be replaced by a link", "other-bytes")
    return signature(kept)


def _check_unchanged(act: NewAct) -> None:
    if _hash_of(act.path) != act.hash:
        raise KnownError("it has changed since it was compared", "changed")


def _file_of_its_own(path: str) -> os.stat_result:
    try:
        status = os.lstat(path)
    except (OSError, ValueError) as error:
        raise KnownError("it is not there any more", "gone") from error
    if stat.S_ISLNK(status.st_mode):
        raise KnownError("it is a link and holds no picture itself", "is-link")
    if not stat.S_ISREG(status.st_mode):
        raise KnownError("it is no file", "gone")
    return status


def _hash_of(path: str) -> bytes:
    try:
        return hash_file(path)
    except OSError as error:
        raise KnownError(f"{path} cannot be read: {error.strerror or error}", "unreadable") from error


def _signature_of(path: str) -> tuple[int, ...] | None:
    try:
        return signature(os.lstat(path))
    except OSError:
        return None


def _trash(act: NewAct, _: str | None) -> str | None:
    place = trash.send(act.path)
    if place is not None and _hash_of(place) != act.hash:
        raise KnownError(f"what lies in the trash at {place} is not the file that was put there", "trash-failed")
    return place


def _delete(act: NewAct, _: str | None) -> str | None:
    os.unlink(act.path)
    return None


def _move(act: NewAct, place: str | None) -> str | None:
    assert place is not None
    move_new(act.path, place, act.hash, temporary_in(place, act))
    return place


def _link(act: NewAct, _: str | None) -> str | None:
    replace_by_link(act.path, act.kept, act.kind == "symlink", temporary_in(act.path, act))
    return act.path


_ACTS: dict[ActKind, Callable[[NewAct, str | None], str | None]] = {
    "trash": _trash,
    "delete": _delete,
    "move": _move,
    "hardlink": _link,
    "symlink": _link,
}
