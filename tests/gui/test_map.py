"""The map: what is seen, what stands for its neighbours, the lasso, and the way to the grid."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QPolygonF
from PySide6.QtTest import QTest

from cbir_desktop.gui.map_points import CELL, Camera, MapPoints
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


def some(count: int) -> MapPoints:
    return MapPoints(np.random.default_rng(0).random((count, 2)).astype(np.float32))


def test_what_is_under_the_pointer_stays_there():
    camera, at = Camera(500, 0.4, 0.6), QPointF(100, 300)
    place = np.array([[camera.x + (100 - 400) / 500, camera.y + (300 - 300) / 500]], np.float32)
    zoomed = camera.zoomed(2, at, 800, 600)
    np.testing.assert_allclose(zoomed.to_screen(place, 800, 600), [[100, 300]], atol=0.01)
    np.testing.assert_allclose(camera.moved(10, -5).to_screen(place, 800, 600), [[110, 295]], atol=0.01)


def test_thumbnails_unfold_with_zoom_and_those_that_stood_stay():
    points = some(20_000)
    far, near = Camera(600), Camera(600 * 8)
    few, more = points.standing(far, 600, 600), points.standing(near, 600, 600)
    assert 0 < len(few) < 300
    in_view = set(points.seen(near, 600, 600).tolist())
    assert set(few.tolist()) & in_view <= set(more.tolist())
    assert len(more) > len(set(few.tolist()) & in_view)
    deep = Camera(600 * 2**14, *map(float, points.places[7]))
    assert 7 in points.standing(deep, 600, 600)
    at = far.to_screen(points.places[few], 600, 600)
    cells = np.floor(at / (CELL / 2)).astype(int)
    assert len(np.unique(cells, axis=0)) == len(few) or len(few) < 4 * (600 / CELL) ** 2


def test_a_lasso_takes_what_is_inside_and_nothing_else():
    points, camera = some(5000), Camera(400)
    shape = QPolygonF([QPointF(100, 100), QPointF(300, 100), QPointF(100, 300)])
    chosen = points.inside(shape, camera, 400, 400)
    at = camera.to_screen(points.places, 400, 400)
    inside = (at > 101).all(axis=1) & (at.sum(axis=1) < 398)
    outside = (at < 99).any(axis=1) | (at.sum(axis=1) > 402)
    assert set(np.flatnonzero(inside)) <= set(chosen.tolist())
    assert not set(np.flatnonzero(outside)) & set(chosen.tolist())


@pytest.mark.parametrize(("photos", "dot"), [(2, 4), (20_000, 2)])
def test_dots_are_where_the_points_are_and_larger_where_they_are_few(photos, dot):
    points = MapPoints(np.resize(np.array([[0.25, 0.5], [0.75, 0.5]], np.float32), (photos, 2)))
    image = points.density(Camera(100), 100, 100, QColor(255, 0, 0))
    assert image.width() == 100 // dot
    assert image.pixelColor(25 // dot, 50 // dot).red() == 255
    assert image.pixelColor(25 // dot, 50 // dot).alpha() > 0
    assert image.pixelColor(50 // dot, 50 // dot).alpha() == 0


@pytest.fixture
def opened(indexed: Driver) -> Driver:
    indexed.window.actions_.map.trigger()
    indexed.wait(lambda: indexed.window.extra.map.view.map is not None)
    indexed.quiet()
    return indexed


def test_the_map_shows_all_photos_with_their_thumbnails(opened: Driver):
    page = opened.window.extra.map
    assert opened.window.fronts.currentWidget() is page
    assert page.view.map.ids.tolist() == sorted(opened.window.model.ids.tolist())
    standing = page.view.points.standing(page.view.camera, page.view.width(), page.view.height())
    assert len(standing)
    opened.wait(lambda: all(page.loader.pixmap(int(page.view.map.ids[row])) is not None for row in standing))
    page.view.grab()


def test_a_lasso_by_mouse_goes_to_the_grid(opened: Driver):
    window, view = opened.window, opened.window.extra.map.view
    at = view.camera.to_screen(view.map.places, view.width(), view.height())
    x, y = (round(number) for number in at[0].tolist())
    corners = [QPoint(x - 9, y - 9), QPoint(x + 9, y - 9), QPoint(x + 9, y + 9), QPoint(x - 9, y + 9)]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=corners[0])
    for corner in corners[1:]:
        QTest.mouseMove(view, corner)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=corners[-1])
    chosen = view.selected_ids()
    assert int(view.map.ids[0]) in chosen
    window.extra.map.show_these.click()
    opened.wait(lambda: sorted(window.model.ids.tolist()) == sorted(chosen))
    assert window.fronts.currentWidget() is window.browser
    opened.press(Qt.Key.Key_Escape)
    opened.wait(lambda: window.model.rowCount() == 8)
    opened.quiet()


def test_by_keyboard_alone(opened: Driver):
    window, view = opened.window, opened.window.extra.map.view
    before = view.camera
    for key in (Qt.Key.Key_Plus, Qt.Key.Key_Left, Qt.Key.Key_Up):
        QTest.keyClick(view, key)
    assert view.camera.scale > before.scale
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.camera == before
    QTest.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert len(view.selected_ids()) == len(view.points)
    QTest.keyClick(view, Qt.Key.Key_Return)
    opened.wait(lambda: window.fronts.currentWidget() is window.browser)
    opened.quiet()
    assert window.model.rowCount() == 8


def test_the_map_of_an_empty_library_says_so(driver: Driver):
    driver.window.actions_.map.trigger()
    page = driver.window.extra.map
    driver.wait(lambda: "no photos" in page.words.text())
    driver.quiet()
