"""What the library's watcher tells, made visible: scans that take long, what hinders it, how folders are followed."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Task
from cbir_desktop.gui import wording
from cbir_desktop.gui.index_runner import IndexRunner
from cbir_desktop.gui.notices import Notices
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.library.following import FolderWatch
from cbir_desktop.library.indexing import IndexReport
from cbir_desktop.library.watch import Broken, Copied, Follows, Hindered, Scanned, Scanning, Step, WatchEvent

SHOWN_AFTER_MS = 1000
"""A scan that is shorter is not shown: a photo that comes in must not make the window flicker."""


class Watching(QObject):
    """Takes the events in the main thread."""

    followed = Signal(object)
    """How each folder is followed: a sequence of ``FolderWatch``."""
    scanned = Signal(object)
    """A scan has ended: an ``IndexReport``, or None."""
    hindered = Signal(bool)
    """Whether another process is at work, so that the catalog may change without us."""
    copies_requested = Signal()
    """The duplicates are to be shown, the new ones among them."""

    def __init__(self, runner: IndexRunner, notices: Notices, look_again: Callable[[], None]) -> None:
        super().__init__(runner)
        self._runner, self._notices, self._look_again = runner, notices, look_again
        runner.finished.connect(lambda _report: notices.unsay("indexing"))
        self._task: Task | None = None
        self._adopted = False
        self.timer = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self.timer.timeout.connect(self._adopt)

    def on_event(self, event: WatchEvent) -> None:
        match event:
            case Follows(folders):
                self._tell_limit(folders)
                self.followed.emit(folders)
            case Scanning(task):
                self._task = task
                self.timer.start()
            case Step(done, total):
                if self._adopted:
                    self._runner.progressed.emit(done, total)
            case Scanned(report):
                self._on_scanned(report)
            case Hindered(error):
                self._tell_hindrance(error)
                self.hindered.emit(error is not None and error.kind == "library-in-use")
            case Copied(count):
                self._tell_copies(count)
            case Broken(error):
                raise error

    def stop(self) -> None:
        """The window closes."""
        self.timer.stop()

    def end(self) -> None:
        """Nothing is followed any more, and nothing more is told: what was, is not shown any longer."""
        self._on_scanned(None)
        self._tell_hindrance(None)
        self._tell_limit(())
        self._tell_copies(0)

    def tell_failure(self, error: KnownError, again: Callable[[], None]) -> None:
        """A run that the user asked for met what all indexing meets."""
        self._notices.say("indexing", self._words(error), self.tr("Try again"), again)

    def _tell_hindrance(self, error: KnownError | None) -> None:
        if error is None:
            self._notices.unsay("library")
        elif error.kind == "library-in-use":  # it is waited for
            self._notices.say("library", self._words(error))
        else:
            self._notices.say("library", self._words(error), self.tr("Try again"), self._look_again)

    def _words(self, error: KnownError) -> str:
        """Why nothing can be taken in now, and what can be done all the same."""
        rest = {
            "library-in-use": self.tr("You can look and search here meanwhile."),
            "disk-full": self.tr("Nothing is lost. Make room on it, and indexing goes on."),
            "unwritable-library": self.tr("You can look and search; nothing new is taken in."),
            "unwritable-catalog": self.tr("You can look and search; nothing new is taken in."),
        }
        return f"{wording.sentence(error)}. {rest.get(error.kind, '')}".strip()

    def _tell_limit(self, folders: Sequence[FolderWatch]) -> None:
        """Folders that the system would not watch: what that means, and how it is mended."""
        names = [wording.quoted(display_name(folder.path)) for folder in folders if folder.cause == "limit"]
        if not names:
            self._notices.unsay("limit")
            return
        words = self.tr(
            "The system allows no more folders to be watched. {folders}: changes are looked for by the clock, and F5"
            " looks at once. What helps: a higher fs.inotify.max_user_watches."
        )
        self._notices.say("limit", words.format(folders=", ".join(names)), is_problem=False)

    def _tell_copies(self, count: int) -> None:
        """New files that are copies of others; 0 once the search for duplicates has shown them."""
        if not count:
            self._notices.unsay("copies")
            return
        words = self.tr("A new photo is a copy of another.") if count == 1 else self.tr("{n} new photos are copies.")
        button = self.tr("Show duplicates")
        self._notices.say("copies", words.format(n=wording.number(count)), button, self.copies_requested.emit, False)

    def _adopt(self) -> None:
        if self._task is not None:
            self._adopted = True
            self._runner.adopt(self._task)

    def _on_scanned(self, report: IndexReport | None) -> None:
        self.timer.stop()
        if self._task is not None and self._adopted:
            self._runner.release(self._task)
        self._task, self._adopted = None, False
        if report is not None:
            self._notices.unsay("indexing")
        self.scanned.emit(report)
