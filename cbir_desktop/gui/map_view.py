"""The map, painted: dots for all photos, thumbnails that unfold with zoom, a lasso."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui.map_points import Camera, MapPoints, Rows
from cbir_desktop.library.latent_map import LatentMap

_STEP, _FACTOR, _MOST = 96, 1.25, 1 << 20
_NONE: Rows = np.empty(0, np.int64)


class MapView(QWidget):
    """Left button: lasso; another one, or left with Ctrl: move; wheel: zoom. Arrows, plus, minus, 0 and Ctrl+A do the
    same by keyboard. ``thumbs_wanted`` gives the ids of what stands in view, ``selection_changed`` how many are
    chosen."""

    thumbs_wanted = Signal(object)
    selection_changed = Signal(int)
    opened = Signal()

    def __init__(self, pixmap_of: Callable[[int], QPixmap | None], parent: QWidget | None = None) -> None:
        """``pixmap_of``: the thumbnail of a content id, where it is there."""
        super().__init__(parent)
        self._pixmap_of = pixmap_of
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Map of the photos"))
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setMinimumSize(320, 240)
        self.map: LatentMap | None = None
        self.points = MapPoints(np.empty((0, 2), np.float32))
        self.camera = Camera()
        self.selected: Rows = _NONE
        self._chosen = np.zeros(0, np.bool_)
        self._standing: Rows = _NONE
        self._lasso: list[QPointF] = []
        self._grabbed: QPoint | None = None
        self._dots: QImage | None = None

    # -- what is shown ------------------------------------------------------------------------------------------

    def set_map(self, made: LatentMap) -> None:
        """Another map; the selection is kept by photo, the view where it is another map of the same photos."""
        before = self.map
        chosen = _NONE if before is None else before.ids[self.selected]
        self.map, self.points = made, MapPoints(made.places)
        self.selected = np.flatnonzero(np.isin(made.ids, chosen))
        self._mark()
        self.fit()
        self.selection_changed.emit(len(self.selected))

    def fit(self) -> None:
        """All of it."""
        self._look(Camera(0.96 * max(64, min(self.width(), self.height()))))

    def select(self, rows: Rows) -> None:
        self.selected = rows
        self._mark()
        self.update()
        self.selection_changed.emit(len(rows))

    def _mark(self) -> None:
        self._chosen = np.zeros(len(self.points), np.bool_)
        self._chosen[self.selected] = True
        self._dots = None

    def select_seen(self) -> None:
        self.select(self.points.seen(self.camera, self.width(), self.height()))

    def selected_ids(self) -> list[int]:
        return [] if self.map is None else self.map.ids[self.selected].tolist()

    def sizeHint(self) -> QSize:
        return QSize(800, 600)

    def _look(self, camera: Camera) -> None:
        least = 0.25 * max(64, min(self.width(), self.height()))
        self.camera = Camera(min(max(camera.scale, least), float(_MOST)), camera.x, camera.y)
        self._dots = None
        self.update()
        if self.map is not None:
            self._standing = self.points.standing(self.camera, self.width(), self.height())
            self.thumbs_wanted.emit(self.map.ids[self._standing].tolist())

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.map is not None:
            painter.drawImage(self.rect(), self._painted_dots())
            self._paint_thumbs(painter, self.map)
        if len(self._lasso) > 1:
            accent = self.palette().color(QPalette.ColorRole.Highlight)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(accent, 2))
            painter.setBrush(_faint(accent, 0.15))
            painter.drawPolygon(QPolygonF(self._lasso))
        if self.hasFocus():
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _painted_dots(self) -> QImage:
        if self._dots is None:
            size = (self.width(), self.height())
            self._dots = self.points.density(self.camera, *size, self.palette().color(QPalette.ColorRole.Text))
            if len(self.selected):
                accent = self.palette().color(QPalette.ColorRole.Highlight)
                painter = QPainter(self._dots)
                painter.drawImage(0, 0, self.points.density(self.camera, *size, accent, self.selected))
                painter.end()
        return self._dots

    def _paint_thumbs(self, painter: QPainter, made: LatentMap) -> None:
        rows = self._standing
        at = self.camera.to_screen(made.places[rows], self.width(), self.height())
        chosen = self._chosen[rows]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 3))
        for (x, y), number, is_chosen in zip(at.tolist(), made.ids[rows].tolist(), chosen.tolist(), strict=True):
            pixmap = self._pixmap_of(number)
            if pixmap is not None:
                size = pixmap.deviceIndependentSize()
                corner = QPointF(round(x - size.width() / 2), round(y - size.height() / 2))
                painter.drawPixmap(corner, pixmap)  # as large as it was made: scaling took most of a frame
                if is_chosen:
                    painter.drawRect(QRectF(corner, size))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look(self.camera) if event.oldSize().isValid() else self.fit()

    # -- mouse --------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        with_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.button() == Qt.MouseButton.LeftButton and not with_ctrl:
            self._lasso = [event.position()]
        elif event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton):
            self._grabbed = event.position().toPoint()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._lasso:
            self._lasso.append(event.position())
            self.update()
        elif self._grabbed is not None:
            by = event.position().toPoint() - self._grabbed
            self._grabbed = event.position().toPoint()
            self._look(self.camera.moved(by.x(), by.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grabbed = None
        if self._lasso:
            shape, self._lasso = QPolygonF(self._lasso), []
            self.select(self.points.inside(shape, self.camera, self.width(), self.height()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        self._look(self.camera.zoomed(_FACTOR**steps, event.position(), self.width(), self.height()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, middle = Qt.Key(event.key()), QPointF(self.width() / 2, self.height() / 2)
        moves = {Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        zooms = {Qt.Key.Key_Plus: _FACTOR, Qt.Key.Key_Equal: _FACTOR, Qt.Key.Key_Minus: 1 / _FACTOR}
        if key in moves:
            self._look(self.camera.moved(_STEP * moves[key][0], _STEP * moves[key][1]))
        elif key in zooms:
            self._look(self.camera.zoomed(zooms[key], middle, self.width(), self.height()))
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_A and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.select_seen()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


def _faint(colour: QColor, alpha: float) -> QColor:
    faint = QColor(colour)
    faint.setAlphaF(alpha)
    return faint
