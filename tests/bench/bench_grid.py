"""Times of a real grid on a screen: painting while it scrolls, a resize, new photos, select all. Not a test.

    xvfb-run -a -s "-screen 0 1600x1200x24" python tests/bench/bench_grid.py [--rows 100000]

Thumbnails are made once, and read from a cache on disk, by two threads as in the program. Each time is also measured at
1,000 rows: what is on screen is the same, so a ratio far above 1 is work that grows with the library.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from cbir_desktop.gui.app import create_application
from cbir_desktop.gui.photo_grid import SIDE, PhotoGrid
from cbir_desktop.gui.photo_model import PhotoModel
from cbir_desktop.gui.pictures import photo_thumb
from cbir_desktop.gui.tasks import Handle, Tasks
from cbir_desktop.gui.thumb_loader import ThumbLoader
from cbir_desktop.images.safe import SafeDecoder
from cbir_desktop.store.catalog import Photo
from cbir_desktop.store.thumbs import ThumbCache

PICTURES = 300
FEW = 1000
STEPS = 300
REPEATS = 7


class TimedGrid(PhotoGrid):
    """Keeps how long each paint took, in milliseconds: on the clock, and of the processor."""

    def __init__(self, model: PhotoModel, loader: ThumbLoader) -> None:
        super().__init__(model, loader)
        self.paints: list[tuple[float, float]] = []

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        started, busy = time.perf_counter(), time.thread_time()
        super().paintEvent(event)
        self.paints.append(((time.perf_counter() - started) * 1000, (time.thread_time() - busy) * 1000))


class Screen:
    """A grid of ``rows`` photos on screen, its records from memory and its thumbnails from disk."""

    def __init__(self, rows: int, thumbs: ThumbCache) -> None:
        self.rows, self._thumbs = rows, thumbs
        self.tasks, self.workers, self.decoder = Tasks(), ThreadPoolExecutor(2), SafeDecoder(1)
        self.model = PhotoModel(lambda ids, done: done([photo(number) for number in ids]))
        self.grid = TimedGrid(self.model, ThumbLoader(self._load))
        self.grid.resize(1280, 800)
        self.model.set_ids(np.arange(rows))
        self.grid.show()
        self.settle()

    def close(self) -> None:
        self.grid.close()
        self.tasks.close()
        self.workers.shutdown()
        self.decoder.close()

    def settle(self) -> None:
        deadline = QDeadlineTimer(20_000)
        turn()
        while (self.tasks.pending or self.grid._look.isActive()) and not deadline.hasExpired():
            turn()

    def scroll(self, step: int) -> list[tuple[float, float]]:
        """Paint times while it scrolls by ``step`` pixels at a time, as fast as it can."""
        bar = self.grid.verticalScrollBar()
        bar.setValue(bar.maximum() // 3)
        self.settle()
        self.grid.paints.clear()
        for _ in range(STEPS):
            bar.setValue(bar.value() + step)
            turn()
        return self.grid.paints[:]

    def resize(self) -> float:
        return self._timed(lambda turn: self.grid.resize(900 + 10 * turn, 700))

    def refresh(self) -> float:
        """New photos among the old ones: all rows change."""
        return self._timed(lambda turn: self.model.set_ids(np.insert(np.arange(self.rows), turn, self.rows + turn)))

    def refresh_selected(self) -> float:
        self.grid.selectAll()
        return self.refresh()

    def append(self) -> float:
        return self._timed(lambda turn: self.model.set_ids(np.arange(self.rows + turn + 1)))

    def select_all(self) -> float:
        return self._timed(lambda turn: self.grid.selectAll() if turn % 2 else self.grid.clearSelection())

    def _timed(self, act: Callable[[int], None]) -> float:
        """Median milliseconds until it is painted, thumbnails not counted."""
        times = []
        for turn_ in range(REPEATS):
            self.settle()
            started = time.perf_counter()
            act(turn_)
            self.grid.viewport().repaint()
            times.append((time.perf_counter() - started) * 1000)
        self.model.set_ids(np.arange(self.rows))
        self.settle()
        return float(np.median(times))

    def _load(self, wanted: Photo, done: Callable, failed: Callable) -> Handle:
        request = (photo_thumb, self._thumbs, self.decoder, wanted, SIDE, 1.0)
        return self.tasks.submit(self.workers, *request, done=done, failed=failed)


def photo(number: int) -> Photo:
    name = f"/photos/2024/IMG_{number:06}.jpg"
    return Photo(number, name, (), 3_000_000, 0, 4000, 3000, "JPEG", picture_hash(number), "online")


def picture_hash(number: int) -> bytes:
    return (number % PICTURES).to_bytes(32, "big")


def turn() -> None:
    QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
    QCoreApplication.sendPostedEvents()


def make_thumbs(folder: Path) -> ThumbCache:
    """Pictures with the detail of photos: blurred noise."""
    thumbs, random = ThumbCache(folder), np.random.default_rng(1)
    for number in range(PICTURES):
        coarse = random.integers(0, 255, (24, 32, 3), dtype=np.uint8)
        image = np.repeat(np.repeat(coarse, 8, 0), 8, 1) // 2 + random.integers(0, 60, (192, 256, 3), dtype=np.uint8)
        thumbs.put(picture_hash(number), image.astype(np.uint8))
    return thumbs


def report(name: str, paints: Sequence[tuple[float, float]]) -> None:
    (p50, cpu50), (p95, cpu95) = np.percentile(paints, (50, 95), axis=0)
    cpu = f"processor {cpu50:5.2f} and {cpu95:5.2f} ms"  # what a busy machine does not change
    sys.stdout.write(f"{name:<34} p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   {cpu}, {len(paints)} paints\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    rows = parser.parse_args().rows
    application = create_application()
    with tempfile.TemporaryDirectory() as folder:
        thumbs = make_thumbs(Path(folder))
        few, many = Screen(FEW, thumbs), Screen(rows, thumbs)
        sys.stdout.write(
            f"{application.platformName()}, {rows} rows, 1280x800, {len(many.grid.visible_rows())} shown\n"
        )
        for name, step in (
            ("scrolling by 40 pixels", 40),
            ("by a line", many.grid.tiling.height),
            ("by a screen", 800),
        ):
            report(name, many.scroll(step))
        for name in ("resize", "refresh", "refresh_selected", "append", "select_all"):
            small, large = getattr(few, name)(), getattr(many, name)()
            words = name.replace("_", " ")
            sys.stdout.write(
                f"{words:<34} {large:6.2f} ms   at {FEW} rows {small:6.2f} ms, ratio {large / small:.2f}\n"
            )
        few.close()
        many.close()


if __name__ == "__main__":
    main()
