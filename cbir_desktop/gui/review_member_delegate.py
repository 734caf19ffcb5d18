"""Paints one member of a group: what becomes of it, the picture, its name, its facts, what it is, and why."""

from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cbir_desktop.gui import review_paint as paint
from cbir_desktop.gui import review_words, wording
from cbir_desktop.gui.photo_model import AnyIndex
from cbir_desktop.gui.review_facts import Fact
from cbir_desktop.gui.review_member_model import MemberRole
from cbir_desktop.library.choosing import Member, State

SIDE = 480
"""Long side of a member's picture as it is loaded, device-independent pixels."""
_MARGIN, _GAP = 8, 4
_FACT_LINES, _REASON_LINES = 3, 3
_SIGNS: dict[State, str] = {"kept": "✓", "marked": "✕", "open": "?"}
_BETTER = "✓"


class MemberDelegate(QStyledItemDelegate):
    """A frame in the colour of its state; the selected one is framed twice, so that its colour stays."""

    def __init__(self, pixmap: Callable[[Member], QPixmap | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pixmap = pixmap

    def words_height(self, metrics: QFontMetrics) -> int:
        """Of a cell without its picture, which takes what is left of it."""
        lines = 4 + _FACT_LINES + _REASON_LINES  # state, name, folder, relation
        return lines * (metrics.height() + 2) + 5 * _MARGIN + 3 * _GAP

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        member, pick = index.data(MemberRole.MEMBER), index.data(MemberRole.PICK)
        if member is None:
            return
        cell = option.rect.adjusted(4, 4, -4, -4)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_frame(painter, option, cell, pick.state)
        room, height = cell.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN), option.fontMetrics.height() + 2
        line = QRect(room.left(), room.top(), room.width(), height)
        self._paint_state(painter, option, line, pick.state)
        picture = option.rect.height() - self.words_height(option.fontMetrics)
        box = QRect(room.left(), line.bottom() + _GAP, room.width(), picture)
        self._paint_picture(painter, option, box, member)
        line.moveTop(box.bottom() + _MARGIN)
        faint = paint.faint(option.palette, 160)
        text = option.palette.text().color()
        self._paint_line(painter, option, line, index.data(), text, Qt.TextElideMode.ElideMiddle)
        folder = wording.folder(member.path.rpartition("/")[0] or "/")
        self._paint_line(painter, option, line, folder, faint, Qt.TextElideMode.ElideLeft)
        line.translate(0, _GAP)
        self._paint_facts(painter, option, line, index.data(MemberRole.FACTS))
        line.translate(0, _GAP)
        self._paint_line(painter, option, line, index.data(MemberRole.RELATION), text, Qt.TextElideMode.ElideRight)
        painter.setPen(faint)
        reason = QRect(line.left(), line.top(), line.width(), cell.bottom() - _GAP - line.top())
        flags = paint.LEADING & ~Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignTop
        words = pick.reason if pick.to else wording.sentence(pick.reason)  # the other begins with a file's name
        painter.drawText(reason, flags | Qt.TextFlag.TextWordWrap, words)
        painter.restore()

    def _paint_frame(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect, state: State) -> None:
        selected = option.state & QStyle.StateFlag.State_Selected
        if selected:
            painter.setPen(QPen(option.palette.color(option.palette.ColorRole.Highlight), 2))
            painter.drawRoundedRect(QRectF(cell).adjusted(-2, -2, 2, 2), paint.RADIUS + 2, paint.RADIUS + 2)
        colour = paint.colour_of(state, option.palette)
        painter.setPen(QPen(colour if state != "open" else paint.faint(option.palette, 50), 1))
        tint = paint.faint(option.palette, 8)
        if state != "open":
            tint = colour
            tint.setAlpha(22)
        painter.setBrush(tint)
        painter.drawRoundedRect(QRectF(cell).adjusted(0.5, 0.5, -0.5, -0.5), paint.RADIUS, paint.RADIUS)
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_state(self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, state: State) -> None:
        font = QFont(option.font)
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(paint.colour_of(state, option.palette))
        words = f"{_SIGNS[state]} {review_words.state(state)}"
        painter.drawText(line, paint.LEADING, words)
        painter.setFont(option.font)

    def _paint_picture(self, painter: QPainter, option: QStyleOptionViewItem, box: QRect, member: Member) -> None:
        pixmap = self._pixmap(member)
        if pixmap is not None:
            painter.drawPixmap(paint.filling(pixmap.deviceIndependentSize().toSize(), box), pixmap)
        else:
            size = QSize(member.width, member.height) if member.width else box.size()
            painter.fillRect(paint.filling(size, box), paint.faint(option.palette, 20))

    def _paint_line(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        line: QRect,
        words: str,
        colour: QColor,
        elide: Qt.TextElideMode,
    ) -> None:
        """Writes a line and goes on to the next."""
        painter.setPen(colour)
        painter.drawText(line, paint.LEADING, option.fontMetrics.elidedText(words, elide, line.width()))
        line.translate(0, line.height())

    def _paint_facts(self, painter: QPainter, option: QStyleOptionViewItem, line: QRect, facts: Sequence[Fact]) -> None:
        """Several in a line, as many as there is room for; the better ones bold, with a sign."""
        end = line.top() + _FACT_LINES * line.height()
        bold = QFont(option.font)
        bold.setBold(True)
        gap = option.fontMetrics.horizontalAdvance("   ")
        rows = self._rows(facts, QFontMetrics(bold), line.width(), gap)
        for row in list(rows)[:_FACT_LINES]:
            at = QRect(line)
            for fact, width in row:
                painter.setFont(bold if fact.better else option.font)
                painter.setPen(option.palette.text().color())
                painter.drawText(at, paint.LEADING, _told(fact))
                if option.direction == Qt.LayoutDirection.RightToLeft:
                    at.setRight(at.right() - width - gap)
                else:
                    at.setLeft(at.left() + width + gap)
            line.translate(0, line.height())
        painter.setFont(option.font)
        line.moveTop(end)

    def _rows(
        self, facts: Sequence[Fact], metrics: QFontMetrics, room: int, gap: int
    ) -> Iterator[list[tuple[Fact, int]]]:
        row: list[tuple[Fact, int]] = []
        used = 0
        for fact in facts:
            width = metrics.horizontalAdvance(_told(fact))
            if row and used + width > room:
                yield row
                row, used = [], 0
            row.append((fact, width))
            used += width + gap
        if row:
            yield row


def _told(fact: Fact) -> str:
    return f"{fact.words} {_BETTER}" if fact.better else fact.words
