"""How the window is laid out: the bar above, places, photos and details side by side, the status below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QStackedWidget, QWidget

from cbir_desktop.gui.layouts import column, line

DETAILS_FROM = 960
"""Narrower windows are for the photos alone, device-independent pixels."""


class WindowFrame(QStackedWidget):
    """What fills the window: the ``browser``, or another front over all of it, as a comparison is.

    ``pages`` are what stands in the middle of the browser; ``above`` stand over them.
    """

    def __init__(
        self,
        bar: QWidget,
        side: QWidget,
        above: tuple[QWidget, ...],
        pages: tuple[QWidget, ...],
        details: QWidget,
        status: QWidget,
    ) -> None:
        super().__init__()
        self._details = _scrolled(details)
        self.pages = QStackedWidget()
        for page in pages:
            self.pages.addWidget(page)
        middle = QWidget()
        column(middle, *above, self.pages).setStretch(len(above), 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        sign = self.fontMetrics().averageCharWidth()  # larger fonts need wider columns
        widths = {side: max(200, 24 * sign), middle: max(320, 34 * sign), self._details: max(272, 30 * sign)}
        self._room_for_all: int = max(DETAILS_FROM, sum([*widths.values()]))
        for place, (widget, width) in enumerate(widths.items()):
            widget.setMinimumWidth(width)
            self.splitter.addWidget(widget)
            self.splitter.setCollapsible(place, False)
            self.splitter.setStretchFactor(place, int(widget is middle))
        self.splitter.setHandleWidth(1)
        self.splitter.setSizes([widths[side], 808, widths[self._details]])
        self.browser = QWidget()
        column(self.browser, bar, line(), self.splitter, line(), status).setStretch(2, 1)
        self.addWidget(self.browser)

    def fit_details(self, wanted: bool) -> None:
        """The details are beside photos, and where there is room for both."""
        self._details.setVisible(wanted and self.width() >= self._room_for_all)


def _scrolled(widget: QWidget) -> QScrollArea:
    """For where there is less height than it needs."""
    area = QScrollArea()
    area.setWidget(widget)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
