"""What can be done in the review, each with its key, which the tooltip shows."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True)
class ReviewActions:
    """Actions of the page: their keys work wherever the focus is in it."""

    keep: QAction
    mark: QAction
    apart: QAction
    compare: QAction
    flick: QAction
    difference: QAction
    matches: QAction
    previous: QAction
    following: QAction
    done: QAction
    undo: QAction
    keep_both: QAction
    ignore: QAction
    prefer: QAction
    ignore_folders: QAction
    show_file: QAction
    change_part: QAction


def create_review_actions(page: QWidget) -> ReviewActions:
    made = {}
    for name, (text, hint, keys) in _table().items():
        action = QAction(text, page)
        action.setShortcuts([QKeySequence(key) for key in keys.split("  ") if key])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        native = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{hint} ({native})" if native else hint)
        page.addAction(action)
        made[name] = action
    made["compare"].setToolTip(_tr("Compare with the one that is kept (Enter)"))
    made["flick"].setToolTip(_tr("Flick between the two (Tab or `)"))
    made["done"].setCheckable(True)
    made["done"].setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # Space is for buttons and boxes elsewhere
    return ReviewActions(**made)


def _tr(text: str) -> str:
    return QCoreApplication.translate("review_actions", text)


def _table() -> dict[str, tuple[str, str, str]]:
    """Words, hint, keys with two spaces between them."""
    return {
        "keep": (_tr("Keep"), _tr("Keep this file, whatever the rules say; again takes it back"), "K"),
        "mark": (_tr("Let go"), _tr("Let this file go, whatever the rules say; again takes it back"), "X"),
        "apart": (_tr("Not a duplicate"), _tr("This is no copy of the others: remembered by content"), "N"),
        "compare": (_tr("Compare"), "", ""),
        "flick": (_tr("Flicker"), "", "`"),
        "difference": (_tr("Difference"), _tr("Show where the two differ"), "D"),
        "matches": (_tr("Matches"), _tr("Show the matches that prove it"), "M"),
        "previous": (_tr("Previous"), _tr("The group before"), "PgUp"),
        "following": (_tr("Next"), _tr("The next group; this one is done, if anything in it goes"), "PgDown"),
        "done": (_tr("Done"), _tr("You have looked through this group"), "Space"),
        "undo": (_tr("Undo"), _tr("Take back the last step, or the last clean-up, also after a restart"), "Ctrl+Z"),
        "keep_both": (_tr("Keep both, always"), _tr("Copies, and both are wanted: not shown again"), ""),
        "ignore": (_tr("Ignore this pair"), _tr("Not shown again"), ""),
        "prefer": (_tr("Always prefer this one"), _tr("Kept rather than the others, before any rule"), ""),
        "ignore_folders": (_tr("Ignore these two folders"), _tr("What is in both of them is not shown again"), ""),
        "change_part": (_tr("To the groups and back"), _tr("From the members to the groups, and back"), "F6"),
        "show_file": (_tr("Show in folder"), _tr("Show the file in its folder"), "Ctrl+Shift+F"),
    }
