"""A calm line above the photos: what went wrong or what can be done, with at most two buttons."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from cbir_desktop.gui import icons

Act = Callable[[], None]
LEAST_SIGNS = 30
"""So many average signs of a line are for the words, or the buttons go below them."""


class MessageBar(QFrame):
    """Shows one message until it is closed, replaced or cleared. Nothing moves by itself."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action: Act | None = None
        self._second: Act | None = None
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setAccessibleName(self.tr("Message"))
        self.sign = QLabel(self)
        self.text = QLabel(self, wordWrap=True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)  # file names are not markup
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(self)
        self.button.clicked.connect(lambda: self._act(self._action))
        self.other = QPushButton(self)
        self.other.clicked.connect(lambda: self._act(self._second))
        self.close_button = QToolButton(self, autoRaise=True)
        self.close_button.setToolTip(self.tr("Close this message"))
        self.close_button.setAccessibleName(self.tr("Close this message"))
        icons.set_icon(self.close_button, "close")
        self.close_button.clicked.connect(self.clear)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.addWidget(self.text, 1)
        buttons = QHBoxLayout()
        for button in (self.other, self.button):
            buttons.addWidget(button)
        buttons.addStretch()
        self._body.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        for layout in (buttons, self._body, row):
            layout.setSpacing(8)
        row.addWidget(self.sign)
        row.addLayout(self._body, 1)
        row.addWidget(self.close_button)

    def _fold(self) -> None:
        """The buttons stand below the words where beside them too little room would be left for these."""
        buttons = [one.sizeHint().width() for one in (self.other, self.button) if not one.isHidden()]
        signs, around = LEAST_SIGNS * self.fontMetrics().averageCharWidth(), 80
        narrow = bool(buttons) and self.width() - sum(buttons) - around < signs
        way = QBoxLayout.Direction
        self._body.setDirection(way.TopToBottom if narrow else way.LeftToRight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def tell(
        self, text: str, button: str | None = None, action: Act | None = None, other: tuple[str, Act] | None = None
    ) -> None:
        """Information or a question; ``button`` says what will happen, ``other`` is another way to go on."""
        self._show("info", text, button, action, other)

    def warn(self, text: str, button: str | None = None, action: Act | None = None) -> None:
        """Something did not work."""
        self._show("problem", text, button, action, None)

    def clear(self) -> None:
        if not self.isHidden():
            self._action = self._second = None
            self.hide()
            self.closed.emit()

    def _show(
        self, sign: str, text: str, button: str | None, action: Act | None, other: tuple[str, Act] | None
    ) -> None:
        icons.set_picture(self.sign, sign, 16)
        self.text.setText(text)
        self.text.setAccessibleName(text)
        self._action, self._second = action, None if other is None else other[1]
        self.other.setText("" if other is None else other[0])
        self.other.setVisible(other is not None)
        self.button.setText(button or "")
        self.button.setVisible(button is not None)
        self.show()
        self._fold()

    def _act(self, action: Act | None) -> None:
        self.clear()
        if action is not None:
            action()
