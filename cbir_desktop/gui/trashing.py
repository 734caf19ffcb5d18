"""The selected photos to the trash, and back: what went, what stays and why is said above the photos."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMessageBox

from cbir_desktop.gui import wording
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.error_words import in_words
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.photo_grid import PhotoGrid
from cbir_desktop.gui.photo_model import display_name
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.acting import Outcome
from cbir_desktop.library.discarding import Discarded
from cbir_desktop.library.undo import UndoReport


class Trashing(QObject):
    """A question is asked only where the last copy of a picture would go; all of it can be undone."""

    changed = Signal()

    def __init__(self, actions: Actions, grid: PhotoGrid, message: MessageBar, with_library: WithLibrary) -> None:
        super().__init__(grid)
        self._actions, self._grid, self._message, self._with_library = actions, grid, message, with_library
        self._can_undo, self._at_photos = False, True
        actions.trash.triggered.connect(self._discard)
        actions.undo_trash.triggered.connect(self._undo)

    def attach(self) -> None:
        """The library is open: what went to the trash before it was closed last can be taken back."""
        self._with_library(lambda library: library.upkeep.can_undo(self._on_can_undo, self._on_unknown))

    def enable(self, at_photos: bool) -> None:
        """Where photos are, or none is left: the page of duplicates has an undo of its own, under the same keys."""
        self._at_photos = at_photos
        self._enable()

    def _enable(self) -> None:
        self._actions.undo_trash.setEnabled(self._can_undo and self._at_photos)

    def _on_can_undo(self, known: bool) -> None:
        self._can_undo = self._can_undo or known
        self._enable()

    def _on_unknown(self, _error: Exception) -> None:
        """Another process cleans up, or the library can only be read: there is nothing that could be taken back now."""

    # -- to the trash -------------------------------------------------------------------------------------------

    def _discard(self) -> None:
        ids = self._grid.selected_ids().tolist()
        self._actions.trash.setEnabled(False)  # until the selection is another, or the question is answered
        self._with_library(lambda library: library.upkeep.last_copies(ids, partial(self._ask_or_move, ids)))

    def _ask_or_move(self, ids: Sequence[int], last: Sequence[str]) -> None:
        if last:
            self._ask(ids, last)
        else:
            self._move(ids, False)

    def _ask(self, ids: Sequence[int], last: Sequence[str]) -> None:
        all_ = wording.photos(len(ids)) if len(ids) > 1 else wording.quoted(display_name(last[0]))
        title = self.tr("Move {photos} to the trash?").format(photos=all_)
        words = self.tr(
            "No other file here has the same bytes. {keys} takes back what was moved, and so does the trash."
        )
        if len(last) < len(ids):
            words = self.tr(
                "For {n} of them no other file here has the same bytes."
                " {keys} takes back what was moved, and so does the trash."
            )
        keys = self._actions.undo_trash.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        box = QMessageBox(QMessageBox.Icon.Question, title, title, parent=self._grid.window())
        box.setInformativeText(words.format(n=wording.number(len(last)), keys=keys))
        move = box.addButton(self.tr("Move to the trash"), QMessageBox.ButtonRole.AcceptRole)
        move.clicked.connect(partial(self._move, ids, True))
        if len(last) < len(ids):
            rest = box.addButton(self.tr("Only those with another copy"), QMessageBox.ButtonRole.ActionRole)
            rest.clicked.connect(partial(self._move, ids, False))
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        cancel.clicked.connect(lambda: self._actions.trash.setEnabled(True))
        box.setDefaultButton(move)
        box.finished.connect(box.deleteLater)
        box.open()

    def _move(self, ids: Sequence[int], last_too: bool) -> None:
        self._with_library(
            lambda library: library.upkeep.discard(ids, last_too, done=self._on_done, failed=self._on_failure)
        )

    def _on_done(self, outcome: Discarded) -> None:
        self._can_undo = self._can_undo or bool(outcome.done)
        self._enable()
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
            parts.append(self.tr("{files} moved to the trash.").format(files=wording.files(len(outcome.done))))
        if len(outcome.last) == 1:
            name = wording.quoted(display_name(outcome.last[0]))
            parts.append(self.tr("{name} stays: no other file here has the same bytes.").format(name=name))
        elif outcome.last:
            words = self.tr("{files} stay: no other file here has the same bytes.")
            parts.append(words.format(files=wording.files(len(outcome.last))))
        if outcome.refused:
            first = outcome.refused[0]
            parts.append(self.tr("{name} stays: {why}.").format(name=_name(first), why=_why(first)))
        if len(outcome.refused) > 1:
            parts.append(self.tr("So do {n} more.").format(n=wording.number(len(outcome.refused) - 1)))
        return " ".join(parts)

    # -- and back -----------------------------------------------------------------------------------------------

    def _undo(self) -> None:
        self._can_undo = False
        self._enable()
        self._with_library(lambda library: library.upkeep.undo(done=self._on_undone, failed=self._on_failure))

    def _on_undone(self, report: UndoReport) -> None:
        words = self.tr("{files} back out of the trash.").format(files=wording.files(len(report.restored)))
        if report.left:
            left = report.left[0]
            words += " " + self.tr("{name} is not: {why}.").format(name=_name(left), why=_why(left))
            self._message.warn(words)
        else:
            self._message.tell(words)
        self.changed.emit()
        self.attach()  # there may be more to take back

    def _on_failure(self, error: Exception) -> None:
        self._message.warn(wording.sentence(error) + ".")


def _name(one: Outcome) -> str:
    return wording.quoted(display_name(one.path))


def _why(one: Outcome) -> str:
    return in_words(one.problem, one.reason)
