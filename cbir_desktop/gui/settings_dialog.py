"""The settings dialog: what ``settings.toml`` holds, the library's folders, and its encoder."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from cbir_desktop.encoders.choice import Choice
from cbir_desktop.gui import wording
from cbir_desktop.gui.actions import Actions
from cbir_desktop.gui.message_bar import MessageBar
from cbir_desktop.gui.settings_form import SettingsForm
from cbir_desktop.gui.shortcut_editor import ShortcutEditor
from cbir_desktop.gui.translations import languages
from cbir_desktop.gui.upkeep import Choices


class SettingsDialog(QDialog):
    """Shows what it is given; asks by signals. ``save_requested`` carries what changed, and never a bad value."""

    save_requested = Signal(object)
    add_folder_requested = Signal()
    forget_requested = Signal(str)
    switch_requested = Signal(str)

    def __init__(self, parent: QWidget, actions: Actions) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setWindowTitle(self.tr("Settings"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._current: str | None = None
        self.form = SettingsForm(self)
        self.form.changed.connect(self._check)
        self.message = MessageBar(self)
        self.tabs = QTabWidget(self)
        for page, title in (
            (self._folders_page(), self.tr("Folders")),
            (self._files_page(), self.tr("Files")),
            (self._search_page(), self.tr("Search")),
            (self._resources_page(), self.tr("Speed and storage")),
            (self._window_page(), self.tr("Window")),
            (self._keys_page(), self.tr("Keyboard")),
        ):
            self.tabs.addTab(page, title)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.buttons.accepted.connect(self._save)
        self.buttons.rejected.connect(self.reject)
        self.save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        for widget in (self.message, self.tabs, self.buttons):
            column.addWidget(widget)
        self.tabs.setEnabled(False)
        self.save.setEnabled(False)
        self.resize(QSize(640, 480))

    def set_choices(self, choices: Choices) -> None:
        """What there is to choose from, and what is chosen."""
        self.tabs.setEnabled(True)
        self.form.set_settings(choices.settings)
        self.encoders.clear()
        for name, summary in choices.encoders.items():
            self.encoders.addItem(f"{name}: {summary}", name)
        self.encoders.setCurrentIndex(self.encoders.findData(Choice.parse(choices.encoder).name))
        self._current = self.encoders.currentData()
        words = self.tr("The library searches by “{encoder}”.").format(encoder=choices.encoder)
        if choices.next_encoder is not None:
            words += " " + self.tr("It is on the way to “{encoder}”.").format(encoder=choices.next_encoder)
        self.searches_by.setText(words)
        self._offer_switch()
        self._check()

    def cannot_read(self, error: Exception) -> None:
        """The file cannot be read: nothing here is changed until it is mended."""
        self.tabs.setEnabled(False)
        self.save.setEnabled(False)
        words = self.tr("{why}. Mend the file, or move it away to have all as at first; it is left as it is.")
        self.message.warn(words.format(why=wording.sentence(error)))

    def cannot_save(self, error: Exception) -> None:
        self.message.warn(wording.sentence(error) + ".")
        self.save.setEnabled(True)

    def set_folders(self, folders: Sequence[tuple[str, str]]) -> None:
        """(path, state) of each watched folder."""
        if [(item.data(Qt.ItemDataRole.UserRole), item.toolTip()) for item in self._items()] == list(folders):
            return
        row = self.folders.currentRow()
        self.folders.clear()
        for path, state in folders:
            text = wording.folder(path)
            item = QListWidgetItem(f"{text} ({state})" if state else text)
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(state)
            self.folders.addItem(item)
        self.folders.setCurrentRow(min(max(row, 0), len(folders) - 1))
        self.forget.setEnabled(bool(folders))

    def _items(self) -> list[QListWidgetItem]:
        return [self.folders.item(row) for row in range(self.folders.count())]

    def _folders_page(self) -> QWidget:
        self.folders = QListWidget()
        self.folders.setAccessibleName(self.tr("Folders of the library"))
        add = QPushButton(self.tr("Add folder…"))
        add.clicked.connect(self.add_folder_requested)
        self.forget = QPushButton(self.tr("Forget this folder…"))
        self.forget.setEnabled(False)
        self.forget.clicked.connect(self._forget)
        beside = QHBoxLayout()
        for button in (add, self.forget):
            beside.addWidget(button)
        beside.addStretch(1)
        page, column = _page()
        column.addWidget(self.folders, 1)
        column.addLayout(beside)
        column.addWidget(_hint(self.tr("Folders are added and forgotten at once; no file is touched.")))
        column.addWidget(self.form.box("watch", self.tr("Follow changes in these folders while the window is open")))
        form = _form(column)
        label = self.tr("Look at folders that send no events every")
        form.addRow(label, self.form.number("rescan_seconds", label, self.tr("seconds")))
        return page

    def _files_page(self) -> QWidget:
        page, column = _page()
        for name, label, example in (
            ("excludes", self.tr("Leave out files and folders like"), "private\n*.gif\n/home/me/Pictures/old/*"),
            ("includes", self.tr("Take only files like (all pictures where this is empty)"), "*.jpg\n*.heic"),
        ):
            column.addWidget(QLabel(label))
            column.addWidget(self.form.patterns(name, label, example), 1)
        words = self.tr("One pattern a line. * stands for anything; one with a slash is compared with the whole path.")
        column.addWidget(_hint(words))
        column.addWidget(self.form.box("follow_symlinks", self.tr("Follow symbolic links to files and folders")))
        return page

    def _search_page(self) -> QWidget:
        page, column = _page()
        self.searches_by = QLabel(wordWrap=True)
        self.encoders = QComboBox()
        self.encoders.setAccessibleName(self.tr("Encoder"))
        self.encoders.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.encoders.currentIndexChanged.connect(self._offer_switch)
        self.switch = QPushButton(self.tr("Switch"))
        self.switch.clicked.connect(lambda: self.switch_requested.emit(self.encoders.currentData()))
        row = QHBoxLayout()
        row.addWidget(self.encoders, 1)
        row.addWidget(self.switch)
        column.addWidget(self.searches_by)
        column.addLayout(row)
        words = self.tr(
            "A switch reads all photos again, in the background. Search goes on by the old encoder until all is done."
        )
        column.addWidget(_hint(words))
        column.addSpacing(16)
        words = self.tr("Search new camera photos by their small previews until they are read")
        column.addWidget(self.form.box("previews_first", words))
        column.addStretch(1)
        return page

    def _resources_page(self) -> QWidget:
        page, column = _page()
        form, tr = _form(column), self.tr
        powers = {"full": tr("At full speed"), "background": tr("In the background, behind other programs")}
        form.addRow(tr("Indexing"), self.form.choice("power", tr("Indexing"), powers))
        for name, label, unit, megabytes in (
            ("thumbnail_cache_bytes", tr("Thumbnails take at most"), tr("MB"), True),
            ("feature_cache_bytes", tr("Keypoints, for proof, take at most"), tr("MB"), True),
            ("decode_threads", tr("Threads that read pictures *"), tr("(0: one for each core)"), False),
            ("decode_seconds", tr("Time for a difficult picture *"), tr("seconds"), False),
            ("decode_memory_bytes", tr("Memory for a difficult picture *"), tr("MB"), True),
        ):
            form.addRow(label, self.form.number(name, label, unit, megabytes))
        column.addWidget(_hint(self.tr("* from the next start of the program on. All else is in force at once.")))
        column.addStretch(1)
        return page

    def _window_page(self) -> QWidget:
        page, column = _page()
        form, label = _form(column), self.tr("Language *")
        names = {"": self.tr("As the desktop"), "en": "English", **languages()}
        form.addRow(label, self.form.choice("language", label, names))
        words = self.tr("Offer to fetch a picture from the web where only its address was dropped or pasted")
        column.addWidget(self.form.box("fetch_remote", words))
        column.addWidget(_hint(self.tr("Else nothing is ever fetched. * from the next start of the program on.")))
        column.addStretch(1)
        return page

    def _keys_page(self) -> QWidget:
        page, column = _page()
        self.keys = ShortcutEditor(self._actions)
        self.keys.changed.connect(self._check)
        column.addWidget(self.form.add("shortcuts", self.keys, self.keys.read, self.keys.write), 1)
        column.addWidget(_hint(self.tr("Click into a line and press the new keys.")))
        return page

    def _check(self) -> None:
        self.save.setEnabled(self.form.check() and bool(self.form.changes()))

    def _offer_switch(self) -> None:
        chosen = self.encoders.currentData()
        self.switch.setEnabled(chosen is not None and chosen != self._current)

    def _save(self) -> None:
        self.save.setEnabled(False)
        self.save_requested.emit(self.form.changes())

    def _forget(self) -> None:
        if (item := self.folders.currentItem()) is not None:
            self.forget_requested.emit(item.data(Qt.ItemDataRole.UserRole))


def _page() -> tuple[QWidget, QVBoxLayout]:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 16, 16, 16)
    column.setSpacing(8)
    return page, column


def _form(column: QVBoxLayout) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(8)
    column.addLayout(form)
    return form


def _hint(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setForegroundRole(label.palette().ColorRole.PlaceholderText)
    return label
