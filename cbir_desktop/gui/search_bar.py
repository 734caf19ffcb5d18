"""The strip at the top: the query as small pictures, the ways to give one, the menu."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QImage, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from cbir_desktop.gui import icons

CHIP = 48
"""Side of a query picture, device-independent pixels."""
MOST_CHIPS = 8


class SearchBar(QFrame):
    """Shows the query that it is told; asks through the actions that it is given."""

    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Query"))
        self.chips: list[QLabel] = []
        self._strip = QHBoxLayout()
        self._strip.setSpacing(8)
        self.hint = QLabel(self)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.clear_button = QToolButton(self, autoRaise=True)
        self.clear_button.setToolTip(self.tr("Clear the query, back to all photos (Esc)"))
        self.clear_button.setAccessibleName(self.tr("Clear the query"))
        icons.set_icon(self.clear_button, "close")
        self.clear_button.clicked.connect(self.clear_requested)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 16, 8)
        self._row.setSpacing(8)
        self._row.addLayout(self._strip)
        self._row.addWidget(self.clear_button)
        self._row.addWidget(self.hint, 1)
        self.setMinimumHeight(CHIP + 16)
        self.show_hint()

    def add_action_button(self, action: QAction) -> QToolButton:
        """A button with the words and the shortcut of an action."""
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(action.text().replace("&", ""))
        self._row.addWidget(button)
        return button

    def add_menu_button(self, menu: QMenu) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(self.tr("Menu"))
        button.setToolTip(self.tr("Menu"))
        icons.set_icon(button, "menu")
        self._row.addWidget(button)
        return button

    def show_hint(self) -> None:
        """No query."""
        self._set_chips(())
        self.hint.setText(self.tr("Drop, paste or open a picture to find photos like it"))

    def show_query(self, labels: Sequence[str]) -> None:
        """A query of so many pictures; ``set_picture`` brings them."""
        self._set_chips(labels[:MOST_CHIPS])
        self.set_words(self.tr("Searching…"))

    def set_words(self, text: str) -> None:
        self.hint.setText(text)

    def set_picture(self, place: int, image: QImage) -> None:
        if place < len(self.chips):
            self.chips[place].setPixmap(QPixmap.fromImage(image))

    def _set_chips(self, labels: Sequence[str]) -> None:
        for chip in self.chips:
            self._strip.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [self._chip(label) for label in labels]
        self.clear_button.setVisible(bool(labels))

    def _chip(self, label: str) -> QLabel:
        chip = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        chip.setFixedSize(QSize(CHIP, CHIP))
        chip.setToolTip(label)
        chip.setAccessibleName(self.tr("Query picture: {name}").format(name=label))
        self._strip.addWidget(chip)
        return chip
