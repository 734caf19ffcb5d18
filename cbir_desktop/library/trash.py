"""The system's trash: put a file there, and know where it lies afterwards.

freedesktop.org, The Trash Specification 1.0: a trash folder holds ``files/NAME`` and ``info/NAME.trashinfo``; there is
one in the user's data folder and, for other volumes, ``$topdir/.Trash/$uid`` or ``$topdir/.Trash-$uid``. Other systems
do not say where a file went.
"""

import os
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from urllib.parse import unquote_to_bytes

import send2trash

from cbir_desktop.core.errors import KnownError

_PLATFORM: str = sys.platform
_INFO = ".trashinfo"


class TrashRefusedError(KnownError):
    """The system did not take the file, which is where it was."""

    kind = "trash-refused"


def send(path: str) -> str | None:
    """Put a file into the trash; gives where it lies now, None where the system does not say.

    Raises ``TrashRefusedError``, and ``KnownError`` (kind ``trash-failed``) when the system says that it took the file
    and the file is still there.
    """
    folders = trash_folders(path)
    known = {folder: set(_names(folder)) for folder in folders}
    try:
        send2trash.send2trash(path)
    except OSError as error:
        if os.path.lexists(path):
            _remove_unused(path, known)
            raise TrashRefusedError(f"the trash did not take it: {error.strerror or error}") from error
        raise KnownError(f"the trash failed, and the file is gone from its place: {error}", "trash-failed") from error
    if os.path.lexists(path):
        raise KnownError("the trash said that it took the file, which is still there", "trash-failed")
    fresh = {folder: [name for name in _names(folder) if name not in known[folder]] for folder in folders}
    return next(_places(path, fresh.items()), None)


def _remove_unused(path: str, known: Mapping[str, Collection[str]]) -> None:
    """The note that send2trash leaves where the trash had no room for the file, or for the note: it names nothing."""
    stem = os.path.splitext(os.path.basename(path))[0]
    for folder, before in known.items():
        for name in set(_names(folder)).difference(before):
            note, place = (os.path.join(folder, *part) for part in (("info", name), ("files", name[: -len(_INFO)])))
            is_ours = name.startswith(stem) and (_origin(folder, name) == _real(path) or not os.path.getsize(note))
            if is_ours and not os.path.lexists(place):
                os.unlink(note)


def find(path: str, folders: Sequence[str]) -> list[str]:
    """Where files lie in these trash folders that were thrown away from ``path``; the latest first."""
    found = _places(path, ((folder, _names(folder)) for folder in folders))
    return sorted(found, key=_thrown, reverse=True)


def forget(place: str) -> None:
    """Remove the note that belongs to a place in a trash folder from which the file was taken out."""
    trash, name = os.path.dirname(os.path.dirname(place)), os.path.basename(place)
    note = os.path.join(trash, "info", name + _INFO)
    if os.path.isfile(note) and not os.path.lexists(place):
        os.unlink(note)


def trash_folders(path: str) -> list[str]:
    """The trash folders that a file at ``path`` may be put into, whether they are there or not; none on systems that
    keep their trash to themselves."""
    if _PLATFORM in ("win32", "darwin"):
        return []
    top, user = _top(path), os.getuid()
    per_volume = (os.path.join(top, ".Trash", str(user)), os.path.join(top, f".Trash-{user}"))
    return [os.path.join(_data_home(), "Trash"), *per_volume]


def is_in_trash(path: str) -> bool:
    """Whether a file lies in a trash folder: it may be gone tomorrow."""
    home = os.path.join(os.path.realpath(_data_home()), "Trash") + os.sep
    parts = PurePath(path).parts[:-1]
    return os.path.realpath(path).startswith(home) or any(_is_trash_name(part) for part in parts)


def _is_trash_name(name: str) -> bool:
    lower = name.lower()
    return lower.startswith(".trash") or lower in ("$recycle.bin", "#recycle")


def _data_home() -> str:
    return os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")


def _top(path: str) -> str:
    """The mount point above a path, as send2trash looks for it."""
    folder = os.path.realpath(os.path.dirname(path))
    while not os.path.ismount(folder):
        folder = os.path.dirname(folder)
    return folder


def _names(folder: str) -> list[str]:
    """Of the notes in a trash folder."""
    try:
        return [name for name in os.listdir(os.path.join(folder, "info")) if name.endswith(_INFO)]
    except OSError:
        return []


def _places(path: str, notes: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    wanted = _real(path)
    for folder, names in notes:
        for name in names:
            place = os.path.join(folder, "files", name.removesuffix(_INFO))
            if _origin(folder, name) == wanted and os.path.lexists(place):
                yield place


def _origin(folder: str, name: str) -> str | None:
    """The path that a note names: absolute, or counted from the folder that the trash belongs to."""
    try:
        with open(os.path.join(folder, "info", name), "rb") as file:
            lines = file.read(1 << 16).splitlines()
    except OSError:
        return None
    named = next((line[5:] for line in lines if line.startswith(b"Path=")), None)
    if named is None:
        return None
    base = os.path.dirname(folder)
    if os.path.basename(base) == ".Trash":
        base = os.path.dirname(base)
    return _real(os.path.join(base, os.fsdecode(unquote_to_bytes(named))))


def _real(path: str) -> str:
    """One way to write the path of a file that need not be there any more."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(folder), name)


def _thrown(place: str) -> float:
    trash, name = os.path.dirname(os.path.dirname(place)), os.path.basename(place)
    try:
        return os.stat(os.path.join(trash, "info", name + _INFO)).st_mtime
    except OSError:
        return 0.0
