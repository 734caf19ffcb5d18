"""The page of the map: what is asked for, the thumbnails in view, and the way of a selection to the grid."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.layouts import line
from cbir_desktop.gui.map_view import MapView
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.latent_map import LatentMap
from cbir_desktop.store.catalog import Photo

_SIDE = 48
"""Of a thumbnail, within a cell of the map."""
_AT_ONCE = 200
"""Photos whose records are asked for at a time."""


class MapPage(QWidget):
    """``show_requested`` gives the content ids of the selection."""

    left = Signal()
    shown_requested = Signal()
    show_requested = Signal(object)

    def __init__(self, with_library: WithLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with_library = with_library
        self._backend: Backend | None = None
        self._making: Handle | None = None
        self._asking: Handle | None = None
        self.setAccessibleName(self.tr("Map"))
        self.loader = ThumbLoader(self._load, self)
        self.view = MapView(self.loader.pixmap, self)
        self.words = QLabel(self, wordWrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.hint = QLabel(self.tr("Draw around photos to choose them. Wheel: zoom. Right button: move."), self)
        self.hint.setWordWrap(True)
        self.hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.whole = QPushButton(self.tr("Whole map"), self)
        self.whole.setToolTip(self.tr("Show all of it (0)"))
        self.seen = QPushButton(self.tr("Choose what is in view"), self)
        self.seen.setToolTip(self.tr("Choose all photos in view (Ctrl+A)"))
        self.show_these = QPushButton(self.tr("Show these"), self)
        self.show_these.setToolTip(self.tr("Show the chosen photos in the grid (Enter)"))
        self.close_button = QPushButton(self.tr("Close"), self)
        self._lay_out()
        self.view.thumbs_wanted.connect(self._want)
        self.view.selection_changed.connect(self._on_selection)
        self.view.opened.connect(self._show_chosen)
        self.loader.loaded.connect(lambda _number: self.view.update())
        self.whole.clicked.connect(self.view.fit)
        self.seen.clicked.connect(self.view.select_seen)
        self.show_these.clicked.connect(self._show_chosen)
        self.close_button.clicked.connect(self.left)
        self._on_selection(0)

    def open(self) -> None:
        """The map as the library is now; what is there already is shown meanwhile."""
        self._with_library(self._make)
        self.shown_requested.emit()
        self.view.setFocus()

    def _make(self, backend: Backend) -> None:
        self._backend = backend
        if self._making is not None:
            self._making.cancel()
        self.words.setText(self.tr("The map is being made…"))
        self._making = backend.make_map(self._on_first, done=self._on_map, failed=self._on_failed)

    def _on_first(self, made: LatentMap) -> None:
        if self._making is None:
            return
        self._take(made)
        self.words.setText(self.tr("A rough map; a better one is being made…"))

    def _on_map(self, made: LatentMap) -> None:
        self._making = None
        self._take(made)
        self._tell()

    def _on_failed(self, error: Exception) -> None:
        self._making = None
        self.words.setText(wording.sentence(clause(error)) + ".")

    def _take(self, made: LatentMap) -> None:
        self.view.set_map(made)

    def _tell(self) -> None:
        if self.view.map is not None:
            how = {"umap": "UMAP", "pca": "PCA"}[self.view.map.method]
            words = self.tr("{photos} by {method}: like photos lie near each other")
            self.words.setText(words.format(photos=wording.photos(len(self.view.points)), method=how))

    # -- thumbnails ---------------------------------------------------------------------------------------------

    def _want(self, ids: list[int]) -> None:
        missing = [number for number in ids if self.loader.pixmap(number) is None][:_AT_ONCE]
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None
        if missing and self._backend is not None:
            self._asking = self._backend.photos(missing, self._on_photos)
        elif not missing:
            self.loader.want(())

    def _on_photos(self, photos: list[Photo]) -> None:
        self._asking = None
        self.loader.want(photos)

    def _load(self, photo: Photo, done: Callable, failed: Callable) -> Handle | None:
        if self._backend is None:
            return None
        return self._backend.thumb(photo, _SIDE, self.devicePixelRatio(), done, failed)

    # -- the selection ------------------------------------------------------------------------------------------

    def _on_selection(self, count: int) -> None:
        words = self.tr("Show these {photos}") if count else self.tr("Show these")
        self.show_these.setText(words.format(photos=wording.photos(count)))
        self.show_these.setEnabled(bool(count))
        self.view.setAccessibleDescription(self.tr("{photos} chosen").format(photos=wording.photos(count)))

    def _show_chosen(self) -> None:
        if ids := self.view.selected_ids():
            self.left.emit()
            self.show_requested.emit(ids)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        for label in (self.words, self.hint):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            texts.addWidget(label)
        row.addLayout(texts, 1)
        for button in (self.whole, self.seen, self.show_these, self.close_button):
            row.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(line())
        column.addLayout(row)
        self.setFocusProxy(self.view)
