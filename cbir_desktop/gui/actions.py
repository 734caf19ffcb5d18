"""All that the user can do, each with its words and its shortcut, which the tooltip shows."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui import icons

_HINT, _DEFAULT = "hint", "default_keys"

_OF_THE_GRID = frozenset({"trash", "copy_image"})
"""Keys that mean something else in other parts of the window: these work where the photos have the focus."""


@dataclass(frozen=True)
class Actions:
    """The window's actions; it connects them. A field's name is the action's in the settings."""

    open_query: QAction
    paste: QAction
    back: QAction
    forward: QAction
    clear: QAction
    find_similar: QAction
    more_like: QAction
    less_like: QAction
    search_region: QAction
    pin: QAction
    compare: QAction
    compare_two: QAction
    preview: QAction
    open_photo: QAction
    open_with: QAction
    show_in_folder: QAction
    copy_image: QAction
    copy_path: QAction
    trash: QAction
    undo_trash: QAction
    add_folder: QAction
    rescan: QAction
    map: QAction
    laboratory: QAction
    settings: QAction
    shortcuts: QAction
    quit: QAction

    def by_name(self) -> dict[str, QAction]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


def create_actions(window: QWidget) -> Actions:
    """Actions of the window: their shortcuts work wherever the focus is in it."""
    made = {}
    for name, (text, hint, keys, icon) in _table().items():
        action = QAction(text, window)
        action.setProperty(_HINT, hint)
        action.setProperty(_DEFAULT, keys)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        set_keys(action, keys)
        if icon:
            icons.set_icon(action, icon)
        if name not in _OF_THE_GRID:
            window.addAction(action)
        made[name] = action
    return Actions(**made)


def hint_of(action: QAction) -> str:
    """What it does, in a few words."""
    return str(action.property(_HINT) or action.text())


def default_keys(action: QAction) -> str:
    return str(action.property(_DEFAULT) or "")


def set_keys(action: QAction, keys: str) -> None:
    """Shortcuts as ``QKeySequence`` writes them, several parted by "; "; the tooltip shows the first."""
    action.setShortcuts([QKeySequence(one) for one in keys.split("; ") if one])
    shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{hint_of(action)} ({shown})" if shown else hint_of(action))


def apply_keys(actions: Actions, chosen: Mapping[str, str]) -> None:
    """The user's own shortcuts by action, the rest as at first; "" is none. Names that are not known are passed over:
    a newer program may have written them."""
    for name, action in actions.by_name().items():
        set_keys(action, chosen.get(name, default_keys(action)))


def _tr(text: str) -> str:
    return QCoreApplication.translate("actions", text)


def _table() -> dict[str, tuple[str, str, str, str]]:
    """Words, hint, keys, icon."""
    return {
        "open_query": (_tr("Open picture…"), _tr("Find photos like a picture file"), "Ctrl+O", "open"),
        "paste": (_tr("Paste picture"), _tr("Find photos like the copied picture or file"), "Ctrl+V", "paste"),
        "back": (_tr("Back"), _tr("To what was shown before"), "Alt+Left; Back", "back"),
        "forward": (_tr("Forward"), _tr("To what was shown after this"), "Alt+Right; Forward", "forward"),
        "clear": (_tr("Back to all photos"), _tr("Clear the query, back to all photos"), "Esc", "photos"),
        "find_similar": (_tr("Find similar"), _tr("Find photos like the selected ones"), "Ctrl+Return", "search"),
        "more_like": (_tr("More like this"), _tr("Add the selected photos to the query"), "Ctrl++; Ctrl+=", "plus"),
        "less_like": (_tr("Less like this"), _tr("Add the selected photos as what is not wanted"), "Ctrl+-", "minus"),
        "search_region": (_tr("Search a region…"), _tr("Find photos like a part of this one"), "Ctrl+R", "region"),
        "pin": (_tr("Keep this search…"), _tr("Keep this search in the list on the left"), "Ctrl+S", "pin"),
        "compare": (_tr("Compare"), _tr("Compare a result with the query, or two photos"), "Ctrl+D", "compare"),
        "compare_two": (_tr("Compare two pictures…"), _tr("Compare two picture files"), "Ctrl+Shift+D", "compare"),
        "preview": (_tr("Preview"), _tr("Show the photo large (Space)"), "", "preview"),
        "open_photo": (_tr("Open"), _tr("Open with the desktop's program (Enter)"), "", "open"),
        "open_with": (_tr("Open with…"), _tr("Choose the program to open the photo with"), "Ctrl+Shift+Return", ""),
        "show_in_folder": (_tr("Show in folder"), _tr("Show the file in its folder"), "Ctrl+Shift+F", "folder"),
        "copy_image": (_tr("Copy picture"), _tr("Copy the picture itself and its file"), "Ctrl+C", ""),
        "copy_path": (_tr("Copy path"), _tr("Copy the paths of the selected photos"), "Ctrl+Shift+C", ""),
        "trash": (_tr("Move to the trash"), _tr("Move the selected files to the trash"), "Delete", "trash"),
        "undo_trash": (_tr("Undo moving to the trash"), _tr("Take the last files back out of the trash"), "Ctrl+Z", ""),
        "add_folder": (_tr("Add folder…"), _tr("Add a folder to the library"), "Ctrl+Shift+O", "folder-add"),
        "rescan": (_tr("Look for changes"), _tr("Look for changes in the library's folders"), "F5", "rescan"),
        "map": (_tr("Map of the photos"), _tr("See all photos as a map, like ones near each other"), "Ctrl+M", ""),
        "laboratory": (_tr("Laboratory…"), _tr("Try methods of finding on a folder, side by side"), "Ctrl+L", ""),
        "settings": (_tr("Settings…"), _tr("Folders, encoder, limits, watching, shortcuts"), "Ctrl+,", ""),
        "shortcuts": (_tr("Keyboard shortcuts"), _tr("Show all shortcuts"), "?; Shift+?; F1", ""),
        "quit": (_tr("Quit"), _tr("Close the window"), "Ctrl+Q", ""),
    }
