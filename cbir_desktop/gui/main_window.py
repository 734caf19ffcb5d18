"""The main window: puts the parts together and says which of them is shown. It knows no session and no thread."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QMouseEvent,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow, QWidget

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import icons, shortcuts, window_state, wording
from cbir_desktop.gui.actions import apply_keys, create_actions
from cbir_desktop.gui.asking import Asking
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.by_button import ByButton
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.compare_control import CompareControl
from cbir_desktop.gui.desktop import Desktop
from cbir_desktop.gui.details_panel import DetailsPanel
from cbir_desktop.gui.empty_page import EmptyPage
from cbir_desktop.gui.empty_states import EmptyStates
from cbir_desktop.gui.hints import Hints
from cbir_desktop.gui.index_control import IndexControl
from cbir_desktop.gui.index_runner import IndexRunner
from cbir_desktop.gui.index_status import IndexStatus
from cbir_desktop.gui.living import Living
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.narrowing_bar import NarrowingBar
from cbir_desktop.gui.overview import ALL_PHOTOS, DUPLICATES, Overview, Place
from cbir_desktop.gui.photo_actions import PhotoActions
from cbir_desktop.gui.photo_grid import SIDE, PhotoGrid
from cbir_desktop.gui.photo_model import NO_IDS, PhotoModel, Role
from cbir_desktop.gui.photo_preview import PhotoPreview
from cbir_desktop.gui.pins import Pins
from cbir_desktop.gui.problems_view import ProblemsView
from cbir_desktop.gui.query import Source
from cbir_desktop.gui.refresher import Refresher
from cbir_desktop.gui.region_page import RegionPage
from cbir_desktop.gui.relation_badges import RelationBadges
from cbir_desktop.gui.review_control import ReviewControl
from cbir_desktop.gui.search_bar import SearchBar
from cbir_desktop.gui.searcher import Searcher
from cbir_desktop.gui.shortcut_sheet import ShortcutSheet
from cbir_desktop.gui.side_list import SideList
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.gui.trashing import Trashing
from cbir_desktop.gui.ways_in import WaysIn
from cbir_desktop.gui.window_frame import WindowFrame
from cbir_desktop.gui.window_menu import window_menu
from cbir_desktop.library.answers import Hit
from cbir_desktop.store.catalog import Photo


class MainWindow(QMainWindow):
    """Shown before there is a library; ``attach`` brings one, ``cannot_open`` says why there is none."""

    closed = Signal()
    retry_requested = Signal()

    def __init__(self, desktop: Desktop, chooser: Chooser) -> None:
        super().__init__()
        self._desktop, self._chooser = desktop, chooser
        self._backend: Backend | None = None
        self._state_file: Path | None = None
        self._waiting: list[Callable[[Backend], object]] = []
        self._place = ALL_PHOTOS
        self._overview = Overview(0, ALL_PHOTOS, NO_IDS, 0, (), 0, [], 0.0)
        self._create_parts()
        self._lay_out()
        self._connect_parts()
        self._connect_actions()
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self._show_query_parts()
        self._show_state()

    # -- parts --------------------------------------------------------------------------------------------------

    def _create_parts(self) -> None:
        self.actions_ = create_actions(self)
        self.model = PhotoModel(lambda ids, done: self._library().photos(ids, done), self)
        self.loader = ThumbLoader(self._load_thumb, self)
        self.grid = PhotoGrid(self.model, self.loader)
        self.search_bar = SearchBar()
        self.searcher = Searcher(self.search_bar, self)
        self.by = ByButton()
        self.narrowing = NarrowingBar(self)
        self.region_page = RegionPage(self.with_library)
        self.notice, self.message, self.hint = MessageBar(), MessageBar(), MessageBar()
        self.hints = Hints(self.hint, self.with_library)
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
        self.ways_in = WaysIn(self, self.search_bar, self._chooser, self.message, self.with_library)
        self.badges = RelationBadges(self.grid, self.model)
        self.asking = Asking(
            self.searcher, self.narrowing, self.badges, self.model, self.region_page, self.with_library
        )
        self.pins = Pins(self.actions_, self.asking, self.side, self.message, self.with_library)
        self.comparing = CompareControl(
            self, self.actions_, self.grid, self.model, self.searcher, self._chooser, self.with_library
        )
        self.review = ReviewControl(self, self._chooser, self._desktop, self.message, self.comparing, self.with_library)
        self.photo_actions = PhotoActions(self.actions_, self.grid, self._desktop, self.message, self.with_library)
        self.trashing = Trashing(self.actions_, self.grid, self.message, self.with_library)
        self.living = Living(
            self, self.actions_, self._chooser, self.runner, self.indexing, self.notice, self.message, self.with_library
        )

    def _lay_out(self) -> None:
        pages = (self.grid, self.problems, self.empty, self.review.page)
        self.fronts = WindowFrame(
            self.search_bar, self.side, (self.notice, self.message, self.hint), pages, self.details, self.status
        )
        self.pages, self.browser = self.fronts.pages, self.fronts.browser
        for front in (self.comparing.view, self.region_page):
            self.fronts.addWidget(front)
        self.setCentralWidget(self.fronts)
        self.search_bar.add_steps(self.actions_.back, self.actions_.forward)
        for widget in (self.by, self.narrowing.filter_button, self.narrowing.sort_button):
            self.search_bar.add_widget(widget)
        self.status.add_widget(self.narrowing.threshold)
        beginnings = (self.actions_.open_query, self.actions_.add_folder)
        self._beginnings = [self.search_bar.add_action_button(action) for action in beginnings]
        self.search_bar.add_menu_button(window_menu(self.actions_, self))
        self.details.add_action_button(self.actions_.compare)
        self.grid.setFocus()

    def _connect_parts(self) -> None:
        self.grid.current_photo_changed.connect(self._show_details)
        self.badges.found.connect(self._show_relation)
        self.grid.preview_requested.connect(self.preview.show_photo)
        self.preview.key_pressed.connect(self.grid.keyPressEvent)
        self.preview.closed.connect(self.grid.setFocus)
        self._connect_asking()
        self.ways_in.folders_given.connect(self.indexing.add_folders)
        for front in (self.comparing.view, self.region_page):
            front.shown_requested.connect(partial(self._show_front, front))
            front.left.connect(self._leave_front)
        self.side.place_requested.connect(self._go)
        self.side.show_requested.connect(self._desktop.show_in_folder)
        self.problems.show_requested.connect(self._desktop.show_in_folder)
        self.review.counted.connect(self.side.set_duplicates)
        self.review.files_changed.connect(self._on_indexing_ended)
        self.living.serve(self.side, self.problems)
        self.living.library_changed.connect(self._on_indexing_ended)
        self.living.rescan_requested.connect(self._rescan)
        self.living.looked.connect(self.refresher.look)
        self.living.watching.copies_requested.connect(self._show_duplicates)
        self.living.shared_changed.connect(self._look_live)
        self.runner.busy_changed.connect(self._on_busy)
        self.trashing.changed.connect(self._on_indexing_ended)
        self.indexing.ended.connect(self._on_indexing_ended)
        self.refresher.refreshed.connect(self._on_overview)

    def _connect_asking(self) -> None:
        bar, asking = self.search_bar, self.asking
        bar.clear_requested.connect(self.clear_query)
        bar.example_changed.connect(asking.change)
        bar.example_removed.connect(asking.remove)
        bar.region_requested.connect(asking.choose_region)
        self.by.changed.connect(asking.compare_by)
        self.searcher.failed.connect(self._on_search_failed)
        self.ways_in.query_given.connect(self._take_query)
        self.photo_actions.query_given.connect(asking.ask)
        self.photo_actions.examples_given.connect(asking.add_sources)
        self.photo_actions.region_given.connect(asking.search_region)
        self.comparing.view.similar_requested.connect(lambda source: asking.ask([source]))
        self.comparing.view.region_requested.connect(asking.search_region)
        asking.asked.connect(self._on_asked)
        asking.hits_changed.connect(self._show_hits)
        asking.ended.connect(self._on_query_ended)
        asking.steps_changed.connect(self._enable_actions)
        self.actions_.back.triggered.connect(lambda: asking.go(-1))
        self.actions_.forward.triggered.connect(lambda: asking.go(1))

    def _connect_actions(self) -> None:
        known = self.actions_
        known.open_query.triggered.connect(self.ways_in.open_pictures)
        known.add_folder.triggered.connect(self.ways_in.open_folder)
        known.paste.triggered.connect(self.ways_in.paste)
        known.rescan.triggered.connect(self._rescan)
        known.clear.triggered.connect(self._escape)
        known.quit.triggered.connect(self.close)
        known.settings.triggered.connect(self.living.settings.open)
        known.shortcuts.triggered.connect(self._show_shortcuts)
        self.living.settings.applied.connect(self._apply_settings)
        self.empty_states.propose_requested.connect(lambda path: self.indexing.add_folders((path,)))
        self.empty_states.retry_requested.connect(self.retry_requested)
        self.empty_states.show_all_requested.connect(self.narrowing.show_all)

    # -- the library --------------------------------------------------------------------------------------------

    def attach(self, backend: Backend) -> None:
        """The library is open."""
        self._backend = backend
        self.refresher.refresh()
        for wish in self._waiting:
            wish(backend)
        self._waiting.clear()
        self._apply_settings()
        self.hints.attach(backend.upkeep.settings.hints)
        self.living.attach(backend)
        self.pins.refresh()
        self.asking.attach()
        self._show_state()

    def _apply_settings(self) -> None:
        def apply(library: Backend) -> None:
            apply_keys(self.actions_, shortcuts.read(library.upkeep.settings.shortcuts))

        self.with_library(apply)

    def _show_shortcuts(self) -> None:
        ShortcutSheet(self.actions_, self).open()

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
        self.asking.set_folders([row.path for row in overview.folders])
        self.review.set_folders([row.path for row in overview.folders])
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

    def _take_query(self, sources: Sequence[Source], adding: bool) -> None:
        self.asking.add_sources(sources) if adding and self.searcher.active else self.asking.ask(sources)

    def _on_asked(self) -> None:
        """The photos that are there stay until the answer is."""
        self._leave_front()
        self.message.clear()
        self._show_query_parts()

    def _show_hits(self, hits: Sequence[Hit], is_new: bool) -> None:
        if is_new:
            self._place = ALL_PHOTOS
            self.refresher.show(ALL_PHOTOS)
        self.model.set_hits(hits, is_new)
        self._show_state()
        if is_new and not self.search_bar.isAncestorOf(self.focusWidget() or self):
            self.grid.setFocus()

    def _on_query_ended(self) -> None:
        """All photos again, or those of the place that was chosen."""
        self.message.clear()
        self._show_query_parts()
        self._show_library()
        self._show_state()

    def _show_query_parts(self) -> None:
        """What can be chosen about a question is there while one stands; the ways to begin are in the menu then."""
        question = self.asking.history.current.question
        self.by.setVisible(bool(question.examples))
        self.by.show_choice(question.by, question.blend, question.blend_with)
        for button in self._beginnings:
            button.setVisible(not question.examples)

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

    # -- other fronts -------------------------------------------------------------------------------------------

    def _show_front(self, front: QWidget) -> None:
        self.fronts.setCurrentWidget(front)
        self._enable_actions()

    def _leave_front(self) -> None:
        front = self.fronts.currentWidget()
        if front is self.browser:
            return
        for page in (self.comparing.view, self.region_page):
            if front is page:
                page.stop()
        self.fronts.setCurrentWidget(self.browser)
        self._enable_actions()
        self._page().setFocus()

    def _escape(self) -> None:
        """From another front to the photos, from an answer to all of them."""
        if self.fronts.currentWidget() is not self.browser:
            self._leave_front()
        else:
            self.clear_query()

    def _show_duplicates(self) -> None:
        """The page of duplicates, searched anew: something new is among them."""
        self._leave_front()
        self._go(DUPLICATES)
        self.review.search.again()

    # -- what is shown ------------------------------------------------------------------------------------------

    def _go(self, place: Place) -> None:
        """To a place; a question ends where photos are shown."""
        self._place = place
        if place.has_photos:
            self.message.clear()
            self.refresher.show(place)
            self.asking.clear()
            self._show_library()
        self._show_state()

    def _show_state(self) -> None:
        page = self._page()
        self.pages.setCurrentWidget(page)
        self._fit_details()
        self._offer_hint()
        self.side.set_place(self._place)
        self.status.set_shown(self._shown(page))
        self._enable_actions()

    def _page(self) -> QWidget:
        if self._backend is None:
            self.empty_states.opening()
        elif self._place.problems:
            return self.problems
        elif self._place.duplicates:
            return self.review.page
        elif self.model.rowCount():
            return self.grid
        elif self.model.shows_hits:
            self.empty_states.all_hidden() if self.narrowing.hides else self.empty_states.nothing_found()
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

    def _offer_hint(self) -> None:
        """Where it is of use: photos are there; an answer is; an answer is there for the second time."""
        if self.pages.currentWidget() is not self.grid:
            self.hints.withdraw()
        elif not self.model.shows_hits:
            self.hints.offer("search")
        else:
            self.hints.offer("refine" if len(self.asking.question.examples) == 1 else "prove")

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
        at_photos = self.fronts.currentWidget() is self.browser
        known.back.setEnabled(at_photos and self.asking.history.can_go_back)
        known.forward.setEnabled(at_photos and self.asking.history.can_go_forward)
        self.pins.enable()
        self.trashing.enable()
        self.photo_actions.enable()
        self.comparing.enable()

    # -- events -------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        self.ways_in.drag_entered(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self.ways_in.drag_moved(event)

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

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The buttons of the mouse for back and forward, wherever nothing else takes them."""
        action = {
            Qt.MouseButton.BackButton: self.actions_.back,
            Qt.MouseButton.ForwardButton: self.actions_.forward,
        }.get(event.button())
        if action is not None:
            action.trigger()
        else:
            super().mousePressEvent(event)

    def keep_state(self, path: Path) -> None:
        """Begin as the window was when it was closed last, and keep how it will be."""
        self._state_file = path
        window_state.restore(path, self, self.fronts.splitter)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._state_file is not None:
            window_state.save(self._state_file, self, self.fronts.splitter)
        self.living.stop()
        self.refresher.set_live(False)
        super().closeEvent(event)
        self.closed.emit()
