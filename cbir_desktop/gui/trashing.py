"""The selected photos to the trash, and back: what went, what stays and why is said above the photos."""

from PySide6.QtCore import QObject, Signal

from cbir_desktop.gui import wording
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_grid import PhotoGrid
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.discarding import Discarded
from cbir_desktop.library.undo import UndoReport


class Trashing(QObject):
    """No question is asked before: it can be undone, and the last copy of a picture never goes."""

    changed = Signal()

    def __init__(self, actions: Actions, grid: PhotoGrid, message: MessageBar, with_library: WithLibrary) -> None:
        super().__init__(grid)
        self._actions, self._grid, self._message, self._with_library = actions, grid, message, with_library
        self._can_undo = False
        actions.trash.triggered.connect(self._discard)
        actions.undo_trash.triggered.connect(self._undo)

    def enable(self) -> None:
        """Where the photos are: the page of duplicates has an undo of its own, under the same keys."""
        self._actions.undo_trash.setEnabled(self._can_undo and self._grid.isVisibleTo(self._grid.window()))

    def _discard(self) -> None:
        ids = self._grid.selected_ids().tolist()
        self._actions.trash.setEnabled(False)  # until the selection is another
        self._with_library(lambda library: library.upkeep.discard(ids, done=self._on_done, failed=self._on_failure))

    def _undo(self) -> None:
        self._can_undo = False
        self.enable()
        self._with_library(lambda library: library.upkeep.undo(done=self._on_undone, failed=self._on_failure))

    def _on_done(self, outcome: Discarded) -> None:
        self._can_undo = self._can_undo or bool(outcome.done)
        self.enable()
        words = self._words(outcome)
        if outcome.done:
            tell = self._message.warn if outcome.last or outcome.refused else self._message.tell
            tell(words, self.tr("Undo"), self._undo)
            self.changed.emit()
        else:
            self._message.warn(words)

    def _words(self, outcome: Discarded) -> str:
        parts = []
        if outcome.done:
            went, stays = wording.files(len(outcome.done)), self.tr("another file with the same bytes stays for each")
            parts.append(self.tr("{files} moved to the trash; {stays}.").format(files=went, stays=stays))
        if len(outcome.last) == 1:
            name = wording.quoted(display_name(outcome.last[0]))
            parts.append(self.tr("{name} stays: no other file here has the same bytes.").format(name=name))
        elif outcome.last:
            words = self.tr("{files} stay: no other file here has the same bytes.")
            parts.append(words.format(files=wording.files(len(outcome.last))))
        for refused in outcome.refused[:1]:
            name = wording.quoted(display_name(refused.path))
            parts.append(self.tr("{name} stays: {why}.").format(name=name, why=refused.reason))
        if len(outcome.refused) > 1:
            parts.append(self.tr("So do {n} more.").format(n=wording.number(len(outcome.refused) - 1)))
        return " ".join(parts)

    def _on_undone(self, report: UndoReport) -> None:
        words = self.tr("{files} back out of the trash.").format(files=wording.files(len(report.restored)))
        if report.left:
            words += " " + self.tr("{name} is not: {why}.").format(
                name=wording.quoted(display_name(report.left[0].path)), why=report.left[0].reason
            )
            self._message.warn(words)
        else:
            self._message.tell(words)
        self.changed.emit()

    def _on_failure(self, error: Exception) -> None:
        self._message.warn(wording.sentence(error) + ".")
