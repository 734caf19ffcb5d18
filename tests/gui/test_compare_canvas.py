"""What is drawn lies where a known homography puts it, to half a pixel of the screen: measured in what is painted."""

from functools import cache

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest

from cbir_desktop.core.types import Matches
from cbir_desktop.core.verification import Label, Relation, Verification
from cbir_desktop.gui.compare_camera import Camera, Pair, corners, through
from cbir_desktop.gui.compare_canvas import CompareCanvas, Mode
from cbir_desktop.gui.compare_pictures import Loaded, Shown, _levels, _opaque, lay_over
from cbir_desktop.library.facts import Facts
from tests.gui.compare_pairs import verdict_of

SIZE_A, SIZE_B = (1200, 900), (1000, 1100)
SPOTS = np.array([[300.5, 250.5], [850.5, 300.5], [420.5, 640.5], [700.5, 500.5], [610.5, 410.5]])
TILT = np.array([[0.62, 0.31, 60], [-0.28, 0.7, 330], [6e-5, 4e-5, 1]], np.float64)
MIRROR = np.array([[-0.8, 0.05, 960], [0.02, 0.9, 30], [0, 0, 1]], np.float64)
VIEWS = {
    "fitted": None,
    "small": Camera(0.23, 600.0, 450.0),
    "odd": Camera(0.613, 571.3, 433.7),
    "large": Camera(3.37, 610.2, 412.9),
    "huge": Camera(17.3, 611.0, 409.6),
}
SIGMAS = {"fitted": 4.0, "small": 6.0, "odd": 4.0, "large": 2.0, "huge": 1.0}
FACTS = Facts(1, 0, 1, 1, "PNG", None, 0.0, None, None)


def dotted(size: tuple[int, int], spots: np.ndarray, sigma: float = 4.0) -> Loaded:
    """Black, with a round white blob around each spot."""
    pixels, reach = np.zeros((size[1], size[0], 3), np.uint8), int(6 * sigma)
    for u, v in spots:
        left, top = int(u) - reach, int(v) - reach
        x, y = np.meshgrid(np.arange(left, int(u) + reach) + 0.5, np.arange(top, int(v) + reach) + 0.5)
        blob = 255 * np.exp(-((x - u) ** 2 + (y - v) ** 2) / (2 * sigma**2))
        pixels[top : top + len(blob), left : left + len(blob)] = blob[:, :, np.newaxis]
    return Loaded(Shown(_levels(_opaque(pixels)), size), pixels, FACTS)


@cache
def black(size: tuple[int, int]) -> Loaded:
    return dotted(size, np.empty((0, 2)))


@pytest.fixture
def canvas(qtbot) -> CompareCanvas:
    made = CompareCanvas()
    qtbot.addWidget(made)
    made.resize(1100, 620)
    with qtbot.waitExposed(made):
        made.show()
    return made


def show(canvas: CompareCanvas, a: Loaded, b: Loaded, homography: np.ndarray, spots=SPOTS, view=None) -> None:
    canvas.set_picture(0, a)
    canvas.set_picture(1, b)
    canvas.tie(verdict_of(homography, spots))
    if view is not None:
        canvas._look(view)


def painted(canvas: CompareCanvas, ratio: float) -> np.ndarray:
    """(h, w, 3) float RGB of the viewport as a screen of this device pixel ratio shows it."""
    size = canvas.viewport().size() * ratio
    image = QImage(size, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    canvas.viewport().render(image)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(size.height(), size.width(), 4)
    return pixels[:, :, 2::-1].astype(np.float64)


def centre_of_light(pixels: np.ndarray, place: np.ndarray, reach: float) -> np.ndarray:
    """Of what is brighter than the darkest around a place, pixels of the screen, their centres at +0.5."""
    left, top = np.maximum(np.floor(place - reach).astype(int), 0)
    right, bottom = np.ceil(place + reach).astype(int)
    part = pixels[top:bottom, left:right].mean(axis=2)
    part = part - part.min()
    y, x = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]] + 0.5
    return np.array([(x * part).sum(), (y * part).sum()]) / part.sum()


