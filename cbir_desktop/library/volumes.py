"""Which file system a folder lies on, and under which name it will be known when it is mounted elsewhere."""

import os
import sys
from functools import lru_cache
from pathlib import Path

from cbir_desktop.store.files import Place, Volume

_BY_UUID = Path("/dev/disk/by-uuid")


def place_of(folder: str) -> Place:
    """The volume of a folder that exists, and the folder's path on it. ``folder`` is absolute."""
    return _split(folder, mount_point(folder))


def mount_point(folder: str) -> str:
    """The nearest folder above (or the folder itself) that is a mount point, else the root."""
    while not os.path.ismount(folder):
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    return folder


def _split(folder: str, mount: str) -> Place:
    relative = os.path.relpath(folder, mount)
    return Place(Volume(_uuid(mount), mount), "" if relative == os.curdir else relative)


@lru_cache(maxsize=256)
def _uuid(mount: str) -> str:
    """The UUID that the system gives the file system; where it gives none, the mount point stands for it."""
    if sys.platform == "linux":
        device = os.stat(mount).st_dev
        for link in sorted(_BY_UUID.glob("*")) if _BY_UUID.is_dir() else []:
            try:
                if link.stat().st_rdev == device:
                    return link.name
            except OSError:
                continue
    return f"mount:{mount}"
