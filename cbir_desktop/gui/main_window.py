"""The main window: puts the parts together and says which of them is shown. It knows no session and no thread."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import icons, wording
from cbir_desktop.gui.actions import create_actions
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.compare_control import CompareControl
from cbir_desktop.gui.desktop import Desktop
from cbir_desktop.gui.details_panel import DetailsPanel
from cbir_desktop.gui.empty_page import EmptyPage
from cbir_desktop.gui.empty_states import EmptyStates
from cbir_desktop.gui.index_control import IndexControl
from cbir_desktop.gui.index_runner import IndexRunner
from cbir_desktop.gui.index_status import IndexStatus
from cbir_desktop.gui.living import Living
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.overview import ALL_PHOTOS, Overview, Place
from cbir_desktop.gui.photo_actions import PhotoActions
from cbir_desktop.gui.photo_grid import SIDE, PhotoGrid
from cbir_desktop.gui.photo_model import NO_IDS, PhotoModel, Role
from cbir_desktop.gui.photo_preview import PhotoPreview
from cbir_desktop.gui.problems_view import ProblemsView
from cbir_desktop.gui.query import Source
from cbir_desktop.gui.refresher import Refresher
from cbir_desktop.gui.relation_badges import RelationBadges
from cbir_desktop.gui.search_bar import SearchBar
from cbir_desktop.gui.searcher import Searcher
from cbir_desktop.gui.side_list import SideList
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.gui.ways_in import WaysIn
from cbir_desktop.gui.window_frame import WindowFrame
from cbir_desktop.library.search import Answer
from cbir_desktop.store.catalog import Photo


class MainWindow(QMainWindow):
    """Shown before there is a library; ``attach`` brings one, ``cannot_open`` says why there is none."""

    closed = Signal()
    retry_requested = Signal()

    def __init__(self, desktop: Desktop, chooser: Chooser) -> None:
        super().__init__()
        self._desktop, self._chooser = desktop, chooser
        self._backend: Backend | None = None
        self._waiting: list[Callable[[Backend], object]] = []
        self._place = ALL_PHOTOS
        self._overview = Overview(0, ALL_PHOTOS, NO_IDS, 0, (), 0, [], 0.0)
        self._create_parts()
        self._lay_out()
        self._connect_parts()
        self._connect_actions()
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self._show_state()

    # -- parts --------------------------------------------------------------------------------------------------

    def _create_parts(self) -> None:
        self.actions_ = create_actions(self)
        self.model = PhotoModel(lambda ids, done: self._library().photos(ids, done), self)
        self.loader = ThumbLoader(self._load_thumb, self)
        self.grid = PhotoGrid(self.model, self.loader)
        self.search_bar = SearchBar()
        self.searcher = Searcher(self.search_bar, self)
        self.notice, self.message = MessageBar(), MessageBar()
        self.side = SideList()
        self.problems = ProblemsView()
        self.details = DetailsPanel(lambda *request: self._library().preview(*request))
        self.preview = PhotoPreview(self, lambda *request: self._library().preview(*request))
        self.status = IndexStatus()
        self.runner = IndexRunner(lambda paths, **callbacks: self._library().index(paths, **callbacks), self)
        self.empty = EmptyPage()
        self.empty_states = EmptyStates(self.empty, self.actions_, self)
        self.refresher = Refresher(lambda *question: self._library().overview(*question), self)
        self.indexing = IndexControl(self.runner, self.status, self.message, self.with_library)
        self.ways_in = WaysIn(self, self._chooser, self.message, self.with_library)
        self.badges = RelationBadges(self.grid, self.model)
        self.comparing = CompareControl(
            self, self.actions_, self.grid, self.model, self.searcher, self._chooser, self.with_library
        )
        self.photo_actions = PhotoActions(self.actions_, self.grid, self._desktop, self.message, self.with_library)
        self.living = Living(
            self, self._chooser, self.runner, self.indexing, self.notice, self.message, self.with_library
        )

    def _lay_out(self) -> None:
        pages = (self.grid, self.problems, self.empty)
        self.fronts = WindowFrame(
            self.search_bar, self.side, (self.notice, self.message), pages, self.details, self.status
        )
        self.pages, self.browser = self.fronts.pages, self.fronts.browser
        self.fronts.addWidget(self.comparing.view)
        self.setCentralWidget(self.fronts)
        self.search_bar.add_action_button(self.actions_.open_query)
        self.search_bar.add_action_button(self.actions_.add_folder)
        self.search_bar.add_menu_button(self._menu())
        self.details.add_action_button(self.actions_.compare)
        self.grid.setFocus()

    def _menu(self) -> QMenu:
        known, menu = self.actions_, QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([known.open_query, known.paste, known.clear, known.compare_two])
        menu.addSeparator()
        menu.addActions([known.add_folder, known.rescan, known.settings])
        menu.addSeparator()
        menu.addAction(known.quit)
        return menu

    def _connect_parts(self) -> None:
        self.grid.current_photo_changed.connect(self._show_details)
        self.badges.found.connect(self._show_relation)
        self.grid.preview_requested.connect(self.preview.show_photo)
        self.preview.key_pressed.connect(self.grid.keyPressEvent)
        self.preview.closed.connect(self.grid.setFocus)
        self.search_bar.clear_requested.connect(self.clear_query)
        self.searcher.answered.connect(self._on_answer)
        self.searcher.failed.connect(self._on_search_failed)
        self.ways_in.query_given.connect(self._ask)
        self.ways_in.folders_given.connect(self.indexing.add_folders)
        self.photo_actions.query_given.connect(self._ask)
        self.comparing.view.shown_requested.connect(self._show_comparison)
        self.comparing.view.left.connect(self._leave_comparison)
        self.side.place_requested.connect(self._go)
        self.side.show_requested.connect(self._desktop.show_in_folder)
        self.problems.show_requested.connect(self._desktop.show_in_folder)
        self.living.serve(self.side, self.problems)
        self.living.library_changed.connect(self._on_indexing_ended)
        self.living.rescan_requested.connect(self._rescan)
        self.living.looked.connect(self.refresher.look)
        self.living.shared_changed.connect(self._look_live)
        self.runner.busy_changed.connect(self._on_busy)
        self.indexing.ended.connect(self._on_indexing_ended)
        self.refresher.refreshed.connect(self._on_overview)

    def _connect_actions(self) -> None:
        known = self.actions_
        known.open_query.triggered.connect(self.ways_in.open_pictures)
        known.add_folder.triggered.connect(self.ways_in.open_folder)
        known.paste.triggered.connect(self.ways_in.paste)
        known.rescan.triggered.connect(self._rescan)
        known.clear.triggered.connect(self._back)
        known.quit.triggered.connect(self.close)
        known.settings.triggered.connect(self.living.settings.open)
        self.empty_states.propose_requested.connect(lambda path: self.indexing.add_folders((path,)))
        self.empty_states.retry_requested.connect(self.retry_requested)

    # -- the library --------------------------------------------------------------------------------------------

    def attach(self, backend: Backend) -> None:
        """The library is open."""
        self._backend = backend
        self.refresher.refresh()
        for wish in self._waiting:
            wish(backend)
        self._waiting.clear()
        self.living.attach(backend)
        self._show_state()

    def with_library(self, wish: Callable[[Backend], object]) -> None:
        """Do something with the library: now, or as soon as it is open."""
        if self._backend is None:
            self._waiting.append(wish)
        else:
            wish(self._backend)

    def cannot_open(self, error: KnownError) -> None:
        """There is no library, and why."""
        self.empty_states.cannot_open(error)
        self.pages.setCurrentWidget(self.empty)

    def _library(self) -> Backend:
        if self._backend is None:  # nothing that asks is enabled before attach
            raise RuntimeError("the library is not open")
        return self._backend

    def _on_overview(self, overview: Overview) -> None:
        moved = overview.place != self._overview.place
        if overview.version != self._overview.version and not self.runner.busy:
            self.model.refresh()  # a drive came back, another process was at work: states changed, and no ids
        self._overview = overview
        self.side.set_library(overview)
        self.problems.set_problems(overview.problems)
        self.living.set_folders(self.side.states())
        self._show_library()
        if moved and not self.model.shows_hits:
            self.grid.scrollToTop()
        if overview.has(self._place):
            self._show_state()
        else:
            self._go(ALL_PHOTOS)

    def _show_library(self) -> None:
        """The photos of the place, unless there is a question."""
        if not self.searcher.active and self._overview.place == self._place:
            self.model.set_ids(self._overview.ids)

    def _on_busy(self, busy: bool) -> None:
        self._look_live()
        self._show_state()

    def _look_live(self) -> None:
        """The catalog is looked at again and again while we, or another process, write to it."""
        self.refresher.set_live(self.runner.busy or self.living.is_shared)

    def _on_indexing_ended(self) -> None:
        self.model.refresh()
        self.loader.forget_failures()
        self.refresher.refresh()

    def _rescan(self) -> None:
        self.indexing.add_folders([row.path for row in self._overview.folders])

    def _load_thumb(self, photo: Photo, done: Callable, failed: Callable) -> Handle:
        return self._library().thumb(photo, SIDE, self.devicePixelRatio(), done, failed)

    # -- a question and its answer ------------------------------------------------------------------------------

    def find_files(self, paths: Sequence[str]) -> None:
        """Ask with files together; waits for the library where it is still being opened."""
        self.ways_in.find_files(paths)

    def _ask(self, sources: Sequence[Source]) -> None:
        self._leave_comparison()
        self.badges.stop()
        self.message.clear()
        self.with_library(lambda library: self.searcher.ask(library, sources))

    def _on_answer(self, answer: Answer) -> None:
        self._place = ALL_PHOTOS
        self.refresher.show(ALL_PHOTOS)
        self.model.set_hits(answer.hits)
        self._show_state()
        self.grid.setFocus()
        if len(self.searcher.sources) == 1:  # what a photo is to several pictures together has no name
            self.with_library(lambda library: self.badges.start(library.verify_hits, self.searcher.sources[0]))

    def _on_search_failed(self, error: Exception, words: str) -> None:
        self.clear_query()
        if isinstance(error, KnownError) and error.kind == "empty-library":
            add = self.actions_.add_folder
            self.message.tell(wording.sentence(error) + ".", add.text(), add.trigger)
        else:
            self.message.warn(self.tr("Cannot search with {query}: {why}.").format(query=words, why=error))

    def clear_query(self) -> None:
        """Back to all photos."""
        self._go(ALL_PHOTOS)

    # -- a comparison -------------------------------------------------------------------------------------------

    def _show_comparison(self) -> None:
        self.fronts.setCurrentWidget(self.comparing.view)
        self._enable_actions()

    def _leave_comparison(self) -> None:
        if self.fronts.currentWidget() is self.comparing.view:
            self.comparing.view.cancel()
            self.fronts.setCurrentWidget(self.browser)
            self._enable_actions()
            self.grid.setFocus()

    def _back(self) -> None:
        """Escape: from a comparison to the photos, from an answer to all of them."""
        if self.fronts.currentWidget() is self.comparing.view:
            self._leave_comparison()
        else:
            self.clear_query()

    # -- what is shown ------------------------------------------------------------------------------------------

    def _go(self, place: Place) -> None:
        """To a place; a question ends where photos are shown."""
        self._place = place
        if not place.problems:
            self.message.clear()
            self.searcher.clear()
            self.refresher.show(place)
            self._show_library()
        self._show_state()

    def _show_state(self) -> None:
        page = self._page()
        self.pages.setCurrentWidget(page)
        self._fit_details()
        self.side.set_place(self._place)
        self.status.set_shown(self._shown(page))
        self._enable_actions()

    def _page(self) -> QWidget:
        if self._backend is None:
            self.empty_states.opening()
        elif self._place.problems:
            return self.problems
        elif self.model.rowCount():
            return self.grid
        elif self.model.shows_hits:
            self.empty_states.nothing_found()
        elif self.runner.busy:
            self.empty_states.looking()
        else:
            self.empty_states.first_run(bool(self._overview.folders))
        return self.empty

    def _shown(self, page: QWidget) -> str:
        return (
            self.tr("{photos} shown").format(photos=wording.photos(self.model.rowCount())) if page is self.grid else ""
        )

    def _fit_details(self) -> None:
        self.fronts.fit_details(self.pages.currentWidget() is self.grid)

    def _show_details(self, photo: Photo | None) -> None:
        thumb: QPixmap | None = None if photo is None else self.loader.pixmap(photo.content_id)
        self.details.set_photo(photo, thumb)
        self._show_relation()
        if self.preview.isVisible():
            self.preview.show_photo(photo)

    def _show_relation(self) -> None:
        self.details.set_relation(self.grid.currentIndex().data(Role.BADGE) or "")

    def _enable_actions(self) -> None:
        known = self.actions_
        for action in (known.open_query, known.paste, known.add_folder, known.compare_two, known.settings):
            action.setEnabled(self._backend is not None)
        known.rescan.setEnabled(bool(self._overview.folders) and not self.runner.busy)
        self.photo_actions.enable()
        self.comparing.enable()

    # -- events -------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.ways_in.drag_entered(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.ways_in.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.ways_in.dropped(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_details()
        self.preview.setGeometry(self.rect())
        if self.ways_in.overlay.isVisible():
            self.ways_in.overlay.cover()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            icons.refresh(self)
            self.side.recolour()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.living.stop()
        self.refresher.set_live(False)
        super().closeEvent(event)
        self.closed.emit()
