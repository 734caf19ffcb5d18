"""The line at the bottom: how far the indexing is, pause and cancel; and how many photos are shown."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QWidget

from cbir_desktop.gui import icons, wording
from cbir_desktop.gui.pace import Pace


class IndexStatus(QFrame):
    """Shows what it is told; asks by signals."""

    pause_requested = Signal(bool)
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pace = Pace()
        self.text = QLabel(self)
        # Words that grow must not push the window wider.
        self.text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.bar = QProgressBar(self, textVisible=False)
        self.bar.setFixedSize(160, 8)
        self.bar.setAccessibleName(self.tr("Indexing progress"))
        self.pause_button = QToolButton(self, autoRaise=True)
        self.pause_button.setCheckable(True)
        self.pause_button.toggled.connect(self._on_pause)
        self.cancel_button = QToolButton(self, autoRaise=True)
        self.cancel_button.setToolTip(self.tr("Stop indexing; what is indexed is kept, F5 goes on later"))
        self.cancel_button.setAccessibleName(self.tr("Stop indexing"))
        icons.set_icon(self.cancel_button, "close")
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.shown = QLabel(self)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 16, 4)
        row.setSpacing(8)
        row.addWidget(self.bar)
        row.addWidget(self.pause_button)
        row.addWidget(self.cancel_button)
        row.addWidget(self.text, 1)
        row.addWidget(self.shown)
        self.setFixedHeight(max(36, self.fontMetrics().height() + 16))  # the photos must not jump
        self._paint_pause(False)
        self.set_busy(False)

    def add_widget(self, widget: QWidget) -> None:
        """Before how many photos are shown."""
        self._row.insertWidget(self._row.indexOf(self.shown), widget)

    def set_busy(self, busy: bool) -> None:
        for widget in (self.bar, self.pause_button, self.cancel_button):
            widget.setVisible(busy)
        if busy:
            self._pace.restart()
            self.bar.setRange(0, 0)
            self.text.setText(self.tr("Looking for pictures…"))
        else:
            self.text.clear()
        self.set_paused(False)

    def set_progress(self, done: int, total: int) -> None:
        self._pace.mark(time.monotonic(), done)
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        if not self.pause_button.isChecked():
            self.text.setText(self._words(done, total))

    def set_paused(self, paused: bool) -> None:
        self._pace.restart()
        self.pause_button.blockSignals(True)
        self.pause_button.setChecked(paused)
        self.pause_button.blockSignals(False)
        self._paint_pause(paused)

    def set_note(self, text: str) -> None:
        """What came of the last run."""
        self.text.setText(text)

    def set_shown(self, text: str) -> None:
        self.shown.setText(text)

    def _words(self, done: int, total: int) -> str:
        if total <= 0:
            return self.tr("Looking for pictures… {n} found").format(n=wording.number(done))
        parts = [self.tr("Indexing {n} of {total}").format(n=wording.number(done), total=wording.number(total))]
        speed, left = self._pace.per_second, self._pace.seconds_left(total)
        if speed and left is not None:
            parts.append(self.tr("{n} a second").format(n=wording.speed(speed)))
            parts.append(self.tr("{time} left").format(time=wording.duration(left)))
        return ", ".join(parts)

    def _on_pause(self, on: bool) -> None:
        self._paint_pause(on)
        self.pause_requested.emit(on)

    def _paint_pause(self, paused: bool) -> None:
        icons.set_icon(self.pause_button, "resume" if paused else "pause")
        words = self.tr("Resume indexing") if paused else self.tr("Pause indexing")
        self.pause_button.setToolTip(words)
        self.pause_button.setAccessibleName(words)
        if paused:
            done, total = wording.number(self.bar.value()), wording.number(self.bar.maximum())
            self.text.setText(self.tr("Paused at {n} of {total}").format(n=done, total=total))
