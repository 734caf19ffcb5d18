"""The members of a group side by side; they load while they are on screen."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView

from cbir_desktop.gui.review_member_delegate import SIDE, MemberDelegate
from cbir_desktop.gui.review_member_model import MemberModel
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.gui.tiled_view import START, Anchor, TiledView
from cbir_desktop.library.choosing import Member
from cbir_desktop.library.facts import Facts
from cbir_desktop.store.catalog import Photo

WIDTH = 248
"""Of a member, the least, device-independent pixels."""
_LEAST, _IN_LINES = 144, 192  # height of a picture, the least, and the most where there are several lines of them

Load = Callable[[str, int, float, Callable[[tuple[QImage, Facts]], None], Callable[[Exception], None]], Handle]
"""``ReviewBackend.member``."""


class MemberView(TiledView):
    """Arrows go from member to member, Tab flicks, F6 goes to the groups; the other keys are the page's."""

    flick_requested = Signal()
    compare_requested = Signal()
    menu_requested = Signal(object)

    def __init__(self, model: MemberModel, load: Load) -> None:
        super().__init__(WIDTH, 8)
        self._members, self._load = model, load
        self._numbers: dict[str, int] = {}
        self.loader = ThumbLoader(self._load_one, self)
        self._delegate = MemberDelegate(self._pixmap, self)
        self._look = QTimer(self, singleShot=True, interval=0)
        self._look.timeout.connect(self._want_visible)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDragEnabled(False)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName(self.tr("Members of the group"))
        self.setAccessibleDescription(self.tr("K keeps, X lets go, N is not a duplicate; F6 goes to the groups"))
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        model.modelReset.connect(self._begin)
        self.verticalScrollBar().valueChanged.connect(self._look.start)
        self.loader.loaded.connect(self.viewport().update)

    def settle(self, anchor: Anchor | None = None) -> None:
        """Few members share all of the room: the pictures are what is looked at."""
        if self.model() is not None:
            room = self.viewport().width()
            fitting = min(max(1, self._members.rowCount()), max(1, room // WIDTH))
            self._least_width = max(WIDTH, room // fitting)
        super().settle(anchor)

    def cell_height(self) -> int:
        words = self._delegate.words_height(QFontMetrics(self.font()))
        fits_one_line = self._members.rowCount() * self._least_width <= max(self._least_width, self.viewport().width())
        most = min(self._least_width, SIDE) if fits_one_line else _IN_LINES
        return words + min(max(self.viewport().height() - words, _LEAST), most)

    def current_member(self) -> Member | None:
        return self._members.member(self.currentIndex().row())

    def _begin(self) -> None:
        """Another group: from its first member on."""
        self.settle(START)
        if self._members.rowCount():
            self.setCurrentIndex(self._members.index(0))
        self._look.start()

    # -- pictures -----------------------------------------------------------------------------------------------

    def _want_visible(self) -> None:
        if self.isVisible():
            members = [self._members.member(row) for row in self.visible_rows()]
            self.loader.want([self._photo(member) for member in members if member is not None])

    def _photo(self, member: Member) -> Photo:
        number, size = self._number(member), member.size_bytes
        return Photo(number, member.path, (), size, 0, member.width, member.height, "", member.content, "online")

    def _number(self, member: Member) -> int:
        return self._numbers.setdefault(member.path, len(self._numbers))

    def _pixmap(self, member: Member) -> QPixmap | None:
        return self.loader.pixmap(self._number(member))

    def _load_one(self, photo: Photo, done: Callable[[QImage], None], failed: Callable[[Exception], None]) -> Handle:
        return self._load(photo.path, SIDE, self.devicePixelRatio(), partial(self._loaded, photo.path, done), failed)

    def _loaded(self, path: str, done: Callable[[QImage], None], answer: tuple[QImage, Facts]) -> None:
        picture, facts = answer
        self._members.set_facts(path, facts)
        done(picture)

    # -- the user -----------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab:
            self.flick_requested.emit()  # before Qt takes it for the next widget
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.compare_requested.emit()
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are for keeping and marking."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.indexAt(event.position().toPoint()).isValid():
            self.compare_requested.emit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keyboard = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self.visualRect(self.currentIndex()).center() if keyboard else event.pos()
        if self.indexAt(place).isValid():
            self.menu_requested.emit(self.viewport().mapToGlobal(place))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self.loader.clear()
            self._look.start()
