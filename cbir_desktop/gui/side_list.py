"""The list on the left: all photos, the folders of the library with their state, what is missing, the problems, the
saved searches."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPalette
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QMenu, QWidget

from cbir_desktop.gui import icons, wording
from cbir_desktop.gui.overview import ALL_PHOTOS, DUPLICATES, MISSING, PROBLEMS, FolderRow, Overview, Place
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.side_delegate import COUNT, STATE, SideDelegate
from cbir_desktop.library.following import FolderWatch, Mode

_PLACE = Qt.ItemDataRole.UserRole + 2
_PIN = Qt.ItemDataRole.UserRole + 4


class SideList(QListWidget):
    """Choosing a place is a wish; what is shown is told back through ``set_place``."""

    place_requested = Signal(Place)
    rescan_requested = Signal(str)
    show_requested = Signal(str)
    relink_requested = Signal(str)
    forget_requested = Signal(str)
    pin_requested = Signal(str)
    rename_requested = Signal(str)
    unpin_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Places"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(16, 16))
        self.setViewportMargins(8, 8, 8, 8)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setItemDelegate(SideDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._folders: tuple[FolderRow, ...] = ()
        self._watches: dict[str, FolderWatch] = {}
        names = {
            ALL_PHOTOS: self.tr("All photos"),
            DUPLICATES: self.tr("Duplicates"),
            MISSING: self.tr("Missing"),
            PROBLEMS: self.tr("Problems"),
        }
        for row, (place, name) in enumerate(names.items()):
            self._add(row, place, name)
        self._count(ALL_PHOTOS, 0)
        for place in (DUPLICATES, MISSING, PROBLEMS):
            self._item(place).setHidden(True)
        self._tell(self._item(DUPLICATES))
        self._item(MISSING).setToolTip(self.tr("Photos whose files are gone from a drive that is here"))
        self.set_place(ALL_PHOTOS)
        self.itemClicked.connect(self._request)
        self.itemActivated.connect(self._request)

    def set_library(self, overview: Overview) -> None:
        """All photos and those of each watched folder; what is missing and the problems where there are any."""
        if [row.path for row in overview.folders] != [row.path for row in self._folders]:
            self._set_folders([row.path for row in overview.folders])
        self._folders = overview.folders
        problems = sum(not problem.ignored for problem in overview.problems)
        for place, count in ((ALL_PHOTOS, overview.total), (MISSING, overview.missing), (PROBLEMS, problems)):
            self._count(place, count)
        for row in overview.folders:
            self._count(Place(folder=row.path), row.photos)
        self._item(DUPLICATES).setHidden(not overview.total)
        self._item(MISSING).setHidden(not overview.missing)
        self._item(PROBLEMS).setHidden(not overview.problems)
        self._write_states()

    def set_pins(self, names: Sequence[str]) -> None:
        """The saved searches, below all places."""
        for row in reversed(range(self.count())):
            if self.item(row).data(_PIN) is not None:
                self.takeItem(row)
        for name in names:
            item = QListWidgetItem(icons.icon("pin"), name)
            item.setData(_PIN, name)
            item.setToolTip(self.tr("Saved search: {name}").format(name=name))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, item.toolTip())
            self.addItem(item)

    def set_duplicates(self, groups: int | None) -> None:
        """How many groups there are to look through; None: nobody has searched."""
        item = self._item(DUPLICATES)
        item.setData(COUNT, None if groups is None else wording.number(groups))
        self._tell(item)

    def set_following(self, watches: Iterable[FolderWatch]) -> None:
        """How each folder is followed."""
        self._watches = {watch.path: watch for watch in watches}
        self._write_states()

    def states(self) -> list[tuple[str, str]]:
        """(path, what is not as usual) of each folder."""
        return [(row.path, self._state(row)) for row in self._folders]

    def watch_of(self, path: str) -> Mode | None:
        """How a folder is followed; None where it is not."""
        return self._watches[path].mode if path in self._watches else None

    def set_place(self, place: Place) -> None:
        for row in range(self.count()):
            if self.item(row).data(_PLACE) == place:
                self.setCurrentRow(row)

    def recolour(self) -> None:
        """The palette changed."""
        for row in range(self.count()):
            item = self.item(row)
            item.setIcon(icons.icon("pin" if item.data(_PIN) else self._icon(item.data(_PLACE))))

    def folder_menu(self, path: str) -> QMenu:
        """What can be done with a watched folder."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icons.icon("rescan"), self.tr("Look for changes"), lambda: self.rescan_requested.emit(path))
        menu.addAction(icons.icon("folder"), self.tr("Show in folder"), lambda: self.show_requested.emit(path))
        menu.addSeparator()
        menu.addAction(self.tr("Has moved…"), lambda: self.relink_requested.emit(path))
        menu.addAction(self.tr("Forget this folder…"), lambda: self.forget_requested.emit(path))
        return menu

    def pin_menu(self, name: str) -> QMenu:
        """What can be done with a saved search."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(icons.icon("search"), self.tr("Search again"), lambda: self.pin_requested.emit(name))
        menu.addAction(self.tr("Rename…"), lambda: self.rename_requested.emit(name))
        menu.addAction(self.tr("Remove"), lambda: self.unpin_requested.emit(name))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        name = self.currentItem().data(_PIN) if self.currentItem() is not None else None
        if name is not None and event.key() == Qt.Key.Key_F2:
            self.rename_requested.emit(name)
        elif name is not None and event.key() == Qt.Key.Key_Delete:
            self.unpin_requested.emit(name)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        at = self.visualItemRect(self.currentItem()).center() if keyboard else event.pos()
        item = self.itemAt(at)
        if item is None:
            return
        if (name := item.data(_PIN)) is not None:
            self.pin_menu(name).popup(self.viewport().mapToGlobal(at))
        elif (folder := item.data(_PLACE).folder) is not None:
            self.folder_menu(folder).popup(self.viewport().mapToGlobal(at))

    def _set_folders(self, paths: Sequence[str]) -> None:
        chosen = self.currentItem().data(_PLACE)
        for row in self._folders:
            self.takeItem(self.row(self._item(Place(folder=row.path))))
        for at, path in enumerate(paths, start=1):
            self._add(at, Place(folder=path), display_name(path) or path)
        self.set_place(chosen)

    def _write_states(self) -> None:
        for row in self._folders:
            item, state = self._item(Place(folder=row.path)), self._state(row)
            item.setData(STATE, state)
            item.setIcon(icons.icon(self._icon(item.data(_PLACE))))
            self._tell(item)
            watch = self._watches.get(row.path)
            lines = (wording.folder(row.path), state, "" if watch is None else wording.sentence(watch.reason))
            item.setToolTip("\n".join(line for line in lines if line))
        self.doItemsLayout()

    def _state(self, row: FolderRow) -> str:
        """What is not as usual with a folder."""
        watch, parts = self._watches.get(row.path), []
        if row.drive_is_away:
            parts.append(self.tr("offline: drive {name}").format(name=row.volume))
        elif row.is_away:
            parts.append(self.tr("offline: not there now"))
        elif watch is not None and watch.cause == "network":
            parts.append(self.tr("network, changes by the clock"))
        elif watch is not None and watch.mode == "timed":
            parts.append(self.tr("changes by the clock"))
        if row.missing:
            parts.append(self.tr("{n} missing").format(n=wording.number(row.missing)))
        return ", ".join(parts)

    def _count(self, place: Place, count: int) -> None:
        item = self._item(place)
        item.setData(COUNT, wording.number(count))
        self._tell(item)

    def _tell(self, item: QListWidgetItem) -> None:
        parts = (item.text(), item.data(COUNT), item.data(STATE))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(part for part in parts if part))

    def _item(self, place: Place) -> QListWidgetItem:
        return next(item for row in range(self.count()) if (item := self.item(row)).data(_PLACE) == place)

    def _add(self, row: int, place: Place, text: str) -> None:
        item = QListWidgetItem(icons.icon(self._icon(place)), text)
        item.setData(_PLACE, place)
        self.insertItem(row, item)

    def _request(self, item: QListWidgetItem) -> None:
        if (name := item.data(_PIN)) is not None:
            self.pin_requested.emit(name)
        else:
            self.place_requested.emit(item.data(_PLACE))

    def _icon(self, place: Place) -> str:
        for kind, name in ((place.problems, "problem"), (place.missing, "missing"), (place.duplicates, "duplicates")):
            if kind:
                return name
        if place.folder is None:
            return "photos"
        is_away = any(row.is_away for row in self._folders if row.path == place.folder)
        return "folder-away" if is_away else "folder"
