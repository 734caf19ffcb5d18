"""Find the picture files under some paths, in one order, each once."""

import errno
import fnmatch
import os
import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cbir_desktop.images.companions import RAW, is_companion_name

_DECODED = (
    ".jpg .jpeg .jpe .jfif .mpo .png .apng .webp .heic .heif .hif .avif .avifs .gif .tif .tiff .bmp .dib .ico .icns "
    ".jp2 .j2k .jpc .jpf .jpx .j2c .psd .ppm .pgm .pbm .pnm .pfm .tga .qoi .pcx .dcx .dds .sgi .ras .xbm .xpm .fits"
)
# Those in need of an optional package are reported by name without it, not skipped in silence.
EXTENSIONS = frozenset(f"{_DECODED} .jxl".split()) | RAW
"""What counts as a picture inside a folder, in lower case. Suffixes that other programs use more (.fit, .vst, .rgb) and
drawings (.svg) are not among them; such a file is still taken when it is named itself."""

# What programs keep for themselves: trash, thumbnails, version control, caches. Compared in lower case.
_LEFT_OUT = frozenset({".thumbnails", "@eadir", ".git", "$recycle.bin", "lost+found", ".cache", "#recycle"})
_TRASH = ".trash"  # .Trash, .Trash-1000, .Trashes

# The contents are in a cloud, and reading the file would fetch them. Windows: OFFLINE, RECALL_ON_OPEN and
# RECALL_ON_DATA_ACCESS; macOS: SF_DATALESS. Linux has no such mark, and a file without blocks may be a small one.
_RECALLED = 0x1000 | 0x40000 | 0x400000
_DATALESS = 0x40000000

OnError = Callable[[str, str], None]


Entry = tuple[bytes, int, int, int]
"""(name as ``os.fsencode`` gives it, size in bytes, mtime in ns, inode) of a file, as the catalog has them: no name is
turned from one form into the other in a scan that finds nothing new. Inode 0: a link leads there."""


@dataclass(slots=True)
class Listing:
    """The picture files of one folder, in no order. Not ``whole``: only the files that were named, or what could be
    read before an error. ``elsewhere`` are names of which the contents are in a cloud; ``beside`` those of files that
    are no pictures and may belong to one."""

    folder: str
    files: list[Entry] = field(default_factory=list)
    elsewhere: list[bytes] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    has_raw: bool = False
    folders: list[str] = field(default_factory=list)
    whole: bool = True


class Globs:
    """Patterns as in a shell, ignoring case. One without a slash is compared with each name; one with a slash with the
    whole path, where ``*`` stands for slashes too."""

    def __init__(self, patterns: Iterable[str]) -> None:
        kinds: dict[bool, list[str]] = {True: [], False: []}
        for pattern in patterns:
            kinds["/" in pattern].append(fnmatch.translate(pattern.rstrip("/").lower()))
        self._name, self._path = (re.compile("|".join(kinds[key])) if kinds[key] else None for key in (False, True))

    def __bool__(self) -> bool:
        return self._name is not None or self._path is not None

    def match(self, folder: str, name: str) -> bool:
        if self._name is not None and self._name.match(name.lower()):
            return True
        return self._path is not None and bool(self._path.match(f"{folder}/{name}".replace(os.sep, "/").lower()))


@dataclass(frozen=True)
class Rules:
    """What a walk takes: ``includes`` (all where empty) and ``excludes`` are globs, see ``Globs``.

    Links to files and folders are passed over unless ``follow_symlinks``; then a folder is listed once, whichever way
    leads there, so that loops end. Not ``recursive``: the named folders alone.
    """

    excludes: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    follow_symlinks: bool = False
    recursive: bool = True


def walk(paths: Iterable[str], on_error: OnError, rules: Rules = Rules()) -> Iterator[Listing]:
    """The folders in and under ``paths``, each once and sorted by the bytes of its path; a named file gives a listing
    of its own.

    Inside folders: files by ``EXTENSIONS``; symbolic links, pipes, sockets, devices and the folders that programs keep
    for themselves are passed over, and what ``rules`` leave out. A path named in ``paths`` is taken whatever it is
    called, its links resolved. What cannot be read goes to ``on_error(path, reason)``, and so does a named path that is
    no file and no folder.
    """
    walker = _Walker(on_error, rules)
    for path in sorted({_absolute(path) for path in paths}, key=os.fsencode):
        yield from walker.named(path)
    yield from walker.linked()


def is_left_out(name: str) -> bool:
    """Whether a folder of this name is passed over."""
    lower = name.lower()
    return lower in _LEFT_OUT or lower.startswith(_TRASH)


