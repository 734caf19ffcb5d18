"""Take back one act, and bring an act that was left in the middle to one of its two ends."""

import contextlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.hashing import hash_file
from cbir_desktop.library import trash
from cbir_desktop.library.changes import is_in
from cbir_desktop.library.merging import take_back_merge
from cbir_desktop.library.mounts import Mounts
from cbir_desktop.library.moving import copy_new, move_new, sync_folder, temporary_in
from cbir_desktop.store.journal import Act, Journal, NewAct, State

INTERRUPTED = KnownError("interrupted before anything was done to it", "interrupted")


def settle_acts(journal: Journal, mounts: Mounts) -> None:
    """Bring every act that has no end to one. Those of a drive that is away wait for it."""
    for act in journal.unsettled():
        settle_act(journal, act, mounts)


def settle_act(journal: Journal, act: Act, mounts: Mounts, error: KnownError = INTERRUPTED) -> State:
    """Look at the disk and write down what an act that was begun came to: that it was done, or, with what ``error``
    says, that it was not. Nothing is removed but a second name, or the act's own copy, of what is whole elsewhere."""
    here = _as_mounted(act, mounts)
    if act.state == "planned" and (here is not None or journal.merge_of(act) is None):
        take_back_merge(journal, here or act)
        journal.mark(act, "failed", None, error.kind, str(error))
        return "failed"
    if here is None:
        return act.state
    if act.state == "doing":
        end = _DOING[act.what.kind](here)
        if end.state == "failed":
            take_back_merge(journal, here)
        reason = str(error) if end.state == "failed" else end.reason
        journal.mark(act, end.state, end.place, error.kind if end.state == "failed" else "", reason)
        return end.state
    state = _settle_undo(here)
    if state == "undone":
        take_back_merge(journal, here)
    journal.mark(act, state, here.place if state == "done" else None)
    return state


def undo_act(journal: Journal, act: Act, mounts: Mounts) -> KnownError | None:
    """Take back an act that is done; gives why that could not be, and then all is as it was.

    Kinds: ``volume-away``, ``unknown-place``, ``gone``, ``changed``, ``taken`` (another file has its place), ``final``
    (of a deletion), and what the system says.
    """
    here = _as_mounted(act, mounts)
    if here is None:
        return KnownError(f"the drive with {act.what.path} is away; plug it in first", "volume-away")
    try:
        _UNDO[act.what.kind](journal, act, here)
    except (KnownError, OSError) as error:
        known = error if isinstance(error, KnownError) else KnownError(str(error), "os-error")
        if journal.act(act.id).state == "undoing" and settle_act(journal, journal.act(act.id), mounts) == "undone":
            return None
        return known
    take_back_merge(journal, here)
    journal.mark(act, "undone")
    return None


def where_it_is(act: Act, mounts: Mounts) -> tuple[str, str | None]:
    """The path of an act's file and its place, as its volume is mounted now."""
    here = _as_mounted(act, mounts) or act
    return here.what.path, here.place


@dataclass(frozen=True, slots=True)
class _End:
    state: State
    place: str | None = None
    reason: str = ""


def _settle_trash(act: Act) -> _End:
    if _holds(act.what.path, act.what):
        return _End("failed")
    place = _in_trash(act.what)
    if place is None and os.path.lexists(act.what.path):
        return _End("failed")
    return _End("done", place, "" if place else "it is gone from its place; where the trash put it is not known")


def _settle_delete(act: Act) -> _End:
    return _End("failed" if os.path.lexists(act.what.path) else "done")


def _settle_move(act: Act) -> _End:
    what, place = act.what, act.place
    if place is None:
        return _End("failed")
    if _holds(what.path, what):
        for whole in (what.path, temporary_in(place, what)):
            _remove_name(place, whole, what)
        _remove_temporary(place, what)
        return _End("failed")
    if _holds(place, what):
        _remove_temporary(place, what)
        return _End("done", place)
    return _End("failed")


def _settle_link(act: Act) -> _End:
    what = act.what
    linked = os.path.islink(what.path) if what.kind == "symlink" else _is_one_file(what.path, what.kept)
    if linked or _holds(what.path, what):
        _remove_temporary(what.path, what)
    return _End("done", what.path) if linked else _End("failed")


_DOING: dict[str, Callable[[Act], _End]] = {
    "trash": _settle_trash,
    "delete": _settle_delete,
    "move": _settle_move,
    "hardlink": _settle_link,
    "symlink": _settle_link,
}


