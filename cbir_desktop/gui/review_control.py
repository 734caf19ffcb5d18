"""The review of duplicates as a person goes through it: what the page asks for is done here."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QMenu, QWidget

from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.compare_canvas import Mode
from cbir_desktop.gui.compare_control import CompareControl, Steps
from cbir_desktop.gui.decisions_control import DecisionsControl
from cbir_desktop.gui.desktop import Desktop
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.query import FileSource
from cbir_desktop.gui.review_acting import ReviewActing
from cbir_desktop.gui.review_backend import Found
from cbir_desktop.gui.review_deciding import ReviewDeciding
from cbir_desktop.gui.review_desk import ReviewDesk
from cbir_desktop.gui.review_following import ReviewFollowing
from cbir_desktop.gui.review_list import SIDE
from cbir_desktop.gui.review_lists import ReviewLists
from cbir_desktop.gui.review_model import GroupModel
from cbir_desktop.gui.review_page import ReviewPage
from cbir_desktop.gui.review_rules_control import RulesControl
from cbir_desktop.gui.review_search import ReviewSearch
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.review import key_of, partner
from cbir_desktop.store.catalog import Photo


class ReviewControl(QObject):
    """``counted``: how many groups there are, for the list on the left; ``files_changed``: something was moved."""

    counted = Signal(object)
    files_changed = Signal()

    def __init__(
        self,
        window: QWidget,
        chooser: Chooser,
        desktop: Desktop,
        message: MessageBar,
        comparing: CompareControl,
        with_library: WithLibrary,
    ) -> None:
        super().__init__(window)
        self._desktop, self._comparing, self._with_library = desktop, comparing, with_library
        self.desk = ReviewDesk(with_library, self)
        model = GroupModel(self.desk, self)
        self._backend: Backend | None = None
        self._groups = -1
        thumbs = ThumbLoader(self._load_thumb, self)
        self.page = ReviewPage(model, thumbs, self._load_member, chooser)
        with_library(self._attach)
        self.search = ReviewSearch(self.page, self.desk, chooser, message, with_library)
        self.lists = ReviewLists(self.page, model, self.desk, with_library)
        self.rules = RulesControl(self.page, self.desk, chooser, message, with_library)
        self.acting = ReviewActing(window, self.desk, chooser, desktop, message, with_library)
        self.following = ReviewFollowing(self.page, self.desk, self.search, self.lists, self.acting, with_library)
        follow = self.following.library_changed
        self.decisions = DecisionsControl(window, chooser, follow, with_library)
        self.deciding = ReviewDeciding(self.page, self.desk, self.lists, message, follow, with_library)
        self._connect()

    def set_folders(self, folders: Sequence[str]) -> None:
        """Those of the library, to choose from."""
        self.lists.set_folders(folders)

    def _connect(self) -> None:
        page, known, acting = self.page, self.page.actions_, self.acting
        known.keep.triggered.connect(lambda: self._mark(True))
        known.mark.triggered.connect(lambda: self._mark(False))
        known.compare.triggered.connect(lambda: self._compare(None))
        known.flick.triggered.connect(lambda: self._compare(Mode.FLICKER))
        known.difference.triggered.connect(lambda: self._compare(Mode.DIFFERENCE))
        known.matches.triggered.connect(lambda: self._compare(Mode.MATCHES))
        known.previous.triggered.connect(lambda: self.lists.step(-1))
        known.following.triggered.connect(self._next)
        known.done.triggered.connect(lambda on: self.desk.set_done(self.lists.row, on))
        known.undo.triggered.connect(acting.undo)
        known.show_file.triggered.connect(self._show_file)
        known.change_part.triggered.connect(self._change_part)
        page.view.addAction(known.done)
        page.view.compare_requested.connect(known.compare.trigger)
        page.view.flick_requested.connect(known.flick.trigger)
        page.view.menu_requested.connect(self._pop_up)
        page.view.selectionModel().currentChanged.connect(lambda *_: self._enable())
        page.act.clicked.connect(lambda: acting.start(self.rules.target, self.lists.rows))
        page.stop.clicked.connect(acting.stop)
        page.manage.clicked.connect(self.decisions.open)
        self.search.counted.connect(self.counted)
        self.search.loaded.connect(lambda _progress: self.rules.take_over())
        self.search.found.connect(self._on_found)
        self.lists.shown.connect(self._on_shown)
        self.desk.steps_changed.connect(self._enable)
        acting.busy_changed.connect(self._on_busy)
        acting.progressed.connect(self._on_progress)
        acting.files_changed.connect(self.files_changed)
        self.desk.choosing_changed.connect(self._on_choosing)
        self.desk.changed.connect(self._count)
        self.desk.reset.connect(self._count)
        acting.outdated.connect(self._on_outdated)
        self._on_shown()

    # -- pictures -----------------------------------------------------------------------------------------------

    def _attach(self, backend: Backend) -> None:
        self._backend = backend

    def _load_thumb(self, photo: Photo, done: Callable, failed: Callable) -> Handle:
        return self._library().thumb(photo, SIDE, self.page.devicePixelRatio(), done, failed)

    def _load_member(self, *request: Any) -> Handle:
        return self._library().review.member(*request)

    def _library(self) -> Backend:
        if self._backend is None:  # there are no groups before it is open
            raise RuntimeError("the library is not open")
        return self._backend

    # -- one group ----------------------------------------------------------------------------------------------

    def _on_found(self, found: Found) -> None:
        self.page.threshold.set_counts(found.bins)
        self.lists.start_at(found.current)

    def _on_shown(self) -> None:
        group, row = self.lists.group, self.lists.row
        place, count = self.lists.view.currentIndex().row(), self.lists.view.model().rowCount()
        if group is None:
            self.page.title.setText(self.tr("Nothing is left to look at here") if not count else "")
        else:
            what = review_words.group(group) if row >= 0 else self.lists.view.currentIndex().data()
            words = self.tr("{what}: {n} of {total}")
            number = wording.number
            self.page.title.setText(words.format(what=what, n=number(place + 1), total=number(count)))
        if row >= 0 and group is not None:
            self.desk.keep(meta={"current": [group.id, key_of(group)]})
        self._enable()

    def _enable(self) -> None:
        known, row = self.page.actions_, self.lists.row
        place, count = self.lists.view.currentIndex().row(), self.lists.view.model().rowCount()
        member, idle = self.page.view.current_member(), not self.acting.busy
        for action in (known.keep, known.mark):
            action.setEnabled(idle and row >= 0 and member is not None)
        self.deciding.enable(idle)
        for action in (known.compare, known.flick, known.difference, known.matches):
            action.setEnabled(member is not None and self.page.members.rowCount() > 1)
        known.previous.setEnabled(place > 0)
        can_end = row >= 0 and bool(self.desk.table.files[row]) and not self.desk.table.done[row]
        known.following.setEnabled(0 <= place < count - 1 or can_end)
        known.done.setEnabled(row >= 0)
        with QSignalBlocker(known.done):
            known.done.setChecked(row >= 0 and bool(self.desk.table.done[row]))
        known.undo.setEnabled(idle)

    def _next(self) -> None:
        """What goes by what a person saw is done; a group in which nothing is decided is not."""
        row = self.lists.row
        if row >= 0 and self.desk.table.files[row]:
            self.desk.set_done(row, True)
        self.lists.step(1)

    def _mark(self, keep: bool) -> None:
        member = self.page.view.current_member()
        if member is not None:
            self.desk.mark(self.lists.row, [member.path], keep)

    def _compare(self, mode: Mode | None) -> None:
        """The current member with the one that stays, which is A."""
        member, group = self.page.view.current_member(), self.lists.group
        other = None if member is None or group is None else partner(group, member.path)
        if member is not None and other is not None:
            known = self.page.actions_
            steps = Steps(known.previous.isEnabled(), known.following.isEnabled(), self._step_compared)
            self._comparing.compare(FileSource(other.path), FileSource(member.path), steps=steps)
            if mode is not None:
                self._comparing.view.set_mode(mode)

    def _step_compared(self, by: int) -> None:
        """The next group, or the one before, as PgDown and PgUp go on the page; the mode stays."""
        at = self.lists.view.currentIndex().row()
        (self.page.actions_.previous if by < 0 else self.page.actions_.following).trigger()
        if self.lists.view.currentIndex().row() == at or self.page.members.rowCount() < 2:
            self._comparing.view.left.emit()  # the last one is done, or there are no two to compare
        else:
            self._compare(None)

    def _show_file(self) -> None:
        if (member := self.page.view.current_member()) is not None:
            self._desktop.show_in_folder(member.path)

    def _change_part(self) -> None:
        """F6: out of the members, where Tab flicks, and back."""
        target = self.lists.view if self.page.view.hasFocus() else self.page.view
        target.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _pop_up(self, place: QPoint) -> None:
        known, menu = self.page.actions_, QMenu(self.page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addActions([known.keep, known.mark])
        menu.addSeparator()
        menu.addActions([known.apart, known.keep_both, known.ignore, known.prefer, known.ignore_folders])
        menu.addSeparator()
        menu.addActions([known.compare, known.show_file])
        menu.popup(place)

    # -- files that go and come back ----------------------------------------------------------------------------

    def _on_busy(self, busy: bool) -> None:
        self.page.bar.setVisible(busy)
        self.page.stop.setVisible(busy)
        self.page.bar.setRange(0, 0)
        self.page.note.clear()
        for part in (self.page.rules, self.page.threshold, self.page.again, self.page.manage):
            part.setEnabled(not busy)
        self.rules.show_effect()
        self._enable()

    def _on_choosing(self, busy: bool) -> None:
        if not self.acting.busy:
            self.page.note.setText(self.tr("Applying the rules…") if busy else "")

    def _on_progress(self, done: int, total: int) -> None:
        self.page.bar.setRange(0, total)
        self.page.bar.setValue(done)
        words = self.tr("{n} of {total} files")
        self.page.note.setText(words.format(n=wording.number(done), total=wording.number(total)))

    def _count(self) -> None:
        count = int((~self.desk.table.gone).sum())
        if count != self._groups:
            self._groups = count
            self.desk.keep(meta={"groups": count})
            self.counted.emit(count)

    def _on_outdated(self) -> None:
        if self.desk.found is not None:
            self.search.again()
