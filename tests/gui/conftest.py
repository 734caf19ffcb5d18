"""Real windows, real libraries, real pictures; and nothing may be left behind."""

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import skimage
import sklearn.datasets
from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from cbir_desktop.gui.app import Program
from cbir_desktop.gui.garbage import GarbageCollector
from cbir_desktop.gui.programs import OtherProgram
from cbir_desktop.gui.tasks import Tasks
from cbir_desktop.store.catalog import Photo

LONG_MS = 90_000
ENDING_S = 10.0

_SHIPPED = ("astronaut.png", "chelsea.png", "coffee.png", "rocket.jpg", "motorcycle_left.png", "motorcycle_right.png")


@pytest.fixture(autouse=True, scope="package")
def collected_in_the_main_thread(qapp: QApplication) -> Iterator[None]:
    """As in the program: the windows of earlier tests must not end in a worker of a later one."""
    garbage = GarbageCollector()
    garbage.start()
    yield
    garbage.stop()


@pytest.fixture(autouse=True)
def nothing_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fails a test that leaves a thread or a running timer."""
    threads = set(threading.enumerate())
    timers = {id(timer) for timer in _active_timers()}
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    new = set(threading.enumerate()) - threads
    for thread in new:
        thread.join(ENDING_S)  # watchdog's reader of inotify may end a moment after it was told to
    left = [thread.name for thread in new if thread.is_alive()]
    assert not left, f"threads left behind: {left}"
    running = [timer for timer in _active_timers() if id(timer) not in timers]
    assert not running, f"timers left behind: {[timer.parent() for timer in running]}"


def _active_timers() -> list[QTimer]:
    found = [one for one in gc.get_objects() if issubclass(type(one), QTimer)]  # isinstance would ask a million proxies
    return [timer for timer in found if isValid(timer) and timer.isActive()]


@pytest.fixture(scope="session")
def shipped_photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The everyday photographs in the wheels of scikit-image and scikit-learn, as JPEG."""
    folder = tmp_path_factory.mktemp("shipped")
    data = Path(skimage.__file__).parent / "data"
    paths = [data / name for name in _SHIPPED] + sorted(
        (Path(sklearn.datasets.__file__).parent / "images").glob("*.jpg")
    )
    for path in paths:
        Image.open(path).convert("RGB").save(folder / f"{path.stem}.jpg", quality=92)
    return folder


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks()
    yield made
    made.close()


class FakeDesktop:
    """Stands for the programs outside: remembers what it was asked."""

    can_open_with = True

    def __init__(self) -> None:
        self.started: list[tuple[OtherProgram, str]] = []
        self.known: list[OtherProgram] = []
        self.opened: list[str] = []
        self.shown: list[str] = []
        self.can_open = True

    def open(self, path: str) -> bool:
        self.opened.append(path)
        return self.can_open

    def programs(self, path: str) -> list[OtherProgram]:
        return self.known

    def open_with(self, program: OtherProgram, path: str) -> bool:
        self.started.append((program, path))
        return self.can_open

    def show_in_folder(self, path: str) -> None:
        self.shown.append(path)

    def show_trash(self) -> None:
        self.shown.append("trash")


class FakeChooser:
    """Stands for the user in front of a dialog: chooses what it was told to."""

    def __init__(self) -> None:
        self.paths: tuple[str, ...] = ()

    def pictures(self, parent: object, done: Callable[[tuple[str, ...]], None]) -> None:
        done(self.paths)

    def pair(self, parent: object, done: Callable[[tuple[str, ...]], None]) -> None:
        done(self.paths)

    def folder(self, parent: object, done: Callable[[str], None]) -> None:
        done(self.paths[0])

    def moved_folder(self, parent: object, path: str, done: Callable[[str], None]) -> None:
        done(self.paths[0])

    def any_folder(self, parent: object, title: str, accept: str, done: Callable[[str], None]) -> None:
        done(self.paths[0])

    def open_file(self, parent: object, title: str, kinds: str, done: Callable[[str], None]) -> None:
        done(self.paths[0])

    def save_file(self, parent: object, title: str, name: str, done: Callable[[str], None]) -> None:
        done(self.paths[0])


class Driver:
    """A running program on an empty library, driven as a person would."""

    def __init__(self, qtbot, folder: Path) -> None:
        self.qtbot = qtbot
        self.desktop, self.chooser = FakeDesktop(), FakeChooser()
        self.program = Program(folder, encoder="hsv", desktop=self.desktop, chooser=self.chooser)
        self.window = self.program.window
        self.program.start()
        self.activate()

    def activate(self) -> None:
        """Shortcuts are for the active window. Without a window manager, as under Xvfb, the focus that a closing window
        leaves behind may go nowhere, also after this one had it."""

        def active() -> bool:
            if not self.window.isActiveWindow():
                self.window.activateWindow()  # again and again: one request can be lost
            return self.window.isActiveWindow()

        self.wait(active)

    def press(
        self,
        key: Qt.Key,
        modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
        widget: QWidget | None = None,
    ) -> None:
        self.activate()
        QTest.keyClick(widget or self.window, key, modifiers)

    def wait(self, ready: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(ready, timeout=LONG_MS)

    def quiet(self) -> None:
        """Until all work is answered."""
        self.wait(lambda: not self.window.runner.busy and not self.program.tasks.pending)
        if self.window.isVisible() and not (QApplication.activeWindow() or QApplication.activeModalWidget()):
            self.activate()  # see there: keys go to the active window; a question that opens will be that itself

    def index(self, folder: Path) -> None:
        self.chooser.paths = (str(folder),)
        self.window.actions_.add_folder.trigger()
        self.quiet()

    def follow(self) -> None:
        """Until every folder is followed by events and was looked at once."""
        side = self.window.side
        self.wait(lambda: all(side.watch_of(path) == "watching" for path, _ in side.states()))
        self.quiet()

    def states(self) -> list[str]:
        """Of the photos whose records are there."""
        photos = (self.window.model.photo(row) for row in range(self.window.model.rowCount()))
        return [photo.state for photo in photos if photo is not None]

    def names(self) -> list[str]:
        model = self.window.model
        return [model.index(row).data() for row in range(model.rowCount())]

    def close(self) -> None:
        self.window.close()
        self.program.close()
        self.window.deleteLater()


@pytest.fixture
def driver(qtbot, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, tmp_path / "library")
    made.wait(lambda: made.window.actions_.open_query.isEnabled())
    yield made
    made.close()


@pytest.fixture
def indexed(driver: Driver, shipped_photos: Path) -> Driver:
    """The driver with the shipped photos in its library."""
    driver.index(shipped_photos)
    return driver


def make_photo(number: int, path: str = "") -> Photo:
    return Photo(
        number, path or f"/photos/{number:06}.jpg", (), 1000, 0, 640, 480, "JPEG", bytes([number % 256]) * 32, "online"
    )


def noise(folder: Path, count: int, side: int = 400) -> list[Path]:
    """Pictures that take a while to encode and decode."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(7)
    paths = [folder / f"noise-{number:03}.jpg" for number in range(count)]
    for path in paths:
        Image.fromarray(random.integers(0, 255, (side, side, 3), dtype=np.uint8)).save(path)
    return paths
