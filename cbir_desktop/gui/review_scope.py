"""Asks where to look for duplicates."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.library.duplicates import Mode, Scope


class ScopeDialog(QDialog):
    """``done`` gets a scope that can be looked through. Paths are as they were chosen, not made canonical."""

    def __init__(self, scope: Scope, chooser: Chooser, parent: QWidget, done: Callable[[Scope], None]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Where to look for duplicates"))
        self._chooser, self._done = chooser, done
        column = QVBoxLayout(self)
        column.setSpacing(8)
        self.whole = QRadioButton(self.tr("In the whole library"))
        self.modes: dict[Mode, QRadioButton] = {
            "all": QRadioButton(self.tr("In these folders, together")),
            "within": QRadioButton(self.tr("Within each of these folders only")),
            "across": QRadioButton(self.tr("From one of these folders to another only")),
        }
        for button in (self.whole, *self.modes.values()):
            column.addWidget(button)
            button.toggled.connect(lambda _on: self._check())
        hint = self.tr("A folder that is not in the library is compared with it: is any of this there already?")
        self.folders = self._folder_list(column, self.tr("Folders"), hint, scope.paths)
        hint = self.tr("Reference folders are compared with the rest; nothing in them is ever selected.")
        self.references = self._folder_list(column, self.tr("Reference folders"), hint, scope.references)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.begin = self.buttons.addButton(self.tr("Find duplicates"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.reject)
        column.addWidget(self.buttons)
        (self.modes[scope.mode] if scope.paths else self.whole).setChecked(True)
        self._check()
        self.resize(QSize(520, 480))

    @property
    def scope(self) -> Scope:
        references = _paths(self.references)
        if self.whole.isChecked():
            return Scope("all", (), references)
        mode = next(mode for mode, button in self.modes.items() if button.isChecked())
        return Scope(mode, _paths(self.folders), references)

    def _folder_list(self, column: QVBoxLayout, title: str, hint: str, paths: Sequence[str]) -> QListWidget:
        label = QLabel(hint, wordWrap=True)
        label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
        folders = QListWidget()
        folders.setAccessibleName(title)
        folders.addItems(list(paths))
        add, remove = QPushButton(self.tr("Add folder…")), QPushButton(self.tr("Remove"))
        add.setAccessibleName(f"{title}: {add.text()}")
        remove.setAccessibleName(f"{title}: {remove.text()}")
        add.clicked.connect(lambda: self._chooser.any_folder(self, title, self.tr("Choose"), lambda p: add_path(p)))
        remove.clicked.connect(lambda: take_path())

        def add_path(path: str) -> None:
            if path not in _paths(folders):
                folders.addItem(path)
            if folders is self.folders and self.whole.isChecked():
                self.modes["all"].setChecked(True)
            self._check()

        def take_path() -> None:
            folders.takeItem(folders.currentRow())
            self._check()

        beside = QVBoxLayout()
        beside.addWidget(add)
        beside.addWidget(remove)
        beside.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(folders, 1)
        row.addLayout(beside)
        column.addWidget(label)
        column.addLayout(row, 1)
        return folders

    def _check(self) -> None:
        if hasattr(self, "begin"):
            count, across = self.folders.count(), self.modes["across"].isChecked()
            self.begin.setEnabled(self.whole.isChecked() or count >= (2 if across else 1))

    def _accept(self) -> None:
        self._done(self.scope)
        self.accept()


def _paths(folders: QListWidget) -> tuple[str, ...]:
    return tuple(folders.item(row).text() for row in range(folders.count()))
