"""The photos on show: content ids; their records come in pages, on demand."""

import os
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from cbir_desktop.core.types import Ids
from cbir_desktop.gui import photo_state
from cbir_desktop.gui.match_outline import Outline
from cbir_desktop.library.answers import Hit
from cbir_desktop.store.catalog import Photo

PAGE = 128
"""Rows fetched at once: about two screens."""
KEPT = 4096
"""Records kept, least recently used first out: about 2 MB."""

Fetch = Callable[[Sequence[int], Callable[[list[Photo]], None]], object]
"""Starts to fetch the records of ids; calls back in the main thread, or never when cancelled."""

AnyIndex = QModelIndex | QPersistentModelIndex
NO_IDS: Ids = np.empty(0, np.int64)


class Role(IntEnum):
    PHOTO = Qt.ItemDataRole.UserRole + 1
    CONTENT = Qt.ItemDataRole.UserRole + 2
    SCORE = Qt.ItemDataRole.UserRole + 3
    BADGE = Qt.ItemDataRole.UserRole + 4
    OUTLINE = Qt.ItemDataRole.UserRole + 5


class PhotoModel(QAbstractListModel):
    """Rows are content ids. ``data`` answers from what is there; ``ensure`` fetches what a view is about to show."""

    rows_loaded = Signal(int, int)
    outdated = Signal()
    """Who shows rows is to ``ensure`` them again."""

    def __init__(self, fetch: Fetch, parent: QObject | None = None, kept: int = KEPT) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._kept = kept
        self._ids = NO_IDS
        self._scores: list[float] | None = None
        self._badges: dict[int, str] = {}
        self._outlines: dict[int, Outline] = {}
        self._photos: OrderedDict[int, Photo] = OrderedDict()
        self._fresh: set[int] = set()
        self._asked: set[int] = set()
        self._version = 0

    @property
    def ids(self) -> Ids:
        return self._ids

    @property
    def shows_hits(self) -> bool:
        return self._scores is not None

    def set_ids(self, ids: Ids) -> None:
        """Show photos of the library, in this order. Rows that are only added at the end leave the rest in peace, and
        so do provisional photos that were indexed since, each in its place."""
        ids = np.asarray(ids, dtype=np.int64)
        old = len(self._ids)
        changed = np.flatnonzero(ids[:old] != self._ids) if len(ids) >= old else NO_IDS
        if not self.shows_hits and len(ids) >= old and _are_indexed(self._ids[changed], ids[changed]):
            if len(changed):
                self._ids = ids[:old].copy()
                self._tell_loaded(int(changed[0]), int(changed[-1]))
            if len(ids) > old:
                self.beginInsertRows(QModelIndex(), old, len(ids) - 1)
                self._ids = ids
                self.endInsertRows()
            return
        self._show(ids, None)

    def set_hits(self, hits: Sequence[Hit], is_new: bool = True) -> None:
        """Show the answer to a query in this order; its records came with it. ``is_new``: what was found out of the
        photos of an answer before is forgotten."""
        for hit in hits:
            self._keep(hit.photo)
        ids = np.array([hit.photo.content_id for hit in hits], dtype=np.int64)
        self._show(ids, [hit.score for hit in hits], is_new)

    def set_badges(self, badges: Mapping[int, str]) -> None:
        """What was found out of some photos of the answer, in a few words ("": nothing is proved)."""
        self._badges |= badges
        if rows := self.rows_of(list(badges)).tolist():
            self.dataChanged.emit(self.index(rows[0]), self.index(rows[-1]), [Role.BADGE])

    def set_outline(self, number: int, outline: Outline) -> None:
        """Where what was asked for lies on a photo, in its upright full-size pixels."""
        self._outlines[number] = outline
        for row in self.rows_of([number]).tolist():
            self.dataChanged.emit(self.index(row), self.index(row), [Role.OUTLINE])

    def refresh(self) -> None:
        """The catalog changed: records are shown as they are until they are fetched again."""
        self._fresh.clear()
        self._asked.clear()
        self._version += 1
        self.outdated.emit()

    def ensure(self, first: int, last: int) -> None:
        """Fetch the pages of rows ``first`` to ``last`` (both shown) that are not there yet."""
        for start in range(max(0, first) // PAGE * PAGE, min(last + 1, len(self._ids)), PAGE):
            page = self._ids[start : start + PAGE].tolist()
            missing = [number for number in page if number not in self._fresh and number not in self._asked]
            if missing:
                self._asked.update(missing)
                version = self._version
                self._fetch(missing, partial(self._loaded, missing, version))

    def photo(self, row: int) -> Photo | None:
        if not 0 <= row < len(self._ids):
            return None
        number = int(self._ids[row])
        if number in self._photos:
            self._photos.move_to_end(number)
        return self._photos.get(number)

    def rows_of(self, content_ids: Sequence[int] | Ids) -> Ids:
        """Rows of the ids that are on show, ascending."""
        return np.flatnonzero(np.isin(self._ids, content_ids))

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        drag = Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | drag

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._ids)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = index.row()
        if not index.isValid() or row >= len(self._ids):
            return None
        if role == Role.CONTENT:
            return int(self._ids[row])
        if role == Role.SCORE:
            return None if self._scores is None else self._scores[row]
        if role == Role.BADGE:
            return self._badges.get(int(self._ids[row]), "")
        if role == Role.OUTLINE:
            return self._outlines.get(int(self._ids[row]))
        photo = self.photo(row)
        if photo is None or role == Role.PHOTO:
            return photo
        return self._text(photo, row, role)

    def _text(self, photo: Photo, row: int, role: int) -> str | None:
        name = display_name(photo.path)
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (photo_state.in_words(photo), *(printable(path) for path in (photo.path, *photo.also)))
            return "\n".join(line for line in lines if line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if state := photo_state.in_words(photo):
                name = f"{name}, {state}"
            if self._scores is not None:
                name = self.tr("{name}, similarity {score:.2f}").format(name=name, score=self._scores[row])
            return ", ".join(filter(None, (name, self._badges.get(photo.content_id))))
        return None

    def _show(self, ids: Ids, scores: list[float] | None, is_new: bool = True) -> None:
        self.beginResetModel()
        self._ids, self._scores = ids, scores
        if is_new:
            self._badges, self._outlines = {}, {}
        self.endResetModel()

    def _loaded(self, asked: Sequence[int], version: int, photos: Sequence[Photo]) -> None:
        if version == self._version:
            self._asked.difference_update(asked)
        for photo in photos:
            self._keep(photo, fresh=version == self._version)
        if rows := self.rows_of(asked).tolist():
            self._tell_loaded(rows[0], rows[-1])

    def _tell_loaded(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first), self.index(last))
        self.rows_loaded.emit(first, last)

    def _keep(self, photo: Photo, fresh: bool = True) -> None:
        self._photos[photo.content_id] = photo
        self._photos.move_to_end(photo.content_id)
        if fresh:
            self._fresh.add(photo.content_id)
        while len(self._photos) > self._kept:
            gone, _ = self._photos.popitem(last=False)
            self._fresh.discard(gone)


def _are_indexed(before: Ids, now: Ids) -> bool:
    """Whether every id that changed was of a provisional photo, and is of a content now."""
    return bool((before < 0).all() and (now >= 0).all())


def display_name(path: str) -> str:
    return printable(os.path.basename(path))


def printable(path: str) -> str:
    """A path for the eye: bytes that are not UTF-8 show as the replacement character."""
    return os.fsencode(path).decode("utf-8", "replace")
