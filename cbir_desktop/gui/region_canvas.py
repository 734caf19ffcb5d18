"""A picture on which a box is drawn: by the mouse, or by the arrow keys."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.compare_pictures import Loaded
from cbir_desktop.gui.region_box import Box, between

_MARGIN, _HANDLE, _REACH = 24, 8, 10
_STEP, _FINE = 0.02, 0.002
"""Of the picture's longer side, for a press of an arrow key."""

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_GRIPS = [(right, bottom) for bottom in (-1, 0, 1) for right in (-1, 0, 1) if (right, bottom) != (0, 0)]


class RegionCanvas(QWidget):
    """The box stays level and the picture turns beneath it. Arrows move the box, with Shift its lower right corner,
    with Ctrl in small steps."""

    changed = Signal()
    turn_requested = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 180)
        self._levels: tuple[QImage, ...] = ()
        self.size_: tuple[float, float] = (1.0, 1.0)
        self.words = ""
        self.box: Box | None = None
        self._turn = 0.0
        self._grip: tuple[int, int] | None = None
        self._hand: QPointF | None = None

    # -- what is shown ------------------------------------------------------------------------------------------

    def clear(self, words: str = "") -> None:
        """No picture; words say why."""
        self._levels, self.box, self.words, self._turn = (), None, words, 0.0
        self.update()

    def set_picture(self, loaded: Loaded, box: Box | None) -> None:
        self._levels, self.words = loaded.shown.levels, ""
        self.size_ = (float(loaded.shown.full_size[0]), float(loaded.shown.full_size[1]))
        self._turn = 0.0 if box is None else box.turn
        self.set_box(box)

    @property
    def has_picture(self) -> bool:
        return bool(self._levels)

    @property
    def turn(self) -> float:
        return self._turn

    def set_box(self, box: Box | None) -> None:
        self.box = box
        if box is not None:
            self._turn = box.turn
        self._tell()

    def set_turn(self, turn: float) -> None:
        """Degrees clockwise, of the picture."""
        self._turn = (turn + 180) % 360 - 180
        if self.box is not None:
            self.box = self.box.turned_to(self._turn)
        self._tell()

    def _tell(self) -> None:
        box = self.box
        if box is None:
            words = self.tr("Picture, no box yet. An arrow key draws one")
        else:
            left, top = box.x - box.width / 2, box.y - box.height / 2
            numbers = {"x": left, "y": top, "width": box.width, "height": box.height}
            whole = {name: wording.number(round(value)) for name, value in numbers.items()}
            words = self.tr("Box of {width} by {height} pixels at {x}, {y}").format(**whole)
        self.setAccessibleName(words)
        self.update()
        self.changed.emit()

    # -- where things are ---------------------------------------------------------------------------------------

    def to_screen(self) -> QTransform:
        """From the picture's pixels; all of it is seen however it is turned."""
        width, height = self.size_
        room = QSizeF(max(1, self.width() - 2 * _MARGIN), max(1, self.height() - 2 * _MARGIN))
        scale = min(room.width() / width, room.height() / height)
        if self._turn % 360:
            across = (width**2 + height**2) ** 0.5
            scale = min(scale, min(room.width(), room.height()) / across)
        transform = QTransform.fromTranslate(self.width() / 2, self.height() / 2)
        transform.rotate(self._turn)
        transform.scale(scale, scale)
        return transform.translate(-width / 2, -height / 2)

    def _scale(self) -> float:
        transform = self.to_screen()
        return (transform.m11() ** 2 + transform.m12() ** 2) ** 0.5

    def _box_rect(self, box: Box) -> QRectF:
        scale = self._scale()
        rect = QRectF(0, 0, box.width * scale, box.height * scale)
        rect.moveCenter(self.to_screen().map(QPointF(box.x, box.y)))
        return rect

    def _grip_at(self, place: QPointF) -> tuple[int, int] | None:
        """(0, 0) is the inside."""
        if self.box is None:
            return None
        rect = self._box_rect(self.box)
        for grip in _GRIPS:
            if (place - _point_of(rect, grip)).manhattanLength() <= _REACH:
                return grip
        return (0, 0) if rect.contains(place) else None

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if not self._levels:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.words)
            return
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.save()
        painter.setTransform(self.to_screen(), True)
        fine = self._scale() * self.devicePixelRatio() * self.size_[0]
        level = min((one for one in self._levels if one.width() >= fine), key=QImage.width, default=self._levels[0])
        painter.drawImage(QRectF(0, 0, *self.size_), level, QRectF(level.rect()))
        painter.restore()
        if self.box is not None:
            self._paint_box(painter, self._box_rect(self.box))

    def _paint_box(self, painter: QPainter, rect: QRectF) -> None:
        around = QPainterPath()
        around.addRect(QRectF(self.rect()))
        inside = QPainterPath()
        inside.addRect(rect)
        painter.fillPath(around - inside, QColor(0, 0, 0, 120))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 160), 4.0), (QColor(255, 255, 255), 2.0)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(rect)
        painter.setPen(QPen(QColor(0, 0, 0, 160), 1))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Highlight) if self.hasFocus() else QColor("white"))
        for grip in _GRIPS:
            handle = QRectF(0, 0, _HANDLE, _HANDLE)
            handle.moveCenter(_point_of(rect, grip))
            painter.drawRect(handle)

    # -- the mouse ----------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._levels:
            self._hand, self._grip = event.position(), self._grip_at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        if self._hand is None:
            self.setCursor(_cursor(self._grip_at(place)))
        elif self._grip is None:
            if (place - self._hand).manhattanLength() > _REACH / 2:
                a, b = (self._on_picture(point) for point in (self._hand, place))
                self.set_box(between(a, b, self._turn))
        elif self.box is not None:
            step = (place - self._hand) / self._scale()
            self._hand = place
            by = (step.x(), step.y())
            self.set_box(self.box.moved(*by, self.size_) if self._grip == (0, 0) else self.box.pulled(*self._grip, by))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hand = self._grip = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turns the picture, a degree a notch."""
        self.turn_requested.emit(self._turn + event.angleDelta().y() / 120)

    def _on_picture(self, place: QPointF) -> tuple[float, float]:
        point = self.to_screen().inverted()[0].map(place)
        return min(max(point.x(), 0.0), self.size_[0]), min(max(point.y(), 0.0), self.size_[1])

    # -- the keys -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key not in _ARROWS or not self._levels:
            super().keyPressEvent(event)
            return
        if self.box is None:
            width, height = self.size_
            self.set_box(Box(width / 2, height / 2, width / 2, height / 2, self._turn))
            return
        keys = event.modifiers()
        step = max(1.0, (_FINE if keys & Qt.KeyboardModifier.ControlModifier else _STEP) * max(self.size_))
        right, down = (sign * step for sign in _ARROWS[key])
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self.set_box(self.box.pulled(abs(_ARROWS[key][0]), abs(_ARROWS[key][1]), (right, down)))
        else:
            self.set_box(self.box.moved(right, down, self.size_))


def _point_of(rect: QRectF, grip: tuple[int, int]) -> QPointF:
    return rect.center() + QPointF(grip[0] * rect.width() / 2, grip[1] * rect.height() / 2)


def _cursor(grip: tuple[int, int] | None) -> Qt.CursorShape:
    if grip is None:
        return Qt.CursorShape.CrossCursor
    if grip == (0, 0):
        return Qt.CursorShape.SizeAllCursor
    if 0 in grip:
        return Qt.CursorShape.SizeVerCursor if grip[0] == 0 else Qt.CursorShape.SizeHorCursor
    return Qt.CursorShape.SizeFDiagCursor if grip[0] == grip[1] else Qt.CursorShape.SizeBDiagCursor
