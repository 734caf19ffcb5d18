"""A plot of the laboratory's table in the palette's colours: a point a method, by mouse and by keyboard."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from cbir_desktop.evaluation.lab.plots import Plot, Point, named

_RADIUS, _NEAR = 5.0, 12.0


class LabPlot(QWidget):
    """Choosing a point is a wish: ``chosen`` gives the row of the table."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setMinimumSize(320, 200)
        self.plot: Plot | None = None
        self.current = -1

    def set_plot(self, plot: Plot) -> None:
        self.plot = plot
        self.setAccessibleName(f"{plot.y.heading} / {plot.x.heading}")
        self._tell()
        self.update()

    def set_current(self, outcome: int) -> None:
        """The row that is chosen in the table."""
        self.current = outcome
        self._tell()
        self.update()

    def _tell(self) -> None:
        point = self._point(self.current)
        self.setAccessibleDescription("" if point is None else self._words(point))

    def _words(self, point: Point) -> str:
        return self.tr("{name}, nothing beats it in both").format(name=point.label) if point.best else point.label

    def _point(self, outcome: int) -> Point | None:
        points = self.plot.points if self.plot is not None else ()
        return next((point for point in points if point.outcome == outcome), None)

    def _area(self) -> QRectF:
        sign = self.fontMetrics()
        left, below = 5 * sign.averageCharWidth() + 24, 2 * sign.height() + 24
        return QRectF(left, 16 + sign.height(), self.width() - left - 24, self.height() - below - 16 - sign.height())

    def _place(self, x: float, y: float) -> QPointF:
        area = self._area()
        return QPointF(area.left() + x * area.width(), area.bottom() - y * area.height())

    # -- painting -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.plot is not None and self.plot.points:
            self._paint_axes(painter, self.plot)
            self._paint_points(painter, self.plot)
        else:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Nothing was measured yet"))
        painter.end()

    def _paint_axes(self, painter: QPainter, plot: Plot) -> None:
        faint = QColor(self.palette().color(QPalette.ColorRole.Text))
        faint.setAlphaF(0.15)
        area, high = self._area(), self.fontMetrics().height()
        middle, right = Qt.AlignmentFlag.AlignCenter, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        text = self.palette().color(QPalette.ColorRole.Text)
        for at, words in plot.x_ticks:
            x = self._place(at, 0).x()
            painter.setPen(faint)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(text)
            painter.drawText(QRectF(x - 60, area.bottom() + 4, 120, high), middle, words)
        for at, words in plot.y_ticks:
            y = self._place(0, at).y()
            painter.setPen(faint)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(text)
            painter.drawText(QRectF(0, y - high / 2, area.left() - 8, high), right, words)
        painter.drawText(QRectF(8, 4, self.width() - 16, high), Qt.AlignmentFlag.AlignLeft, plot.y.heading)
        painter.drawText(QRectF(area.left(), area.bottom() + high + 8, area.width(), high), middle, plot.x.heading)

    def _paint_points(self, painter: QPainter, plot: Plot) -> None:
        palette = self.palette()
        plain, best = palette.color(QPalette.ColorRole.PlaceholderText), palette.color(QPalette.ColorRole.Highlight)
        for point in sorted(plot.points, key=lambda point: point.best):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(best if point.best else plain)
            painter.drawEllipse(self._place(point.x, point.y), _RADIUS, _RADIUS)
        chosen = self._point(self.current)
        labelled = {point.outcome: point for point in named(plot)}
        if chosen is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(palette.color(QPalette.ColorRole.Text), 2))
            painter.drawEllipse(self._place(chosen.x, chosen.y), _RADIUS + 4, _RADIUS + 4)
            near = (point for point in labelled.values() if abs(point.y - chosen.y) < 0.05)
            labelled = {outcome: point for outcome, point in labelled.items() if point not in set(near)} | {
                chosen.outcome: chosen
            }
        for point in labelled.values():
            self._paint_label(painter, point)

    def _paint_label(self, painter: QPainter, point: Point) -> None:
        at, metrics = self._place(point.x, point.y), self.fontMetrics()
        wide = metrics.horizontalAdvance(point.label)
        x = at.x() + 12 if at.x() + 12 + wide <= self.width() else max(4.0, at.x() - 12 - wide)
        behind = QColor(self.palette().color(QPalette.ColorRole.Base))
        behind.setAlphaF(0.75)  # points under a name would be read as a part of it
        painter.fillRect(QRectF(x - 2, at.y() - metrics.height() / 2, wide + 4, metrics.height()), behind)
        painter.setPen(self.palette().color(QPalette.ColorRole.Text))
        painter.drawText(QPointF(x, at.y() + metrics.ascent() / 2 - 1), point.label)

    # -- choosing -----------------------------------------------------------------------------------------------

    def point_at(self, place: QPointF) -> Point | None:
        """The nearest one, where one is near."""
        points = self.plot.points if self.plot is not None else ()

        def away(point: Point) -> float:
            gap = self._place(point.x, point.y) - place
            return QPointF.dotProduct(gap, gap)

        nearest = min(points, key=away, default=None)
        return nearest if nearest is not None and away(nearest) <= _NEAR**2 else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = self.point_at(event.position())
        if point is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(point.outcome)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from point to point."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self.plot is None or not self.plot.points:
            super().keyPressEvent(event)
            return
        order = [point.outcome for point in sorted(self.plot.points, key=lambda point: (point.x, point.y))]
        here = order.index(self.current) if self.current in order else (-1 if step > 0 else len(order))
        self.chosen.emit(order[max(0, min(len(order) - 1, here + step))])

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            point = self.point_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), "" if point is None else self._words(point), self)
            return True
        return super().event(event)
