"""Small values that are put one by one and written by the dozen."""

import threading
import time
from pathlib import Path

from cbir_desktop.store.blobs import Blob, BlobFile

PENDING_BYTES = 2 << 20
"""So much is held back at most, and for as long as values keep coming no longer than ``PENDING_SECONDS``."""
PENDING_SECONDS = 2.0
_MARKS = 1_000  # of use: what a kill loses of them changes little


class BlobCache:
    """A ``BlobFile`` whose writes are gathered. Safe in threads and between processes.

    What was put is found at once in this process, and in others after the next ``flush``; a kill loses what was not
    flushed. Two seconds or more after the last flush, ``put`` writes at once.
    """

    def __init__(self, path: Path, what: str) -> None:
        self.file = BlobFile(path, what)
        self._lock = threading.Lock()  # of what follows; never held during a write
        self._pending: dict[bytes, Blob] = {}
        self._pending_bytes = 0
        self._marks: dict[bytes, int] = {}
        self._flushed = float("-inf")
        self._flushing = threading.Lock()

    def get(self, key: bytes) -> bytes | None:
        """The value, or None where there is none, or none that is whole. Marks it as used."""
        with self._lock:
            pending = self._pending.get(key)
        if pending is not None:
            return pending.data
        data = self.file.read(key)
        if data is not None:
            self._mark(key)
        return data

    def __contains__(self, key: bytes) -> bool:
        with self._lock:
            pending = self._pending.get(key)
        return key in self.file if pending is None else pending.data is not None

    def put(self, key: bytes, data: bytes, used: int | None = None) -> bool:
        """``used``: when it was used last, in ns; None: now. False, and a line in the log, where the disk fails."""
        return self._change(key, Blob(data, time.time_ns() if used is None else used))

    def remove(self, key: bytes) -> None:
        """Forget one, where there is one."""
        self._change(key, Blob(None, 0))

    def flush(self) -> bool:
        """Write what is held back; False where the disk fails: it is lost then."""
        with self._flushing:
            with self._lock:
                blobs, marks, self._marks = dict(self._pending), self._marks, {}
                self._pending_bytes, self._flushed = 0, time.monotonic()
            if not (blobs or marks):
                return True
            is_written = self.file.write(blobs, marks)
            with self._lock:  # not before: it must be found in one place or the other
                self._pending = {key: blob for key, blob in self._pending.items() if blob is not blobs.get(key)}
            return is_written

    def held(self) -> int:
        """Bytes on the disk, and of what is held back."""
        with self._lock:
            pending = self._pending_bytes
        return pending + self.file.held()

    def trim(self, max_bytes: int) -> int:
        """Remove the least recently used until ``max_bytes`` are held; gives the bytes removed."""
        self.flush()
        return self.file.trim(max_bytes)

    def close(self) -> None:
        """Flush, then close the file; it opens again when it is needed."""
        self.flush()
        self.file.close()

    def _change(self, key: bytes, blob: Blob) -> bool:
        with self._lock:
            self._pending[key] = blob
            self._pending_bytes += len(blob.data or b"")
            waited = time.monotonic() - self._flushed
            is_due = self._pending_bytes >= PENDING_BYTES or waited >= PENDING_SECONDS
        return self.flush() if is_due else True

    def _mark(self, key: bytes) -> None:
        with self._lock:
            self._marks[key] = time.time_ns()
            is_due = len(self._marks) >= _MARKS
        if is_due:
            self.flush()
