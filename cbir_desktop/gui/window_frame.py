"""How the window is laid out: the bar above, places, photos and details side by side, the status below."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

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
        self._details = details
        self.pages = QStackedWidget()
        for page in pages:
            self.pages.addWidget(page)
        middle = QWidget()
        column(middle, *above, self.pages).setStretch(len(above), 1)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        for place, (widget, width) in enumerate(((side, 200), (middle, 320), (details, 272))):
            widget.setMinimumWidth(width)
            self.splitter.addWidget(widget)
            self.splitter.setCollapsible(place, False)
            self.splitter.setStretchFactor(place, int(widget is middle))
        self.splitter.setHandleWidth(1)
        self.splitter.setSizes([200, 808, 272])
        self.browser = QWidget()
        column(self.browser, bar, line(), self.splitter, line(), status).setStretch(2, 1)
        self.addWidget(self.browser)

    def fit_details(self, wanted: bool) -> None:
        """The details are beside photos, and where there is room for both."""
        self._details.setVisible(wanted and self.width() >= DETAILS_FROM)
