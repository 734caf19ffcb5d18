"""The laboratory: methods on the left, the table and its plots on the right, below them the queries of a cell."""

from functools import partial

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QSplitter,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.evaluation.lab.plots import plot
from cbir_desktop.evaluation.lab.results import Outcome
from cbir_desktop.gui import wording
from cbir_desktop.gui.elided_label import ElidedLabel
from cbir_desktop.gui.lab_answers import LabAnswers, Load
from cbir_desktop.gui.lab_methods import LabMethods
from cbir_desktop.gui.lab_model import VALUE, LabModel
from cbir_desktop.gui.lab_plot import LabPlot
from cbir_desktop.gui.layouts import line
from cbir_desktop.gui.sorted_header import SortedHeader

_MARGIN, _GAP = 16, 8


class LabPage(QWidget):
    """Widgets and places; ``LabControl`` is what they do."""

    left = Signal()
    shown_requested = Signal()
    folder_requested = Signal()
    run_requested = Signal()
    stop_requested = Signal()
    use_requested = Signal()
    cell_chosen = Signal(object, str)
    """(outcome, key of the column): the current cell of the table."""

    def __init__(self, load: Load, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Laboratory"))
        self.setAutoFillBackground(True)  # in the colour of windows: a dark field could not be seen on that of Base
        self.model = LabModel(self)
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSourceModel(self.model)
        self.sorted.setSortRole(VALUE)
        self.methods = LabMethods(self)
        self.table = self._make_table()
        self.plots = {"recall-latency": LabPlot(self), "quality-bytes": LabPlot(self)}
        self.answers = LabAnswers(load, self)
        self._make_controls()
        self._lay_out()
        self.table.selectionModel().currentChanged.connect(self._on_current)
        for one in self.plots.values():
            one.chosen.connect(self.choose_row)
        self.model.rowsInserted.connect(self._draw)
        self.model.dataChanged.connect(self._draw)
        self.model.modelReset.connect(self._draw)
        self.set_busy(False)
        self.tell("")

    # -- what is shown ------------------------------------------------------------------------------------------

    def tell(self, words: str) -> None:
        self.words.setText(words)

    def set_folder(self, path: str) -> None:
        self.folder.setText(self.tr("Folder: {path}").format(path=wording.folder(path)))

    def set_busy(self, busy: bool) -> None:
        self.progress.setVisible(busy)
        self.run.setVisible(not busy)
        self.stop.setVisible(busy)
        if busy:
            self.progress.setRange(0, 0)

    def set_progress(self, done: int, total: int) -> None:
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def set_usable(self, name: str | None, why: str = "") -> None:
        """The encoder that the current row would bring to the library; None: ``why`` it brings none."""
        words = self.tr("Use this method") if name is None else self.tr("Use “{name}” in this library")
        self.use.setText(words.format(name=name))
        self.use.setEnabled(name is not None)
        self.use.setToolTip(why)

    def choose_row(self, outcome: int) -> None:
        """Make a row of the model the current one, in the column that was."""
        column = max(1, self.table.currentIndex().column())
        self.table.setCurrentIndex(self.sorted.mapFromSource(self.model.index(outcome, column)))

    def current(self) -> Outcome | None:
        index = self.sorted.mapToSource(self.table.currentIndex())
        return self.model.outcomes[index.row()] if index.isValid() else None

    def _on_current(self, current: QModelIndex) -> None:
        index = self.sorted.mapToSource(current)
        for one in self.plots.values():
            one.set_current(index.row() if index.isValid() else -1)
        if index.isValid():
            column = self.model.column(index.column())
            self.cell_chosen.emit(self.model.outcomes[index.row()], "map" if column is None else column.key)

    def _draw(self) -> None:
        for section, column in enumerate(self.model.columns, 1):
            self.table.setColumnHidden(section, not self.model.has(column))
        for name, x, y in (("recall-latency", "p50", "recall_10"), ("quality-bytes", "bytes", "map")):
            self.plots[name].set_plot(plot(name, x, y, self.model.outcomes))

    # -- parts --------------------------------------------------------------------------------------------------

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setHorizontalHeader(SortedHeader(table))
        table.setModel(self.sorted)
        table.setAccessibleName(self.tr("Methods and their measures"))
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setSortingEnabled(True)
        table.sortByColumn(-1, Qt.SortOrder.DescendingOrder)
        table.setTabKeyNavigation(False)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        return table

    def _make_controls(self) -> None:
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(self.tr("What the folder holds"))
        for kind, words in (
            ("planted", self.tr("photos: find copies that are made of them")),
            ("folder-per-class", self.tr("a folder for each class: find the same class")),
            ("ukb", self.tr("UKBench: four views of each object")),
        ):
            self.kind.addItem(words, kind)
        self.queries = QSpinBox(self)
        self.queries.setAccessibleName(self.tr("Queries"))
        self.queries.setRange(1, 100_000)
        self.queries.setValue(200)
        self.queries.setPrefix(self.tr("Queries: "))
        self.folder = ElidedLabel(self)
        self.choose = self._button(self.tr("Choose folder…"), "Alt+O", self.folder_requested)
        self.run = self._button(self.tr("Measure"), "Ctrl+Return", self.run_requested)
        self.run.setDefault(True)
        self.stop = self._button(self.tr("Stop"), "Ctrl+.", self.stop_requested)
        self.use = self._button(self.tr("Use this method"), "Ctrl+U", self.use_requested)
        self.back = self._button(self.tr("Close"), "", self.left)
        self.progress = QProgressBar(self)
        self.progress.setAccessibleName(self.tr("Progress of the laboratory"))
        self.progress.setMaximumWidth(240)
        self.words = QLabel(self, wordWrap=True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.about = QLabel(self, wordWrap=True)
        self.about.setTextFormat(Qt.TextFormat.PlainText)
        self.about.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.about.setContentsMargins(_MARGIN, _GAP, _MARGIN, _GAP)
        self.about.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.about.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 2 * _GAP)  # nothing jumps from cell to cell

    def _button(self, words: str, keys: str, signal: SignalInstance) -> QPushButton:
        button = QPushButton(words, self)
        button.clicked.connect(lambda: signal.emit())
        if keys:
            action = QAction(self)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(partial(_press, button))
            self.addAction(action)
            shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            button.setToolTip(f"{words} ({shown})")
        return button

    def _lay_out(self) -> None:
        self.tabs = QTabWidget(self)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName(self.tr("Table or plots"))
        self.tabs.addTab(self.table, self.tr("Table"))
        self.tabs.addTab(self.plots["recall-latency"], self.tr("Recall and time"))
        self.tabs.addTab(self.plots["quality-bytes"], self.tr("Quality and bytes"))
        below = QWidget(self)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.about)
        column.addWidget(self.answers, 1)
        self.results = QSplitter(Qt.Orientation.Vertical, self)
        self.results.addWidget(self.tabs)
        self.results.addWidget(below)
        self.results.setChildrenCollapsible(False)
        middle = QSplitter(Qt.Orientation.Horizontal, self)
        middle.addWidget(self.methods)
        middle.addWidget(self.results)
        middle.setStretchFactor(1, 1)
        middle.setChildrenCollapsible(False)
        middle.setSizes([280, 1000])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(_row(self.folder, self.choose, self.kind, self.queries, self.run, self.stop))
        whole.addWidget(line())
        whole.addWidget(middle, 1)
        whole.addWidget(line())
        whole.addLayout(_row(self.words, self.progress, self.use, self.back))
        QWidget.setTabOrder(self.choose, self.kind)
        self.setFocusProxy(self.choose)


def _row(*widgets: QWidget) -> QHBoxLayout:
    """The first one takes what room there is."""
    row = QHBoxLayout()
    row.setContentsMargins(_MARGIN, _GAP, _MARGIN, _GAP)
    row.setSpacing(_GAP)
    for place, widget in enumerate(widgets):
        row.addWidget(widget, int(place == 0))
    return row


def _press(button: QPushButton) -> None:
    if button.isVisible():
        button.click()
