"""The questions around an act: before it with the numbers, after it about what stayed where it is."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QMessageBox,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.error_words import in_words
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.library.acting import Outcome
from cbir_desktop.library.review import Proposal

_NAMED = 3


def ask(
    parent: QWidget, proposal: Proposal, folder: str | None, hidden: int, act: Callable[[bool], None]
) -> QMessageBox:
    """Say what will happen, to how many, how much, and how to get it back. ``hidden``: of the groups, those that a
    filter hides now. ``act`` gets whether stacks are to be taken apart as well."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    title = review_words.act(proposal.kind, proposal.files, proposal.bytes).rstrip("…") + "?"
    box.setWindowTitle(title)
    box.setText(title)
    lines = [_kinds_told(proposal)]
    if folder is not None:
        lines.append(_tr("They go into {folder}.").format(folder=wording.folder(folder)))
    if hidden:
        lines.append(_tr("{n} of these groups are hidden by the filter now.").format(n=wording.number(hidden)))
    lines.append(_tr("Before each one goes, the file that stays is read again and compared."))
    lines.append(review_words.way_back(proposal.kind))
    _tell(box, lines)
    yes = box.addButton(_verb(proposal.kind), QMessageBox.ButtonRole.AcceptRole)
    cancel = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(cancel)
    torn = QCheckBox(_torn_told(proposal)) if proposal.rest else None
    if torn is not None:
        box.setCheckBox(torn)
        yes.setEnabled(proposal.files > 0)
        torn.toggled.connect(lambda on: yes.setEnabled(on or proposal.files > 0))
    yes.clicked.connect(lambda: act(torn is not None and torn.isChecked()))
    box.open()
    return box


class LeftBehind(QDialog):
    """Files that stayed where they are, each with its reason; ``more``: a button for what can be done about some."""

    def __init__(
        self, parent: QWidget, title: str, left: Sequence[Outcome], more: tuple[str, Callable[[], None]] | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        words = QLabel(title, wordWrap=True)
        self.table = QTreeWidget()
        self.table.setAccessibleName(title)
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setHeaderLabels([_tr("File"), _tr("Why it stays"), _tr("Folder")])
        for one in left:
            folder = wording.folder(one.path.rpartition("/")[0])
            row = QTreeWidgetItem([display_name(one.path), wording.sentence(in_words(one.problem, one.reason)), folder])
            for place in range(3):
                row.setToolTip(place, row.text(place))
            self.table.addTopLevelItem(row)
        self.table.header().setStretchLastSection(False)
        self.table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.header().resizeSection(0, 180)
        self.table.header().resizeSection(2, 180)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        if more is not None:
            self.more = QPushButton(more[0])
            self.more.setAutoDefault(False)
            buttons.addButton(self.more, QDialogButtonBox.ButtonRole.ActionRole)
            self.more.clicked.connect(self.accept)
            self.more.clicked.connect(more[1])
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for widget in (words, self.table, buttons):
            column.addWidget(widget)
        self.resize(QSize(720, 320))


def ask_for_good(parent: QWidget, files: Sequence[Outcome], act: Callable[[], None]) -> QMessageBox:
    """Ask before files are deleted that the trash did not take: those alone."""
    size = sum(one.size for one in files)
    title = review_words.act("delete", len(files), size).rstrip("…") + "?"
    box = QMessageBox(QMessageBox.Icon.Warning, title, title, parent=parent)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    names = "\n".join(wording.folder(one.path) for one in files[:_NAMED])
    more = _tr("and {n} more").format(n=wording.number(len(files) - _NAMED)) if len(files) > _NAMED else ""
    told = _tr("The trash did not take these files. A proved copy of each stays. This cannot be undone.")
    _tell(box, [told, names, more])
    yes = box.addButton(_tr("Delete for good"), QMessageBox.ButtonRole.DestructiveRole)
    box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
    yes.clicked.connect(act)
    box.open()
    return box


def _tell(box: QMessageBox, lines: Sequence[str]) -> None:
    """One below the other. A box is narrow by itself, and breaks each of them."""
    box.setInformativeText("\n".join(line for line in lines if line))
    label = box.findChild(QLabel, "qt_msgbox_informativelabel")
    if label is not None:
        label.setMinimumWidth(50 * box.fontMetrics().averageCharWidth())


def _kinds_told(proposal: Proposal) -> str:
    lines = []
    for kind, (files, size) in sorted(proposal.relations.items()):
        words = _tr("{what}: {files}, {size}")
        told = words.format(what=review_words.kinds()[kind], files=wording.files(files), size=wording.size(size))
        lines.append(told)
    return "\n".join(lines)


def _torn_told(proposal: Proposal) -> str:
    names = ", ".join(display_name(path) for path in proposal.rest[:_NAMED])
    words = _tr("Also {files} that belong to a raw file, a film or a sidecar, and are torn from it ({names})")
    return words.format(files=wording.files(len(proposal.rest)), names=names)


def _verb(kind: str) -> str:
    return {"trash": _tr("Move to the trash"), "move": _tr("Move"), "delete": _tr("Delete for good")}.get(
        kind, _tr("Replace by links")
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("review_questions", text)
