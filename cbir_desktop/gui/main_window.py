"""The main window: puts the parts together and says which of them is shown. It knows no session and no thread."""

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import icons, wording
from cbir_desktop.gui.actions import create_actions
from cbir_desktop.gui.backend import Backend, Overview
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.desktop import Desktop
from cbir_desktop.gui.details_panel import DetailsPanel
from cbir_desktop.gui.drop_overlay import DropOverlay
from cbir_desktop.gui.empty_page import EmptyPage
from cbir_desktop.gui.empty_states import EmptyStates
from cbir_desktop.gui.index_runner import IndexRunner
from cbir_desktop.gui.index_status import IndexStatus
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_grid import SIDE, PhotoGrid
from cbir_desktop.gui.photo_model import PhotoModel, display_name
from cbir_desktop.gui.problems_view import ProblemsView
from cbir_desktop.gui.query import FileSource, Incoming, PhotoSource, SortedPaths, Source, may_read, read_mime
from cbir_desktop.gui.search_bar import SearchBar
from cbir_desktop.gui.searcher import Searcher
from cbir_desktop.gui.side_list import Place, SideList
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.library.indexing import IndexReport
from cbir_desktop.library.search import Answer
from cbir_desktop.store.catalog import Photo

LIVE_MS = 1000
"""While indexing, the grid is brought up to date this often."""
DETAILS_FROM = 960
"""Narrower windows are for the photos alone, device-independent pixels."""


