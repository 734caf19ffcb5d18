"""How sure the pairs are: a histogram, and a slider below it: what is less sure does not count. Nothing is searched."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QSlider, QVBoxLayout, QWidget

from cbir_desktop.gui import review_paint as paint
from cbir_desktop.library.group_table import BINS, least_of


class Histogram(QWidget):
    """Bars of equal width, their heights by the square root of the counts, so that few pairs are seen beside many."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts = np.zeros(BINS, np.int64)
        self.first = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("How sure the pairs are"))

    def sizeHint(self) -> QSize:
        return QSize(200, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        heights = np.sqrt(self.counts / max(1, int(self.counts.max())))
        width = self.width() / BINS
        for place, height in enumerate(heights.tolist()):
            at = BINS - 1 - place if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else place
            tall = max(1.0, height * self.height()) if self.counts[place] else 1.0
            role = QPalette.ColorRole.Highlight
            colour = self.palette().color(role) if place >= self.first else paint.faint(self.palette(), 70)
            painter.fillRect(QRectF(at * width + 1, self.height() - tall, max(1.0, width - 2), tall), colour)


class ThresholdSlider(QWidget):
    """``threshold_changed`` carries a probability."""

    threshold_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.histogram = Histogram(self)
        self.slider = QSlider(Qt.Orientation.Horizontal, self)
        self.slider.setRange(0, BINS - 1)
        self.slider.setPageStep(1)
        self.slider.setAccessibleName(self.tr("Show only pairs that are surer than"))
        self.slider.setToolTip(
            self.tr("Pairs less sure than this do not count: groups fall apart where they stand on them")
        )
        self.slider.valueChanged.connect(self._move)
        self.words = QLabel(self, wordWrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.histogram, self.slider, self.words):
            column.addWidget(widget)
        self._tell()

    @property
    def threshold(self) -> float:
        return least_of(self.slider.value())

    def set_counts(self, counts: np.ndarray) -> None:
        self.histogram.counts = counts
        self.histogram.update()

    def set_threshold(self, threshold: float) -> None:
        """The step that is nearest to it."""
        steps = [abs(least_of(place) - threshold) for place in range(BINS)]
        self.slider.setValue(int(np.argmin(steps)))

    def _move(self, place: int) -> None:
        self.histogram.first = place
        self.histogram.update()
        self._tell()
        self.threshold_changed.emit(self.threshold)

    def _tell(self) -> None:
        if self.slider.value() == 0:
            self.words.setText(self.tr("All pairs, however sure"))
            return
        percent = 100 * self.threshold
        text = f"{percent:.0f}" if percent < 99 else f"{percent:.5f}".rstrip("0")[:7]
        self.words.setText(self.tr("Only pairs surer than {percent} %").format(percent=text))
