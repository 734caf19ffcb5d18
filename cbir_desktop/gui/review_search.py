"""Searching for duplicates from the page: in the background, paused and stopped at will, taken up again tomorrow."""

from PySide6.QtCore import QObject, Signal

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.review_backend import Found
from cbir_desktop.gui.review_desk import ReviewDesk
from cbir_desktop.gui.review_page import ReviewPage
from cbir_desktop.gui.review_scope import ScopeDialog
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.duplicates import Scope
from cbir_desktop.library.review_progress import as_meta, rules_of, scope_of
from cbir_desktop.store.reviews import Progress


class ReviewSearch(QObject):
    """``loaded`` tells how far the last review got, ``counted`` how many groups it had; ``found`` what was found."""

    loaded = Signal(Progress)
    found = Signal(Found)
    counted = Signal(object)

    def __init__(
        self, page: ReviewPage, desk: ReviewDesk, chooser: Chooser, message: MessageBar, with_library: WithLibrary
    ) -> None:
        super().__init__(page)
        self._page, self._desk, self._chooser, self._message = page, desk, chooser, message
        self._with_library = with_library
        self._handle: Handle | None = None
        self._begun = False  # a review to go on with
        self.scope = Scope()
        page.find_all.triggered.connect(lambda: self.start(Scope()))
        page.choose_scope.triggered.connect(self._choose_scope)
        page.progress.pause_requested.connect(self._pause)
        page.progress.stop_requested.connect(self._stop)
        page.shown.connect(self._go_on)
        self._show_start()
        with_library(self._load)

    @property
    def busy(self) -> bool:
        return self._handle is not None

    def start(self, scope: Scope) -> None:
        """Search; what a person did before is brought to bear on what is found."""
        if self.busy:
            return
        self.scope = scope
        self._message.clear()
        self._page.progress.begin()
        self._page.stack.setCurrentWidget(self._page.progress)
        self._with_library(self._find)

    def again(self) -> None:
        """Search where it was searched last: files or decisions changed."""
        self.start(self.scope)

    # -- the way to a search ------------------------------------------------------------------------------------

    def _load(self, library: Backend) -> None:
        library.review.load(self._on_loaded, self._on_unreadable)

    def _on_loaded(self, progress: Progress) -> None:
        self._begun = "scope" in progress.meta
        self.scope = scope_of(progress)
        self._desk.rules = rules_of(progress)
        self._desk.threshold = float(progress.meta.get("threshold", 0.0))
        self.counted.emit(progress.meta.get("groups"))
        self.loaded.emit(progress)
        if self._page.isVisible():
            self._go_on()

    def _on_unreadable(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            self._message.warn(self.tr("How far you got is not known: {why}.").format(why=clause(error)))

    def _go_on(self) -> None:
        """The page is shown: go on with a review that was begun, on the files as they are today."""
        if self._begun and self._desk.found is None and not self.busy:
            self.start(self.scope)
        elif self._page.stack.currentWidget() is self._page.start:
            self._show_words()

    def _choose_scope(self) -> None:
        ScopeDialog(self.scope, self._chooser, self._page, self.start).open()

    # -- meanwhile and afterwards -------------------------------------------------------------------------------

    def _find(self, library: Backend) -> None:
        self._handle = library.review.find(
            self.scope,
            self._desk.rules,
            done=self._on_found,
            failed=self._on_failed,
            progress=self._page.progress.set_progress,
            cancelled=self._on_stopped,
        )

    def _pause(self, on: bool) -> None:
        if self._handle is not None:
            self._handle.task.pause() if on else self._handle.task.resume()

    def _stop(self) -> None:
        if self._handle is not None:
            self._page.progress.words.setText(self.tr("Stopping…"))
            self._handle.cancel()

    def _on_found(self, found: Found) -> None:
        self._handle = None
        self._desk.set_found(found)
        self._desk.keep(meta=as_meta(self.scope, self._desk.rules))
        self.found.emit(found)
        self.show_results()

    def show_results(self) -> None:
        """What was found, or that there is nothing."""
        found = self._desk.found
        if found is None:
            self._show_start()
        elif found.groups or found.related or found.unproved or found.stacks:
            self._page.stack.setCurrentWidget(self._page.results)
            self._page.view.setFocus()
        else:
            self._page.start.show_state(
                "duplicates",
                self.tr("No duplicates"),
                self.tr("No two files hold the same picture; all were compared, in {n} s.").format(
                    n=wording.number(max(1, round(found.seconds)))
                ),
                (self._page.choose_scope,),
            )
            self._show_words()
        if found is not None and found.problems:
            words = self.tr("{files} could not be compared; “Problems” on the left says why.")
            self._message.warn(words.format(files=wording.files(len(found.problems))))

    def _show_start(self) -> None:
        words = self.tr(
            "Copies of one picture, also cropped, turned, mirrored or saved anew; each proved."
            " Nothing is selected until you or a rule of yours does it."
        )
        actions = (self._page.find_all, self._page.choose_scope)
        self._page.start.show_state("duplicates", self.tr("Find duplicates"), words, actions)
        self._show_words()

    def _show_words(self) -> None:
        """The page without groups; Enter takes the first way."""
        self._page.stack.setCurrentWidget(self._page.start)
        if self._page.isVisible():
            self._page.start.buttons[0].setFocus()

    def _on_failed(self, error: Exception) -> None:
        self._handle, self._begun = None, False
        self.show_results()
        if isinstance(error, KnownError):
            self._message.warn(wording.sentence(error) + ".")

    def _on_stopped(self) -> None:
        self._handle, self._begun = None, False  # not again before somebody asks for it
        self.show_results()
        self._message.tell(self.tr("Stopped. What was proved is kept: the next search goes on from there."))
