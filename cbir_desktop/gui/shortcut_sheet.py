"""All keys on one sheet, opened by "?": those of the actions, which can be changed, and those of the parts."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.shortcuts import native

_PAIRS = 2
"""Entries beside each other."""


class ShortcutSheet(QDialog):
    """Read only; the settings change them."""

    def __init__(self, actions: Actions, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet = QWidget()
        self._grid = QGridLayout(sheet)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnMinimumWidth(2, 16)
        rows = [
            (action.iconText(), native("; ".join(key.toString() for key in action.shortcuts()[:1])))
            for action in actions.by_name().values()
            if action.shortcuts()
        ]
        self._add(self.tr("In the window"), rows)
        for title, part in self._parts():
            self._add(title, part)
        area = QScrollArea(self)
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        area.setAccessibleName(self.tr("Keyboard shortcuts"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.rejected.connect(self.reject)
        hint = QLabel(self.tr("The keys of the window can be changed in the settings."), self)
        hint.setWordWrap(True)
        hint.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        column = QVBoxLayout(self)
        for widget in (area, hint, buttons):
            column.addWidget(widget)
        self.resize(sheet.sizeHint().width() + 64, 560)

    def _parts(self) -> list[tuple[str, list[tuple[str, str]]]]:
        tr = self.tr
        arrows = tr("arrow keys")
        return [
            (
                tr("On photos"),
                [
                    (tr("Open the photo"), native("Return")),
                    (tr("Show it large, and back"), native("Space")),
                    (tr("Choose all"), native("Ctrl+A")),
                ],
            ),
            (
                tr("On an example of the query"),
                [
                    (tr("More or less like it"), "+ −"),  # noqa: RUF001 - the sign on the key
                    (tr("Count it more or less"), "↑ ↓"),
                    (tr("Choose a region"), native("R")),
                    (tr("Remove it"), native("Delete")),
                ],
            ),
            (
                tr("While a region is chosen"),
                [
                    (tr("Draw or move the box"), arrows),
                    (tr("Make it larger or smaller"), tr("Shift and {keys}").format(keys=arrows)),
                    (tr("In small steps"), tr("Ctrl and {keys}").format(keys=arrows)),
                    (tr("Turn the picture"), "[ ]"),
                    (tr("Search"), native("Return")),
                ],
            ),
            (
                tr("In a comparison"),
                [
                    (tr("Side by side, swipe, flicker"), "S W F"),
                    (tr("Difference, overlay, matches"), "D O M"),
                    (tr("Larger, smaller, fit, full size"), "+ - 0 1"),
                    (tr("The result before, the next"), f"{native('PgUp')}, {native('PgDown')}"),
                ],
            ),
            (tr("On saved searches"), [(tr("Rename"), native("F2")), (tr("Remove it"), native("Delete"))]),
        ]

    def _add(self, title: str, rows: list[tuple[str, str]]) -> None:
        heading = QLabel(title, self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        first = self._grid.rowCount()
        self._grid.addWidget(heading, first, 0, 1, 5)
        for place, (words, keys) in enumerate(rows):
            row, column = first + 1 + place // _PAIRS, 3 * (place % _PAIRS)
            key = QLabel(keys, self)
            key.setTextFormat(Qt.TextFormat.PlainText)
            key.setForegroundRole(QPalette.ColorRole.PlaceholderText)
            self._grid.addWidget(QLabel(words, self), row, column)
            self._grid.addWidget(key, row, column + 1)
