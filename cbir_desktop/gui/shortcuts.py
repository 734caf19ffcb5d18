"""Shortcuts as the settings keep them, and why two of them cannot be the same."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from cbir_desktop.gui.actions import Actions, default_keys

RESERVED = ("Return", "Enter", "Space", "Tab", "Shift+Tab", "Up", "Down", "Left", "Right")
"""Keys that parts of the window live by."""


def read(entries: Iterable[str]) -> dict[str, str]:
    """Keys by the name of the action, of the settings' "name=keys"."""
    return {name: keys for name, separator, keys in (entry.partition("=") for entry in entries) if separator}


def write(chosen: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(f"{name}={keys}" for name, keys in sorted(chosen.items()))


def conflict(actions: Actions, chosen: Mapping[str, str]) -> str | None:
    """Why these cannot all be, in words; None where they can."""
    taken: dict[str, str] = {}
    for name, action in actions.by_name().items():
        words = action.iconText()
        for key in filter(None, chosen.get(name, default_keys(action)).split("; ")):
            same = QKeySequence(key).toString()
            if same in RESERVED:
                return _tr("{key} is needed to move in the window; {action} needs another key").format(
                    key=native(key), action=words
                )
            if same in taken:
                return _tr("{key} is used by both {one} and {other}").format(
                    key=native(key), one=taken[same], other=words
                )
            taken[same] = words
    return None


def native(keys: str) -> str:
    """For the eye."""
    parts = (QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys.split("; ") if key)
    return ", ".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("shortcuts", text)
