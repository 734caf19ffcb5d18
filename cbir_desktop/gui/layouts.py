"""Bare columns and lines, of which the window is laid out."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


def column(parent: QWidget, *widgets: QWidget) -> QVBoxLayout:
    """The widgets one below the other, without a gap."""
    made = QVBoxLayout(parent)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(0)
    for widget in widgets:
        made.addWidget(widget)
    return made


def line() -> QFrame:
    """One pixel, between two parts."""
    made = QFrame(frameShape=QFrame.Shape.HLine)
    made.setFrameShadow(QFrame.Shadow.Plain)
    made.setForegroundRole(made.palette().ColorRole.Mid)
    made.setFixedHeight(1)
    return made
