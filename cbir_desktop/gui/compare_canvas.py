"""Two pictures on one canvas, in the way that the mode says; both follow one camera."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView, QWidget

from cbir_desktop.core.region import Region
from cbir_desktop.core.verification import Verification
from cbir_desktop.gui import compare_items as items
from cbir_desktop.gui.compare_camera import MOST_FITTED, Camera, Matrix, Pair, corners, fit_both, fit_one, through
from cbir_desktop.gui.compare_objects import ObjectOutlines
from cbir_desktop.gui.compare_pictures import DIFFERENT, LaidOver, Loaded
from cbir_desktop.gui.match_outline import outline
from cbir_desktop.matchers.objects import FoundObject

GAP = 8
"""Between the panes, and from the edge to what is written, device-independent pixels."""
_STEP, _ZOOM_STEP = 0.1, 1.25
_ROOM = 0.5  # of a pane, that an object takes which is looked at
_GRIP = 8  # how near the divider the hand takes it
_BOUNDED = 640  # long side of B in whose pixels residuals are given, unless B is smaller
_INFERNO = ("#000004", "#420a68", "#932667", "#dd513a", "#fca50a", "#fcffa4")


class Mode(StrEnum):
    SIDE_BY_SIDE = "side-by-side"
    SWIPE = "swipe"
    FLICKER = "flicker"
    DIFFERENCE = "difference"
    OVERLAY = "overlay"
    MATCHES = "matches"

    @property
    def two_panes(self) -> bool:
        return self in (Mode.SIDE_BY_SIDE, Mode.MATCHES)


class CompareCanvas(QGraphicsView):
    """Shows what it is given; the scene's pixels are the viewport's, so that nothing is rounded by scrolling."""

    flicked = Signal()
    level_dragged = Signal(float)
    camera_moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setScene(QGraphicsScene(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(False)  # the page takes what is dropped
        self.viewport().setMouseTracking(True)
        self._pane_a, self._pane_b = items.Pane(), items.Pane()
        self._a, self._b = items.PictureItem(self._pane_a), items.PictureItem(self._pane_b)
        self._cut = items.Pane()  # what is left of the divider is not covered by B
        self._cut.setParentItem(self._pane_a)
        self._over, self._difference = items.PictureItem(self._cut), items.PictureItem(self._pane_a)
        self._outlines = items.OutlineItem(self._pane_a), items.OutlineItem(self._pane_b)
        self.objects = ObjectOutlines(self._pane_a), ObjectOutlines(self._pane_b)
        self.lines, self._ghost = items.MatchLines(), items.GhostItem()
        for item in (self._pane_a, self._pane_b, self.lines, self._ghost):
            self.scene().addItem(item)
        self._pictures: list[Loaded | None] = [None, None]
        self.words = ["", ""]
        self.pair: Pair | None = None
        self.part: Region | None = None
        self.mode = Mode.SIDE_BY_SIDE
        self.levels = {Mode.SWIPE: 0.5, Mode.OVERLAY: 0.5, Mode.MATCHES: 1.0}
        self.shows_b = False
        self.camera, self.fitted = Camera(), True
        self._is_laid_over = False
        self._hand: QPointF | None = None
        self._drags_divider = False
        self.clear()

    # -- what is shown ------------------------------------------------------------------------------------------

    def clear(self, part: Region | None = None) -> None:
        """No pictures, no words. ``part``: of A, if only that will be compared."""
        self.part = part
        self._pictures, self.words, self.pair = [None, None], ["", ""], None
        for item in (self._a, self._b, self._over, self._difference):
            item.set_shown(None)
        self._set_matches(None)
        self.set_objects([])
        self._is_laid_over = False
        self.camera, self.fitted, self.shows_b = Camera(turned=self.camera.turned), True, False
        self.lay_out()

    def set_picture(self, place: int, loaded: Loaded | None, words: str = "") -> None:
        """The picture A (0) or B (1); without it, words say what is the matter."""
        self._pictures[place], self.words[place] = loaded, words
        (self._a, self._b)[place].set_shown(None if loaded is None else loaded.shown)
        self.tie(None)

    def tie(self, verdict: Verification | None) -> None:
        """Tie the pictures by what was found out, or by relative position."""
        a, b = self._pictures
        self.pair = None
        if a is not None and b is not None:
            homography = None if verdict is None else verdict.matches.homography
            self.pair = Pair.of(a.shown.full_size, b.shown.full_size, homography)
        self._set_matches(verdict if self.pair is not None else None)
        self.set_laid_over(None)
        self.fitted = True
        self.lay_out()

    def set_objects(self, objects: Sequence[FoundObject], chosen: int | None = None) -> None:
        """What both pictures show, each with outlines of its own; the ``chosen`` one stands out."""
        outlines = [found.outline_a for found in objects], [found.outline_b for found in objects]
        for item, one in zip(self.objects, outlines, strict=True):
            item.set_outlines(one)
            item.chosen = chosen
        self.lay_out()

    def look_at(self, outline: Matrix) -> None:
        """Bring what lies within an outline, (k, 2) pixels of A, into the middle, with room about it."""
        low, high = outline.min(axis=0), outline.max(axis=0)
        pane = self._panes()[0]
        zoom = _ROOM * min(pane.width() / max(1.0, high[0] - low[0]), pane.height() / max(1.0, high[1] - low[1]))
        x, y = ((low + high) / 2).tolist()
        self._look(Camera(max(min(zoom, MOST_FITTED), 1e-6), x, y, self.camera.turned))

    def set_laid_over(self, laid: LaidOver | None) -> None:
        self._is_laid_over = laid is not None
        self._over.set_shown(None if laid is None else laid.over)
        self._difference.set_shown(None if laid is None else laid.difference)
        self.lay_out()

    def set_mode(self, mode: Mode) -> None:
        self.mode, self.shows_b = mode, mode is Mode.FLICKER and self.shows_b
        self.lay_out()

    def set_level(self, level: float) -> None:
        """0 to 1: where the divider is, how much B covers A, or how many of the lines are drawn."""
        self.levels[self.mode] = min(1.0, max(0.0, level))
        self.lay_out()

    def flick(self) -> None:
        """From A to B and back."""
        self.shows_b = not self.shows_b
        self.lay_out()

    def set_turned(self, turned: bool) -> None:
        """Draw B the way A lies."""
        self.camera = Camera(self.camera.zoom, self.camera.x, self.camera.y, turned)
        self.lay_out()

    def fit(self) -> None:
        self.fitted = True
        self.lay_out()

    def zoom_by(self, factor: float, about: QPointF | None = None) -> None:
        pane = self._panes()[0]
        self._look(self.camera.zoomed(factor, pane.center() if about is None else about, pane))

    def zoom_to(self, zoom: float) -> None:
        """So many device-independent pixels for one of A."""
        self.zoom_by(zoom / self.camera.zoom)

    def _set_matches(self, verdict: Verification | None) -> None:
        keep = np.zeros(0, np.intp) if verdict is None else np.flatnonzero(verdict.matches.inlier)
        matches = None if verdict is None else verdict.matches
        empty = np.empty((0, 2), np.float32)
        if verdict is None or matches is None:
            self.lines.set_matches(empty, empty, np.empty(0, np.float32))
        else:
            grown = 1.0 if self.pair is None else max(1.0, max(self.pair.size_b) / _BOUNDED)
            self.lines.set_matches(matches.xy_a[keep], matches.xy_b[keep], verdict.residuals[keep] * grown)
        tied = self.pair is not None and matches is not None and matches.homography is not None
        in_a = in_b = None
        if self.part is not None:
            in_a = self.part.corners
            in_b = None if verdict is None else outline(verdict, self.part)
        elif tied and self.pair is not None:
            in_b = through(self.pair.a_to_b, corners(self.pair.size_a))
            in_a = through(np.linalg.inv(self.pair.a_to_b), corners(self.pair.size_b))
        self._outlines[0].set_corners(in_a)
        self._outlines[1].set_corners(in_b)

    # -- where it is --------------------------------------------------------------------------------------------

    def _panes(self) -> tuple[QRectF, QRectF]:
        room = QRectF(self.viewport().rect())
        if not self.mode.two_panes:
            return room, room
        width = (room.width() - GAP) / 2
        left, right = QRectF(0, 0, width, room.height()), QRectF(width + GAP, 0, width, room.height())
        return (right, left) if self.isRightToLeft() else (left, right)

    def views(self) -> tuple[Matrix, Matrix]:
        """The maps from the full-size pixels of A and of B to the viewport."""
        pane_a, pane_b = self._panes()
        if self.pair is None:
            known = next((loaded for loaded in self._pictures if loaded is not None), None)
            inner = pane_a.adjusted(GAP, GAP, -GAP, -GAP)
            camera = Camera() if known is None else fit_one(known.shown.full_size, inner)
            return camera.view_of_a(pane_a), camera.view_of_a(pane_b)
        view_a = self.camera.view_of_a(pane_a)
        return view_a, self.camera.view_of_b(self.pair, pane_b)

    def lay_out(self) -> None:
        """Put everything into its place; cheap, for nothing is scaled but by painting."""
        panes, room = self._panes(), QRectF(self.viewport().rect())
        self.scene().setSceneRect(room)
        if self.pair is not None and self.fitted:
            turned, sizes = self.camera.turned, self.pair
            inner = panes[0].adjusted(GAP, GAP, -GAP, -GAP)
            camera = fit_both(sizes, inner, turned) if self.mode.two_panes else fit_one(sizes.size_a, inner)
            self.camera = Camera(camera.zoom, camera.x, camera.y, turned)
        views = self.views()
        self._pane_a.setRect(panes[0])
        self._pane_b.setRect(panes[1])
        shown = zip((self._a, self._b), self._outlines, self.objects, views, strict=True)
        for picture, edges, objects, view in shown:
            for item in (picture, edges, objects):
                item.look_through(view)
        for item in (self._over, self._difference):
            item.look_through(views[0])
        level = self.levels.get(self.mode, 1.0)
        self._cut.setRect(room.adjusted(room.width() * level if self.mode is Mode.SWIPE else 0, 0, 0, 0))
        self.lines.drawn = max(1, round(level * len(self.lines)))
        self.lines.lay_out(views, panes, room)
        self._show_parts(level)
        self.viewport().update()
        self.camera_moved.emit()

    def _show_parts(self, level: float) -> None:
        mode, alone = self.mode, self.pair is None
        covers = self._is_laid_over and (mode is Mode.DIFFERENCE or (mode is Mode.FLICKER and self.shows_b))
        self._pane_b.setVisible(mode.two_panes)
        self._over.setVisible(mode in (Mode.SWIPE, Mode.OVERLAY) or (mode is Mode.FLICKER and self.shows_b))
        self._over.setOpacity(level if mode is Mode.OVERLAY else 1.0)
        self._a.setVisible(not covers)
        self._difference.setVisible(mode is Mode.DIFFERENCE)
        self.lines.setVisible(mode is Mode.MATCHES and not alone)
        several = bool(self.objects[0].drawn)
        for edges in self._outlines:
            edges.setVisible((mode in (Mode.MATCHES, Mode.OVERLAY) and not several) or self.part is not None)
        for objects in self.objects:
            objects.setVisible(several and not alone and (mode.two_panes or mode is Mode.OVERLAY))
        self._ghost.setVisible(False)

    def _look(self, camera: Camera) -> None:
        self.camera, self.fitted = camera, False
        self.lay_out()

    # -- painting -----------------------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        painter.fillRect(rect, self.palette().color(QPalette.ColorRole.Window).darker(104))
        for pane in self._panes():
            painter.fillRect(pane, self.palette().color(QPalette.ColorRole.Base))

    def drawForeground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        panes, palette, inset = self._panes(), self.palette(), QPointF(GAP, GAP)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        for pane, words, known in zip(panes, self.words, self._pictures, strict=True):
            if known is None and words:
                room = pane.adjusted(3 * GAP, 3 * GAP, -3 * GAP, -3 * GAP)
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
        if self.pair is None:
            return
        if self.mode.two_panes:
            items.paint_tag(painter, panes[0].topLeft() + inset, "A", palette)
            items.paint_tag(painter, panes[1].topLeft() + inset, "B", palette)
        elif self.mode is Mode.FLICKER:
            items.paint_tag(painter, panes[0].topLeft() + inset, "B" if self.shows_b else "A", palette)
        elif self.mode is Mode.SWIPE:
            self._paint_divider(painter, panes[0])
        self._paint_key(painter, panes[0])

    def _paint_divider(self, painter: QPainter, pane: QRectF) -> None:
        x = self._cut.rect().left()
        for pen in (QPen(QColor(0, 0, 0, 130), 3), QPen(QColor("white"), 1)):
            painter.setPen(pen)
            painter.drawLine(QPointF(x, pane.top()), QPointF(x, pane.bottom()))
        items.paint_tag(painter, QPointF(x - 28 - GAP, GAP), "A", self.palette())
        items.paint_tag(painter, QPointF(x + GAP, GAP), "B", self.palette())

    def _paint_key(self, painter: QPainter, pane: QRectF) -> None:
        box = QRectF(pane.left() + GAP, pane.bottom() - GAP - 24, 220, 24)
        if self.mode is Mode.DIFFERENCE:
            words = self.tr("alike"), self.tr("{n} of 255 apart").format(n=DIFFERENT)
            items.paint_scale(painter, box, [QColor(name) for name in _INFERNO], words)
        elif self.mode is Mode.MATCHES and self.lines.worst:
            words = self.tr("exact"), self.tr("{n:.1f} px off").format(n=self.lines.worst)
            items.paint_scale(painter, box, (items.mixed(0), items.mixed(1)), words)

    # -- the user -----------------------------------------------------------------------------------------------

    def _spot_of_a(self, place: QPointF) -> QPointF | None:
        """Where on the screen A shows what lies under ``place``; None where that is nowhere."""
        pane_a, pane_b = self._panes()
        if not self.mode.two_panes or pane_a.contains(place) or self.pair is None:
            return place
        view_a, view_b = self.views()
        if not pane_b.contains(place):
            return None
        return _mapped(view_a @ np.linalg.inv(self.pair.a_to_b) @ np.linalg.inv(view_b), place)

    def twin(self, place: QPointF) -> QPointF | None:
        """The same spot in the other pane; None where there is none, or it is not in sight."""
        pane_a, pane_b = self._panes()
        if self.pair is None or not self.mode.two_panes:
            return None
        if pane_b.contains(place):
            found = self._spot_of_a(place)
            return found if found is not None and pane_a.contains(found) else None
        view_a, view_b = self.views()
        found = _mapped(view_b @ self.pair.a_to_b @ np.linalg.inv(view_a), place)
        return found if found is not None and pane_b.contains(found) else None

    def wheelEvent(self, event: QWheelEvent) -> None:
        about = self._spot_of_a(event.position())
        if self.pair is not None and about is not None and event.angleDelta().y():
            self.zoom_by(_ZOOM_STEP ** (event.angleDelta().y() / 120), about)
            self._follow(event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.pair is not None:
            self._hand = event.position()
            self._drags_divider = self._on_divider(self._hand)
        self.setFocus()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, hand = event.position(), self._hand
        if hand is None:
            self._follow(place)
        elif self._drags_divider:
            self.level_dragged.emit(place.x() / max(1, self.viewport().width()))
        elif self.pair is not None:
            self._hand = place
            in_b = self.mode.two_panes and self._panes()[1].contains(hand)
            by = place - hand
            self._look(self.camera.panned_by_b(self.pair, by) if in_b else self.camera.panned(by))
            self._follow(place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._hand, self._drags_divider = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """All of it, or each pixel, there."""
        about = self._spot_of_a(event.position())
        if self.pair is not None and about is not None:
            self.zoom_by(1 / self.camera.zoom, about) if self.fitted else self.fit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._ghost.setVisible(False)

    def _on_divider(self, place: QPointF) -> bool:
        return self.mode is Mode.SWIPE and abs(place.x() - self._cut.rect().left()) < _GRIP

    def _follow(self, place: QPointF) -> None:
        """The other picture's cursor goes where the same spot is."""
        shape = Qt.CursorShape.SplitHCursor if self._on_divider(place) else Qt.CursorShape.CrossCursor
        self.viewport().setCursor(shape)
        found = self.twin(place)
        self._ghost.setVisible(found is not None)
        if found is not None:
            self._ghost.setPos(found)

    def focusNextPrevChild(self, forward: bool) -> bool:
        return False  # Tab flicks; F6 leaves

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, room = event.key(), self.viewport().size()
        steps: dict[int, QPointF] = {
            Qt.Key.Key_Left: QPointF(room.width() * _STEP, 0),
            Qt.Key.Key_Right: QPointF(-room.width() * _STEP, 0),
            Qt.Key.Key_Up: QPointF(0, room.height() * _STEP),
            Qt.Key.Key_Down: QPointF(0, -room.height() * _STEP),
        }
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self.flicked.emit()
        elif key in steps and self.pair is not None:
            self._look(self.camera.panned(steps[key]))
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.lay_out()


def _mapped(matrix: Matrix, place: QPointF) -> QPointF | None:
    found = through(matrix, [place.x(), place.y()])
    return None if found is None else QPointF(*found[0].tolist())
