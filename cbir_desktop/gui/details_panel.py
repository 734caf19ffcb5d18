"""The panel on the right: the current photo and its facts."""

import os
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from cbir_desktop.gui import photo_state, wording
from cbir_desktop.gui.error_words import clause
from cbir_desktop.gui.photo_model import display_name, printable
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.store.catalog import Photo

PREVIEW = 240
"""Side of the preview, device-independent pixels."""

Preview = Callable[[Photo, int, float, Callable[[QImage], None], Callable[[Exception], None]], Handle]


class DetailsPanel(QFrame):
    """Shows a photo: its thumbnail at once, a sharp preview when the worker has it."""

    def __init__(self, preview: Preview, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._preview = preview
        self._request: Handle | None = None
        self._shown: tuple[str, bool, str] | None = None
        self.setAccessibleName(self.tr("Details"))
        self.picture = QLabel(self, alignment=Qt.AlignmentFlag.AlignCenter)
        self.picture.setFixedHeight(PREVIEW)
        self.picture.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.picture.setAccessibleName(self.tr("Preview"))
        self.name = self._line()
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self.none = self._line()
        self.none.setText(self.tr("Choose a photo to see its details"))
        self.none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.none.setForegroundRole(self.none.palette().ColorRole.PlaceholderText)
        self.facts = QWidget(self)
        self._values = self._facts_grid()
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        for widget in (self.picture, self.name, self.facts, self.none):
            column.addWidget(widget)
        column.addStretch(1)
        self.set_relation("")
        self.set_photo(None)

    def set_photo(self, photo: Photo | None, thumb: QPixmap | None = None) -> None:
        """``thumb`` stands in until the preview has come."""
        shown = None if photo is None else (photo.path, photo.provisional, photo.state)
        if shown == self._shown and photo is not None:
            return
        self._shown = shown
        if self._request is not None:
            self._request.cancel()
        for widget in (self.picture, self.name, self.facts):
            widget.setVisible(photo is not None)
        self.none.setVisible(photo is None)
        self.picture.clear()
        if photo is None:
            return
        if thumb is not None:
            self._show(thumb)
        ratio = self.devicePixelRatio()
        self._request = self._preview(photo, PREVIEW, ratio, self._on_preview, self._on_no_preview)
        self._write(photo)

    def set_relation(self, words: str) -> None:
        """What the photo is to the query, where that is proved."""
        self._tell("relation", words)

    def add_action_button(self, action: QAction) -> QToolButton:
        """A button below the facts, there as long as its action can be done."""
        button = QToolButton(self)
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        action.enabledChanged.connect(button.setVisible)
        button.setVisible(action.isEnabled())
        self._column.insertWidget(self._column.indexOf(self.none), button)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self.picture.pixmap().isNull():
            self._show(self.picture.pixmap())

    def _write(self, photo: Photo) -> None:
        self.name.setText(_breakable(display_name(photo.path)))
        folder = os.path.dirname(photo.path)
        also = "\n".join(printable(path) for path in photo.also)
        pixels = f"{wording.number(photo.width)} × {wording.number(photo.height)}"  # noqa: RUF001 - the sign for it
        texts = {
            "folder": _breakable(wording.folder(folder)),
            "pixels": pixels if photo.width else "",
            "size": ", ".join(part for part in (wording.size(photo.size_bytes), photo.format) if part),
            "date": wording.date(photo.mtime_ns),
            "also": _breakable(also),
            "state": wording.sentence(photo_state.in_words(photo)),
        }
        for key, text in texts.items():
            self._tell(key, text)

    def _tell(self, key: str, text: str) -> None:
        title, value = self._values[key]
        value.setText(text)
        for label in (title, value):
            label.setVisible(bool(text))

    def _on_preview(self, image: QImage) -> None:
        self._show(QPixmap.fromImage(image))

    def _on_no_preview(self, error: Exception) -> None:
        if self.picture.pixmap().isNull():
            self.picture.setText(self.tr("No preview: {why}").format(why=clause(error)))

    def _show(self, pixmap: QPixmap) -> None:
        room = QSize(max(64, self.width() - 32), PREVIEW)
        # A small picture is as large as on a screen of ratio 1, and as in the grid.
        ratio = min(self.devicePixelRatio(), max(1.0, max(pixmap.width(), pixmap.height()) / PREVIEW))
        pixmap = QPixmap(pixmap)
        pixmap.setDevicePixelRatio(ratio)
        if pixmap.width() > room.width() or pixmap.height() > room.height():
            keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            pixmap = pixmap.scaled(room * ratio, keep, smooth)
            pixmap.setDevicePixelRatio(ratio)
        self.picture.setPixmap(pixmap)

    def _facts_grid(self) -> dict[str, tuple[QLabel, QLabel]]:
        grid = QGridLayout(self.facts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        titles = {
            "state": self.tr("State"),
            "folder": self.tr("Folder"),
            "pixels": self.tr("Pixels"),
            "size": self.tr("Size"),
            "date": self.tr("Changed"),
            "also": self.tr("Also at"),
            "relation": self.tr("To the query"),
        }
        made = {}
        for row, (key, words) in enumerate(titles.items()):
            title, value = QLabel(words, self.facts), self._line()
            title.setForegroundRole(title.palette().ColorRole.PlaceholderText)
            grid.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
            made[key] = (title, value)
        return made

    def _line(self) -> QLabel:
        label = QLabel(self, wordWrap=True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label


def _breakable(text: str) -> str:
    """Zero-width spaces where a path or a long name may be broken."""
    for sign in "/\\_-.":
        text = text.replace(sign, sign + "\u200b")
    return text
