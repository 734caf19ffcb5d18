"""Find the picture files under some paths, in one order, each once."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from cbir_desktop.images.companions import RAW, Companion, companions_of, is_companion_name

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

OnError = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file: its absolute path, size in bytes, time of change, and its identity on the disk.

    ``companions``: what belongs to it by name; None where the file was named itself and its folder was not read.
    """

    path: str
    size: int
    mtime_ns: int
    inode: int
    device: int
    companions: tuple[Companion, ...] | None = None


def scan(paths: Iterable[str], on_error: OnError) -> Iterator[Found]:
    """The picture files in and under ``paths``, each path once, sorted by the bytes of their path in every folder.

    Inside folders: files by ``EXTENSIONS``; symbolic links, pipes, sockets, devices and the folders that programs keep
    for themselves are passed over. A path named in ``paths`` is taken whatever it is called, its links resolved.
    What cannot be read goes to ``on_error(path, reason)``, and so does a named path that is no file and no folder.
    """
    seen: set[bytes] = set()
    for path in sorted({_absolute(path) for path in paths}, key=os.fsencode):
        yield from _named(path, seen, on_error)


def is_left_out(name: str) -> bool:
    """Whether a folder of this name is passed over."""
    lower = name.lower()
    return lower in _LEFT_OUT or lower.startswith(_TRASH)


def is_picture_name(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in EXTENSIONS


def _absolute(path: str) -> str:
    """Without links, so that one file has one path; as named where there is none (a NUL, a loop of links)."""
    try:
        return os.path.realpath(path)
    except (OSError, ValueError):
        return path


def _named(path: str, seen: set[bytes], on_error: OnError) -> Iterator[Found]:
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:
        on_error(path, _reason(error))
        return
    if stat.S_ISDIR(status.st_mode):
        yield from _walk(path, seen, on_error)
    elif not stat.S_ISREG(status.st_mode):
        on_error(path, "not a regular file")
    elif _is_new(path, seen):
        yield _found(path, status)


def _walk(top: str, seen: set[bytes], on_error: OnError) -> Iterator[Found]:
    """Depth first, without recursion: folders may lie deeper than Python's stack. No link is followed: no loop."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        if not _is_new(folder + os.sep, seen):  # reached before, from another named path
            continue
        files, folders, companions = _list(folder, on_error)
        for entry in files:
            if _is_new(entry.path, seen):
                yield from _stat(entry, companions.get(entry.name, ()), on_error)
        waiting.extend(reversed(folders))


def _list(folder: str, on_error: OnError) -> tuple[list[os.DirEntry[str]], list[str], dict[str, tuple[Companion, ...]]]:
    """Picture files and subfolders, each sorted by their bytes; and what belongs to which of the pictures."""
    files: list[os.DirEntry[str]] = []
    folders: list[str] = []
    others: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda e: os.fsencode(e.name)):
                if entry.is_dir(follow_symlinks=False):
                    if not is_left_out(entry.name):
                        folders.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    if is_picture_name(entry.name):
                        files.append(entry)
                    elif is_companion_name(entry.name):
                        others.append(entry.name)
    except OSError as error:
        on_error(folder, _reason(error))
    return files, folders, companions_of([entry.name for entry in files], others)


def _stat(entry: os.DirEntry[str], companions: tuple[Companion, ...], on_error: OnError) -> Iterator[Found]:
    try:
        # Not entry.stat(): on Windows it knows no inode and no device.
        yield _found(entry.path, os.stat(entry.path, follow_symlinks=False), companions)
    except OSError as error:
        if error.errno != errno.ENOENT:  # gone since the folder was read: as if it had never been there
            on_error(entry.path, _reason(error))


def _found(path: str, status: os.stat_result, companions: tuple[Companion, ...] | None = None) -> Found:
    return Found(path, status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev, companions)


def _is_new(path: str, seen: set[bytes]) -> bool:
    key = os.fsencode(path)
    if key in seen:
        return False
    seen.add(key)
    return True


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file or folder"
    return str(getattr(error, "strerror", None) or error)
