"""A table's heading whose words make room for the arrow of sorting."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QStyleOptionHeader, QWidget

_ROOM = "   "


class SortedHeader(QHeaderView):
    """Horizontal. Fusion draws the arrow at the right end, over the words of a heading that ends there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:
        super().initStyleOptionForIndex(option, section)
        if option.sortIndicator != QStyleOptionHeader.SortIndicator.None_:
            option.text += _ROOM
