"""Opens the manager of decisions, and does what it asks."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.chooser import Chooser
from cbir_desktop.gui.decisions_backend import Listed
from cbir_desktop.gui.decisions_dialog import DecisionsDialog
from cbir_desktop.gui.with_library import WithLibrary
from cbir_desktop.library.decisions import ImportReport


class DecisionsControl(QObject):
    """One dialog at a time. ``changed`` is called once it is closed, where decisions changed."""

    def __init__(
        self,
        window: QWidget,
        chooser: Chooser,
        changed: Callable[[], None],
        with_library: WithLibrary,
    ) -> None:
        super().__init__(window)
        self._window, self._chooser = window, chooser
        self._tell_changed, self._with_library = changed, with_library
        self.dialog: DecisionsDialog | None = None
        self._changed = False

    def open(self) -> None:
        """Show all decisions."""
        if self.dialog is None:
            self.dialog = dialog = DecisionsDialog(self._window)
            self._changed = False
            dialog.finished.connect(self._on_finished)
            dialog.revoke_requested.connect(self._revoke)
            dialog.export_requested.connect(self._export)
            dialog.import_requested.connect(self._import)
            self._refresh()
        self.dialog.open()

    def _refresh(self) -> None:
        def show(listed: list[Listed]) -> None:
            if self.dialog is not None:
                self.dialog.set_decisions(listed)

        self._with_library(lambda library: library.decisions.all(show))

    def _revoke(self, numbers: Sequence[int]) -> None:
        def revoked(count: int) -> None:
            self._changed = True
            words = self.tr("1 decision is revoked.") if count == 1 else self.tr("{n} decisions are revoked.")
            self._tell(words.format(n=wording.number(count)))
            self._refresh()

        self._with_library(lambda library: library.decisions.revoke(numbers, revoked))

    def _export(self) -> None:
        def export(path: str) -> None:
            def written(count: int) -> None:
                words = self.tr("{n} decisions are in {file}.")
                self._tell(words.format(n=wording.number(count), file=wording.folder(path)))

            self._with_library(lambda library: library.decisions.export(path, done=written, failed=self._fail))

        parent = self.dialog or self._window
        self._chooser.save_file(parent, self.tr("Write all decisions"), "decisions.json", export)

    def _import(self) -> None:
        def take_in(path: str) -> None:
            self._with_library(
                lambda library: library.decisions.take_in(path, done=self._on_imported, failed=self._fail)
            )

        parent = self.dialog or self._window
        self._chooser.open_file(parent, self.tr("Decisions from a file"), self.tr("Decisions (*.json)"), take_in)

    def _on_imported(self, report: ImportReport) -> None:
        self._changed = self._changed or bool(report.added)
        words = self.tr("{added} decisions came in, {known} were known.")
        if report.conflicts:
            words += " " + self.tr("In {conflicts} the library says something else, which stays.")
        number = wording.number
        told = words.format(
            added=number(report.added), known=number(report.known), conflicts=number(len(report.conflicts))
        )
        self._tell(told)
        self._refresh()

    def _tell(self, words: str) -> None:
        if self.dialog is not None:
            self.dialog.message.tell(words)

    def _fail(self, error: Exception) -> None:
        if self.dialog is not None:
            self.dialog.message.warn(wording.sentence(error) + ".")

    def _on_finished(self) -> None:
        self.dialog = None
        if self._changed:
            self._tell_changed()