class MainWindow(QMainWindow):
    """Shown before there is a library; ``attach`` brings one, ``cannot_open`` says why there is none."""

    closed = Signal()
    retry_requested = Signal()

    def __init__(self, desktop: Desktop, chooser: Chooser) -> None:
        super().__init__()
        self._desktop, self._chooser = desktop, chooser
        self._backend: Backend | None = None
        self._place = Place.ALL
        self._overview = Overview(np.empty(0, np.int64), [], [])
        self._overview_request: Handle | None = None
        self._waiting: list[Callable[[], None]] = []
        self._create_parts()
        self._lay_out()
        self._connect_parts()
        self._connect_actions()
        self._live = QTimer(self, interval=LIVE_MS)
        self._live.timeout.connect(self.refresh)
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
        self.message = MessageBar()
        self.side = SideList()
        self.problems = ProblemsView()
        self.details = DetailsPanel(lambda *request: self._library().preview(*request))
        self.status = IndexStatus()
        self.runner = IndexRunner(lambda paths, **callbacks: self._library().index(paths, **callbacks), self)
        self.empty = EmptyPage()
        self.empty_states = EmptyStates(self.empty, self.actions_, self)

    def _lay_out(self) -> None:
        self.pages = QStackedWidget()
        for page in (self.grid, self.problems, self.empty):
            self.pages.addWidget(page)
        middle = QWidget()
        column = _column(middle, self.message, self.pages)
        column.setStretch(1, 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        for place, (widget, width) in enumerate(((self.side, 200), (middle, 800), (self.details, 272))):
            widget.setMinimumWidth(width if width < 300 else 320)
            self.splitter.addWidget(widget)
            self.splitter.setCollapsible(place, False)
            self.splitter.setStretchFactor(place, int(widget is middle))
        self.splitter.setHandleWidth(1)
        self.splitter.setSizes([200, 808, 272])
        centre = QWidget()
        _column(centre, self.search_bar, _line(), self.splitter, _line(), self.status).setStretch(2, 1)
        self.setCentralWidget(centre)
        self.overlay = DropOverlay(self)
        self.search_bar.add_action_button(self.actions_.open_query)
        self.search_bar.add_action_button(self.actions_.add_folder)
        self.search_bar.add_menu_button(self._menu())
        self.grid.setFocus()

    def _menu(self) -> QMenu:
        known, menu = self.actions_, QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addActions([known.open_query, known.paste, known.clear])
        menu.addSeparator()
        menu.addActions([known.add_folder, known.rescan])
        menu.addSeparator()
        menu.addAction(known.quit)
        return menu

    def _connect_parts(self) -> None:
        self.grid.photo_activated.connect(self._open_photo)
        self.grid.menu_requested.connect(self._show_menu)
        self.grid.current_photo_changed.connect(self._show_details)
        self.grid.selection_changed.connect(self._enable_actions)
        self.search_bar.clear_requested.connect(self.clear_query)
        self.searcher.answered.connect(self._on_answer)
        self.searcher.failed.connect(self._on_search_failed)
        self.side.place_requested.connect(self._go)
        self.problems.show_requested.connect(self._desktop.show_in_folder)
        self.status.pause_requested.connect(self.runner.pause)
        self.status.cancel_requested.connect(self.runner.cancel)
        self.runner.busy_changed.connect(self._on_busy)
        self.runner.paused_changed.connect(self.status.set_paused)
        self.runner.progressed.connect(self.status.set_progress)
        self.runner.finished.connect(self._on_indexed)
        self.runner.failed.connect(self._on_index_failed)
        self.runner.cancelled.connect(self._on_index_cancelled)

    def _connect_actions(self) -> None:
        known = self.actions_
        known.open_query.triggered.connect(lambda: self._chooser.pictures(self, self.find_files))
        known.add_folder.triggered.connect(lambda: self._chooser.folder(self, lambda path: self.add_folders([path])))
        known.paste.triggered.connect(lambda: self._take(read_mime(QGuiApplication.clipboard().mimeData())))
        known.rescan.triggered.connect(self._rescan)
        known.clear.triggered.connect(self.clear_query)
        known.find_similar.triggered.connect(self._find_similar)
        known.open_photo.triggered.connect(self._open_chosen)
        known.show_in_folder.triggered.connect(self._show_in_folder)
        known.copy_path.triggered.connect(self._copy_path)
        known.quit.triggered.connect(self.close)
        self.empty_states.propose_requested.connect(lambda path: self.add_folders([path]))
        self.empty_states.retry_requested.connect(self.retry_requested)
        self._enable_actions()

    # -- the library --------------------------------------------------------------------------------------------

    def attach(self, backend: Backend) -> None:
        """The library is open."""
        self._backend = backend
        self._enable_actions()
        self.refresh()
        for wish in self._waiting:
            wish()
        self._waiting.clear()

    def cannot_open(self, error: KnownError) -> None:
        """There is no library, and why."""
        self.empty_states.cannot_open(error)
        self.pages.setCurrentWidget(self.empty)

    def refresh(self) -> None:
        """Ask the catalog what there is; one question at a time."""
        if self._backend is not None and self._overview_request is None:
            self._overview_request = self._backend.overview(self._on_overview)

    def _library(self) -> Backend:
        if self._backend is None:  # nothing that asks is enabled before attach
            raise RuntimeError("the library is not open")
        return self._backend

    def _on_overview(self, overview: Overview) -> None:
        self._overview_request = None
        self._overview = overview
        self.side.set_count(len(overview.ids))
        self.side.set_folders(overview.folders)
        self.side.set_problems(len(overview.problems))
        self.problems.set_problems(overview.problems)
        if not self.searcher.active:
            self.model.set_ids(overview.ids)
        self._show_state()

    def _load_thumb(self, photo: Photo, done: Callable, failed: Callable) -> Handle:
        return self._library().thumb(photo, SIDE, self.devicePixelRatio(), done, failed)

    # -- indexing -----------------------------------------------------------------------------------------------

    def add_folders(self, paths: Sequence[str]) -> None:
        """Index these folders, and watch them from now on."""
        if self._backend is None:
            self._waiting.append(lambda: self.add_folders(paths))
            return
        self.message.clear()
        self.runner.start(paths)

    def _rescan(self) -> None:
        if self._overview.folders:
            self.runner.start(self._overview.folders)
        else:
            self.message.tell(self.tr("There is no folder to look through yet."), *self._add_folder_button())

    def _on_busy(self, busy: bool) -> None:
        self.status.set_busy(busy)
        self._live.start() if busy else self._live.stop()
        self._show_state()

    def _on_indexed(self, report: IndexReport) -> None:
        self.model.refresh()
        self.loader.forget_failures()
        self._refresh_anew()
        self.status.set_note(self.tr("Up to date: {what}").format(what=self._summary(report)))

    def _on_index_failed(self, error: Exception, paths: Sequence[str]) -> None:
        self._refresh_anew()
        self.message.warn(wording.sentence(error) + ".", self.tr("Try again"), lambda: self.runner.start(paths))

    def _on_index_cancelled(self) -> None:
        self._refresh_anew()
        self.status.set_note(self.tr("Indexing stopped; what is indexed is kept. F5 goes on."))

    def _refresh_anew(self) -> None:
        """A question that is under way may have been answered before the last batch."""
        if self._overview_request is not None:
            self._overview_request.cancel()
            self._overview_request = None
        self.refresh()

    def _summary(self, report: IndexReport) -> str:
        parts = [self.tr("{photos} new").format(photos=wording.photos(report.indexed))]
        if report.missing:
            parts.append(self.tr("{n} gone").format(n=wording.number(report.missing)))
        if report.failed:
            parts.append(self.tr("{n} could not be read").format(n=wording.number(len(report.failed))))
        return ", ".join(parts)

    # -- ways in ------------------------------------------------------------------------------------------------

    def _take(self, incoming: Incoming) -> None:
        if self._backend is None:
            self._waiting.append(lambda: self._take(incoming))
        elif incoming.paths:
            self._backend.sort(incoming.paths, self._on_sorted)
        elif incoming.pasted is not None:
            self._ask([incoming.pasted])
        elif incoming.remote:
            self.message.tell(
                self.tr("Only an address came, and nothing is fetched from the web. Copy the picture itself instead.")
            )
        else:
            self.message.tell(self.tr("There is no picture on the clipboard. Copy a picture, a file or its path."))

    def _on_sorted(self, paths: SortedPaths) -> None:
        self.message.clear()
        if paths.files:
            self.find_files(paths.files)
        if paths.folders:
            self._offer_folders(paths.folders)
        elif paths.missing and not paths.files:
            name = wording.quoted(display_name(paths.missing[0]))
            self.message.warn(self.tr("{name} is not there any more.").format(name=name))

    def _offer_folders(self, folders: Sequence[str]) -> None:
        if len(folders) == 1:
            name = wording.quoted(display_name(folders[0]) or folders[0])
            words = self.tr("Add the folder {name} to the library? Its photos stay where they are, unchanged.")
            self.message.tell(words.format(name=name), self.tr("Add folder"), lambda: self.add_folders(folders))
        else:
            words = self.tr("Add {n} folders to the library? Their photos stay where they are, unchanged.")
            count = wording.number(len(folders))
            self.message.tell(words.format(n=count), self.tr("Add folders"), lambda: self.add_folders(folders))

    def find_files(self, paths: Sequence[str]) -> None:
        """Ask with files together; waits for the library where it is still being opened."""
        self._ask([FileSource(path) for path in paths])

    def _find_similar(self) -> None:
        if photos := self._chosen():
            self._ask([PhotoSource(photo) for photo in photos])

    def _ask(self, sources: Sequence[Source]) -> None:
        if self._backend is None:
            self._waiting.append(lambda: self._ask(sources))
            return
        self.message.clear()
        self.searcher.ask(self._backend, sources)
        self._enable_actions()

    def _on_answer(self, answer: Answer) -> None:
        self._place = Place.ALL
        self.model.set_hits(answer.hits)
        self._show_state()
        self.grid.setFocus()

    def _on_search_failed(self, error: Exception, words: str) -> None:
        self.clear_query()
        if isinstance(error, KnownError) and error.kind == "empty-library":
            self.message.tell(wording.sentence(error) + ".", *self._add_folder_button())
        else:
            self.message.warn(self.tr("Cannot search with {query}: {why}.").format(query=words, why=error))

    def clear_query(self) -> None:
        """Back to all photos."""
        self.message.clear()
        self.searcher.clear()
        self._place = Place.ALL
        self.model.set_ids(self._overview.ids)
        self._show_state()

    # -- what is shown ------------------------------------------------------------------------------------------

    def _go(self, place: Place) -> None:
        if place is Place.ALL:
            self.clear_query()
        self._place = place
        self._show_state()

    def _show_state(self) -> None:
        if self._place is Place.PROBLEMS and not self._overview.problems:
            self._place = Place.ALL
        page = self._page()
        self.pages.setCurrentWidget(page)
        self._fit_details()
        self.side.set_place(self._place)
        self.status.set_shown(self._shown(page))
        self._enable_actions()

    def _page(self) -> QWidget:
        if self._backend is None:
            self.empty_states.opening()
        elif self._place is Place.PROBLEMS:
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
        """The details are beside photos, and where there is room for both."""
        self.details.setVisible(self.pages.currentWidget() is self.grid and self.width() >= DETAILS_FROM)

    def _show_details(self, photo: Photo | None) -> None:
        thumb: QPixmap | None = None if photo is None else self.loader.pixmap(photo.content_id)
        self.details.set_photo(photo, thumb)

    # -- on the chosen photos -----------------------------------------------------------------------------------

    def _chosen(self) -> list[Photo]:
        return self.grid.selected_photos() if self.pages.currentWidget() is self.grid else []

    def _enable_actions(self) -> None:
        known, some = self.actions_, bool(self._chosen())
        for action in (known.find_similar, known.open_photo, known.show_in_folder, known.copy_path):
            action.setEnabled(some)
        for action in (known.open_query, known.paste, known.add_folder):
            action.setEnabled(self._backend is not None)
        known.rescan.setEnabled(bool(self._overview.folders) and not self.runner.busy)

    def _show_menu(self, place: QPoint) -> None:
        self.context_menu().popup(place)

    def context_menu(self) -> QMenu:
        """What can be done with the selected photos."""
        known, menu = self.actions_, QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([known.find_similar, known.open_photo])
        menu.addSeparator()
        menu.addActions([known.show_in_folder, known.copy_path])
        return menu

    def _open_chosen(self) -> None:
        for photo in self._chosen()[:1]:
            self._open_photo(photo)

    def _open_photo(self, photo: Photo) -> None:
        if not self._desktop.open(photo.path):
            name = wording.quoted(display_name(photo.path))
            self.message.warn(self.tr("There is no program on this desktop that opens {name}.").format(name=name))

    def _show_in_folder(self) -> None:
        for photo in self._chosen()[:1]:
            self._desktop.show_in_folder(photo.path)

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(photo.path for photo in self._chosen()))

    def _add_folder_button(self) -> tuple[str, Callable[[], None]]:
        return self.actions_.add_folder.text(), self.actions_.add_folder.trigger

    # -- events -------------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if may_read(event.mimeData()):
            event.acceptProposedAction()
            self.overlay.cover()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.overlay.hide()
        event.setDropAction(Qt.DropAction.CopyAction)  # never a move: the source would delete its file
        event.accept()
        self._take(read_mime(event.mimeData()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_details()
        if self.overlay.isVisible():
            self.overlay.cover()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            icons.refresh(self)
            self.side.recolour()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._live.stop()
        super().closeEvent(event)
        self.closed.emit()


def _column(parent: QWidget, *widgets: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(parent)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget)
    return column


def _line() -> QFrame:
    line = QFrame(frameShape=QFrame.Shape.HLine)
    line.setFrameShadow(QFrame.Shadow.Plain)
    line.setForegroundRole(line.palette().ColorRole.Mid)
    line.setFixedHeight(1)
    return line
