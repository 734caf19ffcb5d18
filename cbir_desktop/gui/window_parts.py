"""The parts of the main window: made, handed to each other, and laid out. What they do together is main_window's."""

from collections.abc import Callable

from PySide6.QtWidgets import QMainWindow

from cbir_desktop.gui.actions import create_actions
from cbir_desktop.gui.asking import Asking
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.by_button import ByButton
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.compare_control import CompareControl
from cbir_desktop.gui.desktop import Desktop
from cbir_desktop.gui.details_panel import DetailsPanel
from cbir_desktop.gui.empty_page import EmptyPage
from cbir_desktop.gui.empty_states import EmptyStates
from cbir_desktop.gui.extra_fronts import ExtraFronts
from cbir_desktop.gui.hints import Hints
from cbir_desktop.gui.index_control import IndexControl
from cbir_desktop.gui.index_runner import IndexRunner
from cbir_desktop.gui.index_status import IndexStatus
from cbir_desktop.gui.living import Living
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.narrowing_bar import NarrowingBar
from cbir_desktop.gui.photo_actions import PhotoActions
from cbir_desktop.gui.photo_grid import SIDE, PhotoGrid
from cbir_desktop.gui.photo_model import PhotoModel
from cbir_desktop.gui.photo_preview import PhotoPreview
from cbir_desktop.gui.pins import Pins
from cbir_desktop.gui.problems_view import ProblemsView
from cbir_desktop.gui.refresher import Refresher
from cbir_desktop.gui.region_page import RegionPage
from cbir_desktop.gui.relation_badges import RelationBadges
from cbir_desktop.gui.review_control import ReviewControl
from cbir_desktop.gui.search_bar import SearchBar
from cbir_desktop.gui.searcher import Searcher
from cbir_desktop.gui.side_list import SideList
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.gui.trashing import Trashing
from cbir_desktop.gui.ways_in import WaysIn
from cbir_desktop.gui.window_frame import WindowFrame
from cbir_desktop.gui.window_menu import window_menu
from cbir_desktop.gui.with_library import LibraryDoor
from cbir_desktop.store.catalog import Photo


class WindowParts(QMainWindow):
    """A window in which nothing is connected across its parts yet."""

    def __init__(self, desktop: Desktop, chooser: Chooser) -> None:
        super().__init__()
        self.door = LibraryDoor()
        self._create_parts(desktop, chooser)
        self._lay_out()

    def _create_parts(self, desktop: Desktop, chooser: Chooser) -> None:
        self.actions_ = create_actions(self)
        self.model = PhotoModel(lambda ids, done: self.door.library.photos(ids, done), self)
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
        self.details = DetailsPanel(lambda *request: self.door.library.preview(*request))
        self.preview = PhotoPreview(self, lambda *request: self.door.library.preview(*request))
        self.status = IndexStatus()
        self.runner = IndexRunner(lambda paths, **callbacks: self.door.library.index(paths, **callbacks), self)
        self.empty = EmptyPage()
        self.empty_states = EmptyStates(self.empty, self.actions_, self)
        self.refresher = Refresher(lambda *question: self.door.library.overview(*question), self)
        self.indexing = IndexControl(self.runner, self.status, self.message, self.with_library)
        self.ways_in = WaysIn(self, self.search_bar, chooser, self.message, self.with_library)
        self.badges = RelationBadges(self.grid, self.model)
        self.asking = Asking(
            self.searcher, self.narrowing, self.badges, self.model, self.region_page, self.with_library
        )
        self.pins = Pins(self.actions_, self.asking, self.side, self.message, self.with_library)
        self.comparing = CompareControl(
            self, self.actions_, self.grid, self.model, self.searcher, chooser, self.with_library
        )
        self.review = ReviewControl(self, chooser, desktop, self.message, self.comparing, self.with_library)
        self.photo_actions = PhotoActions(self.actions_, self.grid, desktop, self.message, self.with_library)
        self.trashing = Trashing(self.actions_, self.grid, self.message, self.with_library)
        self.living = Living(
            self, self.actions_, chooser, self.runner, self.indexing, self.notice, self.message, self.with_library
        )
        self.extra = ExtraFronts(self, self.actions_, chooser, self.living.switch, self.side, self.with_library)

    def _lay_out(self) -> None:
        pages = (self.grid, self.problems, self.empty, self.review.page)
        self.fronts = WindowFrame(
            self.search_bar, self.side, (self.notice, self.message, self.hint), pages, self.details, self.status
        )
        self.pages, self.browser = self.fronts.pages, self.fronts.browser
        for front in (self.comparing.view, self.region_page, *self.extra.fronts):
            self.fronts.addWidget(front)
        self.setCentralWidget(self.fronts)
        self.search_bar.add_steps(self.actions_.back, self.actions_.forward)
        for widget in (self.by, self.narrowing.filter_button, self.narrowing.sort_button):
            self.search_bar.add_widget(widget)
        self.status.add_widget(self.narrowing.threshold)
        beginnings = (self.actions_.open_query, self.actions_.add_folder)
        self.beginnings = [self.search_bar.add_action_button(action) for action in beginnings]
        self.search_bar.add_menu_button(window_menu(self.actions_, self))
        self.details.add_action_button(self.actions_.compare)
        self.grid.setFocus()

    def with_library(self, wish: Callable[[Backend], object]) -> None:
        """Do something with the library: now, or as soon as it is open."""
        self.door.with_library(wish)

    def _load_thumb(self, photo: Photo, done: Callable, failed: Callable) -> Handle:
        return self.door.library.thumb(photo, SIDE, self.devicePixelRatio(), done, failed)
