"""Files that were renamed or moved: known again by what the disk says of them, without being read."""

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from cbir_desktop.images.companions import Companion
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.files import Adopted, SeenBefore
from cbir_desktop.store.places import Place


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that has to be read. ``inode`` is 0 where the file system's numbers are worth nothing; ``companions`` is
    None where the file was named itself and its folder was not read."""

    path: str
    place: Place
    size: int
    mtime_ns: int
    inode: int
    companions: tuple[Companion, ...] | None = None


class MovedFiles:
    """Finds new files that the catalog knows under another path: the same volume, inode, size and time (ns).

    An inode number may be given to another file once its own is deleted; that such a file has the same size and the
    same time to the nanosecond is what we count on not to happen. ``lacking`` are contents that have to be read all the
    same; ``gone`` the files that the scan missed; ``listed`` the folders of which it saw every file.
    """

    def __init__(
        self, catalog: Catalog, lacking: Collection[int], gone: Collection[int], listed: Collection[str]
    ) -> None:
        self._catalog = catalog
        self._lacking = lacking
        self._gone = gone
        self._listed = listed
        self._moved: set[int] = set()

    def sort_out(self, new_files: Sequence[NewFile], known: Mapping[str, int]) -> tuple[list[Adopted], list[NewFile]]:
        """(files known from elsewhere, files to read). ``known``: paths that have a row in the catalog already."""
        candidates = self._candidates(new_files)
        adopted: list[Adopted] = []
        unknown: list[NewFile] = []
        for new in new_files:
            key = (new.place.volume.uuid, new.size, new.mtime_ns, new.inode)
            one = self._adopt(new, candidates.get(key, ()), new.path in known)
            if one is None:
                unknown.append(new)
            else:
                adopted.append(one)
        return adopted, unknown

    def _candidates(self, new_files: Sequence[NewFile]) -> dict[tuple[str, int, int, int], list[SeenBefore]]:
        found: dict[tuple[str, int, int, int], list[SeenBefore]] = {}
        for before in self._catalog.files.seen_before([new.inode for new in new_files if new.inode]):
            file = before.file
            found.setdefault((before.place.volume.uuid, file.size, file.mtime_ns, file.inode), []).append(before)
        return found

    def _adopt(self, new: NewFile, candidates: Iterable[SeenBefore], replaces: bool) -> Adopted | None:
        for before in candidates:
            content = before.file.content_id
            moved = self._has_left(before, new)
            # What could not be read stays so under its new name, unless that name stood for something else.
            useful = content not in self._lacking if content is not None else moved and not replaces
            if before.path != new.path and useful:
                if moved:
                    self._moved.add(before.file.id)
                return Adopted(new.place, os.path.basename(new.path), before.file, moved, replaces)
        return None

    def _has_left(self, before: SeenBefore, new: NewFile) -> bool:
        """Whether the file is not at its old path any more. Where that folder was just listed, the listing tells: a
        file system that ignores case still finds the old name of a file that was renamed in case only."""
        if before.file.id in self._moved:
            return False
        if before.file.id in self._gone:
            return True
        if before.place.full in self._listed:
            return False
        try:
            return os.lstat(before.path).st_ino != new.inode
        except OSError:
            return True
