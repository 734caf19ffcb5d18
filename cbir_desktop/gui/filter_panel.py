"""Which photos of an answer are shown: by folder, day, camera, size, format and state."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateEdit, QFormLayout, QHBoxLayout, QPushButton, QSpinBox, QWidget

from cbir_desktop.core.filters import ANY, Filters
from cbir_desktop.gui import wording
from cbir_desktop.gui.popup_panel import PopupPanel
from cbir_desktop.library.narrowing import day_of
from cbir_desktop.store.catalog import Photo

_MEGA = 1_000_000


class FilterPanel(PopupPanel):
    """Offers what there is among the photos of the answer. ``changed`` carries the ``Filters``."""

    changed = Signal(object)

    def __init__(self, opener: QWidget) -> None:
        super().__init__(opener, self.tr("Show only"))
        self._opener = opener
        self.add_heading(self.tr("Show only"))
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self.column.addLayout(self._form)
        self.folder = self._combo(self.tr("Folder"))
        self.camera = self._combo(self.tr("Camera"))
        self.format = self._combo(self.tr("Format"))
        self.state = self._combo(self.tr("State"))
        for words, state in ((self.tr("Any"), None), (self.tr("Here"), "online"), (self.tr("Offline"), "offline")):
            self.state.addItem(words, state)
        self.since = self._day(self.tr("From day"))
        self.until = self._day(self.tr("To day"))
        self.pixels = self._least(self.tr("Megapixels, at least"))
        self.bytes = self._least(self.tr("Megabytes, at least"))
        self.clear = QPushButton(self.tr("Show all"), self)
        self.clear.clicked.connect(lambda: self._set(ANY))
        for combo in (self.folder, self.camera, self.format, self.state):
            combo.currentIndexChanged.connect(self._tell)
        for edit in (self.since, self.until):
            edit.changed.connect(self._tell)
        for spin in (self.pixels, self.bytes):
            spin.valueChanged.connect(self._tell)
        self.column.addWidget(self.clear)

    def open(self) -> None:
        self.open_below(self._opener, self.folder)

    def offer(self, photos: Sequence[Photo], folders: Iterable[str], filters: Filters) -> None:
        """The photos of a new answer, the watched folders, and what is chosen already."""
        cameras = Counter(photo.camera for photo in photos if photo.camera)
        formats = Counter(photo.format for photo in photos if photo.format)
        self._fill(self.folder, [(wording.folder(path), path) for path in folders])
        self._fill(self.camera, [(name, name) for name, _ in cameras.most_common()])
        self._fill(self.format, [(name, name) for name, _ in formats.most_common()])
        days = sorted(day_of(photo) for photo in photos)
        for edit, day in ((self.since, days[:1]), (self.until, days[-1:])):
            if day:
                edit.day.setDate(QDate.fromString(day[0], "yyyy-MM-dd"))
        self.show_filters(filters)

    def show_filters(self, filters: Filters) -> None:
        for combo, value in (
            (self.folder, filters.folders[:1]),
            (self.camera, filters.cameras[:1]),
            (self.format, filters.formats[:1]),
            (self.state, filters.states[:1]),
        ):
            with QSignalBlocker(combo):
                combo.setCurrentIndex(max(0, combo.findData(value[0] if value else None)))
        for edit, text in ((self.since, filters.since), (self.until, filters.until)):
            edit.set_day(text)
        for spin, least in ((self.pixels, filters.min_pixels), (self.bytes, filters.min_bytes)):
            with QSignalBlocker(spin):
                spin.setValue((least or 0) // _MEGA)
        self.clear.setEnabled(filters != ANY)

    def filters(self) -> Filters:
        """What is chosen."""
        return Filters(
            folders=_one(self.folder),
            cameras=_one(self.camera),
            formats=_one(self.format),
            states=_one(self.state),
            since=self.since.text_of_day(),
            until=self.until.text_of_day(),
            min_pixels=self.pixels.value() * _MEGA or None,
            min_bytes=self.bytes.value() * _MEGA or None,
        )

    def _tell(self) -> None:
        self._set(self.filters())

    def _set(self, filters: Filters) -> None:
        self.show_filters(filters)
        self.changed.emit(filters)

    def _combo(self, label: str) -> QComboBox:
        combo = QComboBox(self)
        combo.setAccessibleName(label)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(24)
        self._form.addRow(label, combo)
        return combo

    def _fill(self, combo: QComboBox, entries: Sequence[tuple[str, str]]) -> None:
        with QSignalBlocker(combo):
            combo.clear()
            combo.addItem(self.tr("Any"), None)
            for words, value in entries:
                combo.addItem(words, value)

    def _day(self, label: str) -> "DayEdit":
        edit = DayEdit(label, self)
        self._form.addRow(label, edit)
        return edit

    def _least(self, label: str) -> QSpinBox:
        spin = QSpinBox(self)
        spin.setRange(0, 9999)
        spin.setSpecialValueText(self.tr("Any"))
        spin.setAccessibleName(label)
        self._form.addRow(label, spin)
        return spin


class DayEdit(QWidget):
    """A day that counts only where it is ticked."""

    changed = Signal()

    def __init__(self, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.box = QCheckBox(self)
        self.box.setAccessibleName(label)
        self.day = QDateEdit(self)
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setAccessibleName(label)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.box)
        row.addWidget(self.day, 1)
        self.box.toggled.connect(self._on_toggled)
        self.day.dateChanged.connect(self.changed)
        self._on_toggled(False)

    def text_of_day(self) -> str | None:
        return self.day.date().toString("yyyy-MM-dd") if self.box.isChecked() else None

    def set_day(self, text: str | None) -> None:
        with QSignalBlocker(self.box), QSignalBlocker(self.day):
            self.box.setChecked(text is not None)
            if text is not None:
                day = date.fromisoformat(text)
                self.day.setDate(QDate(day.year, day.month, day.day))
        self.day.setEnabled(text is not None)

    def _on_toggled(self, on: bool) -> None:
        self.day.setEnabled(on)
        self.changed.emit()


def _one(combo: QComboBox) -> tuple:
    value = combo.currentData()
    return () if value is None else (value,)
