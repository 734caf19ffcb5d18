"""The page on which a region is chosen: of an example of the query, or of any photo."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSlider, QVBoxLayout, QWidget

from cbir_desktop.core.region import Region
from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.compare_pictures import Loaded
from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.query import Source
from cbir_desktop.gui.region_box import Box
from cbir_desktop.gui.region_canvas import RegionCanvas
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary

_TURN_KEY = 5
"""Degrees for a press of a key."""


class RegionPage(QWidget):
    """``choose`` asks for the picture and shows the page; ``done`` gets the region, None for the whole picture."""

    left = Signal()
    shown_requested = Signal()

    def __init__(self, with_library: WithLibrary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._with_library = with_library
        self._request: Handle | None = None
        self._done: Callable[[Region | None], None] | None = None
        self._region: Region | None = None
        self.setAccessibleName(self.tr("Choose a region"))
        self.words = QLabel(self, wordWrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.canvas = RegionCanvas(self)
        self.turn = QSlider(Qt.Orientation.Horizontal, self)
        self.turn.setRange(-180, 180)
        self.turn.setPageStep(15)
        self.turn.setMinimumWidth(160)
        self.turn.setToolTip(self.tr("Turn the picture under the box ([ and ], or the wheel)"))
        self.turn.setAccessibleName(self.tr("Turn the picture, degrees"))
        self.degrees = QLabel(self)
        self.degrees.setMinimumWidth(self.fontMetrics().horizontalAdvance("−180° "))  # noqa: RUF001 - the sign for it
        self.search = QPushButton(self.tr("Search this region"), self)
        self.search.setDefault(True)
        self.whole = QPushButton(self.tr("Whole picture"), self)
        self.cancel = QPushButton(self.tr("Cancel"), self)
        self._lay_out()
        self.turn.valueChanged.connect(self.canvas.set_turn)
        self.canvas.turn_requested.connect(lambda degrees: self.turn.setValue(round(degrees)))
        self.canvas.changed.connect(self._show_state)
        self.search.clicked.connect(self._accept)
        self.whole.clicked.connect(lambda: self._finish(None))
        self.cancel.clicked.connect(self.left)
        self._add_keys()
        self._show_state()

    def choose(self, source: Source, region: Region | None, done: Callable[[Region | None], None]) -> None:
        self.stop()
        self._done, self._region = done, region
        self.canvas.clear(self.tr("Reading the picture…"))
        name = wording.source(source)
        self.words.setText(self.tr("Draw a box on {name} around what you look for").format(name=name))

        def ask(library: Backend) -> None:
            self._request = library.picture(source, self._on_picture, self._on_failure)

        self._with_library(ask)
        self._show_state()
        self.shown_requested.emit()
        self.canvas.setFocus()

    def stop(self) -> None:
        """The page is left: what is under way is of no use any more."""
        if self._request is not None:
            self._request.cancel()
        self._request = self._done = None

    def _on_picture(self, loaded: Loaded) -> None:
        self.canvas.set_picture(loaded, None if self._region is None else Box.of(self._region))

    def _on_failure(self, error: Exception) -> None:
        self.canvas.clear(self.tr("This picture cannot be shown: {why}").format(why=clause(error)))
        self._show_state()

    def _accept(self) -> None:
        box = self.canvas.box
        if box is not None:
            region = box.region()
            try:
                region = region.within(*(round(side) for side in self.canvas.size_))
            except ValueError:  # it was moved off the picture
                self.words.setText(self.tr("The box lies outside of the picture. Draw it on the picture."))
                return
            self._finish(region)

    def _finish(self, region: Region | None) -> None:
        done = self._done
        self.left.emit()
        if done is not None:
            done(region)

    def _show_state(self) -> None:
        with QSignalBlocker(self.turn):
            self.turn.setValue(round(self.canvas.turn))
        self.degrees.setText(f"{wording.number(round(self.canvas.turn))}°")
        self.turn.setEnabled(self.canvas.has_picture)
        self.search.setEnabled(self.canvas.box is not None)
        self.whole.setVisible(self._region is not None)

    def _add_keys(self) -> None:
        for keys, act in (
            (("Return", "Enter"), self._accept),
            (("[",), lambda: self.turn.setValue(self.turn.value() - _TURN_KEY)),
            (("]",), lambda: self.turn.setValue(self.turn.value() + _TURN_KEY)),
        ):
            action = QAction(self.canvas)
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(act)
            self.canvas.addAction(action)

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.setContentsMargins(16, 8, 16, 8)
        below.setSpacing(8)
        label = QLabel(self.tr("Turn"), self)
        label.setBuddy(self.turn)
        for widget in (label, self.turn, self.degrees):
            below.addWidget(widget)
        below.addStretch(1)
        for button in (self.cancel, self.whole, self.search):
            below.addWidget(button)
        above = QHBoxLayout()
        above.setContentsMargins(16, 8, 16, 8)
        above.addWidget(self.words, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(self.canvas, 1)
        column.addLayout(below)
