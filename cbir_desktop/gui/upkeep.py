"""What the window asks of the library besides photos: folders, problems, settings, the encoder, watching."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

from cbir_desktop.core.tasks import Task
from cbir_desktop.encoders.models import available
from cbir_desktop.gui.tasks import Callback, Handle, Tasks
from cbir_desktop.library.discarding import Discarded, discard, last_copies
from cbir_desktop.library.folders import count_leaving, relink_folder, remove_folder
from cbir_desktop.library.indexing import IndexReport
from cbir_desktop.library.problems import ignore_problems, retry_problems
from cbir_desktop.library.reembed import ReembedReport, start_reembed
from cbir_desktop.library.session import Session
from cbir_desktop.library.undo import UndoReport, can_undo, undo_last
from cbir_desktop.library.watch import Watcher, WatchEvent
from cbir_desktop.settings import Settings, load_settings, update_settings
from cbir_desktop.store.recovery import notice

AT_OPENING = frozenset({"decode_threads", "decode_seconds", "decode_memory_bytes", "language"})
"""Settings that are heeded when the program starts, and not before."""


@dataclass(frozen=True)
class Condition:
    """What the user should know of a library that was just opened: what its ``notice`` says, that it ``is_read_only``,
    and the encoder it was on the way to, when it was left."""

    folder: str
    notice: str | None
    is_read_only: bool
    next_encoder: str | None


@dataclass(frozen=True)
class Choices:
    """What the settings dialog shows: the settings as they are in their file, the encoder that searches, the one that
    is being prepared, and those that there are, by name with a summary."""

    settings: Settings
    encoder: str
    next_encoder: str | None
    encoders: dict[str, str]


class Upkeep:
    """Each method returns at once; answers come through ``Tasks``."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self._session = session
        self._tasks = tasks
        self._watcher: Watcher | None = None

    def condition(self, done: Callable[[Condition], None]) -> Handle:
        return self._tasks.submit(self._session.queries, _condition, self._session, done=done)

    @property
    def settings(self) -> Settings:
        """Those in force."""
        return self._session.settings

    @property
    def may_fetch(self) -> bool:
        """Whether the settings allow pictures to be fetched from the web."""
        return self._session.settings.fetch_remote

    # -- watching -----------------------------------------------------------------------------------------------

    def follow(self, tell: Callable[[WatchEvent], None]) -> bool:
        """Begin to follow the folders, or to do so by other settings; end it where the settings say no. ``tell`` is
        called in the main thread. Gives whether they are followed."""
        if not self._session.settings.watch:
            if self._watcher is not None:
                self._tasks.submit(self._session.queries, self._watcher.stop)
                self._watcher = None
        elif self._watcher is None:
            self._watcher = Watcher(self._session, self._tasks.relay(tell))
            self._watcher.start()
        else:
            self._watcher.look_again()
        return self._watcher is not None

    def look_again(self) -> bool:
        """Look at all folders; False where they are not followed."""
        if self._watcher is not None:
            self._watcher.look_again()
        return self._watcher is not None

    def put_off(self) -> None:
        """Cancel what the watcher scans, until something changes."""
        if self._watcher is not None:
            self._watcher.put_off()

    # -- folders ------------------------------------------------------------------------------------------------

    def count_leaving(self, path: str, done: Callable[[int], None]) -> Handle:
        return self._tasks.submit(self._session.queries, count_leaving, self._session, path, done=done)

    def forget_folder(self, path: str, done: Callable[[int], None], failed: Callback) -> Handle:
        return self._tasks.submit(self._session.indexer, remove_folder, self._session, path, done=done, failed=failed)

    def relink(self, old: str, new: str, **callbacks: Callback) -> Handle:
        """``done(report)``."""
        indexer = self._session.indexer
        return self._tasks.submit(indexer, relink_folder, self._session, old, new, with_task=True, **callbacks)

    # -- the trash ----------------------------------------------------------------------------------------------

    def last_copies(self, ids: Sequence[int], done: Callable[[list[str]], None]) -> Handle:
        """Which of these photos' files are the only ones with their bytes."""
        return self._tasks.submit(self._session.queries, last_copies, self._session, list(ids), done=done)

    def discard(
        self, ids: Sequence[int], last_too: bool, done: Callable[[Discarded], None], failed: Callback
    ) -> Handle:
        """The files of these photos to the trash; the last copies among them only if the user was asked."""
        executor, wish = self._session.queries, (self._session, list(ids), last_too)  # not behind all of indexing
        return self._tasks.submit(executor, discard, *wish, done=done, failed=failed, with_task=True)

    def can_undo(self, done: Callable[[bool], None], failed: Callback) -> Handle:
        """Whether an earlier clean-up can be taken back, also of another session."""
        return self._tasks.submit(self._session.queries, can_undo, self._session, done=done, failed=failed)

    def undo(self, done: Callable[[UndoReport], None], failed: Callback) -> Handle:
        """Take back the latest clean-up."""
        return self._tasks.submit(
            self._session.queries, undo_last, self._session, done=done, failed=failed, with_task=True
        )

    # -- problems -----------------------------------------------------------------------------------------------

    def ignore(self, paths: Sequence[str], ignored: bool, done: Callable[[int], None]) -> Handle:
        return self._tasks.submit(
            self._session.queries, ignore_problems, self._session, list(paths), ignored, done=done
        )

    def retry(self, paths: Sequence[str], **callbacks: Callback) -> Handle:
        """``done(report)``."""
        indexer = self._session.indexer
        return self._tasks.submit(indexer, _retry, self._session, list(paths), with_task=True, **callbacks)

    # -- settings -----------------------------------------------------------------------------------------------

    def choices(self, done: Callable[[Choices], None], failed: Callback) -> Handle:
        """Fails with ``KnownError`` where the file cannot be read."""
        return self._tasks.submit(self._session.settings_writer, _choices, self._session, done=done, failed=failed)

    def change_settings(
        self, changes: dict[str, Any], done: Callable[[frozenset[str]], None], failed: Callback
    ) -> Handle:
        """Write to the file what changed and go on by it, in the order of the calls. ``done`` gets the names of those
        that wait for the next opening."""
        writer = self._session.settings_writer
        return self._tasks.submit(writer, _change, self._session, changes, done=done, failed=failed)

    def reembed(self, encoder: str | None, **callbacks: Callback) -> Handle:
        """Switch to another encoder (None: go on with the switch that was begun); search goes on. ``done(report)``."""
        begin = partial(_reembed, self._session, encoder)
        return self._tasks.begin(begin, dict(callbacks))


def _condition(session: Session) -> Condition:
    catalog = session.catalog
    return Condition(str(session.folder), notice(catalog), catalog.db.read_only, session.next_encoder_name)


def _retry(session: Session, paths: Sequence[str], task: Task) -> IndexReport:
    return retry_problems(session, task, paths=paths)


def _choices(session: Session) -> Choices:
    settings = load_settings(session.folders.settings_file)
    encoders = {name: summary for name, summary, _ in available(session.folders.models)}
    return Choices(settings, session.encoder_name, session.next_encoder_name, encoders)


def _change(session: Session, changes: dict[str, Any]) -> frozenset[str]:
    before = session.settings
    after = update_settings(session.folders.settings_file, **changes)
    session.use(after)
    if after.thumbnail_cache_bytes < before.thumbnail_cache_bytes:
        session.thumbs.trim(after.thumbnail_cache_bytes)
    if after.feature_cache_bytes < before.feature_cache_bytes:
        session.features.trim()
    changed = {field.name for field in fields(Settings) if getattr(before, field.name) != getattr(after, field.name)}
    return AT_OPENING & changed


def _reembed(session: Session, encoder: str | None, task: Task) -> Future[ReembedReport]:
    return start_reembed(session, encoder, task=task)
