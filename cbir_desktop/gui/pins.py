"""Saved searches: kept under a name, shown on the left, asked again by a click."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QLineEdit

from cbir_desktop.gui import wording
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.asking import Asking
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.searches import SavedSearch
from cbir_desktop.gui.side_list import SideList
from cbir_desktop.gui.with_library import WithLibrary


class Pins(QObject):
    """Asks for a name in a dialog that does not wait."""

    def __init__(
        self, actions: Actions, asking: Asking, side: SideList, message: MessageBar, with_library: WithLibrary
    ) -> None:
        super().__init__(asking)
        self._actions, self._asking, self._side, self._message = actions, asking, side, message
        self._with_library = with_library
        self._pins: dict[str, SavedSearch] = {}
        self.dialog: QInputDialog | None = None
        actions.pin.triggered.connect(self._ask_name)
        side.pin_requested.connect(self._open)
        side.rename_requested.connect(self._ask_new_name)
        side.unpin_requested.connect(self._remove)

    def enable(self) -> None:
        self._actions.pin.setEnabled(bool(self._asking.question.examples))

    def refresh(self) -> None:
        """The library is open, or another one wrote to it."""
        self._with_library(lambda library: library.searches.pins(self._show, self._on_failure))

    def _show(self, pins: Sequence[SavedSearch]) -> None:
        self._pins = {pin.name: pin for pin in pins}
        self._side.set_pins(list(self._pins))

    def _open(self, name: str) -> None:
        pin = self._pins[name]
        self._asking.ask_question(pin.question, pin.narrowing)

    def _ask_name(self) -> None:
        asked = self._asking.current
        words = ", ".join(wording.source(example.source) for example in asked.question.plus[:2])
        proposed = self.tr("Like {query}").format(query=words)

        def keep(name: str) -> None:
            self._with_library(
                lambda library: library.searches.pin(
                    name, asked.question, asked.narrowing, self._show, self._on_failure
                )
            )

        self._ask(self.tr("Keep this search"), proposed, keep)

    def _ask_new_name(self, old: str) -> None:
        def rename(name: str) -> None:
            if name != old:
                self._with_library(lambda library: library.searches.rename(old, name, self._show, self._on_failure))

        self._ask(self.tr("Rename the search"), old, rename)

    def _remove(self, name: str) -> None:
        pin = self._pins[name]

        def put_back() -> None:
            self._with_library(
                lambda library: library.searches.pin(name, pin.question, pin.narrowing, self._show, self._on_failure)
            )

        words = self.tr("The search {name} is no longer kept.").format(name=wording.quoted(name))
        self._message.tell(words, self.tr("Undo"), put_back)
        self._with_library(lambda library: library.searches.unpin(name, self._show))

    def _ask(self, title: str, proposed: str, done: Callable[[str], None]) -> None:
        self.dialog = dialog = QInputDialog(self._side.window())
        dialog.setWindowTitle(title)
        dialog.setLabelText(self.tr("Name"))
        dialog.setTextValue(proposed)
        for line in dialog.findChildren(QLineEdit):
            line.setAccessibleName(self.tr("Name"))
        dialog.textValueSelected.connect(lambda name: done(name.strip()) if name.strip() else None)
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _on_failure(self, error: Exception) -> None:
        self._message.warn(wording.sentence(error) + ".")
