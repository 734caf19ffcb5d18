"""The numbers of a box under which the picture turns."""

import numpy as np
import pytest

from cbir_desktop.core.region import Region
from cbir_desktop.gui.history import KEPT, History
from cbir_desktop.gui.region_box import Box, between, to_screen

SIZE = (400.0, 300.0)


def test_a_box_and_its_region_are_one():
    region = Region(30, 40, 100, 60, 25)
    back = Box.of(region).region()
    assert np.allclose(back.corners, region.corners)
    assert back.angle == 25


@pytest.mark.parametrize("turn", [0, 30, 90, -120])
def test_corners_are_where_the_region_has_them(turn: float):
    """The screen's corners of the box, on the picture, are those of the region: the two agree which way it turns."""
    box = Box(200, 150, 100, 60, turn)
    made = [box.corner(*sides) for sides in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    assert np.allclose(made, box.region().corners)


def test_a_picture_turned_clockwise_goes_down_at_its_right():
    assert np.allclose(to_screen((1, 0), 90), (0, 1))  # y is down


def test_drawing_on_a_turned_picture():
    box = Box(200, 150, 100, 60, 30)
    drawn = between(box.corner(-1, -1), box.corner(1, 1), 30)
    assert np.allclose((drawn.x, drawn.y, drawn.width, drawn.height), (200, 150, 100, 60))


def test_pulling_a_corner_leaves_the_opposite_one():
    box = Box(200, 150, 100, 60, 40)
    pulled = box.pulled(1, 1, (20, -10))
    assert np.allclose(pulled.corner(-1, -1), box.corner(-1, -1))
    assert (pulled.width, pulled.height) == (120, 50)
    assert box.pulled(1, 0, (-500, 0)).width == 4  # never nothing


def test_turning_keeps_the_middle_and_moving_stays_on_the_picture():
    box = Box(200, 150, 100, 60)
    assert (box.turned_to(190).turn, box.turned_to(190).x) == (-170, 200)
    far = box.moved(1000, -1000, SIZE)
    assert (far.x, far.y) == (400, 0)


def test_history_is_a_browsers():
    history = History("all")
    assert (history.can_go_back, history.can_go_forward) == (False, False)
    for step in ("a", "b", "b"):
        history.visit(step)
    assert [history.go(-1), history.go(-1), history.go(-1)] == ["a", "all", "all"]
    assert history.go(1) == "a"
    history.visit("c")
    assert not history.can_go_forward
    history.amend("c, narrowed")
    assert [history.go(-1), history.go(1)] == ["a", "c, narrowed"]
    history.precede(["yesterday"])
    assert [history.go(-1), history.go(-1), history.go(-1)] == ["a", "all", "yesterday"]
    for number in range(2 * KEPT):
        history.visit(str(number))
    assert history.current == str(2 * KEPT - 1)
    assert history.can_go_back
