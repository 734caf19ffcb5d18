"""In the line at the bottom: how the scores of an answer are spread, and a slider for the least that is shown."""

import numpy as np
from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.library.narrowing import Histogram, histogram

BINS = 32
STEPS = 256


class ScoreHistogram(QWidget):
    """One bar for each bin; those below the threshold are faint. The root of the count, or a few would not be seen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._histogram: Histogram | None = None
        self._threshold: float | None = None
        self.setFixedSize(self.sizeHint())
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def sizeHint(self) -> QSize:
        return QSize(4 * BINS, 24)

    def show_scores(self, made: Histogram, threshold: float | None) -> None:
        self._histogram, self._threshold = made, threshold
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        made = self._histogram
        if made is None or not made.counts.any():
            return
        painter = QPainter(self)
        shown = self.palette().color(QPalette.ColorRole.Highlight)
        left = QColor(self.palette().color(QPalette.ColorRole.WindowText))
        left.setAlpha(60)
        heights = np.sqrt(made.counts / made.counts.max()) * (self.height() - 2)
        width = self.width() / len(made.counts)
        for place, height in enumerate(heights.tolist()):
            below = self._threshold is not None and made.edges[place + 1] <= self._threshold
            bar = round(place * width), round(self.height() - height), max(1, round(width) - 1), round(height)
            painter.fillRect(*bar, left if below else shown)


class ThresholdBar(QWidget):
    """``changed`` carries the least score that is shown, None where all are."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edges = (0.0, 1.0)
        self._made: Histogram | None = None
        self.histogram = ScoreHistogram(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(STEPS // 16)
        self.slider.setFixedWidth(120)
        self.slider.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the bars go
        self.slider.setAccessibleName(self.tr("Least similarity shown"))
        self.slider.setToolTip(self.tr("Show only photos at least so similar"))
        self.number = QLabel(self)
        self.number.setMinimumWidth(self.fontMetrics().horizontalAdvance("−0.00"))  # noqa: RUF001 - the sign for it
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.histogram, self.slider, self.number):
            row.addWidget(widget)
        self.slider.valueChanged.connect(self._on_value)
        self.hide()

    def show_scores(self, scores: list[float], threshold: float | None) -> None:
        """Of a new answer, before it is cut."""
        self._made = histogram(scores, BINS)
        self._edges = float(self._made.edges[0]), float(self._made.edges[-1])
        low, high = self._edges
        with QSignalBlocker(self.slider):
            self.slider.setValue(0 if threshold is None else round((threshold - low) / (high - low) * STEPS))
        self._show(threshold)

    def _on_value(self, value: int) -> None:
        low, high = self._edges
        threshold = min(high, low + (high - low) * value / STEPS) if value else None
        self._show(threshold)
        self.changed.emit(threshold)

    def _show(self, threshold: float | None) -> None:
        if self._made is not None:
            self.histogram.show_scores(self._made, threshold)
        self.number.setText(wording.decimal(self._edges[0] if threshold is None else threshold, 2))
