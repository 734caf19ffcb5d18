"""Takes pictures of the laboratory and the map on real photos, light and dark: to be looked at, not a test.

    CBIR_SHARED=... xvfb-run -a -s "-screen 0 1600x1200x24" python tests/screenshots_laboratory.py OUT [--scale 2]

The photos are sorted into classes, as the laboratory needs them, so CBIR_SHARED has to be there.
"""

import argparse
import csv
import os
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from cbir_desktop.gui.app import Program, create_application
from cbir_desktop.gui.map_view import MapView
from tests.screenshots import Shots, dark_palette, speak

CLASSES, EACH = 12, 16
METHODS = ("blocks", "gist", "gray", "lab", "layout")


def main() -> None:
    """Every state in both colour schemes."""
    options = _options()
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        photos = Path(work) / "Holiday pictures"
        make_classes(Path(os.environ["CBIR_SHARED"]) / "data" / "train", photos)
        application = create_application()
        speak(application, options.language)
        for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
            application.styleHints().setColorScheme(scheme)
            if scheme is Qt.ColorScheme.Dark and application.palette().window().color().lightness() > 128:
                application.setPalette(dark_palette())
            name = f"{scheme.name.lower()}-{options.scale:g}x" + f"-{options.language}" * (options.language != "en")
            shots = LabShots(Program(Path(work) / name), photos, options.out, name)
            shots.take_laboratory()
            shots.take_maps()
            shots.window.close()
            shots.program.close()


def make_classes(data: Path, folder: Path) -> None:
    """The largest classes that the embedded encoder never saw, of one shard."""
    with (data / "labels.csv").open(encoding="utf-8", newline="") as stream:
        classes = {row["file"]: row["class"] for row in csv.DictReader(stream) if row["split"] == "withheld"}
    wanted = {name for name, _ in Counter(classes.values()).most_common(CLASSES)}
    taken: Counter[str] = Counter()
    with tarfile.open(data / "photos-0.tar") as tar:
        for member in tar:
            name = Path(member.name).name
            kind = classes.get(name, "")
            if kind in wanted and taken[kind] < EACH and (stream := tar.extractfile(member)) is not None:
                taken[kind] += 1
                (folder / kind).mkdir(parents=True, exist_ok=True)
                (folder / kind / name).write_bytes(stream.read())


class LabShots(Shots):
    """Walks one program through the laboratory and the map."""

    def take_laboratory(self) -> None:
        window = self.window
        self.program.start()
        self.wait(lambda: window.actions_.open_query.isEnabled())
        window.indexing.add_folders([str(self.photos)])
        self.wait(lambda: window.runner.busy)
        self.quiet()
        window.actions_.laboratory.trigger()
        laboratory = window.extra.laboratory
        page = laboratory.page
        self.wait(lambda: bool(page.methods.encoders))
        self.shoot("l1-open")
        page.kind.setCurrentIndex(page.kind.findData("folder-per-class"))
        for name in METHODS:
            page.methods.encoders[name].setChecked(True)
        for name in ("aqe", "diffusion", "k-reciprocal"):
            page.methods.rerankers[name].setChecked(True)
        page.methods.whitening.setChecked(True)
        page.run.click()
        self.wait(lambda: page.progress.maximum() > 0)
        self.shoot("l2-running")
        self.wait(lambda: page.run.isVisible())
        column = next(n for n, one in enumerate(page.model.columns, 1) if one.key == "map")
        page.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
        page.table.setCurrentIndex(page.sorted.index(0, column))
        self.quiet()
        self.shoot("l3-table")
        page.table.setCurrentIndex(page.sorted.index(page.sorted.rowCount() - 1, column + 3))
        self.quiet()
        self.shoot("l4-worst")
        for number in (1, 2):
            page.tabs.setCurrentIndex(number)
            self.shoot(f"l5-plot-{number}")
        page.tabs.setCurrentIndex(0)
        window.resize(900, 600)
        self.shoot("l6-small")
        window.resize(1280, 800)
        page.choose_row(next(n for n, one in enumerate(page.model.outcomes) if one.method.name == "lab"))
        page.use.click()
        self.shoot("l7-used")
        self.quiet()
        self.shoot("l8-is-used")
        window.living.switch.start("default")
        self.quiet()

    def wait(self, ready: Callable[[], bool]) -> None:
        """A run describes some hundred pictures in several ways."""
        for _ in range(9):
            with suppress(TimeoutError):
                super().wait(ready)
                return
        super().wait(ready)

    def take_maps(self) -> None:
        sys.modules["umap"] = None  # as where it is not installed
        self._open_map("m1-pca")
        del sys.modules["umap"]
        self._open_map("m2-umap")
        view = self.window.extra.map.view
        for number, middle in enumerate((0.5, 0.25)):
            for _ in range(5):
                where = QPointF(view.width() * middle, view.height() / 2)
                view._look(view.camera.zoomed(1.25, where, view.width(), view.height()))
            self.quiet()
            self.shoot(f"m3-near-{number}")
        view.fit()
        self._lasso(view, release=False)
        self.shoot("m4-lasso")
        self._lasso(view, release=True)
        self.shoot("m5-chosen")
        view.opened.emit()
        self.quiet()
        self.shoot("m6-shown")

    def _open_map(self, state: str) -> None:
        self.window.actions_.map.trigger()
        self.wait(lambda: self.window.extra.map._making is None)
        self.quiet()
        self.shoot(state)

    def _lasso(self, view: MapView, release: bool) -> None:
        wide, high = view.width(), view.height()
        corners = [(0.3, 0.2), (0.5, 0.15), (0.62, 0.4), (0.5, 0.7), (0.35, 0.6), (0.3, 0.25)]
        for place, (x, y) in enumerate(corners):
            kind = QEvent.Type.MouseButtonPress if place == 0 else QEvent.Type.MouseMove
            self._mouse(view, kind, QPointF(x * wide, y * high))
        if release:
            self._mouse(view, QEvent.Type.MouseButtonRelease, QPointF(0.3 * wide, 0.25 * high))

    def _mouse(self, view: MapView, kind: QEvent.Type, at: QPointF) -> None:
        left = Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, at, view.mapToGlobal(at), left, left, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(view, event)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--language", default="en", help="en, de, or pseudo: a made-up one, from right to left")
    return parser.parse_args()


if __name__ == "__main__":
    main()
