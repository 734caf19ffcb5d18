"""Our line icons (resources/icons, drawn for this program, MIT), in the palette's text colour."""

from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from cbir_desktop.core.resources import data_folder

_SIZES = (16, 24, 32, 48, 64)
_MIRRORED = {"back": "forward", "forward": "back"}
_NAME, _SIDE = "icon_name", "icon_side"


def icon(name: str, role: QPalette.ColorRole = QPalette.ColorRole.WindowText) -> QIcon:
    """An icon in the application's palette, with its disabled and selected forms."""
    palette, made = QApplication.palette(), QIcon()
    if QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft:
        name = _MIRRORED.get(name, name)
    colours = {
        QIcon.Mode.Normal: palette.color(QPalette.ColorGroup.Active, role),
        QIcon.Mode.Disabled: palette.color(QPalette.ColorGroup.Disabled, role),
        QIcon.Mode.Selected: palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText),
    }
    for mode, colour in colours.items():
        for side in _SIZES:
            made.addPixmap(_drawn(name, side, colour), mode)
    return made


def set_icon(target: QAction | QAbstractButton, name: str) -> None:
    """Give an action or a button an icon that ``refresh`` recolours."""
    target.setProperty(_NAME, name)
    target.setIcon(icon(name))


def set_picture(label: QLabel, name: str, side: int) -> None:
    """A big, faint icon in a label."""
    label.setProperty(_NAME, name)
    label.setProperty(_SIDE, side)
    label.setPixmap(icon(name, QPalette.ColorRole.PlaceholderText).pixmap(QSize(side, side), label.devicePixelRatio()))


def refresh(root: QObject) -> None:
    """The palette changed: colour all icons below ``root`` anew."""
    for action in root.findChildren(QAction):
        if name := action.property(_NAME):
            set_icon(action, name)
    for button in root.findChildren(QAbstractButton):
        if name := button.property(_NAME):
            set_icon(button, name)
    for label in root.findChildren(QLabel):
        if name := label.property(_NAME):
            set_picture(label, name, label.property(_SIDE))


@lru_cache(maxsize=64)
def _source(path: Path) -> bytes:
    return path.read_bytes()


def _drawn(name: str, side: int, colour: QColor) -> QPixmap:
    data = _source(data_folder("resources") / "icons" / f"{name}.svg").replace(b"#000", colour.name().encode())
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(data)).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap
