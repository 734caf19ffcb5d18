"""Where a file lies: a volume, a folder on it, a name."""

import os
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