def seen(canvas: CompareCanvas, view: np.ndarray, spots: np.ndarray, reach: float) -> np.ndarray:
    """Spots that lie on the screen with their surroundings, and within their pane."""
    room = canvas.viewport().rect()
    drawn = through(view, spots)
    inside = (drawn > reach).all(axis=1) & (drawn < [room.width() - reach, room.height() - reach]).all(axis=1)
    return spots[inside & ((abs(drawn[:, 0] - room.width() / 2) > reach) | (not canvas.mode.two_panes))]


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("homography", [TILT, MIRROR], ids=["tilt", "mirror"])
def test_pictures_are_drawn_where_the_camera_says(canvas, homography, view, ratio):
    spots_b = through(homography, SPOTS)
    sigma = SIGMAS[view]
    show(canvas, dotted(SIZE_A, SPOTS, sigma), dotted(SIZE_B, spots_b, sigma), homography, view=VIEWS[view])
    canvas.lines.setVisible(False)
    pixels, checked = painted(canvas, ratio), 0
    for matrix, spots, pane in zip(canvas.views(), (SPOTS, spots_b), canvas._panes(), strict=True):
        reach = 4 * sigma * matrix[0, 0]
        for spot in seen(canvas, matrix, spots, reach):
            place = through(matrix, spot)[0]
            if pane.contains(QPointF(*place)):
                found = centre_of_light(pixels, place * ratio, reach * ratio)
                assert found == pytest.approx(place * ratio, abs=0.5)
                checked += 1
    assert checked >= 2


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("homography", [TILT, MIRROR], ids=["tilt", "mirror"])
def test_b_laid_over_a_lies_on_it(canvas, homography, view, ratio):
    sigma = SIGMAS[view]
    a, b = dotted(SIZE_A, SPOTS, sigma), dotted(SIZE_B, through(homography, SPOTS), sigma)
    show(canvas, a, b, homography)
    canvas.set_laid_over(lay_over(a, b, canvas.pair))
    canvas.set_mode(Mode.FLICKER)
    canvas.flick()
    if VIEWS[view] is not None:
        canvas._look(VIEWS[view])
    pixels, (matrix, _), checked = painted(canvas, ratio), canvas.views(), 0
    reach = 6 * sigma * matrix[0, 0]  # B is warped: a blob is no circle there
    within = 0.5 + (ratio * matrix[0, 0] / 64 if view == "huge" else 0)  # OpenCV interpolates in steps of 1/32 pixel
    for spot in seen(canvas, matrix, SPOTS, reach):
        place = through(matrix, spot)[0]
        assert centre_of_light(pixels, place * ratio, reach * ratio) == pytest.approx(place * ratio, abs=within)
        checked += 1
    assert checked >= 1


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("view", ["fitted", "small", "odd"])
@pytest.mark.parametrize("homography", [TILT, MIRROR], ids=["tilt", "mirror"])
def test_the_outline_of_a_in_b_is_drawn_where_the_homography_puts_it(canvas, homography, view, ratio):
    show(canvas, black(SIZE_A), black(SIZE_B), homography, np.empty((0, 2)), VIEWS[view])
    canvas.set_mode(Mode.MATCHES)
    outline = canvas._outlines[1]
    assert outline.isVisible()
    pixels = painted(canvas, ratio)
    yellow = pixels[:, :, :2].mean(axis=2) - pixels[:, :, 2]
    around = through(canvas.views()[1] @ homography, corners(SIZE_A)) * ratio
    pane, checked = canvas._panes()[1], 0
    for start, end in zip(around, np.roll(around, -1, axis=0), strict=True):
        along = (end - start) / np.linalg.norm(end - start)
        across = np.array([-along[1], along[0]])
        for share in (0.3, 0.5, 0.7):
            place = start + share * (end - start)
            if pane.adjusted(9, 9, -9, -9).contains(QPointF(*place / ratio)):
                steps = np.arange(-6, 6.01, 0.25)
                row = np.array([place + step * across - 0.5 for step in steps], np.float32)
                light = cv2.remap(yellow.astype(np.float32), row[:, :1], row[:, 1:], cv2.INTER_LINEAR).ravel()
                light = np.maximum(light, 0)
                assert (light * steps).sum() / light.sum() == pytest.approx(0, abs=0.5)
                checked += 1
    assert checked >= 3


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("view", ["fitted", "small", "odd"])
@pytest.mark.parametrize("homography", [TILT, MIRROR], ids=["tilt", "mirror"])
def test_match_lines_go_from_spot_to_spot(canvas, homography, view, ratio):
    checked = 0
    for spot in SPOTS:
        show(canvas, black(SIZE_A), black(SIZE_B), homography, spot[np.newaxis], VIEWS[view])
        canvas.set_mode(Mode.MATCHES)
        for outline in canvas._outlines:
            outline.setVisible(False)
        views = canvas.views()
        ends = through(views[0], spot)[0] * ratio, through(views[1] @ homography, spot)[0] * ratio
        lines = canvas.lines.on_screen()
        if not lines:
            continue
        pixels = painted(canvas, ratio)
        blue = pixels[:, :, 2] - pixels[:, :, 0]
        for share in (0.15, 0.85):  # beside the dots at the ends
            x = int(ends[0][0] + share * (ends[1][0] - ends[0][0]))
            y = ends[0][1] + (x + 0.5 - ends[0][0]) / (ends[1][0] - ends[0][0]) * (ends[1][1] - ends[0][1])
            top = int(y) - 9
            light = np.maximum(blue[top : top + 18, x], 0)
            assert (light * (np.arange(18) + top + 0.5)).sum() / light.sum() == pytest.approx(y, abs=0.5)
            checked += 1
    assert checked >= 4


