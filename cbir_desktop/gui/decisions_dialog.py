"""All decisions about duplicates: to look through, to filter, to revoke, to carry to another computer."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.gui import wording
from cbir_desktop.gui.decisions_backend import Listed
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_model import display_name, printable
from cbir_desktop.store.decisions import FOLDERS, FolderDecision

_ID = Qt.ItemDataRole.UserRole


class DecisionsDialog(QDialog):
    """Shows what it is given; asks by signals."""

    revoke_requested = Signal(object)
    export_requested = Signal()
    import_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Decisions about duplicates"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._listed: Sequence[Listed] = ()
        self.message = MessageBar(self)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter by name or folder"))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(lambda _text: self._fill())
        self.kinds = QComboBox()
        self.kinds.setAccessibleName(self.tr("Which decisions"))
        self.kinds.addItem(self.tr("All decisions"), "")
        for kind, words in kind_words().items():
            self.kinds.addItem(words, kind)
        self.kinds.currentIndexChanged.connect(lambda _place: self._fill())
        self.table = self._make_table()
        self.count = QLabel()
        self.revoke = QPushButton(self.tr("Revoke"))
        self.revoke.setToolTip(self.tr("What these decisions hid is shown again at the next search"))
        self.revoke.clicked.connect(lambda: self.revoke_requested.emit(self.chosen()))
        self.export = QPushButton(self.tr("Export…"))
        self.export.clicked.connect(self.export_requested)
        self.take_in = QPushButton(self.tr("Import…"))
        self.take_in.clicked.connect(self.import_requested)
        self._lay_out()
        self._enable()
        self.resize(QSize(760, 440))

    def set_decisions(self, listed: Sequence[Listed]) -> None:
        """All of them, the latest first."""
        self._listed = listed
        self._fill()

    def chosen(self) -> list[int]:
        """The numbers of the selected decisions."""
        return [item.data(0, _ID) for item in self.table.selectedItems()]

    def _fill(self) -> None:
        kind, text = self.kinds.currentData(), self.filter.text().casefold()
        self.table.clear()
        items = [self._item(one) for one in self._listed if not kind or _kind(one) == kind]
        shown = [item for item in items if text in "\n".join(item.toolTip(place) for place in (1, 2)).casefold()]
        self.table.addTopLevelItems(shown)
        total, number = len(self._listed), wording.number
        words = self.tr("{n} of {total} decisions") if total else self.tr("Nothing is decided yet")
        self.count.setText(words.format(n=number(len(shown)), total=number(total)))
        self._enable()

    def _item(self, one: Listed) -> QTreeWidgetItem:
        made = one.decision.made[:16].replace("T", " ")
        names = [self._named(one, side) for side in (0, 1)]
        item = QTreeWidgetItem([kind_words()[_kind(one)], *names, made])
        item.setData(0, _ID, one.decision.id)
        for side in (0, 1):
            item.setToolTip(1 + side, "\n".join(printable(path) for path in one.paths[side]) or names[side])
        heard = ", ".join(item.text(column) for column in range(4))
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, heard)
        item.setSizeHint(0, QSize(0, self.fontMetrics().height() + 12))
        return item

    def _named(self, one: Listed, side: int) -> str:
        paths = one.paths[side]
        if not paths:
            return self.tr("not in the library now")
        if isinstance(one.decision, FolderDecision):
            return wording.folder(paths[0])
        more = self.tr(" (and {n} more)").format(n=wording.number(len(paths) - 1)) if len(paths) > 1 else ""
        return display_name(paths[0]) + more

    def _make_table(self) -> QTreeWidget:
        table = QTreeWidget()
        table.setAccessibleName(self.tr("Decisions"))
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAlternatingRowColors(True)
        table.setAllColumnsShowFocus(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setHeaderLabels([self.tr("Decision"), self.tr("This"), self.tr("and this"), self.tr("When (UTC)")])
        header = table.header()
        header.setStretchLastSection(False)
        wide = max(self.fontMetrics().horizontalAdvance(words) for words in kind_words().values())
        for column, width in ((0, wide), (3, self.fontMetrics().horizontalAdvance("2024-07-02 14:03"))):
            header.resizeSection(column, width + 24)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        table.itemSelectionChanged.connect(self._enable)
        return table

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.filter, 1)
        head.addWidget(self.kinds)
        foot = QHBoxLayout()
        for button in (self.revoke, self.export, self.take_in):
            button.setAutoDefault(False)
            foot.addWidget(button)
        foot.addStretch(1)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.rejected.connect(self.reject)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addWidget(self.message)
        column.addLayout(head)
        column.addWidget(self.table, 1)
        column.addWidget(self.count)
        column.addLayout(foot)

    def _enable(self) -> None:
        if hasattr(self, "export"):
            self.revoke.setEnabled(bool(self.table.selectedItems()))
            self.export.setEnabled(bool(self._listed))


def kind_words() -> dict[str, str]:
    """Each kind of decision in words."""
    return {
        "not-a-duplicate": _tr("Not a duplicate"),
        "keep-both": _tr("Keep both"),
        "ignore": _tr("Ignore"),
        "prefer": _tr("Prefer the first"),
        FOLDERS: _tr("Ignore these folders"),
    }


def _kind(one: Listed) -> str:
    return FOLDERS if isinstance(one.decision, FolderDecision) else one.decision.kind


def _tr(text: str) -> str:
    return QCoreApplication.translate("decisions", text)
