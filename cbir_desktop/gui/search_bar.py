"""The strip at the top: back and forward, the query as small pictures, how it is compared, the ways to give one."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QToolButton, QWidget

from cbir_desktop.gui import icons
from cbir_desktop.gui.example_panel import ExamplePanel
from cbir_desktop.gui.query_chip import CHIP, QueryChip
from cbir_desktop.gui.question import Example

MOST_CHIPS = 8


class SearchBar(QFrame):
    """Shows the question that it is told, and asks for others by signals; the rest goes through the actions that it
    is given."""

    clear_requested = Signal()
    example_changed = Signal(int, object)
    example_removed = Signal(int)
    region_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Query"))
        self.chips: list[QueryChip] = []
        self.panel: ExamplePanel | None = None
        self._strip = QHBoxLayout()
        self._strip.setSpacing(8)
        self._more = QLabel(self)
        self.hint = QLabel(self)
        self.hint.setTextFormat(Qt.TextFormat.PlainText)
        self.hint.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.clear_button = QToolButton(self, autoRaise=True)
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clear_button.setToolTip(self.tr("Clear the query, back to all photos (Esc)"))
        self.clear_button.setAccessibleName(self.tr("Clear the query"))
        icons.set_icon(self.clear_button, "close")
        self.clear_button.clicked.connect(self.clear_requested)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 16, 8)
        self._row.setSpacing(8)
        self._row.addLayout(self._strip)
        self._row.addWidget(self._more)
        self._row.addWidget(self.clear_button)
        self._row.addWidget(self.hint, 1)
        self.setMinimumHeight(CHIP + 16)
        self.show_hint()

    def add_steps(self, back: QAction, forward: QAction) -> None:
        """At the very beginning, as in a browser."""
        for place, action in enumerate((back, forward)):
            self._row.insertWidget(place, self._button(action, Qt.ToolButtonStyle.ToolButtonIconOnly))

    def add_widget(self, widget: QWidget) -> None:
        self._row.addWidget(widget)
        self._order()

    def add_action_button(self, action: QAction) -> QToolButton:
        """A button with the words and the shortcut of an action."""
        button = self._button(action, Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add_widget(button)
        return button

    def add_menu_button(self, menu: QMenu) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(self.tr("Menu"))
        button.setToolTip(self.tr("Menu"))
        icons.set_icon(button, "menu")
        self.add_widget(button)
        return button

    def show_hint(self) -> None:
        """No query."""
        self.show_examples(())
        self.hint.setText(self.tr("Drop, paste or open a picture to find photos like it"))

    def show_examples(self, examples: Sequence[Example]) -> None:
        """The examples of a question; ``set_picture`` brings the pictures of those that are new."""
        shown = examples[:MOST_CHIPS]
        if [chip.example.source for chip in self.chips] == [example.source for example in shown]:
            for chip, example in zip(self.chips, shown, strict=True):
                chip.show_example(example)
        else:
            self._set_chips(shown)
        left = len(examples) - len(shown)
        self._more.setText(self.tr("and {n} more").format(n=left) if left else "")
        self._more.setVisible(bool(left))
        self.clear_button.setVisible(bool(examples))

    def set_words(self, text: str) -> None:
        self.hint.setText(text)
        self.hint.setToolTip(text)

    def set_picture(self, place: int, image: QImage, full_size: QSize) -> None:
        if place < len(self.chips):
            self.chips[place].set_picture(image, full_size)

    def _button(self, action: QAction, style: Qt.ToolButtonStyle) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(style)
        button.setAutoRaise(style == Qt.ToolButtonStyle.ToolButtonIconOnly)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    def _set_chips(self, examples: Sequence[Example]) -> None:
        at = next((place for place, chip in enumerate(self.chips) if chip.hasFocus()), None)
        for chip in self.chips:
            self._strip.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = [self._chip(place, example) for place, example in enumerate(examples)]
        if at is not None and self.chips:
            self.chips[min(at, len(self.chips) - 1)].setFocus()
        self._order()

    def _order(self) -> None:
        """Tab goes as the eye does."""
        stops: list[QWidget] = []
        for place in range(self._row.count()):
            part = self._row.itemAt(place)
            if part is not None and part.layout() is self._strip:
                stops += self.chips
            elif part is not None and (widget := part.widget()) is not None and widget.focusPolicy():
                stops.append(widget)
        for before, after in pairwise(stops):
            QWidget.setTabOrder(before, after)

    def _chip(self, place: int, example: Example) -> QueryChip:
        chip = QueryChip(example, self)
        chip.changed.connect(partial(self.example_changed.emit, place))
        chip.removed.connect(partial(self.example_removed.emit, place))
        chip.region_requested.connect(partial(self.region_requested.emit, place))
        chip.clicked.connect(partial(self._open_panel, chip))
        self._strip.addWidget(chip)
        return chip

    def _open_panel(self, chip: QueryChip) -> None:
        self.panel = panel = ExamplePanel(chip.example, chip)
        panel.changed.connect(chip.changed)
        panel.removed.connect(chip.removed)
        panel.region_requested.connect(chip.region_requested)
        panel.destroyed.connect(self._forget_panel)
        panel.open(chip)

    def _forget_panel(self) -> None:
        self.panel = None
