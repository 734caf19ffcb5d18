"""What the desktop does for us: open a file, show it in its folder. Tests give the window another one."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Protocol
from urllib.parse import quote_from_bytes

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtGui import QDesktopServices

from cbir_desktop.gui.programs import OtherProgram, programs_for

_FILE_MANAGER = ("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", "org.freedesktop.FileManager1")


class Desktop(Protocol):
    """Actions outside the window; they return at once."""

    @property
    def can_open_with(self) -> bool: ...
    def open(self, path: str) -> bool: ...
    def programs(self, path: str) -> Sequence[OtherProgram]: ...
    def open_with(self, program: OtherProgram, path: str) -> bool: ...
    def show_in_folder(self, path: str) -> None: ...
    def show_trash(self) -> None: ...


class SystemDesktop:
    """The user's own programs."""

    def __init__(self) -> None:
        self._calls: list[QDBusPendingCallWatcher] = []

    def open(self, path: str) -> bool:
        """With the program that the desktop has for this kind of file; False where there is none."""
        return QDesktopServices.openUrl(file_url(path))

    @property
    def can_open_with(self) -> bool:
        """Whether ``programs`` can tell."""
        return sys.platform not in ("win32", "darwin")

    def programs(self, path: str) -> Sequence[OtherProgram]:
        """Those that open this kind of file. Asks the file system: run it in a worker."""
        return programs_for(path)

    def open_with(self, program: OtherProgram, path: str) -> bool:
        """False where it cannot be started."""
        command, *words = program.words(path)
        return QProcess.startDetached(command, words)[0]

    def show_in_folder(self, path: str) -> None:
        """Select the file in the file manager, where it can do that; else open the folder."""
        if sys.platform == "win32":
            subprocess.Popen(["explorer", "/select,", path])
        elif sys.platform == "darwin":
            subprocess.Popen(["open", "-R", path])
        else:
            self._ask_file_manager(path)

    def show_trash(self) -> None:
        """Open the trash in the file manager."""
        if sys.platform == "win32":
            subprocess.Popen(["explorer", "shell:RecycleBinFolder"])
        elif sys.platform == "darwin":
            subprocess.Popen(["open", os.path.expanduser("~/.Trash")])
        else:
            QDesktopServices.openUrl(QUrl("trash:///"))

    def _ask_file_manager(self, path: str) -> None:
        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            self._open_folder(path)
            return
        message = QDBusMessage.createMethodCall(*_FILE_MANAGER, "ShowItems")
        message.setArguments([[file_url(path).toString(QUrl.ComponentFormattingOption.FullyEncoded)], ""])
        watcher = QDBusPendingCallWatcher(bus.asyncCall(message))
        watcher.finished.connect(lambda done: self._answered(done, path))
        self._calls.append(watcher)

    def _answered(self, watcher: QDBusPendingCallWatcher, path: str) -> None:
        self._calls.remove(watcher)
        if watcher.isError():
            self._open_folder(path)

    def _open_folder(self, path: str) -> None:
        QDesktopServices.openUrl(file_url(os.path.dirname(path)))


def file_url(path: str) -> QUrl:
    """A file address that keeps bytes which are not UTF-8."""
    if os.name == "nt":
        return QUrl.fromLocalFile(path)
    return QUrl.fromEncoded(b"file://" + quote_from_bytes(os.fsencode(path)).encode())
