"""The index of keypoints on disk, as every search of an open library sees it."""

import logging
import threading
from pathlib import Path

from cbir_desktop.core.errors import DamagedError
from cbir_desktop.core.types import Ranking, Vectors
from cbir_desktop.indexes.files import HEADER
from cbir_desktop.indexes.keypoints import KeypointIndex

_log = logging.getLogger(__name__)


class KeypointStore:
    """Read when first asked, and again when somebody has written it. Safe in threads."""

    def __init__(self, root: Path, library_id: str) -> None:
        self.folder = root / f"{library_id[:12]}-{KeypointIndex.key}"
        self._lock = threading.Lock()
        self._index: KeypointIndex | None = None
        self._stamp = (0, 0)

    def search(self, descriptors: Vectors, k: int) -> Ranking | None:
        """The photos that most keypoints (n, 128) vote for, (1, k); None where there is no index."""
        with self._lock:
            try:
                state = (self.folder / HEADER).stat()
            except OSError:
                return None
            stamp = (state.st_mtime_ns, state.st_ino)
            if self._index is None or stamp != self._stamp:
                self._index, self._stamp = self.load(), stamp
            return None if self._index is None else self._index.search(descriptors, k)

    def load(self) -> KeypointIndex | None:
        """What is on disk; None where there is nothing, or nothing whole."""
        if not (self.folder / HEADER).exists():
            return None
        index = KeypointIndex()
        try:
            index.load(self.folder)
        except DamagedError as error:
            _log.warning("the index of keypoints cannot be used; cbir index --keypoints makes it again: %s", error)
            return None
        return index
