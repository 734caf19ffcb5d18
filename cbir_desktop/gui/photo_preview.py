"""The current photo over the whole window: Space shows and hides it, arrows step through the grid."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.store.catalog import Photo

Preview = Callable[[Photo, int, float, Callable[[QImage], None], Callable[[Exception], None]], Handle]

_CLOSING = (Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MARGIN = 16


class PhotoPreview(QWidget):
    """A picture as large as it fits, never enlarged. The last one stays until the next one has come."""

    key_pressed = Signal(QKeyEvent)
    closed = Signal()

    def __init__(self, window: QWidget, preview: Preview) -> None:
        super().__init__(window)
        self._preview = preview
        self._window = window
        self._request: Handle | None = None
        self._image = QImage()
        self._words = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.hide()

    def show_photo(self, photo: Photo | None) -> None:
        """Cover the window with this photo; without one, close."""
        if self._request is not None:
            self._request.cancel()
        if photo is None:
            self.hide()
            return
        self.setGeometry(self._window.rect())
        self.setAccessibleName(display_name(photo.path))
        side = max(self.width(), self.height()) - 2 * _MARGIN
        self._request = self._preview(photo, side, self.devicePixelRatio(), self._on_image, self._on_failure)
        self.raise_()
        self.show()
        self.setFocus()

    def hideEvent(self, event: QEvent) -> None:
        self._image, self._words = QImage(), ""
        self.closed.emit()

    def event(self, event: QEvent) -> bool:
        # Else Escape would be the window's shortcut, which clears the query.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in _CLOSING:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.hide() if event.key() in _CLOSING else self.key_pressed.emit(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._words)
        room = self.rect().adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        size = self._image.deviceIndependentSize().toSize()
        if size.width() > room.width() or size.height() > room.height():
            size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self._image)

    def _on_image(self, image: QImage) -> None:
        self._image, self._words = image, ""
        self.update()

    def _on_failure(self, error: Exception) -> None:
        self._image = QImage()
        self._words = self.tr("No preview: {why}").format(why=clause(error))
        self.update()
