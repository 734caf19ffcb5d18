"""The words for each state in which there is no photo to show, and what to do about it."""

import os

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import wording
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.chooser import pictures_folder
from cbir_desktop.gui.empty_page import EmptyPage
from cbir_desktop.gui.photo_model import display_name


class EmptyStates(QObject):
    """Writes on the empty page; each state offers the next step."""

    propose_requested = Signal(str)
    retry_requested = Signal()
    show_all_requested = Signal()

    def __init__(self, page: EmptyPage, actions: Actions, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page, self._actions = page, actions
        self._retry = QAction(self.tr("Try again"), self)
        self._retry.triggered.connect(self.retry_requested)
        self._show_all = QAction(self.tr("Show all of them"), self)
        self._show_all.triggered.connect(self.show_all_requested)
        self._proposed = pictures_folder()
        name = wording.quoted(display_name(self._proposed))
        self._propose = QAction(self.tr("Add the folder {name}").format(name=name), self)
        self._propose.setToolTip(wording.folder(self._proposed))
        self._propose.triggered.connect(lambda: self.propose_requested.emit(self._proposed))

    def opening(self) -> None:
        self._page.show_state("photos", self.tr("Opening the library…"), "")

    def cannot_open(self, error: KnownError) -> None:
        title = self.tr("The library cannot be opened")
        self._page.show_state("problem", title, wording.sentence(error) + ".", (self._retry,))

    def first_run(self, has_folders: bool) -> None:
        """``has_folders``: there are folders, but no picture in them."""
        proposed = not has_folders and os.path.isdir(self._proposed)
        actions = (self._propose, self._actions.add_folder) if proposed else (self._actions.add_folder,)
        title = self.tr("No pictures in these folders") if has_folders else self.tr("Choose a folder with pictures")
        words = self.tr("They stay where they are, unchanged. Then drop a picture here to find those like it.")
        self._page.show_state("folder-add", title, words, actions)

    def looking(self) -> None:
        words = self.tr("They appear here as they are indexed. You can search before it is finished.")
        self._page.show_state("photos", self.tr("Looking for pictures…"), words)

    def nothing_found(self) -> None:
        words = self.tr("There is no other photo in the library to compare it with.")
        self._page.show_state("search", self.tr("Nothing similar found"), words, (self._actions.clear,))

    def all_hidden(self) -> None:
        """There is an answer, and filters or the threshold leave nothing of it."""
        words = self.tr("The filter or the slider at the bottom leaves none of the photos that were found.")
        self._page.show_state("search", self.tr("Nothing left to show"), words, (self._show_all,))
