"""The camera of two pictures: numbers against numbers worked out another way."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from cbir_desktop.gui.compare_camera import (
    MOST_FITTED,
    MOST_ZOOM,
    Camera,
    Pair,
    corners,
    fit_both,
    fit_one,
    on_screen,
    through,
)

PANE_A, PANE_B = QRectF(0, 0, 500, 400), QRectF(508, 0, 500, 400)
TURN = np.array([[0, 0.5, 10], [-0.5, 0, 300], [0, 0, 1]], np.float64)
MIRROR = np.array([[-1, 0, 700], [0, 1, -50], [0, 0, 1]], np.float64)
TILT = np.array([[0.9, 0.1, 20], [-0.05, 1.1, 5], [2e-4, 1e-4, 1]], np.float64)
MAPS = {"turned": TURN, "mirrored": MIRROR, "tilted": TILT}


def pair(name: str) -> Pair:
    return Pair.of((800, 600), (640, 480), MAPS[name])


def at(view: np.ndarray, x: float, y: float) -> np.ndarray:
    return on_screen(view, [[x, y]])[0]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", MAPS)
def test_the_same_spot_is_in_the_middle_of_both_panes(name: str, turned: bool):
    camera = Camera(1.7, 333.3, 222.2, turned)
    middle_a = at(camera.view_of_a(PANE_A), 333.3, 222.2)
    spot = through(MAPS[name], [333.3, 222.2])[0]
    middle_b = at(camera.view_of_b(pair(name), PANE_B), *spot)
    assert middle_a == pytest.approx([250, 200])
    assert middle_b == pytest.approx([758, 200])


@pytest.mark.parametrize("name", ["turned", "mirrored"])
def test_turned_every_spot_lies_at_the_same_place_of_its_pane(name: str):
    camera = Camera(0.6, 100.0, 500.0, turned=True)
    for x, y in ((0, 0), (800, 0), (123.4, 567.8)):
        in_a = at(camera.view_of_a(PANE_A), x, y)
        in_b = at(camera.view_of_b(pair(name), PANE_B), *through(MAPS[name], [x, y])[0])
        assert in_b - [508, 0] == pytest.approx(in_a)


def test_upright_b_is_scaled_alike_and_not_turned():
    view = Camera(0.5, 400.0, 300.0).view_of_b(pair("turned"), PANE_B)
    assert view[:2, :2] == pytest.approx(np.eye(2))  # B has half as many pixels a side for the same thing


@pytest.mark.parametrize("place", [QPointF(17, 23), QPointF(250, 200), QPointF(499, 3)])
def test_zooming_keeps_the_spot_under_the_cursor(place: QPointF):
    camera = Camera(0.7, 350.0, 260.0)
    back = np.linalg.inv(camera.view_of_a(PANE_A))
    spot = at(back, place.x(), place.y())
    for factor in (1.25, 0.4, 7.0):
        after = camera.zoomed(factor, place, PANE_A)
        assert at(after.view_of_a(PANE_A), *spot) == pytest.approx([place.x(), place.y()])
        assert after.zoom == pytest.approx(0.7 * factor)
    assert camera.zoomed(1e6, place, PANE_A).zoom == MOST_ZOOM


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", MAPS)
def test_both_pictures_follow_the_hand(name: str, turned: bool):
    camera, two, by = Camera(1.3, 390.0, 310.0, turned), pair(name), QPointF(6, -4)
    moved = camera.panned(by)
    assert at(moved.view_of_a(PANE_A), 390, 310) == pytest.approx([256, 196])
    spot = through(MAPS[name], [390, 310])[0]
    moved = camera.panned_by_b(two, by)
    exact = 0.2 if name == "tilted" else 1e-6  # a perspective is straight only nearby
    assert at(moved.view_of_b(two, PANE_B), *spot) == pytest.approx([764, 196], abs=exact)


def test_all_of_a_picture_fits_and_fills_its_pane():
    camera = fit_one((4000, 1000), PANE_A)
    drawn = on_screen(camera.view_of_a(PANE_A), corners((4000, 1000)))
    assert np.ptp(drawn, axis=0) == pytest.approx([500, 125])
    assert fit_one((10, 10), PANE_A).zoom == MOST_FITTED


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("name", MAPS)
def test_all_of_both_pictures_fits(name: str, turned: bool):
    two = pair(name)
    camera = fit_both(two, PANE_A, turned)
    drawn_a = on_screen(camera.view_of_a(PANE_A), corners(two.size_a))
    drawn_b = on_screen(camera.view_of_b(two, PANE_B), corners(two.size_b)) - [508, 0]
    drawn = np.vstack([drawn_a, drawn_b])
    assert (drawn >= -1e-6).all()
    assert (drawn <= np.array([500, 400]) + 1e-6).all()
    assert min(500 - np.ptp(drawn[:, 0]), 400 - np.ptp(drawn[:, 1])) < 100  # and is not lost in it


def test_without_a_homography_edges_lie_on_edges():
    loose = Pair.of((800, 600), (1600, 300), None)
    assert through(loose.a_to_b, corners((800, 600))) == pytest.approx(corners((1600, 300)))


def test_beyond_a_the_map_goes_on_straight():
    """A perspective has a horizon outside of A; nothing jumps or flips there."""
    two = Pair.of((800, 600), (640, 480), np.array([[1, 0, 0], [0, 1, 0], [-1 / 900, 0, 1.0]]))
    inside, jacobian = two.near(800, 300)
    beyond, same = two.near(1000, 300)
    assert same == pytest.approx(jacobian)
    assert beyond == pytest.approx(inside + jacobian @ [200, 0])


def test_nothing_lies_behind_the_horizon():
    assert through(np.array([[1, 0, 0], [0, 1, 0], [-0.01, 0, 1.0]]), [[50, 0], [150, 0]]) is None
