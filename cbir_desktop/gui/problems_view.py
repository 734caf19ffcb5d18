"""Files of the library that could not be read: each with its reason, what to do, and the buttons to do it."""

import os
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QItemSelectionModel, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.gui import wording
from cbir_desktop.gui.error_words import in_words
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.library.problems import Ways, advice
from cbir_desktop.store.catalog import Problem

_PATH = Qt.ItemDataRole.UserRole


class ProblemsView(QWidget):
    """Asks by signals with paths; what became of it comes back through ``set_problems``."""

    show_requested = Signal(str)
    retry_requested = Signal(object)
    ignore_requested = Signal(object, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()
        self._ways = Ways(
            self.tr("“Try again”"),
            self.tr("“Look for changes” (F5)"),
            self.tr("right-click the folder on the left, “Has moved…”"),
        )
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.title = QLabel(self)
        self.with_ignored = QCheckBox(self.tr("Show ignored ones too"), self)
        self.with_ignored.toggled.connect(self._fill)
        self.detail = QLabel(self, wordWrap=True)
        self.detail.setTextFormat(Qt.TextFormat.PlainText)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.setContentsMargins(16, 8, 16, 0)
        self.table = self._make_table()
        self._make_actions()
        self._lay_out()

    def set_problems(self, problems: Sequence[Problem]) -> None:
        """All of them, the ignored ones too. What is chosen stays so."""
        if tuple(problems) != self._problems:
            self._problems = tuple(problems)
            self._fill()

    def chosen(self) -> list[str]:
        """The paths of the selected rows, from top to bottom."""
        return [item.data(0, _PATH) for item in self._items() if item.isSelected()]

    def menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.retry, self.ignore, self.show_file, self.copy])
        return menu

    def _fill(self) -> None:
        chosen, current = set(self.chosen()), self.table.currentItem()
        kept, scrolled = current and current.data(0, _PATH), self.table.verticalScrollBar().value()
        shown = [problem for problem in self._problems if self.with_ignored.isChecked() or not problem.ignored]
        self.table.blockSignals(True)
        self.table.clear()
        self.table.addTopLevelItems([self._item(problem) for problem in shown])
        items = self._items()
        # Without a command of ours the keys that are held down just now would decide what is selected.
        flag = QItemSelectionModel.SelectionFlag
        for item in items:
            if item.data(0, _PATH) == kept:
                self.table.setCurrentItem(item, 0, flag.NoUpdate)
        for item in items:
            item.setSelected(item.data(0, _PATH) in chosen)
        if items and not self.table.selectedItems():
            self.table.setCurrentItem(items[0], 0, flag.ClearAndSelect | flag.Rows)
        self.table.verticalScrollBar().setValue(scrolled)
        self.table.blockSignals(False)
        self._write_title(shown)
        self._enable()

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.table.topLevelItem(row) for row in range(self.table.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _write_title(self, shown: Sequence[Problem]) -> None:
        count = sum(not problem.ignored for problem in self._problems)
        ignored = len(self._problems) - count
        words = self.tr("{files} cannot be searched") if count else self.tr("Nothing is wrong but what you ignore")
        self.title.setText(words.format(files=wording.files(count)))
        self.with_ignored.setText(self.tr("Show {n} ignored too").format(n=wording.number(ignored)))
        self.with_ignored.setVisible(bool(ignored))
        self.retry_all.setVisible(count > 1)

    def _item(self, problem: Problem) -> QTreeWidgetItem:
        name = display_name(problem.path)
        name = self.tr("{name} (ignored)").format(name=name) if problem.ignored else name
        texts = [name, wording.sentence(in_words(problem.kind, problem.reason)), advice(problem, self._ways)]
        item = QTreeWidgetItem([*texts, wording.folder(os.path.dirname(problem.path))])
        item.setData(0, _PATH, problem.path)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, ". ".join(text.rstrip(".") for text in texts))
        item.setSizeHint(0, QSize(0, self.fontMetrics().height() + 12))
        for column in range(4):
            item.setToolTip(column, item.text(column))
        return item

    def _make_table(self) -> QTreeWidget:
        table = QTreeWidget(self)
        table.setAccessibleName(self.tr("Problems"))
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAlternatingRowColors(True)
        table.setAllColumnsShowFocus(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setHeaderLabels(
            [self.tr("File"), self.tr("Why it cannot be searched"), self.tr("What to do"), self.tr("Folder")]
        )
        header = table.header()
        header.setStretchLastSection(False)
        for column, width in ((0, 170), (3, 170)):
            header.resizeSection(column, width)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        table.itemActivated.connect(lambda item: self.show_requested.emit(item.data(0, _PATH)))
        table.itemSelectionChanged.connect(self._enable)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._pop_up)
        return table

    def _make_actions(self) -> None:
        self.retry = self._action(self.tr("Try again"), "Ctrl+R", lambda: self.retry_requested.emit(self.chosen()))
        self.ignore = self._action(self.tr("Ignore"), "Ctrl+I", self._ignore)
        self.show_file = self._action(self.tr("Show in folder"), "Ctrl+Shift+F", self._show_first)
        self.copy = self._action(self.tr("Copy path"), "Ctrl+Shift+C", self._copy)
        self.retry_all = QPushButton(self.tr("Try all again"), self)
        self.retry_all.clicked.connect(self._retry_all)

    def _action(self, text: str, keys: str, act: Callable[[], None]) -> QAction:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        native = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{text} ({native})")
        action.triggered.connect(act)
        self.addAction(action)
        return action

    def _lay_out(self) -> None:
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 16, 8)
        head.setSpacing(8)
        head.addWidget(self.title, 1)
        head.addWidget(self.with_ignored)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 8, 16, 8)
        foot.setSpacing(8)
        self.buttons = [self._button(action) for action in (self.retry, self.ignore, self.show_file, self.copy)]
        for button in (self.buttons[0], self.retry_all, *self.buttons[1:]):
            foot.addWidget(button)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.detail)
        column.addLayout(foot)
        self.setFocusProxy(self.table)

    def _button(self, action: QAction) -> QPushButton:
        button = QPushButton(action.text(), self)
        button.setToolTip(action.toolTip())
        button.clicked.connect(action.trigger)
        action.changed.connect(partial(self._follow, button, action))
        return button

    def _follow(self, button: QPushButton, action: QAction) -> None:
        button.setEnabled(action.isEnabled())
        button.setText(action.text())

    def _enable(self) -> None:
        chosen = set(self.chosen())
        for action in (self.retry, self.ignore, self.show_file, self.copy):
            action.setEnabled(bool(chosen))
        current = self.table.currentItem()
        self.detail.setText("" if current is None else f"{current.text(1)}\n{current.text(2)}")
        self.ignore.setText(self.tr("Ignore no longer") if self._are_ignored(chosen) else self.tr("Ignore"))

    def _are_ignored(self, paths: set[str]) -> bool:
        return bool(paths) and all(problem.ignored for problem in self._problems if problem.path in paths)

    def _ignore(self) -> None:
        chosen = self.chosen()
        self.ignore_requested.emit(chosen, not self._are_ignored(set(chosen)))

    def _retry_all(self) -> None:
        self.retry_requested.emit([problem.path for problem in self._problems if not problem.ignored])

    def _show_first(self) -> None:
        self.show_requested.emit(self.chosen()[0])

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(self.chosen()))

    def _pop_up(self, place: QPoint) -> None:
        if self.table.itemAt(place) is not None:
            self.menu().popup(self.table.viewport().mapToGlobal(place))