def is_picture_name(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in EXTENSIONS


def is_elsewhere(status: Any) -> bool:
    """Whether the system says of a file that its contents are in a cloud. ``status``: an ``os.stat_result``."""
    attributes, flags = getattr(status, "st_file_attributes", 0), getattr(status, "st_flags", 0)
    return bool(attributes & _RECALLED or flags & _DATALESS)


# True: a camera's raw file.
_SUFFIXES = {extension.encode(): extension in RAW for extension in EXTENSIONS}
_CAN_BE_ELSEWHERE = os.name == "nt" or sys.platform == "darwin"


class _Walker:
    """Depth first, without recursion: folders may lie deeper than Python's stack."""

    def __init__(self, on_error: OnError, rules: Rules) -> None:
        self._on_error = on_error
        self._rules = rules
        self._excludes, self._includes = Globs(rules.excludes), Globs(rules.includes)
        self._listed: set[str] = set()
        self._identities: set[tuple[int, int]] = set()
        self._links: list[str] = []

    def named(self, path: str) -> Iterator[Listing]:
        try:
            status = os.stat(path)
        except (OSError, ValueError) as error:
            self._on_error(path, _reason(error))
            return
        folder, name = os.path.split(path)
        if stat.S_ISDIR(status.st_mode):
            yield from self._walk(path)
        elif not stat.S_ISREG(status.st_mode):
            self._on_error(path, "not a regular file")
        elif folder not in self._listed or not self._takes(folder, name):
            yield Listing(folder, [_entry(name, status)], whole=False)

    def linked(self) -> Iterator[Listing]:
        """What links lead to, last: a folder that is reached both ways is known by its own path."""
        while self._links:
            links, self._links = self._links, []
            for link in links:
                yield from self._walk(link, through_link=True)

    def _walk(self, top: str, through_link: bool = False) -> Iterator[Listing]:
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            if folder in self._listed or not self._is_new(folder):
                continue
            self._listed.add(folder)
            listing = self._list(folder)
            if through_link:  # an inode of another volume, perhaps: no proof of anything here
                listing.files = [(name, size, mtime_ns, 0) for name, size, mtime_ns, _ in listing.files]
            yield listing
            if self._rules.recursive:
                waiting.extend(sorted(listing.folders, key=os.fsencode, reverse=True))

    def _list(self, folder: str) -> Listing:
        listing = Listing(folder)
        filtered = bool(self._excludes or self._includes)
        try:
            with os.scandir(os.fsencode(folder)) as entries:
                for entry in entries:  # few calls in here: it runs for each of 100,000 files
                    name = entry.name
                    if entry.is_dir(follow_symlinks=False):
                        self._descend(listing, os.fsdecode(name))
                    elif entry.is_file(follow_symlinks=False):
                        suffix = name[name.rfind(b".") :]
                        raw = _SUFFIXES.get(suffix)
                        if raw is None:
                            raw = _SUFFIXES.get(suffix.lower())
                        if raw is None or (suffix == name and not is_picture_name(os.fsdecode(name))):
                            if is_companion_name(os.fsdecode(name)):
                                listing.beside.append(os.fsdecode(name))
                            continue
                        if filtered and not self._takes(folder, os.fsdecode(name)):
                            continue
                        try:
                            # On Windows an entry's own stat() knows no inode.
                            status = os.stat(entry.path) if os.name == "nt" else entry.stat(follow_symlinks=False)
                        except OSError as error:
                            if error.errno != errno.ENOENT:  # gone since: as if it had never been there
                                self._on_error(os.fsdecode(entry.path), _reason(error))
                            continue
                        if _CAN_BE_ELSEWHERE and is_elsewhere(status):
                            listing.elsewhere.append(name)
                        else:
                            listing.has_raw |= raw
                            listing.files.append((name, status.st_size, status.st_mtime_ns, status.st_ino))
                    elif self._rules.follow_symlinks and entry.is_symlink():
                        self._follow(os.fsdecode(entry.path), listing)
        except OSError as error:
            self._on_error(folder, _reason(error))
            listing.whole = False
        return listing

    def _descend(self, listing: Listing, name: str) -> None:
        if not is_left_out(name) and not (self._excludes and self._excludes.match(listing.folder, name)):
            listing.folders.append(os.path.join(listing.folder, name))

    def _follow(self, path: str, listing: Listing) -> None:
        try:
            status = os.stat(path)
        except OSError:
            return  # it leads nowhere, or into a loop of links
        name = os.path.basename(path)
        if stat.S_ISDIR(status.st_mode):
            if not is_left_out(name) and not self._excludes.match(listing.folder, name):
                self._links.append(path)
        elif stat.S_ISREG(status.st_mode) and self._takes(listing.folder, name):
            listing.files.append((os.fsencode(name), status.st_size, status.st_mtime_ns, 0))

    def _takes(self, folder: str, name: str) -> bool:
        if self._excludes and self._excludes.match(folder, name):
            return False
        return is_picture_name(name) and (not self._includes or self._includes.match(folder, name))

    def _is_new(self, folder: str) -> bool:
        if not self._rules.follow_symlinks:
            return True  # without links there is one way to each folder
        try:
            status = os.stat(folder)
        except OSError:
            return True  # listing it tells why
        identity = (status.st_dev, status.st_ino)
        if identity in self._identities:
            return False
        self._identities.add(identity)
        return True


def _absolute(path: str) -> str:
    """Without links, so that one file has one path; as named where there is none (a NUL, a loop of links)."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _entry(name: str, status: os.stat_result) -> Entry:
    return os.fsencode(name), status.st_size, status.st_mtime_ns, status.st_ino


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    return str(getattr(error, "strerror", None) or error)
