"""What the library holds, for the list on the left and for the grid. Asked in a worker."""

import time
from dataclasses import dataclass

import numpy as np

from cbir_desktop.core.types import Ids
from cbir_desktop.gui.photo_model import NO_IDS
from cbir_desktop.library.folders import FolderInfo, list_folders
from cbir_desktop.library.session import Session
from cbir_desktop.store.catalog import Problem


@dataclass(frozen=True)
class Place:
    """What can be chosen on the left: all photos, those below one watched ``folder``, the ``missing`` ones, the
    problems, the duplicates, or photos that were ``chosen`` on the map, by content id."""

    folder: str | None = None
    problems: bool = False
    missing: bool = False
    duplicates: bool = False
    chosen: tuple[int, ...] | None = None

    @property
    def has_photos(self) -> bool:
        """Whether the grid shows it; the others have a page of their own."""
        return not (self.problems or self.duplicates)


ALL_PHOTOS, MISSING, PROBLEMS, DUPLICATES = Place(), Place(missing=True), Place(problems=True), Place(duplicates=True)


@dataclass(frozen=True)
class FolderRow:
    """A watched folder: how many photos it shows, whether they are away, and that because their drive is; and how many
    files are gone from it."""

    path: str
    photos: int
    volume: str
    is_away: bool
    drive_is_away: bool
    missing: int


@dataclass(frozen=True)
class Overview:
    """``ids`` are the contents of ``place``, by path; ``total`` counts all photos, ``missing`` those without a file.
    ``problems`` hold the ignored ones too. ``seconds`` it took to ask."""

    version: int
    place: Place
    ids: Ids
    total: int
    folders: tuple[FolderRow, ...]
    missing: int
    problems: list[Problem]
    seconds: float

    def has(self, place: Place) -> bool:
        """Whether there is anything to go to."""
        if place.problems:
            return bool(self.problems)
        if place.duplicates:
            return True
        if place.missing:
            return bool(self.missing)
        return place.folder is None or any(place.folder == row.path for row in self.folders)


def look(session: Session, place: Place, known: int | None) -> Overview | None:
    """None where the catalog has not changed since the version ``known``."""
    started, catalog = time.monotonic(), session.catalog
    version = catalog.db.data_version()
    if version == known:
        return None
    infos = list_folders(session)
    lost = catalog.missing_ids() if place.missing or any(info.files["missing"] for info in infos) else NO_IDS
    ids = lost if place.missing else catalog.photo_ids(place.folder)
    if place.chosen is not None:
        ids = ids[np.isin(ids, place.chosen)]
    total = len(ids) if place == ALL_PHOTOS else catalog.photo_count()
    folders = tuple(_row(info, catalog.photo_count(info.path)) for info in infos)
    problems = catalog.problems(with_ignored=True)
    return Overview(version, place, ids, total, folders, len(lost), problems, time.monotonic() - started)


def _row(info: FolderInfo, photos: int) -> FolderRow:
    # A mount point without its drive is a folder that is there, with photos that are not.
    is_away = not info.there or (info.files["offline"] > 0 and info.files["online"] == 0)
    return FolderRow(info.path, photos, info.volume, is_away, not info.mounted, info.files["missing"])