def _settle_undo(act: Act) -> State:
    what = act.what
    if what.kind in ("hardlink", "symlink"):
        linked = os.path.islink(what.path) if what.kind == "symlink" else _is_one_file(what.path, what.kept)
        if _holds(what.path, what):
            _remove_temporary(what.path, what)
        return "done" if linked else "undone"
    if not _holds(what.path, what):
        if act.place is not None and _holds(act.place, what):
            _remove_temporary(what.path, what)
            _remove_name(what.path, act.place, what)
        return "done"
    _remove_temporary(what.path, what)
    if act.place is not None and _holds(act.place, what):
        os.unlink(act.place)
    if act.place is not None and what.kind == "trash":
        trash.forget(act.place)
    return "undone"


def _take_out(journal: Journal, act: Act, here: Act) -> None:
    """From the trash, or from the folder that it was moved to."""
    what, place = here.what, here.place
    if place is None and what.kind == "trash":
        place = _in_trash(what)
    if place is None:
        raise KnownError(f"the system did not say where it put {what.path}: take it out of the trash", "unknown-place")
    if not os.path.lexists(place):
        raise KnownError(f"it is not at {place} any more", "gone")
    if not _holds(place, what):
        raise KnownError(f"{place} has changed since", "changed")
    if os.path.lexists(what.path):
        raise KnownError(f"another file is at {what.path} now", "taken")
    journal.mark(act, "undoing", place)
    os.makedirs(os.path.dirname(what.path), exist_ok=True)
    move_new(place, what.path, what.hash, temporary_in(what.path, what))
    if what.kind == "trash":
        trash.forget(place)


def _unlink(journal: Journal, act: Act, here: Act) -> None:
    """Put a file of its own in the place of the link."""
    what, temporary = here.what, temporary_in(here.what.path, here.what)
    if (what.kind == "symlink") != os.path.islink(what.path):
        raise KnownError(f"{what.path} is not that link any more", "taken")
    if not _holds(what.path, what):
        raise KnownError(f"{what.path} has changed since, or what it leads to has gone", "changed")
    journal.mark(act, "undoing", what.path)
    copy_new(what.path, temporary, what.hash)
    os.chmod(temporary, what.mode)
    os.utime(temporary, ns=(what.mtime_ns, what.mtime_ns))
    os.replace(temporary, what.path)
    sync_folder(what.path)


def _refuse(_: Journal, act: Act, __: Act) -> None:
    raise KnownError(f"{act.what.path} was deleted for good", "final")


_UNDO: dict[str, Callable[[Journal, Act, Act], None]] = {
    "trash": _take_out,
    "move": _take_out,
    "hardlink": _unlink,
    "symlink": _unlink,
    "delete": _refuse,
}


def _as_mounted(act: Act, mounts: Mounts) -> Act | None:
    """The act with the paths that its volume has now; None while that is away."""
    mount = mounts.by_uuid(act.what.volume)
    if mount is None:
        return None

    def moved(path: str) -> str:
        if mount.path == act.what.mount or not is_in(path, act.what.mount):
            return path
        return os.path.join(mount.path, path[len(act.what.mount) :].lstrip(os.sep))

    what = replace(act.what, path=moved(act.what.path), kept=moved(act.what.kept))
    return replace(act, what=what, place=None if act.place is None else moved(act.place))


def _in_trash(what: NewAct) -> str | None:
    places = trash.find(what.path, trash.trash_folders(what.path))
    return next((place for place in places if _holds(place, what)), None)


def _holds(path: str, what: NewAct) -> bool:
    try:
        return os.stat(path).st_size == what.size and hash_file(path) == what.hash
    except OSError:
        return False


def _is_one_file(a: str, b: str) -> bool:
    try:
        return not os.path.islink(a) and os.path.samefile(a, b)
    except OSError:
        return False


def _remove_name(extra: str, whole: str, what: NewAct) -> None:
    """Remove a second name of the file ``whole``, or the empty file that held that name for it; nothing else."""
    with contextlib.suppress(FileNotFoundError):
        is_empty = os.lstat(extra).st_size == 0 < what.size
        if is_empty or os.path.samefile(extra, whole):
            os.unlink(extra)


def _remove_temporary(path: str, what: NewAct) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary_in(path, what))
