"""The switch of a library to another encoder, in the background: how far it is, and the end of it."""

import time

from PySide6.QtCore import QObject, Signal

from cbir_desktop.core.errors import KnownError
from cbir_desktop.gui import wording
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.notices import Notices
from cbir_desktop.gui.pace import Pace
from cbir_desktop.gui.tasks import Handle
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.reembed import ReembedReport


class EncoderSwitch(QObject):
    """One switch at a time; a new one ends that before it."""

    ended = Signal()

    def __init__(self, notices: Notices, message: MessageBar, with_library: WithLibrary) -> None:
        super().__init__(notices)
        self._notices, self._message, self._with_library = notices, message, with_library
        self._handle: Handle | None = None
        self._pace = Pace()

    def offer(self, name: str) -> None:
        """A switch that was begun is not finished."""
        words = self.tr("This library is on the way to the encoder “{name}”, and the rest of the photos waits.")
        self._notices.say("switch", words.format(name=name), self.tr("Go on"), lambda: self.start(name), False)

    def start(self, name: str) -> None:
        """Begin, or go on with, the switch to an encoder."""
        if self._handle is not None:
            self._handle.cancel()
        self._pace.restart()
        self._say(name, self.tr("The photos are read again for the encoder “{name}”…"))

        def begin(library: Backend) -> None:
            self._handle = library.upkeep.reembed(
                name,
                done=lambda report: self._on_done(name, report),
                failed=self._on_failed,
                progress=lambda done, total: self._on_progress(name, done, total),
                cancelled=lambda: self._on_cancelled(name),
            )

        self._with_library(begin)

    def stop(self) -> None:
        """What was encoded is kept."""
        if self._handle is not None:
            self._handle.cancel()

    def _on_progress(self, name: str, done: int, total: int) -> None:
        self._pace.mark(time.monotonic(), done)
        words = self.tr("The photos are read again for the encoder “{name}”: {n} of {total}")
        left = self._pace.seconds_left(total)
        if left is not None:
            words += self.tr(", {time} left")
        words += self.tr(". Search goes on by the old one.")
        numbers = {"n": wording.number(done), "total": wording.number(total)}
        self._say(name, words, **numbers, time="" if left is None else wording.duration(left))

    def _say(self, name: str, words: str, **values: str) -> None:
        self._notices.say("switch", words.format(name=name, **values), self.tr("Stop"), self.stop, False)

    def _on_done(self, name: str, report: ReembedReport) -> None:
        self._finish()
        words = self.tr("Search goes by the encoder “{name}” now.").format(name=name)
        if report.left:
            left = self.tr("{photos} could not be read now and are not found until they are indexed again.")
            words += " " + left.format(photos=wording.photos(len(report.left)))
        self._message.tell(words)

    def _on_failed(self, error: Exception) -> None:
        self._finish()
        if isinstance(error, KnownError) and error.kind != "superseded":
            self._message.warn(wording.sentence(error) + ".")

    def _on_cancelled(self, name: str) -> None:
        self._finish()
        self.offer(name)

    def _finish(self) -> None:
        self._handle = None
        self._notices.unsay("switch")
        self.ended.emit()
