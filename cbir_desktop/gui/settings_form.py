"""Editors for the settings, one for each field: they read and write values, and show beside them what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.settings import BOUNDS, Settings, faults

_MB = 1 << 20


@dataclass
class _Editor:
    """``read`` raises ValueError, with the reason, for what is no value at all."""

    widget: QWidget
    read: Callable[[], Any]
    write: Callable[[Any], None]
    reason: QLabel
    factor: int = 1
    hides_reason: bool = False


class SettingsForm(QObject):
    """Knows no layout: each method makes the editor of a field, for the dialog to place."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editors: dict[str, _Editor] = {}
        self._settings = Settings()

    def set_settings(self, settings: Settings) -> None:
        self._settings = settings
        for name, editor in self._editors.items():
            editor.write(getattr(settings, name))
        self.check()

    def editor(self, name: str) -> QWidget:
        return self._editors[name].widget

    def reason(self, name: str) -> str:
        """What is wrong with the field, empty where nothing is."""
        return self._editors[name].reason.text()

    def changes(self) -> dict[str, Any]:
        """What differs from the settings that were given. For a form without a fault."""
        values = {name: editor.read() for name, editor in self._editors.items()}
        return {name: value for name, value in values.items() if value != getattr(self._settings, name)}

    def check(self) -> bool:
        """Whether all values can be; says beside each field what is wrong with it."""
        wrong: dict[str, str] = {}
        values: dict[str, Any] = {}
        for name, editor in self._editors.items():
            try:
                values[name] = editor.read()
            except ValueError as error:
                wrong[name] = str(error)
        for name, fault in faults(replace(self._settings, **values)).items():
            wrong.setdefault(name, self._in_words(name, fault))
        for name, editor in self._editors.items():
            editor.reason.setText(wrong.get(name, ""))
            if editor.hides_reason:
                editor.reason.setVisible(name in wrong)
            editor.widget.setAccessibleDescription(wrong.get(name, ""))
        return not wrong

    def box(self, name: str, text: str) -> QWidget:
        """A yes or no."""
        box = QCheckBox(text)
        box.toggled.connect(self.changed)
        return self._place(name, box, box.isChecked, box.setChecked)

    def number(self, name: str, label: str, unit: str, megabytes: bool = False) -> QWidget:
        """A whole number, in megabytes where the setting counts bytes."""
        factor = _MB if megabytes else 1
        line = QLineEdit()
        line.setMaximumWidth(96)
        line.setAccessibleName(f"{label} ({unit})")
        line.textEdited.connect(self.changed)

        def read() -> int:
            text = line.text().strip()
            if not (text.isascii() and text.isdigit()):
                raise ValueError(_tr("must be a whole number"))
            return int(text) * factor

        made = self._place(name, line, read, lambda value: line.setText(str(value // factor)), QLabel(unit))
        self._editors[name].factor = factor
        return made

    def choice(self, name: str, label: str, words: dict[str, str]) -> QWidget:
        """One of some values, each with its words."""
        combo = QComboBox()
        combo.setAccessibleName(label)
        for value, text in words.items():
            combo.addItem(text, value)
        combo.currentIndexChanged.connect(self.changed)
        return self._place(name, combo, combo.currentData, lambda value: combo.setCurrentIndex(combo.findData(value)))

    def add(self, name: str, widget: QWidget, read: Callable[[], Any], write: Callable[[Any], None]) -> QWidget:
        """An editor that was made elsewhere, with the reason below it."""
        return self._place(name, widget, read, write, below=True)

    def patterns(self, name: str, label: str, example: str) -> QWidget:
        """Globs, one a line."""
        text = QPlainTextEdit()
        text.setAccessibleName(label)
        text.setPlaceholderText(example)
        text.setTabChangesFocus(True)
        text.setMinimumHeight(4 * text.fontMetrics().height())
        text.textChanged.connect(self.changed)

        def read() -> tuple[str, ...]:
            return tuple(line.strip() for line in text.toPlainText().splitlines() if line.strip())

        return self._place(name, text, read, lambda value: text.setPlainText("\n".join(value)), below=True)

    def _place(
        self,
        name: str,
        widget: QWidget,
        read: Callable[[], Any],
        write: Callable[[Any], None],
        unit: QLabel | None = None,
        below: bool = False,
    ) -> QWidget:
        """The editor with the reason beside it, or ``below`` it."""
        reason = QLabel(wordWrap=True)
        font = reason.font()
        font.setBold(True)
        reason.setFont(font)
        self._editors[name] = _Editor(widget, read, write, reason, hides_reason=below)
        holder = QWidget()
        row = QVBoxLayout(holder) if below else QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (widget, unit):
            if part is not None:
                row.addWidget(part)
        row.addWidget(reason, 0 if below else 1)
        return holder

    def _in_words(self, name: str, fault: str) -> str:
        if name not in BOUNDS:
            return wording.sentence(fault)
        least, most = (bound // self._editors[name].factor for bound in BOUNDS[name])
        return _tr("must be from {least} to {most}").format(least=wording.number(least), most=wording.number(most))


def _tr(text: str) -> str:
    return QCoreApplication.translate("settings_form", text)
