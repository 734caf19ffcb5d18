"""What file events have told and no scan has looked at yet; files that are still being written wait."""

import os
import signal
import sys
import threading
from dataclasses import dataclass, field

if sys.platform == "linux":
    import fcntl

# A folder is scanned once nothing has happened in it for a moment, or the first event is so old: a long copy does not
# keep what is finished waiting. Together with the scan this stays well below five seconds.
QUIET_SECONDS = 0.3
LATEST_SECONDS = 2.0
# So long a file must keep its size and time. Its writer may close it and open it again at once, as cp does not, but
# browsers and sync programs do.
STABLE_SECONDS = 0.5


@dataclass
class Due:
    """What to scan now: ``roots`` with all below, ``folders`` alone. ``unfinished`` files are to be left alone."""

    roots: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    unfinished: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.roots or self.folders)


@dataclass
class _Growing:
    stamp: tuple[int, int] | None = None
    since: float = 0.0


@dataclass
class _Stirred:
    first: float
    last: float
    recursive: bool


class Pending:
    """Any thread may tell; one asks. Times are seconds of one steady clock, handed in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[str, _Growing] = {}
        self._folders: dict[str, _Stirred] = {}

    def __bool__(self) -> bool:
        return bool(self._files or self._folders)

    def file_changed(self, path: str, now: float) -> None:
        """A file was made, written or moved here."""
        with self._lock:
            self._files.setdefault(path, _Growing(None, now))

    def folder_changed(self, path: str, now: float, recursive: bool = False) -> None:
        """Something left this folder; or, ``recursive``, it is new with all that is in it."""
        with self._lock:
            stirred = self._folders.setdefault(path, _Stirred(now, now, recursive))
            stirred.last = now
            stirred.recursive |= recursive

    def forget(self) -> None:
        """Nothing is to be looked at."""
        with self._lock:
            self._files.clear()
            self._folders.clear()

    def due(self, now: float) -> Due:
        """Take what can be scanned now."""
        with self._lock:
            growing = list(self._files.items())
        finished = [path for path, file in growing if _is_finished(path, file, now)]
        with self._lock:
            for path in finished:
                self._files.pop(path, None)
                # The wait is over: nothing more to be gained from the folder's own.
                self._folders.setdefault(os.path.dirname(path), _Stirred(now - LATEST_SECONDS, now, False))
            ready = {
                path: folder
                for path, folder in self._folders.items()
                if now - folder.last >= QUIET_SECONDS or now - folder.first >= LATEST_SECONDS
            }
            for path in ready:
                del self._folders[path]
            due = Due(unfinished=set(self._files))
        for path, folder in ready.items():
            (due.roots if folder.recursive else due.folders).append(path)
        return due


def _is_finished(path: str, file: _Growing, now: float) -> bool:
    """Whether a file is gone, or has kept its size and time and is open for writing nowhere."""
    try:
        status = os.stat(path)
    except OSError:
        return True
    stamp = (status.st_size, status.st_mtime_ns)
    if stamp != file.stamp:
        file.stamp, file.since = stamp, now
        return False
    return now - file.since >= STABLE_SECONDS and not is_being_written(path)


def is_being_written(path: str) -> bool:
    """Whether some process has the file open for writing, as far as the system can tell.

    Linux refuses a read lease on such a file (fcntl(2), F_SETLEASE); we may ask for files of our own only. Elsewhere,
    and where there is no answer, False: size and time have to do.
    """
    if sys.platform != "linux":
        return False
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        # Whoever opens the file for writing while we hold the lease sends us a signal: SIGIO would end the process,
        # SIGURG is ignored by default.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
