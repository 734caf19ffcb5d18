"""By keyboard alone, by ear, and with letters twice as large."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QToolButton, QWidget

from cbir_desktop.gui.query_chip import QueryChip
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture
def asked(indexed: Driver, shipped_photos: Path) -> Driver:
    indexed.window.find_files([str(shipped_photos / "coffee.jpg"), str(shipped_photos / "rocket.jpg")])
    indexed.wait(lambda: indexed.window.model.shows_hits)
    indexed.quiet()
    return indexed


def walk(driver: Driver) -> list[QWidget]:
    """Where Tab leads, from the photos on until it comes back."""
    driver.window.grid.setFocus()
    order: list[QWidget] = [driver.window.focusWidget()]
    for _ in range(60):
        driver.press(Qt.Key.Key_Tab, widget=driver.window.focusWidget())
        if driver.window.focusWidget() in order:
            return order
        order.append(driver.window.focusWidget())
    raise AssertionError(f"Tab never comes back: {order}")


def name_of(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")


def test_tab_reaches_all_that_can_be_used_and_each_has_a_name(asked: Driver):
    order, window = walk(asked), asked.window
    reached = set(order)
    for widget in window.findChildren(QWidget):
        is_tab_stop = widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        if is_tab_stop and widget.window() is window and widget.focusProxy() is None:
            assert widget in reached, f"Tab does not reach {widget}, {name_of(widget)}"
    for widget in order:
        assert name_of(widget), widget
    assert len(reached) >= 10


def test_tab_goes_through_the_bar_from_left_to_right(asked: Driver):
    bar = asked.window.search_bar
    parts = [widget for widget in walk(asked) if bar.isAncestorOf(widget)]
    start = parts.index(min(parts, key=lambda widget: widget.mapTo(bar, widget.rect().center()).x()))
    places = [widget.mapTo(bar, widget.rect().center()).x() for widget in (*parts[start:], *parts[:start])]
    assert places == sorted(places), [name_of(widget) for widget in parts]
    assert sum(isinstance(widget, QueryChip) for widget in parts) == 2


def test_a_search_by_keyboard_alone(indexed: Driver):
    window, press = indexed.window, indexed.press
    window.grid.setFocus()
    press(Qt.Key.Key_Home, widget=window.grid)
    press(Qt.Key.Key_Right, widget=window.grid)
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier, window.grid)
    indexed.wait(lambda: window.model.shows_hits)
    indexed.quiet()
    press(Qt.Key.Key_Right, widget=window.grid)
    press(Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    indexed.wait(lambda: len(window.search_bar.chips) == 2)
    indexed.quiet()
    press(Qt.Key.Key_Home, widget=window.grid)
    press(Qt.Key.Key_Minus, Qt.KeyboardModifier.ControlModifier)
    indexed.wait(lambda: len(window.search_bar.chips) == 3)
    indexed.quiet()
    assert [chip.example.minus for chip in window.search_bar.chips] == [False, False, True]
    QTest.keyClick(window.by, Qt.Key.Key_Space)
    panel = window.by.panel
    assert panel.isVisible()
    QTest.keyClick(panel.choices["content"], Qt.Key.Key_Down)
    QTest.keyClick(panel.choices["copy"], Qt.Key.Key_Space)
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    indexed.quiet()
    assert window.asking.question.by == "copy"
    press(Qt.Key.Key_Escape)
    assert not window.model.shows_hits


def cut_off(window: QWidget) -> list[str]:
    """Words for which there is no room."""
    found = []
    for widget in window.findChildren(QWidget):
        is_text = isinstance(widget, QLabel | QAbstractButton | QLineEdit) and not isinstance(widget, QueryChip)
        if isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
            continue
        if is_text and widget.isVisible() and widget.height() < widget.fontMetrics().height():
            found.append(widget.text())
    return found


def test_letters_twice_as_large_are_not_cut_off(asked: Driver, qapp: QApplication):
    window, before = asked.window, qapp.font()
    font = QFont(before)
    font.setPointSizeF(before.pointSizeF() * 2)
    try:
        qapp.setFont(font)
        window.resize(1280, 800)
        asked.wait(lambda: not cut_off(window))
    finally:
        qapp.setFont(before)
