"""Thumbnails on disk, one JPEG a content. Derived data: delete the file at any time, at no loss."""

import contextlib
import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import simplejpeg

from cbir_desktop.core.types import Image
from cbir_desktop.images.thumbs import shrunk
from cbir_desktop.store.blob_cache import BlobCache

_QUALITY = 85  # about 12 KB each; artefacts begin to show below 80
_NAME = re.compile("[0-9a-f]{64}\\.jpg")
_START, _END = b"\xff\xd8", b"\xff\xd9"


class ThumbCache:
    """Thumbnails by content hash, in ``folder/thumbnails.sqlite``. Safe in threads and between processes.

    Older versions made a file of each, in ``folder/thumbs/ab/abcd….jpg``. They are read where they are until the next
    ``trim``: those of photos on a drive that is away cannot be made again.
    """

    def __init__(self, folder: Path) -> None:
        self._blobs = BlobCache(folder / "thumbnails.sqlite", "thumbnails")
        self._old = folder / "thumbs"
        self._has_old = os.path.isdir(self._old)

    def get(self, content_hash: bytes) -> bytes | None:
        """The JPEG, or None where there is none, or none that is whole. Marks it as used."""
        data = self._blobs.get(content_hash)
        return _whole(self._old_path(content_hash)) if data is None and self._has_old else data

    def __contains__(self, content_hash: bytes) -> bool:
        return content_hash in self._blobs or (self._has_old and os.path.exists(self._old_path(content_hash)))

    def put(self, content_hash: bytes, image: Image) -> bool:
        """Store the thumbnail of an upright picture of any size: here it is found at once, in other processes after
        ``flush``. False, and a line in the log, where the disk fails."""
        return self._blobs.put(content_hash, simplejpeg.encode_jpeg(shrunk(image), _QUALITY, "RGB", "420"))

    def flush(self) -> bool:
        """Write what was put; False, and a line in the log, where the disk fails."""
        return self._blobs.flush()

    def remove(self, content_hash: bytes) -> None:
        """Forget one, where there is one."""
        self._blobs.remove(content_hash)
        if self._has_old:
            _remove(self._old_path(content_hash))

    def held(self) -> int:
        """Bytes on the disk."""
        return self._blobs.held()

    def trim(self, max_bytes: int) -> int:
        """Remove the least recently used until ``max_bytes`` are left; gives the bytes removed. Takes over first what
        an older version left."""
        if self._has_old:
            self._take_over()
        return self._blobs.trim(max_bytes)

    def close(self) -> None:
        self._blobs.close()

    def _old_path(self, content_hash: bytes) -> Path:
        name = content_hash.hex()
        return self._old / name[:2] / f"{name}.jpg"

    def _take_over(self) -> None:
        """Folder by folder, of which there are 256: what a kill interrupts goes on at the next trim."""
        for folder, _, names in os.walk(self._old):
            if not self._take_folder(Path(folder), names):
                return
        shutil.rmtree(self._old, ignore_errors=True)
        self._has_old = os.path.isdir(self._old)

    def _take_folder(self, folder: Path, names: Sequence[str]) -> bool:
        """Put what is whole into the file, then remove all; False where the disk fails, and all stays."""
        for name in names:
            if _NAME.fullmatch(name) is None or (content_hash := bytes.fromhex(name[:-4])) in self._blobs:
                continue
            try:
                used = (folder / name).stat().st_mtime_ns
            except OSError:
                continue  # another process takes them over too
            data = _whole(folder / name)
            if data is not None and not self._blobs.put(content_hash, data, used):
                return False
        if not self._blobs.flush():
            return False
        for name in names:
            _remove(folder / name)
        return True


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _whole(path: Path) -> bytes | None:
    """A JPEG that an older version wrote, as far as one can see without decoding it."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return data if data.startswith(_START) and data.endswith(_END) else None
