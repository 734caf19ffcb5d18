"""Where a file lies: a volume, a folder on it, a name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Volume:
    """A file system: ``uuid`` names it wherever it is mounted, ``mount`` is where it is mounted now, or was last.

    ``label`` is its name for people. ``online`` tells whether it was mounted when somebody looked last.
    """

    uuid: str
    mount: str
    label: str = ""
    online: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A folder on a volume; ``path`` is relative to the mount point, without a slash at either end."""

    volume: Volume
    path: str

    @property
    def full(self) -> str:
        return os.path.join(self.volume.mount, self.path) if self.path else self.volume.mount


def full_path(mount: bytes, path: bytes, name: bytes) -> str:
    """The absolute path of a file from its three parts in the catalog."""
    return os.fsdecode(os.path.join(mount, path, name))


def in_folders(folders: Sequence[bytes]) -> tuple[str, tuple[bytes, ...]]:
    """An SQL condition on ``f``, a file in one of these folders or below, and its values. The folders of the catalog
    are found once, not for each file."""
    # Joined text is compared as bytes, with a slash at its end: "/a/bc" is not below "/a/b". "0" follows "/".
    full = "CAST(rtrim(v.mount, '/') || '/' || d.path || iif(length(d.path), '/', '') AS BLOB)"
    below = " OR ".join([f"({full} >= ? AND {full} < ?)"] * len(folders))
    values = [folder.rstrip(b"/") + end for folder in folders for end in (b"/", b"0")]
    return f"f.folder_id IN (SELECT d.id FROM folders d JOIN volumes v ON v.id = d.volume_id WHERE {below})", tuple(
        values
    )
