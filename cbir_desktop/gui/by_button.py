"""What photos are compared by, and how much their colours or their layout count beside it."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QLabel, QRadioButton, QSlider, QToolButton, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.popup_panel import PopupPanel
from cbir_desktop.library.query import By, Look

STEPS = 20
"""Of the blend: 5 % each."""


class ByButton(QToolButton):
    """``changed`` carries (by, blend, blend with)."""

    changed = Signal(str, float, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setArrowType(Qt.ArrowType.NoArrow)
        self._words = {
            "content": (self.tr("Content"), self.tr("What the pictures show")),
            "copy": (self.tr("Same picture"), self.tr("Copies and edits of this picture, each proved")),
            "object": (self.tr("Same object or place"), self.tr("The same thing in another photo, each proved")),
            "colour": (self.tr("Colours"), self.tr("Which colours there are")),
            "layout": (self.tr("Layout"), self.tr("Where colours and edges lie")),
        }
        self.panel = ByPanel(self, self._words)
        self.panel.changed.connect(self._on_changed)
        self.clicked.connect(self.panel.open)
        self.show_choice("content", 0.0, "colour")

    def show_choice(self, by: By, blend: float, blend_with: Look) -> None:
        words, hint = self._words[by]
        if by == "content" and blend:
            look, _ = self._words[blend_with]
            words = self.tr("{content} + {look} {percent} %").format(
                content=words, look=look.lower(), percent=wording.number(round(100 * blend))
            )
        shown = self.tr("By: {what}").format(what=words)
        self.setText(f"{shown} ▾")
        self.setToolTip(hint)
        self.setAccessibleName(shown)
        self.panel.show_choice(by, blend, blend_with)

    def _on_changed(self, by: By, blend: float, blend_with: Look) -> None:
        self.show_choice(by, blend, blend_with)
        self.changed.emit(by, blend, blend_with)


class ByPanel(PopupPanel):
    """Radio buttons, and the slider where content is what counts."""

    changed = Signal(str, float, str)

    def __init__(self, opener: QWidget, words: dict[str, tuple[str, str]]) -> None:
        super().__init__(opener, self.tr("What photos are compared by"))
        self._opener = opener
        self.add_heading(self.tr("Compare by"))
        self.choices: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        for by, (name, hint) in words.items():
            button = QRadioButton(self.tr("{name}: {hint}").format(name=name, hint=hint), self)
            self.choices[by] = button
            self._group.addButton(button)
            self.column.addWidget(button)
            button.clicked.connect(self._tell)
        self.look = QComboBox(self)
        self.look.setAccessibleName(self.tr("What counts beside content"))
        for look in ("colour", "layout"):
            self.look.addItem(words[look][0], look)
        self.blend = QSlider(Qt.Orientation.Horizontal, self)
        self.blend.setRange(0, STEPS)
        self.blend.setMinimumWidth(120)
        self.blend.setAccessibleName(self.tr("How much it counts, percent"))
        self._percent = QLabel(self)
        self._percent.setMinimumWidth(self.fontMetrics().horizontalAdvance("100 %"))
        self._mixing = QWidget(self)
        row = QHBoxLayout(self._mixing)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        for widget in (QLabel(self.tr("Content and"), self), self.look, self.blend, self._percent):
            row.addWidget(widget)
        self.column.addWidget(self._mixing)
        self.look.currentIndexChanged.connect(self._tell)
        self.blend.valueChanged.connect(self._tell)

    def open(self) -> None:
        self.open_below(self._opener, self._group.checkedButton() or self.blend)

    def show_choice(self, by: str, blend: float, blend_with: str) -> None:
        self.choices[by].setChecked(True)
        with QSignalBlocker(self.look), QSignalBlocker(self.blend):
            self.look.setCurrentIndex(self.look.findData(blend_with))
            self.blend.setValue(round(blend * STEPS))
        self._percent.setText(self.tr("{n} %").format(n=wording.number(round(100 * blend))))
        self._mixing.setEnabled(by == "content")

    def _tell(self) -> None:
        by = next(by for by, button in self.choices.items() if button.isChecked())
        self.changed.emit(by, self.blend.value() / STEPS, self.look.currentData())
