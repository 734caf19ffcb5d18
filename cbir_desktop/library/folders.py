"""The folders that the user gave to the library: add, remove, list, and find again when they moved."""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.images.hashing import hash_file
from cbir_desktop.library.changes import is_in
from cbir_desktop.library.mounts import Mounts, read_mounts
from cbir_desktop.library.session import Session
from cbir_desktop.library.volumes import refresh_volumes
from cbir_desktop.store.files import Relinked
from cbir_desktop.store.folders import KnownFolder
from cbir_desktop.store.places import Place

# Files read to prove that a folder is the one that moved. Were one in ten another file, twenty would show it in 88 of
# 100 cases; size and relative path are checked of all.
_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class FolderInfo:
    """A watched folder. ``files`` counts the known files in and below it by state; ``there``: it can be listed now,
    ``mounted``: its volume can."""

    path: str
    volume: str
    there: bool
    files: dict[str, int]
    excludes: tuple[str, ...]
    mounted: bool = True


@dataclass(frozen=True, slots=True)
class RelinkReport:
    """``files`` have a new path, of which ``checked`` were compared by content; ``missing`` were not found there."""

    files: int
    checked: int
    missing: int


def list_folders(session: Session) -> list[FolderInfo]:
    """The watched folders, ordered by path."""
    states = session.catalog.folders.states()
    every = session.catalog.folders.all()
    return [_info(folder, every, states) for folder in every if folder.watched]


def add_folder(session: Session, path: str, excludes: Sequence[str] | None = None) -> None:
    """Watch a folder from now on; ``excludes`` replaces its globs. Indexing comes with the next rescan.

    Raises ``KnownError`` (kind ``no-such-path``) for what is no folder.
    """
    mounts = read_mounts()
    folder = mounts.canonical(os.path.abspath(path))
    if not os.path.isdir(folder):
        raise KnownError(f"{path} is not a folder that is there now", "no-such-path")
    with session.writing():
        session.catalog.folders.watch([mounts.place_of(folder)], excludes)


def remove_folder(session: Session, path: str) -> int:
    """Forget a watched folder; gives the number of files that left the catalog.

    Files that another watched folder holds stay. Contents and vectors stay too, until they are pruned: a folder that is
    added again is not computed again. No photo is touched.
    """
    with session.writing():
        folder, files = _leaving(session, path)
        session.catalog.folders.unwatch(folder.id)
        session.catalog.files.remove(files)
        session.catalog.folders.remove_empty()
    return len(files)


def count_leaving(session: Session, path: str) -> int:
    """How many files ``remove_folder`` would forget. Raises ``KnownError`` (kind ``not-watched``)."""
    return len(_leaving(session, path)[1])


def relink_folder(session: Session, old: str, new: str, task: Task = NULL_TASK) -> RelinkReport:
    """Tell the library that the folder ``old`` is now at ``new``, on whatever drive. From now on ``new`` is watched in
    its place, also where ``old`` was only a part of a watched folder.

    Of all known files, path and size must agree with what is at ``new``, and of a sample the contents. Raises
    ``KnownError``: ``no-such-path``, ``not-watched`` (nothing is known below ``old``), ``relink-mismatch``.
    """
    with session.writing():
        mounts = read_mounts()
        refresh_volumes(session.catalog, mounts)
        target = mounts.canonical(os.path.abspath(new))
        if not os.path.isdir(target):
            raise KnownError(f"{new} is not a folder that is there now", "no-such-path")
        source = os.path.abspath(old)
        moving = [folder for folder in session.catalog.folders.all() if is_in(folder.place.full, source)]
        if not moving:
            raise KnownError(f"the library knows no photos in {old}", "not-watched")
        relinked, missing = _match(session, moving, source, target, mounts)
        checked = _check(session, relinked, new, task)
        watched = [(folder, _moved_place(folder, source, target, mounts)) for folder in moving if folder.watched]
        staying = [folder for folder in session.catalog.folders.watched() if folder not in moving]
        above = [folder for folder in staying if is_in(source, folder.place.full)]
        session.catalog.files.relink(relinked)
        if above and not any(is_in(target, folder.place.full) for folder in staying):
            globs = [glob for folder in above for glob in folder.excludes]
            session.catalog.folders.watch([mounts.place_of(target)], globs)
        for folder, place in watched:
            session.catalog.folders.watch([place], folder.excludes)
            session.catalog.folders.unwatch(folder.id)
        session.catalog.folders.remove_empty()
    return RelinkReport(len(relinked), checked, missing)


