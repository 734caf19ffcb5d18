"""Times of the map with 100,000 photos: painting while it is zoomed and moved, and a lasso. Not a test.

    xvfb-run -a -s "-screen 0 1600x1200x24" python tests/bench/bench_map.py [--photos 100000]

Thumbnails are there already: what is measured is the main thread. Milliseconds of a whole step, the camera, what stands
in view and the painting; first by the clock, then of the processor.
"""

import argparse
import sys
import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPixmap, QPolygonF

from cbir_desktop.gui.app import create_application
from cbir_desktop.gui.map_view import MapView
from cbir_desktop.library.latent_map import LatentMap, framed

STEPS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=100_000)
    options = parser.parse_args()
    application = create_application()
    random = np.random.default_rng(0)
    centres = random.random((200, 2))
    places = centres[random.integers(0, 200, options.photos)] + random.normal(scale=0.02, size=(options.photos, 2))
    pixmap = QPixmap(48, 36)
    pixmap.fill(Qt.GlobalColor.darkCyan)
    view = MapView(lambda number: pixmap)
    view.resize(1280, 800)
    view.show()
    view.set_map(LatentMap(np.arange(options.photos), framed(places.astype(np.float32)), "pca"))
    application.processEvents()
    middle = QPointF(640, 400)
    steps: dict[str, Callable[[], None]] = {
        "zoom in": lambda: view._look(view.camera.zoomed(1.1, middle, 1280, 800)),
        "move": lambda: view._look(view.camera.moved(7, 3)),
        "zoom out": lambda: view._look(view.camera.zoomed(1 / 1.1, middle, 1280, 800)),
        "move, whole map": lambda: view._look(view.camera.moved(-7, -3)),
    }
    sys.stdout.write(f"{options.photos} photos, 1280 x 800\n")
    for name, step in steps.items():
        report(name, [timed(step, view) for _ in range(STEPS)])
    view.fit()
    circle = [QPointF(640 + 300 * np.cos(a), 400 + 300 * np.sin(a)) for a in np.linspace(0, 6.28, 200)]
    shape = QPolygonF(circle)

    def lasso() -> None:
        view.select(view.points.inside(shape, view.camera, 1280, 800))

    report("lasso", [timed(lasso, view) for _ in range(20)])
    report("move, many chosen", [timed(steps["move"], view) for _ in range(STEPS)])
    view.close()


def timed(step: Callable[[], None], view: MapView) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    step()
    view.repaint()
    return (time.perf_counter() - clock) * 1000, (time.process_time() - processor) * 1000


def report(name: str, times: list[tuple[float, float]]) -> None:
    clock, processor = np.percentile(np.array(times), [50, 95, 100], axis=0).T
    words = "  ".join(
        f"{kind} p50 {values[0]:6.1f} p95 {values[1]:6.1f} max {values[2]:6.1f}"
        for kind, values in (("clock", clock), ("processor", processor))
    )
    sys.stdout.write(f"{name:20} {words}\n")


if __name__ == "__main__":
    main()
