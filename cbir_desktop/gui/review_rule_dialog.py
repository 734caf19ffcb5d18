"""Asks for what a rule by folder, by name or by size needs to know."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.gui import review_rule_words as words
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.library.keep_rules import Rule


class RuleDialog(QDialog):
    """``done`` gets the rule once it can be one."""

    def __init__(self, rule: Rule, chooser: Chooser, parent: QWidget, done: Callable[[Rule], None]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(words.criteria()[rule.by].rstrip("…"))
        self._rule, self._chooser, self._done = rule, chooser, done
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(8)
        {"folder": self._ask_folders, "name": self._ask_name, "size": self._ask_size}[rule.by]()
        self._column.addWidget(self.buttons)
        self._check()

    @property
    def rule(self) -> Rule:
        """As it is now."""
        if self._rule.by == "folder":
            rows = range(self.folders.count())
            return replace(self._rule, folders=tuple(self.folders.item(row).text() for row in rows))
        if self._rule.by == "name":
            return replace(self._rule, pattern=self.pattern.text().strip(), unless=self.other.isChecked())
        return replace(self._rule, smaller=self.other.isChecked())

    def _ask_folders(self) -> None:
        self._column.addWidget(QLabel(self.tr("Files in the first of these folders are kept, then in the next:")))
        self.folders = QListWidget()
        self.folders.setAccessibleName(self.tr("Folders, the first counts most"))
        self.folders.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.folders.addItems(list(self._rule.folders))
        add, remove = QPushButton(self.tr("Add folder…")), QPushButton(self.tr("Remove"))
        add.clicked.connect(self._add_folder)
        remove.clicked.connect(self._remove_folder)
        row = QHBoxLayout()
        row.addWidget(add)
        row.addWidget(remove)
        row.addStretch(1)
        self._column.addWidget(self.folders)
        self._column.addLayout(row)
        self.resize(QSize(480, 320))

    def _add_folder(self) -> None:
        def add(path: str) -> None:
            self.folders.addItem(path)
            self._check()

        self._chooser.any_folder(self, self.tr("Keep files in this folder"), self.tr("Choose"), add)

    def _remove_folder(self) -> None:
        self.folders.takeItem(self.folders.currentRow())
        self._check()

    def _ask_name(self) -> None:
        label = QLabel(self.tr("&Pattern; * stands for anything, as in IMG_* or * (2)*"))
        self.pattern = QLineEdit(self._rule.pattern)
        label.setBuddy(self.pattern)
        self.pattern.textChanged.connect(lambda _text: self._check())
        self.other = QCheckBox(self.tr("Keep files whose name is not like that"))
        self.other.setChecked(self._rule.unless)
        for widget in (label, self.pattern, self.other):
            self._column.addWidget(widget)
        self.resize(QSize(420, 0))

    def _ask_size(self) -> None:
        self.other = QCheckBox(self.tr("Keep the smaller file, not the larger one"))
        self.other.setChecked(self._rule.smaller)
        self._column.addWidget(self.other)

    def _check(self) -> None:
        rule = self.rule
        needed = {"folder": rule.folders, "name": rule.pattern}.get(rule.by, True)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(bool(needed))

    def _accept(self) -> None:
        self._done(self.rule)
        self.accept()
