"""Room for a row that is wider than the window: it scrolls sideways there, and never makes the window wide."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget


class SidewaysArea(QScrollArea):
    """As high as what is in it, and its scroll bar where there is one. What has the focus is scrolled to."""

    def __init__(self, row: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = row
        self.setWidget(row)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.installEventFilter(self)
        self.horizontalScrollBar().installEventFilter(self)

    def sizeHint(self) -> QSize:
        bar = self.horizontalScrollBar()
        height = self._row.minimumSizeHint().height() + (bar.sizeHint().height() if bar.isVisible() else 0)
        return QSize(self._row.sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show, QEvent.Type.Hide):
            self.updateGeometry()
        return super().eventFilter(watched, event)
