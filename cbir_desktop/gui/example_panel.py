"""The panel that opens below an example of the query: plus or minus, its weight, its region, away with it."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QPushButton, QRadioButton, QSlider, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.popup_panel import PopupPanel
from cbir_desktop.gui.question import WEIGHTS, Example

_STEPS = 10
"""Of the slider, for a weight of 1."""


class ExamplePanel(PopupPanel):
    """Tells each change at once."""

    changed = Signal(object)
    removed = Signal()
    region_requested = Signal()

    def __init__(self, example: Example, chip: QWidget) -> None:
        super().__init__(chip, self.tr("Example of the query"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.add_heading(wording.source(example.source))
        self._example = example
        self.plus = QRadioButton(self.tr("More like this"), self)
        self.minus = QRadioButton(self.tr("Less like this"), self)
        self._signs = QButtonGroup(self)
        for button in (self.plus, self.minus):
            self._signs.addButton(button)
            self.column.addWidget(button)
        self._add_weight()
        self.region, self.whole = QPushButton(self), QPushButton(self.tr("Whole picture"), self)
        self.remove = QPushButton(self.tr("Remove"), self)
        for push in (self.region, self.whole, self.remove):
            self.column.addWidget(push)
        self._show(example)
        self.minus.toggled.connect(lambda on: self._change(minus=on))
        self.weight.valueChanged.connect(lambda value: self._change(weight=value / _STEPS))
        self.whole.clicked.connect(lambda: self._change(region=None))
        self.region.clicked.connect(lambda: self._close_with(self.region_requested))
        self.remove.clicked.connect(lambda: self._close_with(self.removed))

    def open(self, chip: QWidget) -> None:
        self.open_below(chip, self.minus if self._example.minus else self.plus)

    def _show(self, example: Example) -> None:
        self._example = example
        with QSignalBlocker(self.minus), QSignalBlocker(self.weight):
            self.plus.setChecked(not example.minus)
            self.minus.setChecked(example.minus)
            self.weight.setValue(round(example.weight * _STEPS))
        self._number.setText(wording.decimal(example.weight, 1))
        words = self.tr("Choose a region…") if example.region is None else self.tr("Change the region…")
        self.region.setText(words)
        self.whole.setVisible(example.region is not None)

    def _change(self, **changes: Any) -> None:
        self._show(replace(self._example, **changes))
        self.changed.emit(self._example)

    def _close_with(self, wish: SignalInstance) -> None:
        self.hide()  # first: what is opened now is not to be closed with it
        wish.emit()
        self.close()

    def _add_weight(self) -> None:
        self.weight = QSlider(Qt.Orientation.Horizontal, self)
        self.weight.setRange(*(round(bound * _STEPS) for bound in WEIGHTS))
        self.weight.setPageStep(5)
        self.weight.setMinimumWidth(120)
        self.weight.setAccessibleName(self.tr("Weight"))
        self._number = QLabel(self)
        self._number.setMinimumWidth(self.fontMetrics().horizontalAdvance("0.00"))
        label = QLabel(self.tr("Weight"), self)
        label.setBuddy(self.weight)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(label)
        row.addWidget(self.weight, 1)
        row.addWidget(self._number)
        self.column.addLayout(row)
