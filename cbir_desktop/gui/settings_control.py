"""Opens the settings dialog, and does what it asks."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.backend import Backend
from cbir_desktop.gui.encoder_switch import EncoderSwitch
from cbir_desktop.gui.folder_control import FolderControl
from cbir_desktop.gui.notices import Notices
from cbir_desktop.gui.settings_dialog import SettingsDialog
from cbir_desktop.gui.upkeep import Choices
from cbir_desktop.gui.with_library import WithLibrary


class SettingsControl(QObject):
    """One dialog at a time. ``applied`` is told when other settings are in force."""

    applied = Signal()

    def __init__(
        self,
        window: QWidget,
        actions: Actions,
        notices: Notices,
        folders: FolderControl,
        switch: EncoderSwitch,
        add_folder: Callable[[], None],
        with_library: WithLibrary,
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._window, self._notices, self._folders, self._switch = window, notices, folders, switch
        self._add_folder, self._with_library = add_folder, with_library
        self._rows: Sequence[tuple[str, str]] = ()
        self.dialog: SettingsDialog | None = None
        switch.ended.connect(self._refresh)

    def open(self) -> None:
        """Ctrl+,"""
        if self.dialog is None:
            self.dialog = dialog = SettingsDialog(self._window, self._actions)
            dialog.finished.connect(self._on_finished)
            dialog.save_requested.connect(self._save)
            dialog.add_folder_requested.connect(self._add_folder)
            dialog.forget_requested.connect(lambda path: self._folders.forget(path, dialog))
            dialog.switch_requested.connect(self._switch_encoder)
            dialog.set_folders(self._rows)
            self._refresh()
        self.dialog.open()

    def set_folders(self, rows: Sequence[tuple[str, str]]) -> None:
        """(path, state) of each watched folder, as the list on the left has them."""
        self._rows = rows
        if self.dialog is not None:
            self.dialog.set_folders(rows)

    def _refresh(self) -> None:
        if self.dialog is not None:
            self._with_library(
                lambda library: library.upkeep.choices(done=self._on_choices, failed=self._on_unreadable)
            )

    def _on_choices(self, choices: Choices) -> None:
        if self.dialog is not None:
            self.dialog.set_choices(choices)

    def _on_unreadable(self, error: Exception) -> None:
        if self.dialog is not None:
            self.dialog.cannot_read(error)

    def _save(self, changes: dict[str, Any]) -> None:
        def save(library: Backend) -> None:
            library.upkeep.change_settings(changes, done=self._on_saved, failed=self._on_refused)

        self._with_library(save)

    def _on_saved(self, later: frozenset[str]) -> None:
        if later:
            words = self.tr("Some of these settings, marked *, are in force from the next start of the program on.")
            self._notices.say("later", words, is_problem=False)
        if self.dialog is not None:
            self.dialog.accept()
        self.applied.emit()

    def _on_refused(self, error: Exception) -> None:
        if self.dialog is not None:
            self.dialog.cannot_save(error)

    def _switch_encoder(self, name: str) -> None:
        self._switch.start(name)
        if self.dialog is not None:
            self.dialog.accept()

    def _on_finished(self) -> None:
        self.dialog = None