@pytest.mark.parametrize("homography", [TILT, MIRROR], ids=["tilt", "mirror"])
def test_the_other_cursor_is_on_the_same_spot(canvas, homography):
    show(canvas, black(SIZE_A), black(SIZE_B), homography)
    for view in (VIEWS["odd"], VIEWS["small"]):
        canvas._look(view)
        view_a, view_b = canvas.views()
        for spot in SPOTS:
            in_a, in_b = through(view_a, spot)[0], through(view_b @ homography, spot)[0]
            for here, there in ((in_a, in_b), (in_b, in_a)):
                twin = canvas.twin(QPointF(*here))
                if twin is not None:
                    assert (twin.x(), twin.y()) == pytest.approx(tuple(there), abs=0.01)


def test_the_ghost_follows_the_mouse(canvas):
    show(canvas, black(SIZE_A), black(SIZE_B), TILT)
    place = through(canvas.views()[0], SPOTS[3])[0].round().astype(int).tolist()
    spot, no = QPointF(*place), Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, spot, spot, no, no, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(canvas.viewport(), event)  # QTest's would move the real pointer too, which may leave
    assert canvas._ghost.isVisible()
    twin = canvas.twin(QPointF(*place))
    assert (canvas._ghost.pos().x(), canvas._ghost.pos().y()) == (twin.x(), twin.y())


def test_the_wheel_keeps_the_spot_under_both_cursors(canvas):
    show(canvas, black(SIZE_A), black(SIZE_B), MIRROR)
    for side in (0, 1):
        before = canvas.views()
        spots = SPOTS[3], through(MIRROR, SPOTS[3])[0]
        place = QPointF(*through(before[side], spots[side])[0])
        for delta in (120, 240, -120):
            no, scroll = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
            keys = Qt.KeyboardModifier.NoModifier
            event = QWheelEvent(place, place, QPoint(), QPoint(0, delta), no, keys, scroll, False)
            canvas.wheelEvent(event)
            after = through(canvas.views()[side], spots[side])[0]
            assert tuple(after) == pytest.approx((place.x(), place.y()), abs=0.01)
    assert canvas.camera.zoom > 1.2 * before[0][0, 0]


def test_fewer_lines_by_the_slider(canvas):
    spots = np.random.default_rng(1).uniform([0, 0], SIZE_A, (200, 2))
    show(canvas, black(SIZE_A), black(SIZE_B), np.diag([0.8, 0.8, 1.0]), spots)
    canvas.set_mode(Mode.MATCHES)
    for level, count in ((1.0, 200), (0.25, 50), (0.0, 1)):
        canvas.set_level(level)
        assert len(canvas.lines.on_screen()) == count
    first = {(a.x(), a.y()) for a, _, _ in canvas.lines.on_screen()}
    canvas.set_level(0.5)
    assert first < {(a.x(), a.y()) for a, _, _ in canvas.lines.on_screen()}


def test_lines_are_coloured_by_how_far_off_they_are(canvas):
    verdict = verdict_of(np.eye(3), SPOTS)
    residuals = np.array([0, 1, 2, 3, 4], np.float32)
    matches = Matches(verdict.matches.xy_a, verdict.matches.xy_b, np.ones(5, np.bool_), np.eye(3))
    given = Verification((Label(Relation.EDITED),), "copy", 1.0, 1.0, matches, residuals)
    canvas.set_picture(0, black(SIZE_A))
    canvas.set_picture(1, black(SIZE_A))
    canvas.tie(given)
    canvas.set_mode(Mode.MATCHES)
    canvas.set_level(1.0)
    by_place = {round(a.x()): colour.red() for a, _, colour in canvas.lines.on_screen()}
    order = [by_place[round(x)] for x, _ in through(canvas.views()[0], SPOTS)]
    assert order == sorted(order)
    assert len(set(order)) == 5
    assert canvas.lines.worst == pytest.approx(4 * 1200 / 640)  # of B's own pixels, of 640 in the verdict


