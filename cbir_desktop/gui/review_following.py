"""Keeps the groups on show level with the library: what came, went, or was decided elsewhere."""

from PySide6.QtCore import QObject

from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.review_acting import ReviewActing
from cbir_desktop.gui.review_backend import Found, Renewal
from cbir_desktop.gui.review_desk import ReviewDesk
from cbir_desktop.gui.review_lists import ReviewLists
from cbir_desktop.gui.review_page import ReviewPage
from cbir_desktop.gui.review_search import ReviewSearch
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary


class ReviewFollowing(QObject):
    """Searches again beside the work of a person, who has the right of way: a mark or a rule of hers puts it off. Only
    while the page is in sight; only what changed is touched; what she can take back, she still can."""

    def __init__(
        self,
        page: ReviewPage,
        desk: ReviewDesk,
        search: ReviewSearch,
        lists: ReviewLists,
        acting: ReviewActing,
        with_library: WithLibrary,
    ) -> None:
        super().__init__(page)
        self._page, self._desk, self._search, self._lists = page, desk, search, lists
        self._acting, self._with_library = acting, with_library
        self._handle: Handle | None = None
        self._stale = False
        self._state = b""
        page.shown.connect(self._follow)
        search.found.connect(self._on_found)
        desk.choosing_changed.connect(self._on_busy)
        acting.busy_changed.connect(self._on_busy)

    @property
    def busy(self) -> bool:
        return self._handle is not None

    def library_changed(self) -> None:
        """Something may be other than it was."""
        self._stale = True
        self._put_off()
        self._follow()

    def _on_busy(self, busy: bool) -> None:
        if busy:
            self._put_off()
        else:
            self._follow()

    def _put_off(self) -> None:
        """Not now: what a person does would wait for it, or change what it stands on."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle, self._stale = None, True

    def _follow(self) -> None:
        working = self._search.busy or self._acting.busy or self._desk.is_choosing or self.busy
        if self._stale and self._desk.found is not None and self._page.isVisible() and not working:
            self._with_library(self._ask)

    def _ask(self, library: Backend) -> None:
        self._stale = False
        given = (self._desk.whole_groups(), self._search.scope, self._desk.rules, self._state)
        self._handle = library.review.renew(*given, done=self._on_renewed, failed=self._on_failed)

    def _on_found(self, found: Found) -> None:
        self._put_off()
        self._state = found.state
        self._follow()

    def _on_renewed(self, renewal: Renewal | None) -> None:
        self._handle = None
        if renewal is not None:
            self._state = renewal.state
            self._desk.renew(renewal)
            self._page.threshold.set_counts(renewal.bins)
            self._lists.renew()
            if self._page.stack.currentWidget() is self._page.start:
                self._search.show_results()
        self._follow()

    def _on_failed(self, error: Exception) -> None:
        self._handle = None  # a folder of the scope is gone, say: what is on show stays, and a search says why
