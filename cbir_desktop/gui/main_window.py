"""The main window: what its parts do together, and its events. It knows no session and no thread."""

from collections.abc import Sequence
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
from PySide6.QtWidgets import QWidget

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import icons, shortcuts, window_state, wording
from cbir_desktop.gui.actions import apply_keys
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.browsing import Browsing
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.desktop import Desktop
from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.overview import ALL_PHOTOS, DUPLICATES
from cbir_desktop.gui.photo_model import Role
from cbir_desktop.gui.query import Source
from cbir_desktop.gui.shortcut_sheet import ShortcutSheet
from cbir_desktop.gui.window_parts import WindowParts
from cbir_desktop.store.catalog import Photo


class MainWindow(WindowParts):
    """Shown before there is a library; ``attach`` brings one, ``cannot_open`` says why there is none."""

    closed = Signal()
    retry_requested = Signal()

    def __init__(self, desktop: Desktop, chooser: Chooser) -> None:
        super().__init__(desktop, chooser)
        self._desktop = desktop
        self._state_file: Path | None = None
        self.browsing = Browsing(self)
        self._connect_parts()
        self._connect_asking()
        self._connect_living()
        self._connect_actions()
        self.with_library(lambda _library: self.refresher.refresh())
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self._show_query_parts()
        self.browsing.show_state()

    # -- parts --------------------------------------------------------------------------------------------------

    def _connect_parts(self) -> None:
        self.browsing.shown.connect(self._enable_actions)
        self.grid.current_photo_changed.connect(self._show_details)
        self.badges.found.connect(self._show_relation)
        self.grid.preview_requested.connect(self.preview.show_photo)
        self.preview.key_pressed.connect(self.grid.keyPressEvent)
        self.preview.closed.connect(self.grid.setFocus)
        for front in (self.comparing.view, self.region_page):
            front.shown_requested.connect(partial(self._show_front, front))
            front.left.connect(self._leave_front)
        self.side.place_requested.connect(self.browsing.go)
        self.side.show_requested.connect(self._desktop.show_in_folder)
        self.problems.show_requested.connect(self._desktop.show_in_folder)
        self.review.counted.connect(self.side.set_duplicates)

    def _connect_living(self) -> None:
        """What changes the library, and what follows from it here."""
        for change in (
            self.review.files_changed, self.living.library_changed, self.trashing.changed, self.indexing.ended
        ):  # fmt: skip
            change.connect(self._on_library_changed)
        self.ways_in.folders_given.connect(self.indexing.add_folders)
        self.living.serve(self.side, self.problems)
        self.living.rescan_requested.connect(self._rescan)
        self.living.looked.connect(self.refresher.look)
        self.living.watching.copies_requested.connect(self._show_duplicates)
        self.living.shared_changed.connect(self._look_live)
        self.runner.busy_changed.connect(self._on_busy)

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
        asking.hits_changed.connect(self.browsing.show_hits)
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
        self.door.open(backend)
        self._apply_settings()
        self.hints.attach(backend.upkeep.settings.hints)
        self.living.attach(backend)
        self.pins.refresh()
        self.asking.attach()
        self.trashing.attach()
        self.browsing.show_state()

    def _apply_settings(self) -> None:
        def apply(library: Backend) -> None:
            apply_keys(self.actions_, shortcuts.read(library.upkeep.settings.shortcuts))

        self.with_library(apply)

    def _show_shortcuts(self) -> None:
        ShortcutSheet(self.actions_, self).open()

    def cannot_open(self, error: KnownError) -> None:
        """There is no library, and why."""
        self.empty_states.cannot_open(error)
        self.pages.setCurrentWidget(self.empty)

    def _on_busy(self, busy: bool) -> None:
        self._look_live()
        self.browsing.show_state()

    def _look_live(self) -> None:
        """The catalog is looked at again and again while we, or another process, write to it."""
        self.refresher.set_live(self.runner.busy or self.living.is_shared)

    def _on_library_changed(self) -> None:
        self.model.refresh()
        self.loader.forget_failures()
        self.refresher.refresh()

    def _rescan(self) -> None:
        self.indexing.add_folders(self.browsing.folders)

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

    def _on_query_ended(self) -> None:
        """All photos again, or those of the place that was chosen."""
        self.message.clear()
        self._show_query_parts()
        self.browsing.show_library()
        self.browsing.show_state()

    def _show_query_parts(self) -> None:
        """What can be chosen about a question is there while one stands; the ways to begin are in the menu then."""
        question = self.asking.history.current.question
        self.by.setVisible(bool(question.examples))
        self.by.show_choice(question.by, question.blend, question.blend_with)
        for button in self.beginnings:
            button.setVisible(not question.examples)

    def _on_search_failed(self, error: Exception, words: str) -> None:
        self.clear_query()
        if isinstance(error, KnownError) and error.kind == "empty-library":
            add = self.actions_.add_folder
            self.message.tell(wording.sentence(error) + ".", add.text(), add.trigger)
        else:
            self.message.warn(self.tr("Cannot search with {query}: {why}.").format(query=words, why=clause(error)))

    def clear_query(self) -> None:
        """Back to all photos."""
        self.browsing.go(ALL_PHOTOS)

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
        self.browsing.page().setFocus()

    def _escape(self) -> None:
        """From another front to the photos, from an answer to all of them."""
        if self.fronts.currentWidget() is not self.browser:
            self._leave_front()
        else:
            self.clear_query()

    def _show_duplicates(self) -> None:
        """The page of duplicates, searched anew: something new is among them."""
        self._leave_front()
        self.browsing.go(DUPLICATES)
        self.review.search.again()

    # -- the photo in hand, and what can be done ---------------------------------------------------------------

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
            action.setEnabled(self.door.is_open)
        known.rescan.setEnabled(bool(self.browsing.folders) and not self.runner.busy)
        at_photos = self.fronts.currentWidget() is self.browser
        known.back.setEnabled(at_photos and self.asking.history.can_go_back)
        known.forward.setEnabled(at_photos and self.asking.history.can_go_forward)
        self.pins.enable()
        self.trashing.enable(at_photos and self.browsing.place.has_photos)
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
        self.browsing.fit_details()
        self.preview.setGeometry(self.rect())
        if self.ways_in.overlay.isVisible():
            self.ways_in.overlay.cover()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            icons.refresh(self)
            self.side.recolour()
        elif event.type() == QEvent.Type.ActivationChange and self.door.is_open and self.isActiveWindow():
            self.refresher.look()  # what another program decided meanwhile, no folder tells

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
