"""Paints one photo of the grid: thumbnail, score, caption. Colours come from the palette."""

from PySide6.QtCore import QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cbir_desktop.gui import photo_state, wording
from cbir_desktop.gui.match_outline import Outline
from cbir_desktop.gui.photo_model import AnyIndex, Role
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.store.catalog import Photo

MARGIN = 8
RADIUS = 6


class PhotoDelegate(QStyledItemDelegate):
    """A cell is a square for the picture and one line of text below it; its width is the view's."""

    def __init__(self, loader: ThumbLoader, side: int, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self.side = side

    def cell_height(self, metrics: QFontMetrics) -> int:
        return self.side + metrics.height() + 3 * MARGIN

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        cell = option.rect.adjusted(MARGIN // 2, MARGIN // 2, -MARGIN // 2, -MARGIN // 2)
        box = QRect(0, cell.top() + MARGIN // 2, self.side, self.side)
        box.moveLeft(cell.center().x() - self.side // 2)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_ground(painter, option, cell)
        shape = self._paint_picture(painter, option.palette, box, index)
        photo = index.data(Role.PHOTO)
        state = "" if photo is None else photo_state.badge(photo)
        outline = index.data(Role.OUTLINE)
        if outline is not None and photo is not None and photo.width:
            _paint_outline(painter, shape, outline * (shape.width() / photo.width), option.palette)
        if words := ", ".join(filter(None, (state, index.data(Role.BADGE)))):
            self._paint_badge(painter, option, shape, box, words)
        line = QRect(box.left(), box.bottom() + MARGIN // 2, box.width(), cell.bottom() - box.bottom() - MARGIN // 2)
        self._paint_caption(painter, option, line, index)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect) -> None:
        state, palette = option.state, option.palette
        shape = QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(palette.brush(_group(option), QPalette.ColorRole.Highlight))
            painter.drawRoundedRect(shape, RADIUS, RADIUS)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(_faint(palette, 24))
            painter.drawRoundedRect(shape, RADIUS, RADIUS)
        if state & QStyle.StateFlag.State_HasFocus and not state & QStyle.StateFlag.State_Selected:
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Highlight), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(shape, RADIUS, RADIUS)

    def _paint_picture(self, painter: QPainter, palette: QPalette, box: QRect, index: AnyIndex) -> QRect:
        """Gives the place that the picture takes."""
        number = index.data(Role.CONTENT)
        pixmap = None if number is None else self._loader.pixmap(number)
        if pixmap is not None:
            place = _centred(pixmap.size(), box)
            painter.drawPixmap(place, pixmap)
            return place
        shape, colour = _placeholder(index.data(Role.PHOTO), box)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour or _faint(palette, 20))
        painter.drawRect(shape)
        if number is not None and self._loader.has_failed(number):
            painter.setPen(_faint(palette, 160))
            words = self.tr("Cannot be shown now")
            painter.drawText(box.adjusted(8, 8, -8, -8), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, words)
        return shape

    def _paint_badge(
        self, painter: QPainter, option: QStyleOptionViewItem, shape: QRect, box: QRect, words: str
    ) -> None:
        """Says what is not as usual, and what the photo is to the query: in the corner where lines of text begin, no
        wider than the cell."""
        words = option.fontMetrics.elidedText(words, Qt.TextElideMode.ElideRight, box.width() - MARGIN)
        size = option.fontMetrics.size(0, words) + QSize(MARGIN, 2)
        badge = QRect(shape.topLeft(), size)
        if option.direction == Qt.LayoutDirection.RightToLeft:
            badge.moveRight(shape.right())
        badge.moveLeft(min(max(badge.left(), box.left()), box.right() + 1 - badge.width()))
        ground = QColor(option.palette.color(QPalette.ColorRole.Base))
        ground.setAlpha(200)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(badge, RADIUS // 2, RADIUS // 2)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_caption(self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, index: AnyIndex) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        strong = option.palette.color(_group(option), role)
        metrics = option.fontMetrics
        name = index.data(Qt.ItemDataRole.DisplayRole) or ""
        score = index.data(Role.SCORE)
        if score is None:
            painter.setPen(strong)
            elided = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, line.width())
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, elided)
            return
        number = wording.decimal(score, 2)
        painter.setPen(strong)
        painter.drawText(line, _leading(option), number)
        taken = metrics.horizontalAdvance(number) + MARGIN
        weak = QColor(strong)
        weak.setAlpha(255 if selected else 150)
        painter.setPen(weak)
        elided = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, line.width() - taken)
        reversed_ = option.direction == Qt.LayoutDirection.RightToLeft
        rest = line.adjusted(0, 0, -taken, 0) if reversed_ else line.adjusted(taken, 0, 0, 0)
        far = Qt.AlignmentFlag.AlignLeft if reversed_ else Qt.AlignmentFlag.AlignRight
        painter.drawText(rest, far | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute, elided)


def _paint_outline(painter: QPainter, shape: QRect, points: Outline, palette: QPalette) -> None:
    """Where what was asked for lies, on a dark line that stands off any picture."""
    box = QPolygonF([QPointF(shape.left() + x, shape.top() + y) for x, y in points.tolist()])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setClipRect(shape)
    for colour, width in ((QColor(0, 0, 0, 160), 4), (palette.color(QPalette.ColorRole.Highlight), 2)):
        painter.setPen(QPen(colour, width))
        painter.drawPolygon(box)
    painter.setClipping(False)


def _leading(option: QStyleOptionViewItem) -> Qt.AlignmentFlag:
    right_to_left = option.direction == Qt.LayoutDirection.RightToLeft
    side = Qt.AlignmentFlag.AlignRight if right_to_left else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute  # or the painter turns it round again


def _group(option: QStyleOptionViewItem) -> QPalette.ColorGroup:
    active = option.state & QStyle.StateFlag.State_Active
    return QPalette.ColorGroup.Active if active else QPalette.ColorGroup.Inactive


def _faint(palette: QPalette, alpha: int) -> QColor:
    """The text colour made faint: it stands off the ground in light and in dark."""
    colour = QColor(palette.color(QPalette.ColorRole.Text))
    colour.setAlpha(alpha)
    return colour


def _placeholder(photo: Photo | None, box: QRect) -> tuple[QRect, QColor | None]:
    """The shape that the picture will have and its average colour, as far as they are known: nothing flashes."""
    if photo is None or not photo.width:  # a provisional one whose head does not say
        return box, None
    shape = _centred(QSize(photo.width, photo.height), box)
    return shape, None if photo.average_rgb is None else QColor.fromRgb(photo.average_rgb)


def _centred(size: QSize, box: QRect) -> QRect:
    # A pixel of the picture may take a whole device-independent one: the stored 256 pixels fill the box at ratio 2 too.
    if size.width() > box.width() or size.height() > box.height():
        size.scale(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(box.center())
    place.moveBottom(box.bottom())  # the row stands on its captions
    return place
