"""Photos that are known by their previews only, as the window shows them."""

import io
import threading

import numpy as np
import pytest
from PIL import Image

from cbir_desktop.core.tasks import Task
from cbir_desktop.library import previewing
from cbir_desktop.library.indexing import index_paths
from tests.images.camera_files import with_thumbnail

FILES = 6


def jpeg(seed, size):
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(small).resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


@pytest.fixture
def camera_files(tmp_path, monkeypatch):
    monkeypatch.setattr(previewing, "WORTH_BYTES", 0)
    monkeypatch.setattr(previewing, "WORTH_FILES", 2)
    folder = tmp_path / "camera"
    folder.mkdir()
    for seed in range(FILES):
        (folder / f"{seed}.jpg").write_bytes(with_thumbnail(jpeg(seed, (640, 480)), jpeg(seed, (160, 120))))
    return folder


def test_they_fill_the_grid_are_marked_and_are_replaced(driver, camera_files, qtbot):
    window, reached = driver.window, threading.Event()
    task = Task(lambda done, total: (task.pause(), reached.set()) if done == FILES + 1 else None, per_second=1e9)
    session = window.door.library._session
    run = session.indexer.submit(index_paths, session, [str(camera_files)], task)
    try:
        assert reached.wait(60)
        window.refresher.refresh()
        driver.wait(lambda: driver.names() == [f"{number}.jpg" for number in range(FILES)])
        driver.wait(lambda: all(window.loader.pixmap(int(number)) for number in window.model.ids))
        assert (window.model.ids < 0).all()
        window.grid.setCurrentIndex(window.model.index(2))
        state = window.details._values["state"][1]
        driver.wait(lambda: state.isVisibleTo(window.details))
        assert "not fully indexed" in state.text()
        marked = window.grid.grab().toImage()
    finally:
        task.resume()
        run.result(60)
    with qtbot.assertNotEmitted(window.model.modelReset):
        window.model.refresh()
        window.refresher.refresh()
        driver.wait(lambda: (window.model.ids > 0).all())
        driver.wait(lambda: None not in driver.names())
    assert window.grid.currentIndex().row() == 2
    driver.wait(lambda: not state.isVisibleTo(window.details))
    driver.wait(lambda: all(window.loader.pixmap(int(number)) for number in window.model.ids))
    assert window.grid.grab().toImage() != marked
