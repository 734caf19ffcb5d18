"""The menu at the end of the bar."""

from PySide6.QtWidgets import QMenu, QWidget

from cbir_desktop.gui.actions import Actions


def window_menu(known: Actions, parent: QWidget) -> QMenu:
    """All that does not depend on the selected photos."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.addActions([known.open_query, known.paste, known.clear, known.compare_two, known.undo_trash])
    menu.addAction(known.pin)
    menu.addSeparator()
    menu.addActions([known.add_folder, known.rescan, known.map, known.laboratory, known.settings, known.shortcuts])
    menu.addSeparator()
    menu.addAction(known.quit)
    return menu
