"""A library lives: folders change, drives go, files break, settings are chosen. What the window does about it."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.encoder_switch import EncoderSwitch
from cbir_desktop.gui.folder_control import FolderControl
from cbir_desktop.gui.index_control import IndexControl
from cbir_desktop.gui.index_runner import IndexRunner
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.notices import Notices
from cbir_desktop.gui.problems_view import ProblemsView
from cbir_desktop.gui.settings_control import SettingsControl
from cbir_desktop.gui.side_list import SideList
from cbir_desktop.gui.upkeep import Condition
from cbir_desktop.gui.watching import Watching
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.indexing import IndexReport


class Living(QObject):
    """Puts together watching, notices, folders, problems and settings.

    ``library_changed``: records are to be asked for anew; ``looked``: there may be something new;
    ``rescan_requested``: all folders are to be looked at.
    """

    library_changed = Signal()
    looked = Signal()
    shared_changed = Signal()
    rescan_requested = Signal()

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        chooser: Chooser,
        runner: IndexRunner,
        indexing: IndexControl,
        notice: MessageBar,
        message: MessageBar,
        with_library: WithLibrary,
    ) -> None:
        super().__init__(window)
        self._window, self._chooser = window, chooser
        self._runner, self._indexing, self._message, self._with_library = runner, indexing, message, with_library
        self.is_shared = False
        """Another process is at work on the library."""
        self.notices = Notices(notice)
        self.watching = Watching(runner, self.notices, self._look_again)
        self.folders = FolderControl(window, chooser, runner, message, with_library)
        self.switch = EncoderSwitch(self.notices, message, with_library)
        self.settings = SettingsControl(
            window, actions, self.notices, self.folders, self.switch, self._add_folder, with_library
        )
        self.watching.scanned.connect(self._on_scanned)
        self.watching.hindered.connect(self._on_hindered)
        self.folders.changed.connect(self.library_changed)
        self.settings.applied.connect(self._follow)
        indexing.hindered.connect(self.watching.tell_failure)
        indexing.stopped.connect(lambda: self._with_library(lambda library: library.upkeep.put_off()))

    def serve(self, side: SideList, problems: ProblemsView) -> None:
        """Do what these two ask for."""
        self._side = side
        side.rescan_requested.connect(lambda path: self._indexing.add_folders((path,)))
        side.relink_requested.connect(self.folders.relink)
        side.forget_requested.connect(self.folders.forget)
        self.watching.followed.connect(side.set_following)
        self.watching.followed.connect(lambda _folders: self.set_folders(side.states()))
        problems.retry_requested.connect(self._indexing.retry)
        problems.ignore_requested.connect(self._ignore)

    def attach(self, backend: Backend) -> None:
        """The library is open: say what is to be known of it, and begin to follow its folders."""
        backend.upkeep.condition(self._on_condition)
        self._follow()

    def set_folders(self, rows: Sequence[tuple[str, str]]) -> None:
        self.settings.set_folders(rows)

    def stop(self) -> None:
        """The window closes."""
        self.watching.stop()
        self._set_shared(False)

    def _follow(self) -> None:
        def follow(library: Backend) -> None:
            if not library.upkeep.follow(self.watching.on_event):
                self.watching.end()
                self._side.set_following(())
                self._set_shared(False)

        self._with_library(follow)

    def _look_again(self) -> None:
        def look(library: Backend) -> None:
            if not library.upkeep.look_again():
                self.rescan_requested.emit()

        self._with_library(look)

    def _make_up(self) -> None:
        self.notices.unsay("restored")
        self._look_again()

    def _add_folder(self) -> None:
        parent = self.settings.dialog or self._window
        self._chooser.folder(parent, lambda path: self._indexing.add_folders((path,)))

    def _ignore(self, paths: Sequence[str], ignored: bool) -> None:
        def say(count: int) -> None:
            self.looked.emit()
            if ignored:
                words = self.tr("{files} ignored until they change.").format(files=wording.files(count))
                self._message.tell(words, self.tr("Undo"), lambda: self._ignore(paths, False))

        self._with_library(lambda library: library.upkeep.ignore(paths, ignored, say))

    def _on_condition(self, condition: Condition) -> None:
        if condition.notice is not None:
            button = self.tr("Look for changes")
            self.notices.say("restored", condition.notice, button, self._make_up)
        if condition.is_read_only:
            words = self.tr(
                "The library in {folder} can only be read. You can look and search; nothing new is taken in."
            )
            self.notices.say("library", words.format(folder=wording.folder(condition.folder)))
        if condition.next_encoder is not None:
            self.switch.offer(condition.next_encoder)

    def _on_scanned(self, report: IndexReport | None) -> None:
        self._indexing.on_scanned(report)
        changed = report is None or report.changed
        self.library_changed.emit() if changed else self.looked.emit()

    def _on_hindered(self, by_another: bool) -> None:
        self._set_shared(by_another)
        self.looked.emit()

    def _set_shared(self, shared: bool) -> None:
        if shared != self.is_shared:
            self.is_shared = shared
            self.shared_changed.emit()
