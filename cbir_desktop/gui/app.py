"""The program ``cbir-desktop``: the window at once, the library from a thread, an orderly end."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from cbir_desktop import __version__
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.resources import data_folder
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.chooser import Chooser, DialogChooser
from cbir_desktop.gui.desktop import Desktop, SystemDesktop
from cbir_desktop.gui.garbage import GarbageCollector
from cbir_desktop.gui.main_window import MainWindow
from cbir_desktop.gui.single_instance import SingleInstance, hand_over, server_name
from cbir_desktop.gui.tasks import Tasks
from cbir_desktop.gui.translations import use_language
from cbir_desktop.gui.window_state import FILE
from cbir_desktop.gui.wording import sentence
from cbir_desktop.library.session import Session
from cbir_desktop.settings import Folders, load_settings
from cbir_desktop.store.db import is_damage

APP_ID = "org.cbir_desktop.CbirDesktop"
_log = logging.getLogger(__name__)


def run(argv: list[str]) -> int:
    """Open the window; ``argv`` as ``cbir-desktop`` takes it. Returns the exit code."""
    options = _options(argv)
    application = create_application()
    folders = Folders.of(options.library)
    use_language(application, _language(folders))
    name = server_name(folders.data)
    pictures = [os.path.abspath(path) for path in options.pictures]
    if hand_over(name, pictures):
        return 0
    garbage = GarbageCollector()
    garbage.start()
    program = Program(options.library)
    program.serve(name)
    program.window.keep_state(folders.config / FILE)
    sys.excepthook = program.on_bug
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C ends at once: the library stands a kill at any time
    program.start(pictures)
    code = application.exec()
    program.close()
    garbage.stop()
    return code


def create_application() -> QApplication:
    """The one QApplication, with the name and icon that the desktop entry has."""
    application = QApplication(sys.argv[:1])
    application.setApplicationName("cbir-desktop")
    application.setApplicationDisplayName("CBIR Desktop")
    application.setApplicationVersion(__version__)
    application.setDesktopFileName(APP_ID)
    application.setWindowIcon(QIcon(str(data_folder("resources") / "icons" / f"{APP_ID}.svg")))
    if application.style().name() == "windows":  # Qt's last resort: it knows no dark mode
        application.setStyle("Fusion")
    return application


class Program(QObject):
    """The window, its tasks and its session. ``start`` and ``close`` once each."""

    def __init__(
        self,
        library: Path | None = None,
        encoder: str | None = None,
        desktop: Desktop | None = None,
        chooser: Chooser | None = None,
    ) -> None:
        super().__init__()
        self._library, self._encoder = library, encoder
        self._opener = ThreadPoolExecutor(1, "opener")
        self._opening: Future[Session] | None = None
        self._instance: SingleInstance | None = None
        self.tasks = Tasks(self)
        self.window = MainWindow(desktop or SystemDesktop(), chooser or DialogChooser())
        self.window.retry_requested.connect(self._open)
        self.tasks.failed.connect(lambda error: self.window.message.warn(sentence(error) + "."))

    def start(self, pictures: Sequence[str] = ()) -> None:
        """Show the window and open the library; then search with the pictures, if any."""
        self.window.show()
        self._open()
        if pictures:
            self.window.find_files(pictures)

    def serve(self, name: str) -> None:
        """Take what later starts are given."""
        self._instance = instance = SingleInstance(name, self)
        instance.received.connect(self._on_received)
        if not instance.listen():
            _log.warning("later starts will open windows of their own: %s", name)

    def close(self) -> None:
        """Cancel what runs, wait for it to stop, close the library. Bounded by the longest decode of one picture."""
        if self._instance is not None:
            self._instance.close()
        self.tasks.close()
        self._opener.submit(self._close_session).result()
        self._opener.shutdown()

    def on_bug(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """An error that is ours: keep running, say so, log all of it."""
        _log.critical("a fault in the program", exc_info=(kind, error, trace))
        words = self.tr("Something went wrong in the program itself: {why}. Your photos are not affected.")
        if is_damage(error) and (session := self._session()) is not None:
            session.distrust_catalog()
            words = self.tr("The catalog is damaged ({why}): close the window and open it again to have it restored.")
        self.window.message.warn(words.format(why=f"{kind.__name__}: {error}"))

    def _on_received(self, pictures: Sequence[str]) -> None:
        window = self.window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        if pictures:
            window.find_files(pictures)

    def _open(self) -> None:
        handle = self.tasks.submit(
            self._opener,
            partial(Session.open, self._library, encoder=self._encoder),
            done=lambda session: self.window.attach(Backend(session, self.tasks)),
            failed=self._on_open_failed,
        )
        self._opening = handle.future

    def _on_open_failed(self, error: Exception) -> None:
        if isinstance(error, KnownError):
            self.window.cannot_open(error)

    def _close_session(self) -> None:
        """In the opener's thread, behind an opening that is still under way."""
        if (session := self._session()) is not None:
            session.close()

    def _session(self) -> Session | None:
        """The library, once it is open."""
        opening = self._opening
        if opening is None or not opening.done() or opening.cancelled() or opening.exception() is not None:
            return None
        return opening.result()


def _language(folders: Folders) -> str:
    """Of the settings. That their file cannot be read is told by whoever opens the library."""
    try:
        return load_settings(folders.settings_file).language
    except KnownError:
        return ""


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="cbir-desktop", description="Find images by their content.")
    parser.add_argument("pictures", nargs="*", metavar="IMAGE", help="find photos like this picture")
    parser.add_argument("--library", type=Path, metavar="DIR", help="keep the whole library in DIR")
    return parser.parse_args(argv)
