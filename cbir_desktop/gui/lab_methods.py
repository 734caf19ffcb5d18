"""What is to be tried: encoders, poolings, whitening and re-rankers with a box each."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.pooling import MAP_POOLS
from cbir_desktop.evaluation.lab.methods import Method, Part, grid
from cbir_desktop.gui.lab_backend import Ways

WHITENED = 128
"""Dimensions that whitening keeps: what compact codes are published with."""
_POOLED_AT_FIRST = ("avg", "rmac")


class LabMethods(QScrollArea):
    """``changed`` when other methods are chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.encoders: dict[str, QCheckBox] = {}
        self.poolings: dict[str, QCheckBox] = {}
        self.rerankers: dict[str, QCheckBox] = {}
        self._mapped: frozenset[str] = frozenset()
        self._inner = inner = QWidget(self)
        # An empty box is filled with the colour of Base: in a dark palette it could not be seen on that.
        inner.setBackgroundRole(QPalette.ColorRole.Window)
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(16, 8, 16, 8)
        self._column.setSpacing(4)
        self.setWidget(inner)

    def set_ways(self, ways: Ways) -> None:
        """Once: what is chosen at first is what the library searches by, beside a colour histogram."""
        self._mapped = ways.mapped
        self._title(self.tr("Describe pictures by"))
        at_first = (Choice.parse(ways.current).name, "hsv")
        for name, summary in ways.encoders:
            self.encoders[name] = self._box(name, summary, name in at_first)
        self._pooling_title = self._title(self.tr("Pool feature maps by"))
        for name in MAP_POOLS:
            self.poolings[name] = self._box(name, "", name in _POOLED_AT_FIRST)
        self._title(self.tr("And besides"))
        self.whitening = self._box(
            self.tr("whitened to {n} dimensions").format(n=WHITENED),
            self.tr("PCA, fitted on the folder itself"),
        )
        self.approximate = self._box(self.tr("through the approximate index (HNSW)"), "")
        self._title(self.tr("Re-rank by"))
        for name, summary in ways.rerankers:
            self.rerankers[name] = self._box(name, summary)
        self._column.addStretch(1)
        self._show_poolings()
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """As wide as its longest line, beside the scroll bar."""
        width = self._inner.sizeHint().width() + self.verticalScrollBar().sizeHint().width()
        return QSize(width, super().minimumSizeHint().height())

    def chosen(self) -> list[Method]:
        """Each combination."""
        names = [name for name, box in self.encoders.items() if box.isChecked()]
        poolings = [name for name, box in self.poolings.items() if box.isChecked()]
        encoders: list[str] = []
        for name in names:
            encoders += _pooled(name, poolings) if name in self._mapped else [name]
        if not encoders:
            return []
        whitenings = (None, WHITENED) if self.whitening.isChecked() else (None,)
        indexes = (Part("flat"), Part("hnsw")) if self.approximate.isChecked() else (Part("flat"),)
        rerankers = [Part(name) for name, box in self.rerankers.items() if box.isChecked()]
        return grid(encoders, whitenings, indexes, (None, *rerankers))

    def _title(self, words: str) -> QLabel:
        label = QLabel(words, self.widget())
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        label.setContentsMargins(0, 12 if self._column.count() else 0, 0, 0)
        self._add(label)
        return label

    def _box(self, name: str, summary: str, checked: bool = False) -> QCheckBox:
        box = QCheckBox(name, self.widget())
        box.setToolTip(summary)
        box.setAccessibleDescription(summary)
        box.setChecked(checked)
        box.toggled.connect(self._on_toggled)
        self._add(box)
        return box

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)
        widget.show()  # what is added to a page in view hides until later, and then nobody asks for its width

    def _on_toggled(self) -> None:
        self._show_poolings()
        self.changed.emit()

    def _show_poolings(self) -> None:
        """Where a network is chosen whose feature map can be pooled."""
        wanted = any(box.isChecked() for name, box in self.encoders.items() if name in self._mapped)
        for widget in (self._pooling_title, *self.poolings.values()):
            widget.setVisible(wanted)


def _pooled(name: str, poolings: Sequence[str]) -> list[str]:
    return [f"{name}+{pool}" for pool in poolings] or [name]
