"""A calm line above the photos: what went wrong or what can be done, with at most one button."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from cbir_desktop.gui import icons


class MessageBar(QFrame):
    """Shows one message until it is closed, replaced or cleared. Nothing moves by itself."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action: Callable[[], None] | None = None
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.setAccessibleName(self.tr("Message"))
        self.sign = QLabel(self)
        self.text = QLabel(self, wordWrap=True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)  # file names are not markup
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.button = QPushButton(self)
        self.button.clicked.connect(self._act)
        self.close_button = QToolButton(self, autoRaise=True)
        self.close_button.setToolTip(self.tr("Close this message"))
        self.close_button.setAccessibleName(self.tr("Close this message"))
        icons.set_icon(self.close_button, "close")
        self.close_button.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        for widget, stretch in ((self.sign, 0), (self.text, 1), (self.button, 0), (self.close_button, 0)):
            row.addWidget(widget, stretch)
        self.hide()

    def tell(self, text: str, button: str | None = None, action: Callable[[], None] | None = None) -> None:
        """Information or a question; ``button`` says what will happen."""
        self._show("info", text, button, action)

    def warn(self, text: str, button: str | None = None, action: Callable[[], None] | None = None) -> None:
        """Something did not work."""
        self._show("problem", text, button, action)

    def clear(self) -> None:
        if not self.isHidden():
            self._action = None
            self.hide()
            self.closed.emit()

    def _show(self, sign: str, text: str, button: str | None, action: Callable[[], None] | None) -> None:
        icons.set_picture(self.sign, sign, 16)
        self.text.setText(text)
        self.text.setAccessibleName(text)
        self._action = action
        self.button.setText(button or "")
        self.button.setVisible(button is not None)
        self.show()

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()
