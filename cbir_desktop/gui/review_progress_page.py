"""What stands where groups will be while they are searched."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.pace import Pace


class ProgressPage(QWidget):
    """Paused, nothing is lost; stopped, what was proved is kept, and the next search goes on from there."""

    pause_requested = Signal(bool)
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pace = Pace()
        self._total = 0
        self.title = QLabel(self.tr("Comparing photos…"), alignment=Qt.AlignmentFlag.AlignCenter)
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self.title.setFont(font)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(320)
        self.bar.setAccessibleName(self.tr("How far the comparison is"))
        self.words = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self.words.setForegroundRole(self.words.palette().ColorRole.PlaceholderText)
        self.pause = QPushButton()
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self._on_pause)
        self.stop = QPushButton(self.tr("Stop"))
        self.stop.setToolTip(self.tr("What was proved is kept: the next search goes on from there"))
        self.stop.clicked.connect(self.stop_requested)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.pause)
        buttons.addWidget(self.stop)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addStretch(2)
        column.addWidget(self.title)
        column.addWidget(self.bar, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.words)
        column.addLayout(buttons)
        column.addStretch(3)
        self.begin()

    def begin(self) -> None:
        self._pace.restart()
        self.pause.setChecked(False)
        self._paint_pause(False)
        self.bar.setRange(0, 0)
        self.words.setText(self.tr("Looking at what is known"))

    def set_progress(self, done: int, total: int) -> None:
        if total != self._total or done < self.bar.value():  # the next stage
            self._pace.restart()
        self._total = total
        self._pace.mark(time.monotonic(), done)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        parts = [self.tr("{n} of {total}").format(n=wording.number(done), total=wording.number(total))]
        if (left := self._pace.seconds_left(total)) is not None:
            parts.append(self.tr("{time} left in this step").format(time=wording.duration(left)))
        self.words.setText(", ".join(parts))

    def _on_pause(self, on: bool) -> None:
        self._paint_pause(on)
        self.pause_requested.emit(on)

    def _paint_pause(self, paused: bool) -> None:
        self.pause.setText(self.tr("Go on") if paused else self.tr("Pause"))
        self.title.setText(self.tr("Paused") if paused else self.tr("Comparing photos…"))
