"""How each watched folder is followed: by file events where there are any, by the clock elsewhere."""

import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from cbir_desktop.images.scan import Globs, is_left_out, is_picture_name
from cbir_desktop.library.changes import is_in
from cbir_desktop.library.mounts import MOUNTINFO, Mounts, read_mounts
from cbir_desktop.library.pending import Pending
from cbir_desktop.library.session import Session

# Events get lost (a queue that runs over, a folder made while it was being added): look at everything now and then.
_SAFETY_FACTOR = 12  # times the interval of the folders without events

_LIMIT = "the system watches no more folders (fs.inotify.max_user_watches)"
_UNKNOWN = b"?"  # no mount table: begin anew

Mode = Literal["watching", "timed", "away"]
Cause = Literal["", "not-there", "network", "limit", "error"]


@dataclass(frozen=True, slots=True)
class FolderWatch:
    """How a folder is followed: by events (``watching``), by rescans (``timed``), or not now (``away``), and why.

    ``cause`` is a short stable name for what keeps events from coming, empty where nothing does.
    """

    path: str
    mode: Mode
    reason: str
    cause: Cause = ""


@dataclass
class _Followed:
    state: FolderWatch
    next_scan: float
    watch: ObservedWatch | None = None


class Following:
    """The watched folders, each with its watch. One thread asks; ``status`` is for any. Times are of one steady clock.

    Events go to ``pending``.
    """

    def __init__(self, session: Session, pending: Pending) -> None:
        self._session = session
        self._pending = pending
        self._followed: dict[str, _Followed] = {}
        self._lock = threading.Lock()
        self._mount_table = _UNKNOWN
        self._stopped = False
        self._observer: BaseObserver = Observer()

    def __contains__(self, path: str) -> bool:
        return path in self._followed

    def start(self) -> None:
        self._observer.start()

    def stop(self) -> None:
        """Wait for the threads that read events; none begins any more. Any thread may call it, and again."""
        with self._lock:
            self._stopped = True
            if self._observer.is_alive():
                self._observer.stop()  # lets go of all watches
        if self._observer.is_alive():
            self._observer.join()

    def status(self) -> list[FolderWatch]:
        with self._lock:
            return [followed.state for followed in self._followed.values()]

    def begin_anew(self) -> None:
        """Let the next ``bring_level`` begin with every folder as if it were new."""
        self._mount_table = _UNKNOWN

    def bring_level(self, now: float) -> None:
        """Begin to follow folders that are new or have come back, and let go of those that left."""
        table = _mount_table()
        wanted = self._session.catalog.watched()
        if table == self._mount_table and wanted == list(self._followed) and self._are_alive():
            return
        with self._lock:
            if self._stopped:
                return
            mounts = read_mounts()
            moved = table != self._mount_table
            for path, followed in list(self._followed.items()):
                if moved or path not in wanted or not self._is_alive(followed):
                    if followed.watch is not None:
                        self._observer.unschedule(followed.watch)
                    del self._followed[path]
            for path in wanted:
                if path not in self._followed:
                    self._followed[path] = self._begin(path, mounts, now)
            self._followed = {path: self._followed[path] for path in wanted}
            self._mount_table = table

    def due(self, now: float) -> list[str]:
        """The folders that the clock says to look at now; the next time is one interval away."""
        paths = [path for path, followed in self._followed.items() if followed.next_scan <= now]
        self._look_later(paths, now)
        return paths

    def put_off(self, now: float) -> None:
        """All folders count as looked at."""
        self._look_later(self._followed, now)

    def has_room(self) -> bool:
        """Whether one more folder could be watched. watchdog says nothing when the limit is met below a folder."""
        if sys.platform != "linux":
            return True
        try:
            self._observer.unschedule(self._observer.schedule(FileSystemEventHandler(), os.sep, recursive=False))
        except OSError:
            return False
        return True

    def _look_later(self, paths: Iterable[str], now: float) -> None:
        for path in paths:
            followed = self._followed[path]
            factor = _SAFETY_FACTOR if followed.state.mode == "watching" else 1
            followed.next_scan = now + self._session.settings.rescan_seconds * factor

    def _begin(self, path: str, mounts: Mounts, now: float) -> _Followed:
        if not os.path.isdir(path):
            return _Followed(
                FolderWatch(path, "away", "the folder is not there; its drive may be away", "not-there"), now
            )
        every = f"it is looked at every {self._session.settings.rescan_seconds} seconds"
        if mounts.of(path).is_network:
            return _Followed(FolderWatch(path, "timed", f"a network folder sends no events: {every}", "network"), now)
        try:
            watch = self._observer.schedule(_Listener(self._pending, self._is_outside), path, recursive=True)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EMFILE):
                return _Followed(FolderWatch(path, "timed", f"{_LIMIT}: {every}", "limit"), now)
            return _Followed(FolderWatch(path, "timed", f"{error}: {every}", "error"), now)
        if not self.has_room():
            return _Followed(FolderWatch(path, "timed", f"{_LIMIT}: {every}", "limit"), now, watch)
        return _Followed(FolderWatch(path, "watching", "changes are seen at once"), now, watch)

    def _are_alive(self) -> bool:
        return all(self._is_alive(followed) for followed in self._followed.values())

    def _is_alive(self, followed: _Followed) -> bool:
        """A folder that is as it was: there, with the thread that reads its events; or still not there."""
        if followed.watch is None:
            return followed.state.mode != "away" or not os.path.isdir(followed.state.path)
        return os.path.isdir(followed.state.path) and any(
            emitter.watch == followed.watch and emitter.is_alive() for emitter in self._observer.emitters
        )

    def _is_outside(self, path: str) -> bool:
        """Whether the rules leave out this file or folder, or one above it."""
        if is_in(path, str(self._session.folder)):
            return True
        globs = Globs(self._session.settings.excludes)
        for root in self._followed:
            if is_in(path, root):
                folder = root
                for part in path[len(root) :].strip(os.sep).split(os.sep):
                    if is_left_out(part) or globs.match(folder, part):
                        return True
                    folder = os.path.join(folder, part)
        return False


class _Listener(FileSystemEventHandler):
    """Turns events into places to look at. Called from watchdog's threads."""

    def __init__(self, pending: Pending, is_outside: Callable[[str], bool]) -> None:
        self._pending = pending
        self._is_outside = is_outside

    def dispatch(self, event: FileSystemEvent) -> None:
        if event.event_type in ("opened", "closed_no_write"):
            return
        now = time.monotonic()
        source, target = os.fsdecode(event.src_path), os.fsdecode(event.dest_path)
        if event.event_type in ("moved", "deleted"):
            self._left(source, event.is_directory, now)
        else:
            self._came(source, event.is_directory, event.event_type, now)
        if target:
            self._came(target, event.is_directory, "created", now)

    def _left(self, path: str, is_folder: bool, now: float) -> None:
        if (is_folder or is_picture_name(path)) and not self._is_outside(path):
            self._pending.folder_changed(os.path.dirname(path), now)

    def _came(self, path: str, is_folder: bool, kind: str, now: float) -> None:
        if self._is_outside(path):
            return
        if not is_folder and is_picture_name(path):
            self._pending.file_changed(path, now)
        elif is_folder and kind == "created":
            self._pending.folder_changed(path, now, recursive=True)


def _mount_table() -> bytes:
    try:
        return MOUNTINFO.read_bytes()
    except OSError:
        return b""  # not Linux: a drive that comes back is noticed because its folder is there again
