"""What stands where photos will be: one picture, one sentence, what to do."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from cbir_desktop.gui import icons


class EmptyPage(QWidget):
    """Shown by the window with the words for its state; its buttons are actions of the window."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)  # as the grid: nothing flashes when photos come
        self.picture = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self.title = self._text()
        font = self.title.font()
        font.setPointSizeF(font.pointSizeF() * 1.5)
        self.title.setFont(font)
        self.words = self._text()
        self.words.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.buttons: list[QPushButton] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(32, 32, 32, 32)
        self._column.setSpacing(16)
        self._column.addStretch(2)
        for widget in (self.picture, self.title, self.words):
            self._column.addWidget(widget)
        self._column.addStretch(3)

    def show_state(self, icon: str, title: str, words: str, actions: tuple[QAction, ...] = ()) -> None:
        icons.set_picture(self.picture, icon, 64)
        self.title.setText(title)
        self.words.setText(words)
        self.setAccessibleName(f"{title}. {words}")
        if [button.text() for button in self.buttons] != [action.text() for action in actions]:
            self._set_buttons(actions)

    def _set_buttons(self, actions: tuple[QAction, ...]) -> None:
        for button in self.buttons:
            self._column.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for place, action in enumerate(actions):
            button = QPushButton(action.text(), self)
            button.setToolTip(action.toolTip())
            button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(240)
            button.setDefault(place == 0)
            button.clicked.connect(action.trigger)
            self._column.insertWidget(4 + place, button, 0, Qt.AlignmentFlag.AlignHCenter)
            self.buttons.append(button)

    def _text(self) -> QLabel:
        label = QLabel(self, wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        label.setTextFormat(Qt.TextFormat.PlainText)
        return label
