"""One window for a library and user: a second start hands its pictures to the first, and ends."""

import getpass
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 2000
"""For the other one to answer; it may be busy painting. Without an answer this one opens a window of its own."""
_DONE = b"done\n"


def server_name(library: Path) -> str:
    """The same for all starts of this user with this library."""
    place = f"{getpass.getuser()}\n{os.path.realpath(library)}"
    return f"cbir-desktop-{hashlib.blake2b(os.fsencode(place), digest_size=12).hexdigest()}"


def hand_over(name: str, pictures: Sequence[str]) -> bool:
    """Give these paths (absolute, maybe none) to the window that is open; False where there is none that answers."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(WAIT_MS):
        return False
    socket.write(json.dumps([os.fsencode(path).hex() for path in pictures]).encode() + b"\n")
    answered = socket.waitForReadyRead(WAIT_MS) and bytes(socket.readAll().data()) == _DONE
    socket.disconnectFromServer()
    return answered


class SingleInstance(QObject):
    """``received`` carries what a later start was given; an empty list only wants the window."""

    received = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def listen(self) -> bool:
        """After ``hand_over`` found nobody: a socket file that is there was left behind by a kill."""
        return self._server.listen(self._name) or (
            QLocalServer.removeServer(self._name) and self._server.listen(self._name)
        )

    def close(self) -> None:
        self._server.close()

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(lambda socket=socket: self._read(socket))
            socket.disconnected.connect(socket.deleteLater)
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            return
        try:
            paths = [os.fsdecode(bytes.fromhex(path)) for path in json.loads(bytes(socket.readLine().data()))]
        except (ValueError, TypeError):
            socket.abort()  # nothing that we would have sent
            return
        socket.write(_DONE)
        socket.flush()
        self.received.emit(paths)
