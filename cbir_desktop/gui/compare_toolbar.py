"""The one toolbar of a comparison: the mode, its slider, the zoom."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QToolButton, QWidget

from cbir_desktop.gui.compare_canvas import Mode

_STEPS = 100


class CompareToolbar(QWidget):
    """Its actions work wherever the focus is in the page that they are added to."""

    mode_chosen = Signal(Mode)
    level_chosen = Signal(float)
    turned_chosen = Signal(bool)

    def __init__(self, page: QWidget) -> None:
        super().__init__(page)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 0, 16, 8)
        self._row.setSpacing(4)
        self.modes = self._mode_actions(page)
        self._mode_buttons = {mode: self._add_button(action) for mode, action in self.modes.items()}
        self._row.addSpacing(16)
        self.level_label = QLabel(self)
        self.level = QSlider(Qt.Orientation.Horizontal, self)
        self.level.setRange(0, _STEPS)
        self.level.setFixedWidth(160)
        self.level.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as the divider goes
        self.level.valueChanged.connect(lambda value: self.level_chosen.emit(value / _STEPS))
        self.level_label.setBuddy(self.level)
        self.turn = self._action(page, self.tr("Turn B like A"), self.tr("Draw B the way A lies"), "T")
        self.turn.setCheckable(True)
        self.turn.toggled.connect(self.turned_chosen)
        self.next_object = self._action(
            page, self.tr("Next object"), self.tr("Look at the next object, then at all"), "J"
        )
        self.object_before = self._action(
            page, self.tr("Object before"), self.tr("Look at the object before"), "Shift+J"
        )
        self._row.addWidget(self.level_label)
        self._row.addWidget(self.level)
        self.turn_button = self._add_button(self.turn)
        self.object_button = self._add_button(self.next_object)
        self.show_objects(0, None)
        self._row.addStretch(1)
        self.less = self._action(page, self.tr("Less"), self.tr("Move the slider down"), "[")
        self.more = self._action(page, self.tr("More"), self.tr("Move the slider up"), "]")
        self.less.triggered.connect(lambda: self.level.setValue(self.level.value() - 5))
        self.more.triggered.connect(lambda: self.level.setValue(self.level.value() + 5))
        self.zoom_out = self._action(page, "−", self.tr("Smaller"), "-")  # noqa: RUF001 - the sign on the button
        self.zoom_in = self._action(page, "+", self.tr("Larger"), "+", "=")
        self.zoom_fit = self._action(page, self.tr("Fit"), self.tr("Show all of both pictures"), "0")
        self.zoom_full = self._action(page, "1:1", self.tr("One pixel of A for one of the screen"), "1")
        self.zoom = QLabel(self, alignment=Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.zoom.setMinimumWidth(self.fontMetrics().horizontalAdvance("0,000 %"))
        self.zoom.setAccessibleName(self.tr("Zoom"))
        self._row.addWidget(self.zoom)
        for action in (self.zoom_out, self.zoom_in, self.zoom_fit, self.zoom_full):
            self._add_button(action)

    def show_mode(self, mode: Mode, level: float | None, can_turn: bool) -> None:
        """What the mode has to be set; ``level`` from 0 to 1, None where it has none."""
        self.modes[mode].setChecked(True)
        words = {
            Mode.SWIPE: self.tr("Divider"),
            Mode.OVERLAY: self.tr("Opacity of B"),
            Mode.MATCHES: self.tr("Lines"),
        }.get(mode, "")
        self.level_label.setText(words)
        self.level.setAccessibleName(words)
        for widget in (self.level, self.level_label):
            widget.setVisible(level is not None)
        self.turn_button.setVisible(can_turn)
        self.turn.setEnabled(can_turn)
        self.less.setEnabled(level is not None)
        self.more.setEnabled(level is not None)
        if level is not None:
            with QSignalBlocker(self.level):
                self.level.setValue(round(level * _STEPS))

    def show_objects(self, count: int, chosen: int | None) -> None:
        """How many objects there are to look at, and which of them (from 0) is in front."""
        for action in (self.next_object, self.object_before):
            action.setEnabled(count > 0)
        self.object_button.setVisible(count > 0)
        words = self.tr("Objects ({count})").format(count=count)
        if chosen is not None:
            words = self.tr("Object {number} of {count}").format(number=chosen + 1, count=count)
        self.next_object.setText(words)
        self.object_button.setAccessibleName(words)

    def focus_mode(self, mode: Mode) -> None:
        """The way out of the pictures, where Tab does not lead."""
        self._mode_buttons[mode].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def set_usable(self, known: bool, tied: bool) -> None:
        """``known``: both pictures are there. ``tied``: matches were found that agree."""
        for action in (self.zoom_out, self.zoom_in, self.zoom_fit, self.zoom_full, *self.modes.values()):
            action.setEnabled(known)
        matches = self.modes[Mode.MATCHES]
        matches.setEnabled(known and tied)
        matches.setToolTip(self._hints[Mode.MATCHES] if tied else self.tr("There are no matches that agree"))

    def _mode_actions(self, page: QWidget) -> dict[Mode, QAction]:
        group = QActionGroup(self)
        table = {
            Mode.SIDE_BY_SIDE: (self.tr("Side by side"), self.tr("Both, with the same spot under both cursors"), "S"),
            Mode.SWIPE: (self.tr("Swipe"), self.tr("B on A, to the right of a line that you move"), "W"),
            Mode.FLICKER: (self.tr("Flicker"), self.tr("A, then B in its place, by Tab or `"), "F"),
            Mode.DIFFERENCE: (self.tr("Difference"), self.tr("How far the colours lie apart at each spot"), "D"),
            Mode.OVERLAY: (self.tr("Overlay"), self.tr("B on A, as transparent as you like"), "O"),
            Mode.MATCHES: (self.tr("Matches"), self.tr("Which spots were found in both, and how well they fit"), "M"),
        }
        made = {}
        self._hints = {mode: f"{hint} ({key})" for mode, (_, hint, key) in table.items()}
        for mode, (words, hint, key) in table.items():
            action = self._action(page, words, hint, key)
            action.setCheckable(True)
            action.triggered.connect(lambda _checked=False, mode=mode: self.mode_chosen.emit(mode))
            group.addAction(action)
            made[mode] = action
        return made

    def _action(self, page: QWidget, words: str, hint: str, *keys: str) -> QAction:
        action = QAction(words, page)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setToolTip(f"{hint} ({keys[0]})")
        page.addAction(action)
        return action

    def _add_button(self, action: QAction) -> QToolButton:
        button = QToolButton(self, autoRaise=True)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setAccessibleName(action.toolTip().split(" (")[0] if len(action.text()) == 1 else action.text())
        self._row.addWidget(button)
        return button
