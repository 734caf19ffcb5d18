"""Drives come and go: keep the catalog's volumes level with what is mounted."""

import os
from dataclasses import replace

from cbir_desktop.library.mounts import Mounts, read_mounts
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.files import SeenBefore
from cbir_desktop.store.places import Volume

_SAMPLE = 5  # files of the same size, time (ns) and inode at the same paths: no two disks have them by chance


def refresh_volumes(catalog: Catalog, mounts: Mounts | None = None) -> list[Volume]:
    """Find out which known volumes are mounted, and where; gives those of which that changed.

    The photos of a volume that is away are ``offline``, and keep the paths they had. Nothing is written when nothing
    changed.
    """
    mounts = mounts or read_mounts()
    known = catalog.folders.volumes()
    for volume in known:
        if mounts.by_uuid(volume.uuid) is None and (uuid := _new_name(catalog, volume, mounts)):
            catalog.folders.rename_volume(volume.uuid, uuid)
            known = catalog.folders.volumes()
    changed = [now for volume in known if (now := _now(volume, mounts)) != volume]
    for volume in changed:
        catalog.folders.set_volume(volume)
    return changed


def _now(known: Volume, mounts: Mounts) -> Volume:
    mount = mounts.by_uuid(known.uuid)
    return replace(known, online=False) if mount is None else replace(mount.volume, online=True)


def _new_name(catalog: Catalog, volume: Volume, mounts: Mounts) -> str | None:
    """The name that a volume has now, where the system tells another than it did (or an older version of this program
    asked less): what is mounted in its place holds its very files."""
    mount = mounts.at(volume.mount)
    if mount is None or any(other.uuid == mount.uuid for other in catalog.folders.volumes()):
        return None
    sample = catalog.files.sample_of(volume.uuid, _SAMPLE)
    return mount.uuid if sample and all(_is_there(file, mount.has_inodes) for file in sample) else None


def _is_there(file: SeenBefore, has_inodes: bool) -> bool:
    try:
        status = os.stat(file.path)
    except OSError:
        return False
    same = (status.st_size, status.st_mtime_ns) == (file.file.size, file.file.mtime_ns)
    return same and (not has_inodes or status.st_ino == file.file.inode)
