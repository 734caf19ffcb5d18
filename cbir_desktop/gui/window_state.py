"""Where the window was and how its columns were, kept beside the settings."""

import base64
import binascii
import json
from pathlib import Path

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QSplitter

from cbir_desktop.core.atomic import write_atomic

FILE = "window.json"


def restore(path: Path, window: QMainWindow, splitter: QSplitter) -> bool:
    """Before the window is shown. False where nothing usable was kept; a place on a screen that is gone is not used,
    its size is."""
    try:
        table = json.loads(path.read_bytes())
        geometry, columns = (QByteArray(base64.b64decode(table[name])) for name in ("geometry", "columns"))
    except (OSError, ValueError, KeyError, TypeError, binascii.Error):
        return False
    if not window.restoreGeometry(geometry):
        return False
    splitter.restoreState(columns)
    frame = window.geometry()
    if not any(screen.availableGeometry().contains(frame.center()) for screen in QGuiApplication.screens()):
        room = QGuiApplication.primaryScreen().availableGeometry()
        window.resize(frame.size().boundedTo(room.size()))
        window.move(room.center() - window.rect().center())
    return True


def save(path: Path, window: QMainWindow, splitter: QSplitter) -> None:
    """Where the disk refuses, the window begins as at first next time."""
    parts = {"geometry": window.saveGeometry(), "columns": splitter.saveState()}
    table = {name: base64.b64encode(state.data()).decode() for name, state in parts.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, json.dumps(table).encode())
    except OSError:
        return
