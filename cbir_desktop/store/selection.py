"""The photos of a library that filters let through: one query for each change of the filters."""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from cbir_desktop.core.filters import Filters
from cbir_desktop.core.types import Ids
from cbir_desktop.store.db import Database
from cbir_desktop.store.places import in_folders

_FROM = (
    "files f LEFT JOIN contents c ON c.id = f.content_id LEFT JOIN captures p ON p.content_id = f.content_id"
    " LEFT JOIN previews w ON w.file_id = f.id"
)
_PRESENT = "f.state IN ('online', 'offline') AND (f.content_id IS NOT NULL OR w.file_id IS NOT NULL)"
_ONLINE = (
    "(f.state = 'online' OR EXISTS (SELECT 1 FROM files o WHERE o.content_id = f.content_id AND o.state = 'online'))"
)
# What a photo is: of a provisional one by its file and its preview, as ``Catalog.photos`` tells it.
_DAY = "substr(coalesce(p.taken, strftime('%Y-%m-%d', f.mtime_ns / 1000000000, 'unixepoch', 'localtime')), 1, 10)"
_PIXELS = "coalesce(c.width * c.height, w.width * w.height)"
_BYTES = "coalesce(c.bytes, f.size)"
_FORMAT = "coalesce(c.format, iif(w.width, 'JPEG', ''))"


class Selection:
    """Reads ids by filters; those of provisional photos are below 0."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._last: tuple[Filters, int, Ids] | None = None

    def ids(self, filters: Filters) -> Ids:
        """Sorted ids of the photos that pass: a picture that lies at several places if one of its files does.

        100,000 files take about 0.1 s; the same filters again nothing, until something is written. Do not write to it.
        """
        last, version = self._last, self._db.data_version()
        if last is None or last[:2] != (filters, version):
            last = (filters, version, self._selected(filters))
            self._last = last
        return last[2]

    def cameras(self) -> list[tuple[str, int]]:
        """(name, how many contents) of what the pictures were taken with, the most frequent first."""
        return self._counted("SELECT camera, count(*) FROM captures WHERE camera IS NOT NULL GROUP BY camera")

    def formats(self) -> list[tuple[str, int]]:
        """(name, how many contents) of the formats, the most frequent first."""
        return self._counted("SELECT format, count(*) FROM contents GROUP BY format")

    def _selected(self, filters: Filters) -> Ids:
        clauses = [(_PRESENT, ()), *self._clauses(filters)]
        condition = " AND ".join(clause for clause, _ in clauses)
        values = [value for _, of_clause in clauses for value in of_clause]
        rows = self._db.connection.execute(
            f"SELECT coalesce(f.content_id, -f.id) FROM {_FROM} WHERE {condition}", values
        )
        return np.unique(np.fromiter((row[0] for row in rows), np.int64))

    def _clauses(self, filters: Filters) -> list[tuple[str, tuple[Any, ...]]]:
        bounds = (
            (_DAY, ">=", filters.since),
            (_DAY, "<=", filters.until),
            (_PIXELS, ">=", filters.min_pixels),
            (_PIXELS, "<=", filters.max_pixels),
            (_BYTES, ">=", filters.min_bytes),
            (_BYTES, "<=", filters.max_bytes),
        )
        clauses: list[tuple[str, tuple[Any, ...]]] = []
        clauses += [(f"{what} {sign} ?", (value,)) for what, sign, value in bounds if value is not None]
        if filters.folders:
            clauses.append(in_folders([os.fsencode(folder) for folder in filters.folders]))
        if filters.cameras:
            clauses.append(_among("p.camera", _alike(filters.cameras, self.cameras())))
        if filters.formats:
            known = [*self.formats(), ("JPEG", 0)]
            clauses.append(_among(_FORMAT, _alike(filters.formats, known)))
        if len(set(filters.states)) == 1:
            clauses.append((_ONLINE if filters.states[0] == "online" else f"NOT {_ONLINE}", ()))
        return clauses

    def _counted(self, query: str) -> list[tuple[str, int]]:
        rows = self._db.connection.execute(f"{query} ORDER BY count(*) DESC, 1")
        return [(str(name), int(count)) for name, count in rows]


def _alike(wanted: Iterable[str], known: Iterable[tuple[str, int]]) -> list[str]:
    """The names that the catalog knows and that are among the wanted ones, in any case."""
    folded = {name.casefold() for name in wanted}
    return sorted({name for name, _ in known if name.casefold() in folded})


def _among(what: str, values: list[str]) -> tuple[str, tuple[Any, ...]]:
    return f"{what} IN ({','.join('?' * len(values))})", tuple(values)
