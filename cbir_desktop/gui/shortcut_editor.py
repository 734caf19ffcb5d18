"""In the settings: a line for each action, in which new keys are pressed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFormLayout, QFrame, QKeySequenceEdit, QScrollArea, QVBoxLayout, QWidget

from cbir_desktop.gui import shortcuts
from cbir_desktop.gui.actions import Actions, default_keys


class ShortcutEditor(QWidget):
    """``read`` raises ValueError, with the reason, where two actions have the same keys."""

    changed = Signal()

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.lines: dict[str, QKeySequenceEdit] = {}
        inside = QWidget()
        form = QFormLayout(inside)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(4)
        for name, action in actions.by_name().items():
            line = QKeySequenceEdit(self)
            line.setMaximumSequenceLength(1)
            line.setClearButtonEnabled(True)
            line.setAccessibleName(action.iconText())
            line.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            line.keySequenceChanged.connect(self.changed)
            form.addRow(action.iconText(), line)
            self.lines[name] = line
        area = QScrollArea(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)

    def write(self, entries: tuple[str, ...]) -> None:
        chosen = shortcuts.read(entries)
        for name, action in self._actions.by_name().items():
            first = chosen.get(name, default_keys(action)).split("; ")[0]
            self.lines[name].setKeySequence(QKeySequence(first))

    def read(self) -> tuple[str, ...]:
        chosen = {}
        for name, action in self._actions.by_name().items():
            keys, usual = self.lines[name].keySequence().toString(), default_keys(action)
            if keys != QKeySequence(usual.split("; ")[0]).toString():
                chosen[name] = keys
        why = shortcuts.conflict(self._actions, chosen)
        if why is not None:
            raise ValueError(why)
        return shortcuts.write(chosen)
