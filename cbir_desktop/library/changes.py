"""What differs between the disk and the catalog."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Task
from cbir_desktop.images.companions import Companion, companions_of, with_identifiers
from cbir_desktop.images.scan import Entry, Listing, Rules, is_picture_name, walk
from cbir_desktop.library.mounts import Mounts
from cbir_desktop.library.moved import MovedFiles, NewFile
from cbir_desktop.store.catalog import Catalog, Problem
from cbir_desktop.store.files import KnownFile
from cbir_desktop.store.folders import KnownFolder
from cbir_desktop.store.places import Place

PASSING = frozenset({"unreadable", "vanished", "out-of-memory"})
"""Problems that may be gone at the next run though the file is the same: rights, a drive, a crowded memory."""


@dataclass
class Changes:
    """``new`` is in the order of the paths; the other numbers are as in ``IndexReport``.

    ``adopted`` are files that are known from another path and need not be read: renamed, moved, hard links.
    """

    seen: int = 0
    unchanged: int = 0
    missing: int = 0
    adopted: int = 0
    new: list[NewFile] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True)
class Scope:
    """Where to look: ``roots`` with everything below, ``folders`` alone (what they have lost below them included).

    Paths are canonical (``Mounts.canonical``). ``rules_of`` gives the rules for a root; files in ``unfinished`` are
    left as they are, because somebody is still writing them.
    """

    roots: Sequence[str]
    folders: Sequence[str] = ()
    rules_of: Callable[[str], Rules] = lambda _: Rules()
    unfinished: Collection[str] = ()


def find_changes(catalog: Catalog, encoder_id: int, mounts: Mounts, scope: Scope, task: Task) -> Changes:
    """Walk the scope and compare each file's size, time and inode with what the catalog has.

    Files that are not there any more become ``missing``, those that came back ``online``, and those of a volume that
    is away ``offline``. A root that vanished or suddenly reads empty is most likely a drive that is away, or a mount
    point without its drive: its files become ``offline`` and nothing else changes. A file that is known under another
    path by volume, inode, size and time is that file: it keeps what the catalog knows, and is not read.
    Raises ``KnownError`` (kind ``no-such-path``) for a root that is not there and was never known.
    """
    return _Comparison(catalog, encoder_id, mounts, task).run(scope)


class _Comparison:
    def __init__(self, catalog: Catalog, encoder_id: int, mounts: Mounts, task: Task) -> None:
        self._catalog = catalog
        self._mounts = mounts
        self._task = task
        self._lacking = catalog.vectors.lacking(encoder_id)
        self._unread = catalog.files.unread()
        self._accompanied = catalog.captures.accompanied_folders()
        self._unsound = catalog.files.unsound_folders()
        self._folders = catalog.folders.all()
        self._folder_ids = {(folder.place.volume.uuid, folder.place.path): folder.id for folder in self._folders}
        self._seen: dict[str, int] = {}  # folder that was listed -> pictures in it
        self._whole: set[str] = set()  # folders of which every file was seen
        self._returned: list[int] = []
        self._gone: dict[int, tuple[KnownFile, str]] = {}  # file -> (file, its volume)
        self._known: dict[str, int] = {}  # path of a file to read -> its row
        self._refused: list[str] = []
        self.changes = Changes()

    def run(self, scope: Scope) -> Changes:
        watched = [folder.place.full for folder in self._folders if folder.watched]
        for root in scope.roots:
            if not os.path.lexists(root) and not self._is_known(root):
                raise KnownError(f"{root} does not exist", "no-such-path")
        for listing in self._walk(scope):
            self._task.check()
            self._compare(listing, scope.unfinished)
        frozen = [root for root in scope.roots if self._freezes(root, watched)]
        self._lose(scope, frozen)
        self._adopt()
        self._settle()
        return self.changes

    def _walk(self, scope: Scope) -> Iterator[Listing]:
        for root in scope.roots:
            if os.path.lexists(root):
                yield from walk([root], self._refuse, scope.rules_of(root))
        for folder in scope.folders:
            rules = scope.rules_of(folder)
            alone = Rules(rules.excludes, rules.includes, rules.follow_symlinks, recursive=False)
            yield from walk([folder], self._refuse, alone)

    def _compare(self, listing: Listing, unfinished: Collection[str]) -> None:
        folder = listing.folder
        if folder in self._whole:  # two roots lead here
            if listing.whole:
                return
            listing.files = [entry for entry in listing.files if not is_picture_name(os.fsdecode(entry[0]))]
        place, mount = self._mounts.place_of(folder), self._mounts.of(folder)
        if not mount.has_inodes:
            listing.files = [(name, size, mtime_ns, 0) for name, size, mtime_ns, _ in listing.files]
        folder_id = self._folder_ids.get((place.volume.uuid, place.path))
        self._seen[folder] = self._seen.get(folder, 0) + len(listing.files) + len(listing.elsewhere)
        self.changes.seen += len(listing.files)
        if listing.whole:
            self._whole.add(folder)
        # Sets: 100,000 unchanged files are compared without Python looking at each.
        sound = set() if folder_id is None else self._catalog.files.sound_in(folder_id, self._lacking)
        rest = set(listing.files) - sound
        beside = self._compare_companions(listing, place, folder_id) if listing.whole else None
        self.changes.unchanged += len(listing.files) - len(rest)
        if rest or len(sound) != len(listing.files) or folder_id in self._unsound:
            known = {} if folder_id is None else self._catalog.files.in_folder(folder_id)
            self._look_closer(listing, place, known, rest, unfinished, beside)

    def _look_closer(
        self,
        listing: Listing,
        place: Place,
        known: Mapping[str, KnownFile],
        rest: Collection[Entry],
        unfinished: Collection[str],
        beside: Mapping[str, tuple[Companion, ...]] | None,
    ) -> None:
        """Sort out the files of a folder that are not as the catalog has them (``rest``), and those it alone has."""
        for entry in sorted(rest):
            name = os.fsdecode(entry[0])
            path, row = os.path.join(listing.folder, name), known.get(name)
            if path in unfinished:
                self.changes.seen -= 1
            elif row is None or row[:3] != entry[1:] or self._must_be_read(path, row):
                if row is not None:
                    self._known[path] = row.id
                companions = None if beside is None else beside.get(name, ())
                self.changes.new.append(NewFile(path, place, *entry[1:], companions))
            else:
                if row.state != "online":
                    self._returned.append(row.id)
                self.changes.unchanged += row.content_id is not None or self._is_ignored(path, row)
        there = {os.fsdecode(name) for name in (*(entry[0] for entry in listing.files), *listing.elsewhere)}
        if listing.whole:
            left = {name: row for name, row in known.items() if name not in there}
            self._gone |= {row.id: (row, place.volume.uuid) for row in _absent(listing.folder, left)}
        else:
            for name in there & known.keys():
                self._gone.pop(known[name].id, None)

    def _compare_companions(
        self, listing: Listing, place: Place, folder_id: int | None
    ) -> Mapping[str, tuple[Companion, ...]]:
        """What belongs to the pictures of a folder, by name. Sidecars come and go beside a picture that does not
        change: what the catalog says of known ones is put right."""
        if not (listing.beside or listing.has_raw or folder_id in self._accompanied):
            return {}
        found = companions_of([os.fsdecode(entry[0]) for entry in listing.files], listing.beside)
        if folder_id is None:
            return found
        stored = self._catalog.captures.companions_in(place)
        for name, row in self._catalog.files.in_folder(folder_id).items():
            companions = found.get(name, ())
            if set(companions) != stored.get(row.id, frozenset()):
                self._catalog.captures.set_companions(row.id, with_identifiers(listing.folder, companions))
        return found

    def _must_be_read(self, path: str, row: KnownFile) -> bool:
        """Of a file that did not change: whether it lacks its vector, was never read, or could not be for a reason that
        its bytes, size and time say nothing of."""
        if row.content_id is not None or row.id in self._unread:
            return row.content_id is None or row.content_id in self._lacking
        problem = self._catalog.problem_of(path, row.id)
        return problem is not None and problem.kind in PASSING and not problem.ignored

    def _is_ignored(self, path: str, row: KnownFile) -> bool:
        """Whether a file that could not be read counts as unchanged, because the user does not mind; else it is
        listed again."""
        problem = self._catalog.problem_of(path, row.id)
        if problem is not None and not problem.ignored:
            self.changes.problems.append(problem)
            return False
        return True

    def _freezes(self, root: str, watched: Sequence[str]) -> bool:
        """Whether a root vanished or reads empty, and no watched folder above it shows that the drive is there."""
        if os.path.isfile(root) or self._is_known_file(root):
            return False
        if any(count and is_in(folder, root) for folder, count in self._seen.items()):
            return False
        if self._is_refused(root):
            return False
        return not any(above != root and is_in(root, above) and _holds_anything(above) for above in watched)

    def _lose(self, scope: Scope, frozen: Sequence[str]) -> None:
        """Find what is gone in folders that were not listed, because they are not there."""
        for root in scope.roots:
            if (named := self._known_file(root)) is not None and not os.path.lexists(root):
                self._gone[named[0].id] = named
        for folder in self._below([*scope.roots, *self._vanished_below(scope.folders)]):
            if folder.place.full in self._whole or self._is_refused(folder.place.full):
                continue
            for row in self._catalog.files.in_folder(folder.id).values():
                self._gone[row.id] = (row, folder.place.volume.uuid)
        for root in frozen:
            self._freeze(root)

    def _freeze(self, root: str) -> None:
        folders = {folder.id for folder in self._below([root])}
        rows = {row.id for folder in folders for row in self._catalog.files.in_folder(folder).values()}
        kept = [row for file, (row, _) in self._gone.items() if file in rows and row.state in ("online", "offline")]
        for row in kept:
            del self._gone[row.id]
        if not kept:
            return
        self._catalog.files.set_state([row.id for row in kept if row.state == "online"], "offline")
        what = "reads empty" if os.path.isdir(root) else "is not there"
        reason = f"the folder {what}: its {len(kept)} photos stay in the library until it comes back"
        self.changes.problems.append(Problem(root, "offline", reason))

    def _adopt(self) -> None:
        """Take the new files that are known from elsewhere out of ``new``, and write what is known of them."""
        finder = MovedFiles(self._catalog, self._lacking, self._gone.keys(), self._whole)
        adopted, self.changes.new = finder.sort_out(self.changes.new, self._known)
        self._catalog.files.adopt(adopted)
        for one in adopted:
            if one.moved:
                self._gone.pop(one.before.id, None)
            path = os.path.join(one.place.full, one.name)
            self.changes.adopted += one.before.content_id is not None or self._is_ignored(path, one.before)

    def _settle(self) -> None:
        """Give the files that came back, and those that are gone, their state."""
        self._catalog.files.set_state(self._returned, "online")
        away: list[int] = []
        missing: list[int] = []
        for row, uuid in self._gone.values():
            if row.state == "trashed":
                continue
            here = self._mounts.by_uuid(uuid) is not None
            self.changes.missing += here
            # What was gone from a drive before that went away is no photo on it.
            if row.state != "missing" and (here or row.state != "offline"):
                (missing if here else away).append(row.id)
        self._catalog.files.set_state(missing, "missing")
        self._catalog.files.set_state(away, "offline")

    def _below(self, roots: Iterable[str]) -> list[KnownFolder]:
        """The known folders in ``roots`` and below them."""
        tops = tuple(roots)
        return [folder for folder in self._folders if any(is_in(folder.place.full, top) for top in tops)]

    def _vanished_below(self, folders: Iterable[str]) -> list[str]:
        """Folders right below ``folders`` that led to known files, and are not there any more."""
        children: set[str] = set()
        for top in folders:
            inside = top.rstrip(os.sep) + os.sep
            fulls = (folder.place.full for folder in self._folders)
            children |= {inside + full[len(inside) :].split(os.sep)[0] for full in fulls if full.startswith(inside)}
        return [child for child in children if not os.path.isdir(child)]

    def _is_known(self, root: str) -> bool:
        return bool(self._below([root])) or self._is_known_file(root)

    def _is_known_file(self, path: str) -> bool:
        return self._known_file(path) is not None

    def _known_file(self, path: str) -> tuple[KnownFile, str] | None:
        """The row of the file at ``path``, and its volume."""
        top, name = os.path.split(path)
        for folder in self._folders:
            if folder.place.full == top and (row := self._known_by_name(folder.id, name)) is not None:
                return row, folder.place.volume.uuid
        return None

    def _known_by_name(self, folder_id: int | None, name: str) -> KnownFile | None:
        return None if folder_id is None else self._catalog.files.in_folder(folder_id).get(name)

    def _is_refused(self, path: str) -> bool:
        return any(is_in(path, refused) for refused in self._refused)

    def _refuse(self, path: str, reason: str) -> None:
        self._refused.append(path)
        self.changes.problems.append(Problem(path, "unreadable", reason))


def is_in(path: str, folder: str) -> bool:
    """Whether ``path`` is ``folder`` or lies below it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _absent(folder: str, known: Mapping[str, KnownFile]) -> Iterator[KnownFile]:
    """Of known files that a listing did not show, those that are not there: one that was given to the library by its
    own name may have a suffix that no listing shows."""
    for name, row in known.items():
        if is_picture_name(name) or not os.path.lexists(os.path.join(folder, name)):
            yield row


def _holds_anything(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return False