def test_the_difference_shows_what_was_painted_over(canvas):
    noise = np.random.default_rng(0).integers(0, 255, (30, 40, 3), dtype=np.uint8)
    base = cv2.resize(noise, (400, 300), interpolation=cv2.INTER_CUBIC)
    other = np.ascontiguousarray(base[:, ::-1])
    other[100:140, 50:90] ^= 128
    a, b = (Loaded(Shown(_levels(_opaque(one)), (400, 300)), one, FACTS) for one in (base, other))
    mirror = np.array([[-1, 0, 400], [0, 1, 0], [0, 0, 1]], np.float64)
    laid = lay_over(a, b, Pair.of((400, 300), (400, 300), mirror))
    image = laid.difference.levels[0]
    assert (image.width(), image.height()) == (400, 300)
    light = [[image.pixelColor(x, y).lightness() for x in range(5, 395, 10)] for y in range(5, 295, 10)]
    bright = np.argwhere(np.array(light) > 100) * 10 + 5
    assert bright[:, 0].min() >= 97
    assert bright[:, 0].max() <= 143
    assert bright[:, 1].min() >= 400 - 93
    assert bright[:, 1].max() <= 400 - 47
    assert len(bright) >= 16


def test_what_b_does_not_reach_is_grey(canvas):
    colourful = np.full((300, 400, 3), (200, 30, 30), np.uint8)
    a, b = (
        Loaded(Shown(_levels(_opaque(one)), one.shape[1::-1]), one, FACTS) for one in (colourful, colourful[:, :200])
    )
    laid = lay_over(a, b, Pair.of((400, 300), (200, 300), np.eye(3)))
    difference, over = laid.difference.levels[0], laid.over.levels[0]
    assert difference.pixelColor(100, 150).lightness() < 10
    right = difference.pixelColor(300, 150)
    assert right.red() == right.green() == right.blue() > 10
    assert over.pixelColor(100, 150).alpha() == 255
    assert over.pixelColor(300, 150).alpha() == 0


def test_a_coarse_picture_does_not_coarsen_the_other():
    """B has four times the pixels of A: laid over A it keeps them."""
    a, b = black((300, 200)), black((1200, 800))
    laid = lay_over(a, b, Pair.of((300, 200), (1200, 800), np.diag([4.0, 4.0, 1.0])))
    assert laid.over.levels[0].width() == 1200
    assert laid.over.full_size == (300, 200)


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        (Mode.SIDE_BY_SIDE, {"a", "b"}),
        (Mode.SWIPE, {"a", "over"}),
        (Mode.FLICKER, {"a"}),
        (Mode.DIFFERENCE, {"difference"}),
        (Mode.OVERLAY, {"a", "over", "outlines"}),
        (Mode.MATCHES, {"a", "b", "lines", "outlines"}),
    ],
)
def test_each_mode_shows_its_parts(canvas, mode, shown):
    a, b = black(SIZE_A), black(SIZE_B)
    show(canvas, a, b, TILT)
    canvas.set_laid_over(lay_over(a, b, canvas.pair))
    canvas.set_mode(mode)
    parts = {
        "a": canvas._a,
        "b": canvas._b,
        "over": canvas._over,
        "difference": canvas._difference,
        "lines": canvas.lines,
        "outlines": canvas._outlines[0],
    }
    assert {name for name, part in parts.items() if part.isVisible()} == shown


def test_the_divider_cuts_b_and_is_dragged(canvas):
    a = dotted(SIZE_A, SPOTS)
    white = np.full((900, 1200, 3), 255, np.uint8)
    b = Loaded(Shown(_levels(_opaque(white)), SIZE_A), white, FACTS)
    show(canvas, a, b, np.eye(3))
    canvas.set_laid_over(lay_over(a, b, canvas.pair))
    canvas.set_mode(Mode.SWIPE)
    canvas.level_dragged.connect(canvas.set_level)
    start, end = QPoint(canvas.width() // 2, 300), QPoint(canvas.width() // 2 - 150, 300)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas.viewport(), end)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=end)
    row = painted(canvas, 1)[600, :, 0]
    assert row[end.x() - 20] == 0
    assert row[end.x() + 20] == 255


def test_dragging_moves_the_picture_and_a_double_click_fits_it_again(canvas):
    show(canvas, black(SIZE_A), black(SIZE_B), TILT)
    canvas.set_mode(Mode.OVERLAY)
    fitted, place = canvas.camera, QPoint(400, 300)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseMove(canvas.viewport(), place + QPoint(30, -20))
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert canvas.camera.x == pytest.approx(fitted.x - 30 / fitted.zoom)
    assert canvas.camera.y == pytest.approx(fitted.y + 20 / fitted.zoom)
    QTest.mouseDClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert canvas.camera == fitted
    canvas.resize(700, 500)
    assert canvas.camera.zoom < fitted.zoom
