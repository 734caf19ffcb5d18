"""What differs between the disk and the catalog."""

import os
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Task
from cbir_desktop.images.companions import Companion, with_identifiers
from cbir_desktop.images.scan import Found, scan
from cbir_desktop.library.volumes import place_of
from cbir_desktop.store.catalog import Catalog, Problem
from cbir_desktop.store.files import KnownFile, Place, StoredFile

_OPEN_FOLDERS = 64  # a sorted walk comes back to a folder after each of its subfolders: keep the last ones at hand


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that has to be read."""

    found: Found
    place: Place


@dataclass
class Changes:
    """``new`` is in the order of the paths; the other numbers are as in ``IndexReport``."""

    seen: int = 0
    unchanged: int = 0
    missing: int = 0
    new: list[NewFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def find_changes(catalog: Catalog, encoder_id: int, roots: Sequence[str], task: Task) -> Changes:
    """Walk the roots and compare each file's size, time and inode with what the catalog has.

    Files that are not there any more become ``missing``, those that came back ``online``. A root that vanished or
    suddenly reads empty is most likely a drive that is away: its files become ``offline`` and nothing else changes.
    Raises ``KnownError`` (kind ``no-such-path``) for a root that is not there and was never known.
    """
    return _Comparison(catalog, encoder_id, task).run(roots)


class _Comparison:
    def __init__(self, catalog: Catalog, encoder_id: int, task: Task) -> None:
        self._catalog = catalog
        self._task = task
        self._encoded = set(catalog.vectors.ids(encoder_id).tolist())
        self._places: dict[str, Place] = {}
        self._folders: OrderedDict[str, dict[str, KnownFile]] = OrderedDict()
        self._companions: dict[str, dict[int, frozenset[Companion]]] = {}  # of the same folders
        self._seen_ids: set[int] = set()
        self._returned: list[int] = []
        self._refused: list[str] = []
        self.changes = Changes()

    def run(self, roots: Sequence[str]) -> Changes:
        known_below = {root: self._known_below(root) for root in roots}
        for root in roots:
            if not os.path.lexists(root) and not known_below[root]:
                raise KnownError(f"{root} does not exist", "no-such-path")
        for found in scan([root for root in roots if os.path.lexists(root)], self._refuse):
            self._task.check()
            self._compare(found)
        self._catalog.files.set_state(self._returned, "online")
        for root, known in known_below.items():
            self._settle(root, known)
        return self.changes

    def _compare(self, found: Found) -> None:
        self.changes.seen += 1
        folder, name = os.path.split(found.path)
        known = self._in_folder(folder).get(name)
        if known is not None:
            self._compare_companions(folder, found, known.id)
        if known is None:
            self.changes.new.append(NewFile(found, self._place(folder)))
            return
        self._seen_ids.add(known.id)
        if known.state != "online":
            self._returned.append(known.id)
        same = (known.size, known.mtime_ns, known.inode) == (found.size, found.mtime_ns, found.inode)
        if same and known.problem is not None:
            self.changes.problems.append(Problem(found.path, *known.problem))
        elif same and known.content_id in self._encoded:
            self.changes.unchanged += 1
        else:
            self.changes.new.append(NewFile(found, self._place(folder)))

    def _compare_companions(self, folder: str, found: Found, file_id: int) -> None:
        """Sidecars come and go beside a picture that does not change."""
        if found.companions is None:
            return
        if set(found.companions) != self._companions[folder].get(file_id, frozenset()):
            companions = with_identifiers(folder, found.companions)
            self._catalog.captures.set_companions(file_id, companions)

    def _settle(self, root: str, known: Sequence[StoredFile]) -> None:
        """Give the files of a root that were not seen their state."""
        unseen = [file for file in known if file.id not in self._seen_ids and file.state != "trashed"]
        gone = [file for file in unseen if not self._is_below_refused(file.path)]
        if gone and len(gone) == len(known) and all(file.path != root for file in known):
            self._freeze(root, gone)
            return
        missing = [file.id for file in gone if self._volume_is_here(file)]
        away = [file.id for file in gone if not self._volume_is_here(file)]
        self._catalog.files.set_state(missing, "missing")
        self._catalog.files.set_state(away, "offline")
        self.changes.missing += len(missing)

    def _freeze(self, root: str, gone: Sequence[StoredFile]) -> None:
        self._catalog.files.set_state([file.id for file in gone], "offline")
        what = "reads empty" if os.path.isdir(root) else "is not there"
        reason = f"the folder {what}: its {len(gone)} photos stay in the library until it comes back"
        self.changes.problems.append(Problem(root, "offline", reason))

    def _known_below(self, root: str) -> list[StoredFile]:
        return self._catalog.files.below(root) or self._catalog.files.at(root)

    def _volume_is_here(self, file: StoredFile) -> bool:
        return self._place(os.path.dirname(file.path)).volume.uuid == file.volume_uuid

    def _is_below_refused(self, path: str) -> bool:
        return any((path + os.sep).startswith(refused.rstrip(os.sep) + os.sep) for refused in self._refused)

    def _place(self, folder: str) -> Place:
        if folder not in self._places:
            self._places[folder] = place_of(folder)
        return self._places[folder]

    def _in_folder(self, folder: str) -> dict[str, KnownFile]:
        if folder in self._folders:
            self._folders.move_to_end(folder)
        else:
            self._folders[folder] = self._catalog.files.in_folder(self._place(folder))
            self._companions[folder] = self._catalog.captures.companions_in(self._place(folder))
            if len(self._folders) > _OPEN_FOLDERS:
                oldest, _ = self._folders.popitem(last=False)
                del self._companions[oldest]
        return self._folders[folder]

    def _refuse(self, path: str, reason: str) -> None:
        self._refused.append(path)
        self.changes.problems.append(Problem(path, "unreadable", reason))
