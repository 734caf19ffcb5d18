"""The guard over the last copy: what is left of a picture, in the whole library, when some files are gone."""

import os
import stat
from collections.abc import Iterable, Sequence

from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.mounts import Mounts, read_mounts
from cbir_desktop.library.trash import is_in_trash
from cbir_desktop.store.catalog import Catalog

_NAMED = 5  # files that a message names; it says how many more there are
_STATES = {"offline": "is on a drive that is away", "missing": "is missing", "trashed": "is in the trash"}


class Survivors:
    """Tells of any file whether it will still be there, as a file of its own, when ``going`` are gone."""

    def __init__(self, catalog: Catalog, going: Iterable[str], mounts: Mounts | None = None) -> None:
        self._catalog = catalog
        self._mounts = mounts or read_mounts()
        self._folders = catalog.folders.by_path()
        paths = list(going)
        self._going = {self._canonical(path) for path in paths}
        self._files = {file for path in paths if (file := _file_of(path)) is not None}

    def why_not(self, path: str) -> str | None:
        """Why a file does not count as a copy that survives; None where it does."""
        try:
            status = os.lstat(path)
        except (OSError, ValueError):
            return _STATES.get(self._state(path) or "", "is not there")
        if stat.S_ISLNK(status.st_mode):
            return "is a symbolic link, without bytes of its own"
        if not stat.S_ISREG(status.st_mode) or not status.st_size:
            return "is no file with a picture"
        if self._canonical(path) in self._going:
            return "is to go as well"
        if (status.st_dev, status.st_ino) in self._files:
            return "is the same file by another name (a hard link)"
        if is_in_trash(path):
            return "is in the trash"
        known = self._state(path)
        return _STATES[known] if known in ("offline", "trashed") else None

    def of_content(self, digest: bytes) -> str | None:
        """A file of the library with these contents that survives, the first by path; None where there is none.

        It is told by the catalog: hash it before you rely on it.
        """
        return next((path for path in self._catalog.paths_of(digest) if self.why_not(path) is None), None)

    def _state(self, path: str) -> str | None:
        folder, name = os.path.split(self._canonical(path))
        return self._catalog.files.state_in(self._folders.get(folder), name)

    def _canonical(self, path: str) -> str:
        folder, name = os.path.split(os.path.abspath(path))  # the folder's links only: a link is not what it leads to
        return os.path.join(self._mounts.canonical(folder), name)


def check_survivors(catalog: Catalog, pairs: Sequence[tuple[str, str]]) -> None:
    """Refuse a plan, (file that goes, file that is kept for it) each, whatever rules made it, where a kept file does
    not survive it. Raises ``KnownError`` (kind ``last-copy``)."""
    survivors = Survivors(catalog, [path for path, _ in pairs])
    why = {kept: survivors.why_not(kept) for kept in {kept for _, kept in pairs}}
    bad = [f"{path} would be the last copy: {kept} {why[kept]}" for path, kept in pairs if why[kept] is not None]
    if bad:
        more = f" (and {len(bad) - _NAMED} more)" if len(bad) > _NAMED else ""
        raise KnownError(f"nothing was done: {'; '.join(bad[:_NAMED])}{more}", "last-copy")


def _file_of(path: str) -> tuple[int, int] | None:
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return None
    return status.st_dev, status.st_ino
