"""The list on the left: all photos, the folders of the library, the problems."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from cbir_desktop.gui import icons, wording
from cbir_desktop.gui.photo_model import AnyIndex, display_name

_COUNT = Qt.ItemDataRole.UserRole + 1
_PLACE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True)
class Place:
    """What can be chosen on the left: all photos, those below one watched ``folder``, or the problems."""

    folder: str | None = None
    problems: bool = False


ALL_PHOTOS, PROBLEMS = Place(), Place(problems=True)


class _CountDelegate(QStyledItemDelegate):
    """A count at the far end of the row."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().initStyleOption(option, index)
        taken = option.fontMetrics.horizontalAdvance(index.data(_COUNT) or "") + option.decorationSize.width() + 36
        room = max(0, option.rect.width() - taken)
        option.text = option.fontMetrics.elidedText(option.text, Qt.TextElideMode.ElideMiddle, room)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        super().paint(painter, option, index)
        groups, roles = QPalette.ColorGroup, QPalette.ColorRole
        group = groups.Active if option.state & QStyle.StateFlag.State_Active else groups.Inactive
        selected = option.state & QStyle.StateFlag.State_Selected
        mirrored = option.direction == Qt.LayoutDirection.RightToLeft
        far = Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
        painter.save()
        painter.setPen(option.palette.color(group, roles.HighlightedText if selected else roles.PlaceholderText))
        room = QRect(option.rect).adjusted(8, 0, -8, 0)
        painter.drawText(room, far | Qt.AlignmentFlag.AlignVCenter, index.data(_COUNT) or "")
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(0, max(32, option.fontMetrics.height() + 12))  # no wish for width: long names are elided


class SideList(QListWidget):
    """Choosing a place is a wish; what is shown is told back through ``set_place``."""

    place_requested = Signal(Place)
    rescan_requested = Signal(str)
    show_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Places"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(16, 16))
        self.setViewportMargins(8, 8, 8, 8)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setItemDelegate(_CountDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._folders: tuple[str, ...] = ()
        self._add(0, ALL_PHOTOS, self.tr("All photos"))
        self._add(1, PROBLEMS, self.tr("Problems"))
        self.set_counts(0, (), 0)
        self.set_place(ALL_PHOTOS)
        self.itemClicked.connect(self._request)
        self.itemActivated.connect(self._request)

    def set_counts(self, photos: int, folders: Sequence[tuple[str, int]], problems: int) -> None:
        """All photos, those of each watched folder, and the problems, which are absent where there are none."""
        self._set_folders(tuple(path for path, _ in folders))
        for row, count in enumerate((photos, *(count for _, count in folders), problems)):
            item = self.item(row)
            item.setData(_COUNT, wording.number(count))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {wording.number(count)}")
        self.item(self.count() - 1).setHidden(problems == 0)

    def set_place(self, place: Place) -> None:
        for row in range(self.count()):
            if self.item(row).data(_PLACE) == place:
                self.setCurrentRow(row)

    def recolour(self) -> None:
        """The palette changed."""
        for row in range(self.count()):
            item = self.item(row)
            item.setIcon(icons.icon(_icon(item.data(_PLACE))))

    def folder_menu(self, path: str) -> QMenu:
        """What can be done with a watched folder."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icons.icon("rescan"), self.tr("Look for changes"), lambda: self.rescan_requested.emit(path))
        menu.addAction(icons.icon("folder"), self.tr("Show in folder"), lambda: self.show_requested.emit(path))
        return menu

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        at = self.visualItemRect(self.currentItem()).center() if keyboard else event.pos()
        item = self.itemAt(at)
        if item is not None and (folder := item.data(_PLACE).folder) is not None:
            self.folder_menu(folder).popup(self.viewport().mapToGlobal(at))

    def _set_folders(self, folders: tuple[str, ...]) -> None:
        if folders == self._folders:
            return
        chosen = self.currentItem().data(_PLACE)
        self._folders = folders
        while self.count() > 2:
            self.takeItem(1)
        for row, path in enumerate(folders, start=1):
            self._add(row, Place(folder=path), display_name(path) or path).setToolTip(wording.folder(path))
        self.set_place(chosen)

    def _add(self, row: int, place: Place, text: str) -> QListWidgetItem:
        item = QListWidgetItem(icons.icon(_icon(place)), text)
        item.setData(_PLACE, place)
        self.insertItem(row, item)
        return item

    def _request(self, item: QListWidgetItem) -> None:
        self.place_requested.emit(item.data(_PLACE))


def _icon(place: Place) -> str:
    if place.problems:
        return "problem"
    return "photos" if place.folder is None else "folder"
