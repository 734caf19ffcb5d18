"""A panel that opens below what asked for it, and closes by Escape or a click elsewhere."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget


class PopupPanel(QFrame):
    """Its rows go into ``column``."""

    def __init__(self, opener: QWidget, name: str) -> None:
        super().__init__(opener, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAccessibleName(name)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 16, 16, 16)
        self.column.setSpacing(8)
        away = QAction(self)
        away.setShortcut(Qt.Key.Key_Escape)
        away.triggered.connect(self.close)
        self.addAction(away)

    def open_below(self, opener: QWidget, first: QWidget) -> None:
        """Begins where ``opener`` begins; the edges of the screen move it. ``first`` gets the focus."""
        self.adjustSize()
        corner = opener.mapToGlobal(QPoint(0, opener.height() + 2))
        if self.isRightToLeft():
            corner -= QPoint(self.width() - opener.width(), 0)
        room = opener.screen().availableGeometry()
        x = max(room.left(), min(corner.x(), room.right() - self.width()))
        self.move(x, max(room.top(), min(corner.y(), room.bottom() - self.height())))
        self.show()
        first.setFocus(Qt.FocusReason.PopupFocusReason)

    def add_heading(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        self.column.addWidget(label)
        return label
