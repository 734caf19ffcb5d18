"""Five tasks of a person in the real window: what they take in clicks and keys, and seconds until all is painted.

    xvfb-run -a -s "-screen 0 1600x1200x24" python tests/bench/bench_tasks.py PHOTOS [--library DIR] [--runs 5]

PHOTOS is a folder of some thousand pictures; the library is made in DIR first, if it is not there. Input goes through
Qt as from a mouse and a keyboard: a drop is one drag, typing is not wanted. Hands and thinking take no time.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QDeadlineTimer, QEventLoop, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from cbir_desktop.gui.app import Program, create_application
from cbir_desktop.gui.compare_canvas import Mode

LONG_MS = 600_000
CTRL = Qt.KeyboardModifier.ControlModifier
Steps = tuple[int, float]
"""(clicks, keys and drags; seconds)."""


class Person:
    """Counts what they do, and waits for what they wait for."""

    def __init__(self, library: Path) -> None:
        self.program = Program(library)
        self.window = self.program.window
        self.steps = self.answers = self.seen = 0
        self.window.asking.hits_changed.connect(self._on_hits)
        self.program.start()
        self.wait(self.window.actions_.open_query.isEnabled)
        self.wait(self._is_active)

    def _is_active(self) -> bool:
        if not self.window.isActiveWindow():
            self.window.activateWindow()  # without a window manager one request can be lost
        return self.window.isActiveWindow()

    def wait(self, ready: Callable[[], bool]) -> None:
        deadline = QDeadlineTimer(LONG_MS)
        while not ready():
            if deadline.hasExpired():
                raise TimeoutError("the window never got there")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.steps += 1
        QTest.keyClick(QApplication.focusWidget() or self.window, key, modifiers)

    def click(self, row: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.steps += 1
        grid = self.window.grid
        place = grid.visualRect(self.window.model.index(row)).center()
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifiers, place)

    def drop(self, path: Path) -> None:
        self.steps += 1
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(self.window, QDragEnterEvent(QPoint(400, 300), copy, mime, left, none))
        QApplication.sendEvent(self.window, QDropEvent(QPointF(400, 300), copy, mime, left, none))

    def _on_hits(self, _hits: object, is_new: bool) -> None:
        self.answers += is_new

    def painted(self) -> None:
        """The photos of a new answer stand on the screen, none of them as a placeholder."""
        model, grid, loader = self.window.model, self.window.grid, self.window.loader
        self.wait(lambda: self.answers > self.seen)
        self.seen = self.answers

        def ready() -> bool:
            rows = [row for row in grid.visible_rows() if row < model.rowCount()]
            photos = [grid.photo(row) for row in rows]
            return bool(rows) and all(one is not None and loader.pixmap(one.content_id) is not None for one in photos)

        self.wait(ready)
        grid.viewport().repaint()

    def idle(self) -> None:
        self.wait(lambda: not self.program.tasks.pending)

    def back_to_all(self) -> None:
        """Not counted: it makes ready for the next task."""
        self.window.clear_query()
        self.idle()

    def timed(self, act: Callable[[], None]) -> Steps:
        self.steps, started = 0, time.perf_counter()
        act()
        return self.steps, time.perf_counter() - started

    def close(self) -> None:
        self.window.close()
        self.program.close()


def find_dropped(person: Person, picture: Path) -> None:
    person.drop(picture)
    person.painted()


def find_pasted_crop(person: Person, crop: Path) -> None:
    mime = QMimeData()
    mime.setImageData(QImage(str(crop)))
    QGuiApplication.clipboard().setMimeData(mime)  # the screenshot program did that
    person.key(Qt.Key.Key_V, CTRL)
    person.painted()


def two_of_these_not_that(person: Person) -> None:
    """From an answer: two results are more like it, a third is not."""
    person.click(0)
    person.click(1, CTRL)
    person.key(Qt.Key.Key_Plus, CTRL)
    person.painted()
    person.click(5)
    person.key(Qt.Key.Key_Minus, CTRL)
    person.painted()


def show_why(person: Person) -> None:
    """From an answer: what ties the best one to the query, with its matches."""
    person.click(0)
    person.key(Qt.Key.Key_D, CTRL)
    view = person.window.comparing.view
    person.wait(lambda: person.window.fronts.currentWidget() is view)
    person.wait(lambda: view.verdict is not None and view.canvas.pair is not None)
    person.steps += 1
    view.toolbar.modes[Mode.MATCHES].trigger()  # a click on its button
    view.canvas.viewport().repaint()


def reopen_yesterday(library: Path) -> Steps:
    """The program is started anew; starting it counts as one click and its time is told apart."""
    person = Person(library)
    person.idle()
    steps, seconds = person.timed(
        lambda: (person.key(Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier), person.painted())
    )
    person.idle()
    person.close()
    return steps + 1, seconds


def main() -> None:
    options = _options()
    pictures = sorted(
        path for path in options.photos.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".webp", ".png")
    )
    create_application()
    person = Person(options.library)
    if not person.window.browsing.folders:
        person.window.indexing.add_folders([str(options.photos)])
        person.wait(lambda: person.window.runner.busy)
    person.wait(lambda: not person.window.runner.busy and not person.program.tasks.pending)
    person.wait(lambda: person.window.model.rowCount() > 0)
    sys.stdout.write(f"{person.window.model.rowCount()} photos\n")
    random.Random(1).shuffle(pictures)
    found: dict[str, list[Steps]] = {}
    ranks: list[int] = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.runs):
            dropped, crop = Path(folder) / f"{number}.jpg", Path(folder) / f"{number}.png"
            with Image.open(pictures[number]) as opened:
                photo = opened.convert("RGB")
            photo.save(dropped, quality=80)
            width, height = photo.size
            photo.crop((width // 5, height // 5, width * 4 // 5, height * 4 // 5)).save(crop)
            found.setdefault("dropped", []).append(person.timed(lambda path=dropped: find_dropped(person, path)))
            person.idle()
            found.setdefault("two, not that", []).append(person.timed(lambda: two_of_these_not_that(person)))
            person.idle()
            found.setdefault("pasted crop", []).append(person.timed(lambda path=crop: find_pasted_crop(person, path)))
            first = person.window.grid.photo(0)
            ranks.append(int(first is not None and Path(first.path).name == pictures[number].name))
            person.idle()
            found.setdefault("show why", []).append(person.timed(lambda: show_why(person)))
            person.idle()
            person.window.comparing.view.left.emit()
            person.back_to_all()
    person.close()
    found["yesterday's search"] = [reopen_yesterday(options.library) for _ in range(min(3, options.runs))]
    for task, runs in found.items():
        seconds = [one for _, one in runs]
        sys.stdout.write(
            f"{task:<20} {runs[0][0]} steps   median {statistics.median(seconds):.2f} s   worst {max(seconds):.2f} s\n"
        )
    sys.stdout.write(f"crops whose photo came first: {sum(ranks)} of {len(ranks)}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
