"""Keep a library level with its watched folders: events say where to look, a cheap rescan finds out what is true."""

import logging
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from dataclasses import dataclass
from typing import TypeAlias

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Cancelled, Task
from cbir_desktop.library.arrivals import Arrivals, new_copies
from cbir_desktop.library.following import FolderWatch, Following
from cbir_desktop.library.indexing import IndexReport, rescan
from cbir_desktop.library.pending import Due, Pending
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import Ahead

_log = logging.getLogger(__name__)

_TICK, _IDLE_TICK = 0.2, 1.0  # seconds between looks, with events waiting and without
_RETRY_SECONDS = 5.0  # after a scan that could not be: another process is indexing


@dataclass(frozen=True, slots=True)
class Follows:
    """How each watched folder is followed from now on."""

    folders: tuple[FolderWatch, ...]


@dataclass(frozen=True, slots=True)
class Scanning:
    """A scan is queued; ``task`` pauses and cancels it. ``Scanned`` comes when it has ended."""

    task: Task


@dataclass(frozen=True, slots=True)
class Step:
    """How far the scan is, in files that need work."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Scanned:
    """A scan has ended; ``report`` is None where it was cancelled or could not be."""

    report: IndexReport | None


@dataclass(frozen=True, slots=True)
class Hindered:
    """Changes are not taken in, because of ``error``; told once, and again when that is over (None)."""

    error: KnownError | None


@dataclass(frozen=True, slots=True)
class Broken:
    """Watching has ended because of a bug."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Copied:
    """So many files that are new are copies of others (``arrivals.new_copies``); told when that number changes."""

    count: int


WatchEvent: TypeAlias = Follows | Scanning | Step | Scanned | Hindered | Broken | Copied


