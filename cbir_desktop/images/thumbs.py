"""Thumbnails on disk, one JPEG a content. Derived data: delete the folder at any time, at no loss."""

import logging
import os
import threading
from pathlib import Path

import simplejpeg

from cbir_desktop.core.atomic import write_derived
from cbir_desktop.core.types import Image
from cbir_desktop.images.resize import fit_long_side

LONG_SIDE = 256  # pixels: the large size of the freedesktop thumbnails
_QUALITY = 85  # about 12 KB each; artefacts begin to show below 80
_START, _END = b"\xff\xd8", b"\xff\xd9"

log = logging.getLogger(__name__)


class ThumbCache:
    """Thumbnails by content hash, in ``folder/ab/abcd….jpg``. Safe in threads and between processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._trimming = threading.Lock()

    def path(self, content_hash: bytes) -> Path:
        return Path(self._name(content_hash))

    def get(self, content_hash: bytes) -> bytes | None:
        """The JPEG, or None where there is none, or none that is whole. Marks it as used."""
        path = self.path(content_hash)
        try:
            data = path.read_bytes()
            if not (data.startswith(_START) and data.endswith(_END)):
                return None
            os.utime(path)  # what trim goes by: few file systems keep the time of access
        except OSError:
            return None
        return data

    def put(self, content_hash: bytes, image: Image) -> bool:
        """Store the thumbnail of an upright picture of any size. False, and a line in the log, where the disk fails."""
        data = simplejpeg.encode_jpeg(shrunk(image), _QUALITY, "RGB", "420")
        try:
            # Not synced: a sync costs ten times the encoding, and get() sees through a file that is not whole.
            write_derived(self._name(content_hash), data)
        except OSError as error:
            log.warning("a thumbnail could not be kept: %s", error)
            return False
        return True

    def remove(self, content_hash: bytes) -> None:
        """Forget one, where there is one."""
        remove_file(self._name(content_hash))

    def trim(self, max_bytes: int) -> int:
        """Remove the least recently used until ``max_bytes`` are left; gives the bytes removed."""
        with self._trimming:
            entries = sorted(cache_entries(self.folder))
            excess = sum(size for _, size, _ in entries) - max_bytes
            removed = 0
            for _, size, path in entries:
                if removed >= excess:
                    break
                removed += size if remove_file(path) else 0
            return removed

    def _name(self, content_hash: bytes) -> str:
        name = content_hash.hex()
        return f"{self.folder}{os.sep}{name[:2]}{os.sep}{name}.jpg"


def shrunk(image: Image) -> Image:
    """An upright picture at the size of its thumbnail."""
    return fit_long_side(image, LONG_SIDE)


def cache_entries(folder: Path) -> list[tuple[int, int, str]]:
    """(time of last use in ns, bytes, path) of everything in a cache, what a crash left behind included."""
    found: list[tuple[int, int, str]] = []
    for parent, _, names in os.walk(folder):
        for name in names:
            path = f"{parent}{os.sep}{name}"
            try:
                status = os.stat(path)
            except OSError:
                continue  # trimmed by another process meanwhile
            found.append((status.st_mtime_ns, status.st_size, path))
    return found


def remove_file(path: str) -> bool:
    """Whether it is gone now and was not before."""
    try:
        os.unlink(path)
    except OSError:
        return False
    return True
