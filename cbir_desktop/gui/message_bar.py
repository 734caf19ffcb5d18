"""A calm line above the photos: what went wrong or what can be done, with at most two buttons."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from cbir_desktop.gui import icons

Act = Callable[[], None]


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
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        for widget, stretch in (
            (self.sign, 0),
            (self.text, 1),
            (self.other, 0),
            (self.button, 0),
            (self.close_button, 0),
        ):
            row.addWidget(widget, stretch)
        self.hide()

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

    def _act(self, action: Act | None) -> None:
        self.clear()
        if action is not None:
            action()
