"""The list on the left: all photos, the folders of the library, the problems."""

from collections.abc import Sequence
from enum import Enum, auto

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cbir_desktop.gui import icons, wording
from cbir_desktop.gui.photo_model import AnyIndex, display_name

_COUNT = Qt.ItemDataRole.UserRole + 1
_PLACE = Qt.ItemDataRole.UserRole + 2


class Place(Enum):
    """What can be chosen on the left."""

    ALL = auto()
    PROBLEMS = auto()


class _CountDelegate(QStyledItemDelegate):
    """A count at the far end of the row."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().paint(painter, option, index)
        count = index.data(_COUNT)
        if not count:
            return
        selected = option.state & QStyle.StateFlag.State_Selected
        active = (
            option.palette.ColorGroup.Active
            if option.state & QStyle.StateFlag.State_Active
            else (option.palette.ColorGroup.Inactive)
        )
        role = option.palette.ColorRole.HighlightedText if selected else option.palette.ColorRole.PlaceholderText
        painter.save()
        painter.setPen(option.palette.color(active, role))
        room = QRect(option.rect).adjusted(8, 0, -8, 0)
        far = (
            Qt.AlignmentFlag.AlignLeft
            if option.direction == Qt.LayoutDirection.RightToLeft
            else (Qt.AlignmentFlag.AlignRight)
        )
        painter.drawText(room, far | Qt.AlignmentFlag.AlignVCenter, count)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        size = super().sizeHint(option, index)
        size.setHeight(max(32, option.fontMetrics.height() + 12))
        return size


class SideList(QListWidget):
    """Choosing a place is a wish; what is shown is told back through ``set_place``."""

    place_requested = Signal(Place)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Places"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(16, 16))
        self.setViewportMargins(8, 8, 8, 8)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setItemDelegate(_CountDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._folders: tuple[str, ...] = ()
        self._all = self._add(self.tr("All photos"), "photos", Place.ALL)
        self._problems = self._add(self.tr("Problems"), "problem", Place.PROBLEMS)
        self._problems.setHidden(True)
        self.setCurrentItem(self._all)
        self.itemClicked.connect(self._request)
        self.itemActivated.connect(self._request)

    def set_count(self, photos: int) -> None:
        self._all.setData(_COUNT, wording.number(photos))
        self._describe(self._all)

    def set_problems(self, count: int) -> None:
        self._problems.setData(_COUNT, wording.number(count))
        self._problems.setHidden(count == 0)
        self._describe(self._problems)

    def set_folders(self, folders: Sequence[str]) -> None:
        """The watched folders, below all photos."""
        if tuple(folders) == self._folders:
            return
        self._folders = tuple(folders)
        while self.count() > 2:
            self.takeItem(1)
        for place, path in enumerate(folders, start=1):
            item = QListWidgetItem(icons.icon("folder"), display_name(path) or path)
            item.setToolTip(wording.folder(path))
            # Shown, not chosen: a folder is not a filter yet.
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            item.setData(_PLACE, path)
            self.insertItem(place, item)

    def set_place(self, place: Place) -> None:
        self.setCurrentItem(self._all if place is Place.ALL else self._problems)

    def recolour(self) -> None:
        """The palette changed."""
        for row in range(self.count()):
            item = self.item(row)
            item.setIcon(icons.icon(self._icon_of(item)))

    def _icon_of(self, item: QListWidgetItem) -> str:
        place = item.data(_PLACE)
        return {Place.ALL: "photos", Place.PROBLEMS: "problem"}.get(place, "folder")

    def _add(self, text: str, icon: str, place: Place) -> QListWidgetItem:
        item = QListWidgetItem(icons.icon(icon), text, self)
        item.setData(_PLACE, place)
        return item

    def _describe(self, item: QListWidgetItem) -> None:
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {item.data(_COUNT)}")

    def _request(self, item: QListWidgetItem) -> None:
        place = item.data(_PLACE)
        if isinstance(place, Place):
            self.place_requested.emit(place)
