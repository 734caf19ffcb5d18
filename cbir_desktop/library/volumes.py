"""Drives come and go: keep the catalog's volumes level with what is mounted."""

from dataclasses import replace

from cbir_desktop.library.mounts import Mounts, read_mounts
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.folders import Volume


def refresh_volumes(catalog: Catalog, mounts: Mounts | None = None) -> list[Volume]:
    """Find out which known volumes are mounted, and where; gives those of which that changed.

    The photos of a volume that is away are ``offline``, and keep the paths they had. Nothing is written when nothing
    changed.
    """
    mounts = mounts or read_mounts()
    changed = [now for known in catalog.folders.volumes() if (now := _now(known, mounts)) != known]
    for volume in changed:
        catalog.folders.set_volume(volume)
    return changed


def _now(known: Volume, mounts: Mounts) -> Volume:
    mount = mounts.by_uuid(known.uuid)
    return replace(known, online=False) if mount is None else replace(mount.volume, online=True)