def _match(
    session: Session, moving: Sequence[KnownFolder], source: str, target: str, mounts: Mounts
) -> tuple[list[Relinked], int]:
    """The known files with their new places, and how many of them are not there. Raises ``KnownError``."""
    relinked: list[Relinked] = []
    missing = 0
    for folder in moving:
        place = _moved_place(folder, source, target, mounts)
        for name, file in session.catalog.files.in_folder(folder.id).items():
            try:
                status = os.stat(os.path.join(place.full, name))
            except OSError:
                missing += 1
                continue
            if status.st_size == file.size:
                inode = status.st_ino if mounts.of(place.full).has_inodes else 0
                relinked.append(Relinked(file, place, name, status.st_mtime_ns, inode))
    total = sum(len(session.catalog.files.in_folder(folder.id)) for folder in moving)
    if total and 2 * len(relinked) < total:
        raise KnownError(
            f"only {len(relinked)} of {total} known photos are in {target} with their size: it is another folder",
            "relink-mismatch",
        )
    return relinked, missing


def _check(session: Session, relinked: Sequence[Relinked], new: str, task: Task) -> int:
    """Compare the contents of a sample. Raises ``KnownError``."""
    readable = [one for one in relinked if one.file.content_id is not None]
    sample = random.Random(0).sample(readable, min(_SAMPLE, len(readable)))
    for number, one in enumerate(sample, 1):
        task.step(number, len(sample))
        photos = session.catalog.photos([one.file.content_id or 0])
        path = os.path.join(one.place.full, one.name)
        try:
            same = bool(photos) and hash_file(path) == photos[0].hash
        except OSError as error:
            raise KnownError(f"{path} cannot be read: {error}", "relink-mismatch") from error
        if not same:
            raise KnownError(
                f"{path} holds another picture than the library knows: {new} is another folder", "relink-mismatch"
            )
    return len(sample)


def _moved_place(folder: KnownFolder, source: str, target: str, mounts: Mounts) -> Place:
    return mounts.place_of(os.path.join(target, os.path.relpath(folder.place.full, source)).removesuffix(f"{os.sep}."))


def _leaving(session: Session, path: str) -> tuple[KnownFolder, Sequence[int]]:
    """The watched folder at ``path``, and the files that no other watched folder holds."""
    every = session.catalog.folders.all()
    folder = _watched(every, path)
    others = [other.place.full for other in every if other.watched and other.id != folder.id]
    leaving = [
        below.id
        for below in every
        if is_in(below.place.full, folder.place.full) and not any(is_in(below.place.full, kept) for kept in others)
    ]
    return folder, session.catalog.files.ids_in(leaving)


def _watched(every: Sequence[KnownFolder], path: str) -> KnownFolder:
    """The watched folder at ``path``, there or not. Raises ``KnownError`` (kind ``not-watched``)."""
    wanted = {os.path.abspath(path), read_mounts().canonical(os.path.abspath(path))}
    for folder in every:
        if folder.watched and folder.place.full in wanted:
            return folder
    raise KnownError(f"{path} is not one of the library's folders (see: cbir folders list)", "not-watched")


def _info(folder: KnownFolder, every: Sequence[KnownFolder], states: dict[int, dict[str, int]]) -> FolderInfo:
    counts = {"online": 0, "offline": 0, "missing": 0, "trashed": 0}
    for below in every:
        if is_in(below.place.full, folder.place.full):
            for state, count in states.get(below.id, {}).items():
                counts[state] += count
    full = folder.place.full
    volume = folder.place.volume
    return FolderInfo(full, volume.label, os.path.isdir(full), counts, folder.excludes, volume.online)
