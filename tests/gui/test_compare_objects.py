"""Several objects on the page of two pictures: seen, told, gone through by keys."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from cbir_desktop.gui.compare_canvas import Mode
from cbir_desktop.gui.compare_objects import COLOURS
from cbir_desktop.gui.compare_view import CompareView
from tests.collages import ASTRONAUT, collage
from tests.gui.conftest import Driver

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A collage with two parts of the astronaut, and the astronaut."""
    folder = tmp_path_factory.mktemp("pair")
    Image.fromarray(collage()[0]).save(folder / "collage.png")
    Image.fromarray(ASTRONAUT).save(folder / "astronaut.png")
    return folder / "collage.png", folder / "astronaut.png"


def compared(driver: Driver, *paths: Path) -> CompareView:
    driver.chooser.paths = tuple(map(str, paths))
    driver.window.actions_.compare_two.trigger()
    driver.quiet()
    return driver.window.comparing.view


def painted(view: CompareView) -> np.ndarray:
    """(height, width, 3) of the canvas as it is on the screen."""
    image = view.canvas.grab().toImage().convertToFormat(view.canvas.grab().toImage().Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 3 * image.width()].reshape(image.height(), image.width(), 3)


def count_of(view: CompareView, number: int) -> int:
    """Painted pixels of the colour of an object, about."""
    colour = np.array(COLOURS[number].getRgb()[:3])
    return int((np.abs(painted(view).astype(int) - colour).max(axis=2) < 8).sum())


def test_each_object_has_an_outline_of_its_own_colour_on_both_pictures(driver: Driver, pair: tuple[Path, Path]):
    view = compared(driver, *pair)
    assert view.words.text().startswith("2 objects found.")
    assert [len(item.drawn) for item in view.canvas.objects] == [2, 2]
    assert count_of(view, 0) > 200
    assert count_of(view, 1) > 200
    assert count_of(view, 4) < 100  # there is no fifth one
    assert "2 objects found" in view.canvas.accessibleName()
    view.set_mode(Mode.SWIPE)
    assert not view.canvas.objects[0].isVisible()


def test_keys_go_through_the_objects_and_back_to_all(driver: Driver, pair: tuple[Path, Path]):
    view = compared(driver, *pair)
    driver.window.activateWindow()
    view.canvas.setFocus()
    fitted = view.canvas.camera.zoom
    QTest.keyClick(view.canvas, Qt.Key.Key_J)
    driver.quiet()
    assert view.toolbar.next_object.text() == "Object 1 of 2"
    assert view.toolbar.object_button.accessibleName() == "Object 1 of 2"
    assert "Object 1 of 2" in view.canvas.accessibleName()
    assert view.words.text() == f"Object 1 of 2: {view.objects[0].inliers} matches agree on how it was moved."
    assert view.canvas.camera.zoom > fitted
    np.testing.assert_allclose(view.canvas.pair.a_to_b, view.objects[0].homography)
    assert view.toolbar.modes[Mode.MATCHES].isEnabled()
    QTest.keyClick(view.canvas, Qt.Key.Key_J)
    driver.quiet()
    assert view.toolbar.next_object.text() == "Object 2 of 2"
    np.testing.assert_allclose(view.canvas.pair.a_to_b, view.objects[1].homography)
    QTest.keyClick(view.canvas, Qt.Key.Key_J)
    driver.quiet()
    assert view.toolbar.next_object.text() == "Objects (2)"
    assert view.canvas.camera.zoom == pytest.approx(fitted)
    QTest.keyClick(view.canvas, Qt.Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
    driver.quiet()
    assert view.toolbar.next_object.text() == "Object 2 of 2"


def test_an_object_can_be_laid_over(driver: Driver, pair: tuple[Path, Path]):
    view = compared(driver, *pair)
    view.toolbar.next_object.trigger()
    driver.quiet()
    view.set_mode(Mode.MATCHES)
    assert view.canvas.mode is Mode.MATCHES
    assert len(view.canvas.lines) == view.objects[0].inliers
    assert view.canvas.lines.worst < 5
    view.set_mode(Mode.OVERLAY)
    assert view.canvas._over.isVisible()
    assert "edge to edge" not in view.words.text()


def test_a_copy_is_not_called_an_object(driver: Driver, shipped_photos: Path, tmp_path: Path):
    small = tmp_path / "small.jpg"
    Image.open(shipped_photos / "coffee.jpg").resize((400, 267)).save(small)
    view = compared(driver, shipped_photos / "coffee.jpg", small)
    assert view.objects == []
    assert "object" not in view.words.text()
    assert not view.toolbar.object_button.isVisible()
    assert not view.toolbar.next_object.isEnabled()


def test_another_pair_forgets_the_objects(driver: Driver, shipped_photos: Path, pair: tuple[Path, Path]):
    view = compared(driver, *pair)
    view.toolbar.next_object.trigger()
    driver.quiet()
    compared(driver, shipped_photos / "coffee.jpg", shipped_photos / "chelsea.jpg")
    assert view.objects == []
    assert view.canvas.objects[0].drawn == []
    assert view.words.text().startswith("Not proved")
