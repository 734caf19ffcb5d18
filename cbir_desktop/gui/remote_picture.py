"""A picture of which only the address came: fetched after a question, where the settings allow that."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl

from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.query import PastedSource, Source
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary


class RemotePicture(QObject):
    """``give`` gets the picture."""

    def __init__(self, message: MessageBar, give: Callable[[Source], None], with_library: WithLibrary) -> None:
        super().__init__(message)
        self._message, self._give, self._with_library = message, give, with_library
        self._request: Handle | None = None

    def offer(self, address: str) -> None:
        """Nothing is fetched before the user has said yes."""
        self._with_library(lambda library: self._ask(address) if library.upkeep.may_fetch else self._say_no())

    def _say_no(self) -> None:
        words = self.tr(
            "Only an address came, and nothing is fetched from the web. Copy the picture itself instead, or allow it "
            "in the settings."
        )
        self._message.tell(words)

    def _ask(self, address: str) -> None:
        words = self.tr("Fetch the picture from {host}? That server will see your address.")
        host = QUrl(address).host()
        self._message.tell(words.format(host=host), self.tr("Fetch it"), lambda: self._fetch(address))

    def _fetch(self, address: str) -> None:
        self._message.tell(self.tr("Fetching the picture…"), self.tr("Stop"), self._stop)

        def start(library: Backend) -> None:
            self._request = library.fetch(address, self._on_done, self._on_failure)

        self._with_library(start)

    def _stop(self) -> None:
        if self._request is not None:
            self._request.cancel()

    def _on_done(self, data: bytes) -> None:
        self._message.clear()
        self._give(PastedSource(data=data))

    def _on_failure(self, error: Exception) -> None:
        self._message.warn(wording.sentence(error) + ".")