class Watcher:
    """Keeps a library level with its watched folders until ``stop``. One for each session at a time, and one process
    for each library: others wait until it is their turn, and are told that they are ``Hindered``.

    The loop runs in the session's ``watch`` thread, and scans in its ``indexer``; ``tell`` is called from these.
    Closing the session stops it.
    """

    def __init__(self, session: Session, tell: Callable[[WatchEvent], None] | None = None) -> None:
        self._session = session
        self._tell = tell or (lambda _event: None)
        self._pending = Pending()
        self._ahead = Ahead(session)
        self._arrivals = Arrivals(session)
        self._copies, self._counted = 0, -1  # as told, and in which state of the catalog
        self._following = Following(session, self._pending)
        self._wake = threading.Condition()
        self._stopping = self._anew = self._putting_off = False
        self._task = Task()
        self._told: list[FolderWatch] | None = None
        self._hindrance: str | None = None
        self._running = threading.Event()

    def start(self) -> None:
        """Follow the watched folders, and look at all of them once."""
        self._session.at_close(self.stop)
        self._following.start()
        self._session.watch.submit(self._run)

    def stop(self) -> None:
        """Stop; a scan that is running is cancelled, and what it finished is kept."""
        with self._wake:
            self._stopping = True
            self._task.cancel()
            self._wake.notify_all()
        self._following.stop()

    def look_again(self) -> None:
        """The settings or the drives changed: begin anew with every folder, and look at all of them."""
        with self._wake:
            self._anew = True
            self._wake.notify_all()

    def put_off(self) -> None:
        """Cancel the scan that is running or waits, and let all that is due be, until something changes again."""
        with self._wake:
            self._putting_off = True
            self._task.cancel()
            self._wake.notify_all()

    def status(self) -> list[FolderWatch]:
        """The watched folders, and how each is followed."""
        return self._following.status()

    def wait_until_following(self, timeout: float) -> bool:
        """Whether every folder is followed and was looked at once, within ``timeout`` seconds."""
        return self._running.wait(timeout)

    def _run(self) -> None:
        try:
            while not self._stopping:
                try:
                    with self._session.watching():
                        self._hindered_by(None)
                        self._follow()
                except KnownError as error:
                    self._hindered_by(error)
                    self._pause(_RETRY_SECONDS)
        except BaseException as error:
            _log.exception("watching folders has ended")
            self._tell(Broken(error))
            raise

    def _follow(self) -> None:
        while not self._stopping:
            self._heed_wishes()
            self._following.bring_level(time.monotonic())
            self._tell_status()
            due = self._due()
            if due and not self._scan(due):
                self._put_back(due)
                self._pause(_RETRY_SECONDS)
            elif not due:
                self._running.set()
                self._pause(_TICK if self._pending or self._compare() or self._prove_ahead() else _IDLE_TICK)

    def _compare(self) -> bool:
        """A slice of comparing what is new with the library; whether there is more."""
        try:
            if self._in_spare_time(self._arrivals.work):
                return True
        except KnownError as error:  # the disk is full, or the model has gone: indexing says so, aloud
            _log.info("new photos were not compared with the library: %s", error)
            return False
        if (version := self._session.catalog.db.data_version()) != self._counted:
            self._counted, count = version, len(new_copies(self._session))
            if count != self._copies:
                self._copies = count
                self._tell(Copied(count))
        return False

    def _prove_ahead(self) -> bool:
        """A slice of the keypoints that proofs will need; whether there are more. The pause after it is as long."""
        return self._in_spare_time(self._ahead.work)

    def _in_spare_time(self, work: Callable[[Task, float], bool]) -> bool:
        """What a slice of work says, whether there is more; False where it would have to wait behind a run, which may
        be paused: what happens in the folders must be told meanwhile."""
        future = self._session.indexer.submit(work, NULL_TASK, _TICK)
        wait([future], _TICK)
        return False if future.cancel() else future.result()

    def _heed_wishes(self) -> None:
        with self._wake:
            anew, self._anew = self._anew, False
            putting_off, self._putting_off = self._putting_off, False
        if anew:
            self._following.begin_anew()
        if putting_off:
            self._following.bring_level(time.monotonic())
            self._following.put_off(time.monotonic())
            self._pending.forget()

    def _tell_status(self) -> None:
        status = self.status()
        if status != self._told:
            self._told = status
            self._tell(Follows(tuple(status)))

    def _pause(self, seconds: float) -> None:
        with self._wake:
            if not (self._stopping or self._anew or self._putting_off):
                self._wake.wait(seconds)

    def _due(self) -> Due:
        now = time.monotonic()
        due = self._pending.due(now)
        if due.roots and not self._following.has_room():  # these new folders may be what is one too many
            self._following.begin_anew()
        due.roots += self._following.due(now)
        roots, folders = self._existing(due.roots), self._existing(due.folders)
        return Due([*roots[0], *folders[0]], [*roots[1], *folders[1]], due.unfinished) if due else due

    def _existing(self, paths: Sequence[str]) -> tuple[list[str], list[str]]:
        """(roots, folders) for paths as events gave them: of one that is gone, its nearest parent that is there."""
        roots: list[str] = []
        folders: list[str] = []
        for path in paths:
            found = path
            while found not in self._following and not os.path.isdir(found) and os.path.dirname(found) != found:
                found = os.path.dirname(found)
            (roots if found in self._following else folders).append(found)
        return roots, folders

    def _scan(self, due: Due) -> bool:
        """Whether the scan could be."""
        with self._wake:
            if self._stopping or self._putting_off:
                return True
            self._task = task = Task(lambda done, total: self._tell(Step(done, total)))
        self._tell(Scanning(task))
        work = self._session.indexer.submit(
            rescan, self._session, due.roots, task, folders=due.folders, unfinished=due.unfinished
        )
        report: IndexReport | None = None
        try:
            report = work.result()
        except Cancelled:
            return True
        except KnownError as error:
            self._hindered_by(error)
            return False
        finally:
            self._tell(Scanned(report))
        self._hindered_by(None)
        return True

    def _put_back(self, due: Due) -> None:
        now = time.monotonic()
        for path in due.roots:
            self._pending.folder_changed(path, now, recursive=True)
        for path in due.folders:
            self._pending.folder_changed(path, now)

    def _hindered_by(self, error: KnownError | None) -> None:
        hindrance = None if error is None else str(error)
        if hindrance == self._hindrance:
            return
        self._hindrance = hindrance
        if error is not None:
            _log.warning("the folders cannot be looked at: %s", error)
        self._tell(Hindered(error))
