"""The facts of two files, one below the other, the better value of each marked."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from cbir_desktop.gui import wording
from cbir_desktop.gui.photo_model import printable
from cbir_desktop.gui.query import FileSource, PhotoSource, Source
from cbir_desktop.library.facts import Facts, better

_MARK = "✓"


class FactsTable(QWidget):
    """Three lines: what the facts are, those of A, those of B. A fact that neither file has is left out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Facts of both files"))
        self._titles = {
            "pixels": self.tr("Pixels"),
            "size_bytes": self.tr("Size"),
            "format": self.tr("Format"),
            "jpeg_quality": self.tr("JPEG quality"),
            "sharpness": self.tr("Sharpness"),
            "taken": self.tr("Date"),
            "camera": self.tr("Camera"),
        }
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 8, 16, 8)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.names = [self._label(row, 0) for row in (1, 2)]
        for name in self.names:
            name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            name.setMinimumWidth(20 * self.fontMetrics().averageCharWidth())
        self.values: dict[str, list[QLabel]] = {}
        for column, (key, words) in enumerate(self._titles.items(), start=1):
            title = self._label(0, column)
            title.setText(words)
            title.setForegroundRole(title.palette().ColorRole.PlaceholderText)
            self.values[key] = [title, self._label(1, column), self._label(2, column)]

    def set_facts(
        self,
        sources: tuple[Source | None, Source | None],
        facts: tuple[Facts | None, Facts | None],
        related: bool = False,
    ) -> None:
        """What is known so far. Which value is the better one is of use for two pictures that are ``related`` only."""
        for letter, label, source in zip("AB", self.names, sources, strict=True):
            label.setText("" if source is None else f"{letter}  {wording.source(source)}")
            label.setToolTip("" if source is None else _place(source))
        a, b = facts
        marked = better(a, b) if related and a is not None and b is not None else {}
        told = [{} if known is None else self._told(known) for known in facts]
        for key, (title, *cells) in self.values.items():
            known = any(one.get(key) for one in told)
            title.setVisible(known)
            for side, one, cell in zip("ab", told, cells, strict=True):
                self._write(cell, one.get(key, ""), marked.get(key) == side, f"{self._titles[key]}, {side.upper()}")
                cell.setVisible(known)

    def _told(self, facts: Facts) -> dict[str, str]:
        changed = self.tr("{date} (file)").format(date=wording.date(facts.mtime_ns)) if facts.mtime_ns else ""
        return {
            "pixels": f"{wording.number(facts.width)} × {wording.number(facts.height)}",  # noqa: RUF001 - the sign for it
            "size_bytes": wording.size(facts.size_bytes),
            "format": facts.format,
            "jpeg_quality": "" if facts.jpeg_quality is None else wording.number(facts.jpeg_quality),
            "sharpness": wording.number(round(facts.sharpness)),
            "taken": changed if facts.taken is None else facts.taken[:16].replace("T", " "),
            "camera": facts.camera or "",
        }

    def _write(self, cell: QLabel, words: str, is_better: bool, name: str) -> None:
        font = cell.font()
        font.setBold(is_better)
        cell.setFont(font)
        cell.setText(f"{words} {_MARK}" if is_better else words or "–")  # noqa: RUF001 - a dash
        told = self.tr("{name}: {value}, the better one") if is_better else self.tr("{name}: {value}")
        cell.setAccessibleName(told.format(name=name, value=words or self.tr("not known")))

    def _label(self, row: int, column: int) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        self._grid.addWidget(label, row, column)
        return label


def _place(source: Source) -> str:
    match source:
        case FileSource(path):
            return printable(path)
        case PhotoSource(photo):
            return printable(photo.path)
    return ""
