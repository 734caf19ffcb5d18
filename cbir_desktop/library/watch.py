"""Follow the watched folders: file events say where to look, a cheap rescan finds out what is true."""

import errno
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.images.scan import Globs, is_left_out, is_picture_name
from cbir_desktop.library.changes import is_in
from cbir_desktop.library.indexing import IndexReport, rescan
from cbir_desktop.library.mounts import MOUNTINFO, Mounts, read_mounts
from cbir_desktop.library.pending import Due, Pending
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import Ahead

_log = logging.getLogger(__name__)

_TICK, _IDLE_TICK = 0.2, 1.0  # seconds between looks, with events waiting and without
_RETRY_SECONDS = 5.0  # after a scan that could not be: another process is indexing
# Events get lost (a queue that runs over, a folder made while it was being added): look at everything now and then.
_SAFETY_FACTOR = 12  # times the interval of the folders without events

_LIMIT = "the system watches no more folders (fs.inotify.max_user_watches)"

Mode = Literal["watching", "timed", "away"]


@dataclass(frozen=True, slots=True)
class FolderWatch:
    """How a folder is followed: by events (``watching``), by rescans (``timed``), or not now (``away``), and why."""

    path: str
    mode: Mode
    reason: str


@dataclass
class _Followed:
    state: FolderWatch
    next_scan: float
    watch: ObservedWatch | None = None


class Watcher:
    """Keeps a library level with its watched folders until ``stop``. One for each session.

    The loop runs in the session's ``watch`` thread, and scans in its ``indexer``; ``report`` is called from the former
    after each scan that changed something or met a problem. Closing the session stops it.
    """

    def __init__(self, session: Session, report: Callable[[IndexReport], None] | None = None) -> None:
        self._session = session
        self._report = report
        self._pending = Pending()
        self._ahead = Ahead(session)
        self._followed: dict[str, _Followed] = {}
        self._lock = threading.Lock()
        self._wake = threading.Condition()
        self._stopping = False
        self._task = Task()
        self._mount_table = b""
        self._observer: BaseObserver = Observer()
        self._running = threading.Event()

    def start(self) -> None:
        """Follow the watched folders, and look at all of them once."""
        self._session.at_close(self.stop)
        self._observer.start()
        self._session.watch.submit(self._run)

    def stop(self) -> None:
        """Stop; a scan that is running is cancelled, and what it finished is kept."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        self._task.cancel()
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join()

    def status(self) -> list[FolderWatch]:
        """The watched folders, and how each is followed."""
        with self._lock:
            return [followed.state for followed in self._followed.values()]

    def wait_until_following(self, timeout: float) -> bool:
        """Whether every folder is followed and was looked at once, within ``timeout`` seconds."""
        return self._running.wait(timeout)

    def _run(self) -> None:
        try:
            while not self._stopping:
                self._follow()
                due = self._due()
                if due and not self._scan(due):
                    self._put_back(due)
                    self._pause(_RETRY_SECONDS)
                elif not due:
                    self._running.set()
                    self._pause(_TICK if self._pending or self._prove_ahead() else _IDLE_TICK)
        except BaseException:
            _log.exception("watching folders has ended")
            raise

    def _prove_ahead(self) -> bool:
        """A slice of the keypoints that proofs will need; whether there are more. The pause after it is as long."""
        try:
            return self._session.indexer.submit(self._ahead.work, self._task, _TICK).result()
        except Cancelled:
            return False

    def _pause(self, seconds: float) -> None:
        with self._wake:
            if not self._stopping:
                self._wake.wait(seconds)

    def _due(self) -> Due:
        now = time.monotonic()
        due = self._pending.due(now)
        if due.roots and not self._has_room():  # these new folders may be what is one too many
            self._mount_table = b"?"
        interval = max(1, self._session.settings.rescan_seconds)
        for path, followed in self._followed.items():
            if followed.next_scan <= now:
                due.roots.append(path)
                factor = _SAFETY_FACTOR if followed.state.mode == "watching" else 1
                followed.next_scan = now + interval * factor
        roots, folders = self._existing(due.roots), self._existing(due.folders)
        return Due([*roots[0], *folders[0]], [*roots[1], *folders[1]], due.unfinished) if due else due

    def _existing(self, paths: Sequence[str]) -> tuple[list[str], list[str]]:
        """(roots, folders) for paths as events gave them: of one that is gone, its nearest parent that is there."""
        roots: list[str] = []
        folders: list[str] = []
        for path in paths:
            found = path
            while found not in self._followed and not os.path.isdir(found) and os.path.dirname(found) != found:
                found = os.path.dirname(found)
            (roots if found in self._followed else folders).append(found)
        return roots, folders

    def _scan(self, due: Due) -> bool:
        """Whether the scan could be."""
        work = self._session.indexer.submit(
            rescan, self._session, due.roots, self._task, folders=due.folders, unfinished=due.unfinished
        )
        try:
            report = work.result()
        except Cancelled:
            return True
        except KnownError as error:
            _log.warning("the folders could not be looked at: %s", error)
            return False
        if self._report is not None and (report.indexed or report.reused or report.missing or report.failed):
            self._report(report)
        return True

    def _put_back(self, due: Due) -> None:
        now = time.monotonic()
        for path in due.roots:
            self._pending.folder_changed(path, now, recursive=True)
        for path in due.folders:
            self._pending.folder_changed(path, now)

    def _follow(self) -> None:
        """Begin to follow folders that are new or have come back, and let go of those that left."""
        table = _mount_table()
        wanted = self._session.catalog.watched()
        if table == self._mount_table and wanted == list(self._followed) and self._are_alive():
            return
        with self._lock:
            mounts, now = read_mounts(), time.monotonic()
            moved = table != self._mount_table
            for path, followed in list(self._followed.items()):
                if moved or path not in wanted or not self._is_alive(followed):
                    self._let_go(followed)
                    del self._followed[path]
            for path in wanted:
                if path not in self._followed:
                    self._followed[path] = self._begin(path, mounts, now)
            self._followed = {path: self._followed[path] for path in wanted}
            self._mount_table = table

    def _begin(self, path: str, mounts: Mounts, now: float) -> _Followed:
        if not os.path.isdir(path):
            return _Followed(FolderWatch(path, "away", "the folder is not there; its drive may be away"), now)
        every = f"it is looked at every {self._session.settings.rescan_seconds} seconds"
        if mounts.of(path).is_network:
            return _Followed(FolderWatch(path, "timed", f"a network folder sends no events: {every}"), now)
        try:
            watch = self._observer.schedule(_Listener(self._pending, self._is_outside), path, recursive=True)
        except OSError as error:
            limit = error.errno in (errno.ENOSPC, errno.EMFILE)
            return _Followed(FolderWatch(path, "timed", f"{_LIMIT if limit else error}: {every}"), now)
        if not self._has_room():
            return _Followed(FolderWatch(path, "timed", f"{_LIMIT}: {every}"), now, watch)
        return _Followed(FolderWatch(path, "watching", "changes are seen at once"), now, watch)

    def _has_room(self) -> bool:
        """Whether one more folder could be watched. watchdog says nothing when the limit is met below a folder."""
        if sys.platform != "linux":
            return True
        try:
            self._observer.unschedule(self._observer.schedule(FileSystemEventHandler(), os.sep, recursive=False))
        except OSError:
            return False
        return True

    def _let_go(self, followed: _Followed) -> None:
        if followed.watch is not None:
            self._observer.unschedule(followed.watch)

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
