"""All that the user can do, each with its words and its shortcut, which the tooltip shows."""

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui import icons


@dataclass(frozen=True)
class Actions:
    """The window's actions; it connects them."""

    open_query: QAction
    paste: QAction
    add_folder: QAction
    rescan: QAction
    settings: QAction
    clear: QAction
    find_similar: QAction
    compare: QAction
    compare_two: QAction
    open_photo: QAction
    show_in_folder: QAction
    copy_path: QAction
    quit: QAction


def create_actions(window: QWidget) -> Actions:
    """Actions of the window: their shortcuts work wherever the focus is in it."""
    made = {}
    for name, (text, hint, keys, icon) in _table().items():
        action = QAction(text, window)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        shortcut = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{hint} ({shortcut})" if shortcut else hint)
        if icon:
            icons.set_icon(action, icon)
        window.addAction(action)
        made[name] = action
    return Actions(**made)


def _tr(text: str) -> str:
    return QCoreApplication.translate("actions", text)


def _table() -> dict[str, tuple[str, str, str, str]]:
    """Words, hint, keys, icon."""
    return {
        "open_query": (_tr("Open picture…"), _tr("Find photos like a picture file"), "Ctrl+O", "open"),
        "paste": (_tr("Paste picture"), _tr("Find photos like the copied picture or file"), "Ctrl+V", "paste"),
        "add_folder": (_tr("Add folder…"), _tr("Add a folder to the library"), "Ctrl+Shift+O", "folder-add"),
        "rescan": (_tr("Look for changes"), _tr("Look for changes in the library's folders"), "F5", "rescan"),
        "settings": (_tr("Settings…"), _tr("Folders, encoder, limits, watching"), "Ctrl+,", ""),
        "clear": (_tr("Back to all photos"), _tr("Clear the query, back to all photos"), "Esc", "photos"),
        "find_similar": (_tr("Find similar"), _tr("Find photos like the selected ones"), "Ctrl+Return", "search"),
        "compare": (_tr("Compare"), _tr("Compare a result with the query, or two photos"), "Ctrl+D", "compare"),
        "compare_two": (_tr("Compare two pictures…"), _tr("Compare two picture files"), "Ctrl+Shift+D", "compare"),
        "open_photo": (_tr("Open"), _tr("Open with the desktop's program (Enter)"), "", "open"),
        "show_in_folder": (_tr("Show in folder"), _tr("Show the file in its folder"), "Ctrl+Shift+F", "folder"),
        "copy_path": (_tr("Copy path"), _tr("Copy the paths of the selected photos"), "Ctrl+Shift+C", ""),
        "quit": (_tr("Quit"), _tr("Close the window"), "Ctrl+Q", ""),
    }
