"""Files of the library that could not be read, each with its reason."""

import os
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.store.catalog import Problem

_PATH = Qt.ItemDataRole.UserRole


class ProblemsView(QTreeWidget):
    """A table: name, reason, folder. Enter or a double click shows the file in its folder."""

    show_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Problems"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHeaderLabels([self.tr("File"), self.tr("Why it cannot be searched"), self.tr("Folder")])
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.header().setStretchLastSection(False)
        self.header().resizeSection(0, 200)
        self.header().resizeSection(2, 240)
        self.itemActivated.connect(lambda item: self.show_requested.emit(item.data(0, _PATH)))

    def set_problems(self, problems: Sequence[Problem]) -> None:
        self.clear()
        items, height = [], self.fontMetrics().height() + 12
        for problem in problems:
            folder = os.path.dirname(problem.path)
            item = QTreeWidgetItem(
                [display_name(problem.path), wording.sentence(problem.reason), wording.folder(folder)]
            )
            item.setData(0, _PATH, problem.path)
            item.setSizeHint(0, QSize(0, height))
            for column in range(3):
                item.setToolTip(column, item.text(column))
            items.append(item)
        self.addTopLevelItems(items)
