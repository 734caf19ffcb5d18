"""What is shown of an answer, and in which order: the buttons Filter and Sort, and the threshold."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QToolButton

from cbir_desktop.core.filters import ANY, Filters
from cbir_desktop.gui.filter_panel import FilterPanel
from cbir_desktop.gui.question import Narrowing
from cbir_desktop.gui.threshold_bar import ThresholdBar
from cbir_desktop.library.answers import Answer, Hit
from cbir_desktop.library.narrowing import narrow
from cbir_desktop.library.query import Sort


class NarrowingBar(QObject):
    """Holds the whole answer; ``narrowed`` carries the hits that are to be shown now."""

    narrowed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._answer: Answer | None = None
        self.narrowing = Narrowing()
        self.filter_button = _button()
        self.panel = FilterPanel(self.filter_button)
        self.filter_button.clicked.connect(self.panel.open)
        self.panel.changed.connect(self._on_filters)
        self.sort_button = _button()
        self.sorts, self.reversed = self._sort_menu()
        self.threshold = ThresholdBar()
        self.threshold.changed.connect(self._on_threshold)
        self._show()

    def begin(self, narrowing: Narrowing) -> None:
        """A new question: there is no answer yet."""
        self._answer, self.narrowing = None, narrowing
        self._show()

    def set_answer(self, answer: Answer, folders: Sequence[str]) -> list[Hit]:
        """What is shown of it. ``folders``: those of the library."""
        self._answer = answer
        self.panel.offer([hit.photo for hit in answer.hits], folders, self.narrowing.filters)
        self.threshold.show_scores([hit.score for hit in answer.hits], self.narrowing.threshold)
        self._show()
        return self._hits(answer)

    def show_all(self) -> None:
        """Hide nothing."""
        if self._answer is not None:
            self.threshold.show_scores([hit.score for hit in self._answer.hits], None)
        self._set(replace(self.narrowing, filters=ANY, threshold=None))
        self.panel.show_filters(ANY)

    @property
    def hides(self) -> int:
        """How many hits of the answer are not shown."""
        return 0 if self._answer is None else len(self._answer.hits) - len(self._hits(self._answer))

    def _hits(self, answer: Answer) -> list[Hit]:
        by = self.narrowing
        return narrow(answer, by.filters, by.threshold, by.sort, by.reverse).hits

    def _on_filters(self, filters: Filters) -> None:
        self._set(replace(self.narrowing, filters=filters))

    def _on_threshold(self, threshold: float | None) -> None:
        self._set(replace(self.narrowing, threshold=threshold))

    def _on_sort(self) -> None:
        sort: Sort = self._group.checkedAction().data()
        self._set(replace(self.narrowing, sort=sort, reverse=self.reversed.isChecked()))

    def _set(self, narrowing: Narrowing) -> None:
        self.narrowing = narrowing
        self._show()
        if self._answer is not None:
            self.narrowed.emit(self._hits(self._answer))

    def _show(self) -> None:
        there = self._answer is not None
        for widget in (self.filter_button, self.sort_button):
            widget.setVisible(there)
        self.threshold.setVisible(there and bool(self._answer and self._answer.hits))
        self._say(self.filter_button, self.tr("Filter"), self.narrowing.filters != ANY)
        self.filter_button.setToolTip(self.tr("Show only photos of a folder, a day, a camera…"))
        words = self.sorts[self.narrowing.sort]
        self.sorts[self.narrowing.sort].setChecked(True)
        self.reversed.setChecked(self.narrowing.reverse)
        self._say(self.sort_button, self.tr("Sort: {by}").format(by=words.text()), self.narrowing.reverse)
        self.sort_button.setToolTip(self.tr("The order of the photos"))

    def _say(self, button: QToolButton, words: str, on: bool) -> None:
        """A dot says that it is not as usual."""
        button.setText(f"{words} • ▾" if on else f"{words} ▾")
        button.setAccessibleName(self.tr("{button}, in use").format(button=words) if on else words)

    def _sort_menu(self) -> tuple[dict[Sort, QAction], QAction]:
        menu = QMenu(self.sort_button)
        self._group = QActionGroup(self)
        made: dict[Sort, QAction] = {}
        table: tuple[tuple[Sort, str], ...] = (
            ("score", self.tr("Likeness")),
            ("date", self.tr("Date")),
            ("size", self.tr("Size")),
            ("name", self.tr("Name")),
        )
        for sort, words in table:
            made[sort] = action = menu.addAction(words)
            action.setData(sort)
            action.setCheckable(True)
            self._group.addAction(action)
        made["score"].setChecked(True)
        menu.addSeparator()
        turned = menu.addAction(self.tr("The other way round"))
        turned.setCheckable(True)
        self._group.triggered.connect(self._on_sort)
        turned.triggered.connect(self._on_sort)
        self.sort_button.clicked.connect(lambda: menu.popup(_below(self.sort_button, menu)))
        return made, turned


def _below(button: QToolButton, menu: QMenu) -> QPoint:
    """Where a menu begins that opens below a button."""
    corner = button.mapToGlobal(QPoint(0, button.height()))
    return corner - QPoint(menu.sizeHint().width() - button.width(), 0) if button.isRightToLeft() else corner


def _button() -> QToolButton:
    button = QToolButton()
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.hide()
    return button
