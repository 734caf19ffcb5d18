"""Move, copy and link files so that their bytes are whole under one name at every moment; nothing is overwritten."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator

from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.hashing import hash_file
from cbir_desktop.store.journal import NewAct

_CHUNK = 1 << 20
# What file systems without hard links say (FAT, some network ones), and Linux of files that are another user's.
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EINVAL}


def temporary_in(path: str, act: NewAct) -> str:
    """The one name for temporary files of an act, in the folder of ``path``: whoever comes after a crash knows it."""
    return os.path.join(os.path.dirname(path), f".cbir-{act.token}.part")


def move_new(source: str, target: str, digest: bytes, temporary: str) -> None:
    """Move a file to a name that must be free; to another volume as a copy whose hash is ``digest`` before the source
    goes. ``temporary``: a free name in the folder of ``target``. Raises FileExistsError, OSError, ``KnownError``."""
    if _same_device(source, os.path.dirname(target)):
        _rename_new(source, target)
        return
    copy_new(source, temporary, digest)
    _rename_new(temporary, target, source)


def copy_new(source: str, target: str, digest: bytes) -> None:
    """Copy a file with its times and rights to a name that must be free, and sync it.

    Raises ``KnownError`` (kind ``changed``) where the copy has not the hash ``digest``: then there is no copy.
    """
    try:
        with open(source, "rb") as reader, open(target, "xb") as writer:
            shutil.copyfileobj(reader, writer, _CHUNK)
            writer.flush()
            os.fsync(writer.fileno())
        shutil.copystat(source, target)
        if hash_file(target) != digest:
            raise KnownError(f"{source} does not hold what it did", "changed")
    except FileExistsError:
        raise
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(target)
        raise
    sync_folder(target)


def replace_by_link(path: str, kept: str, symbolic: bool, temporary: str) -> None:
    """Put a link to ``kept`` in the place of ``path``, whose bytes are the same: they are compared, one by one.

    The link is made under the name ``temporary`` and proved; only then it takes the place, in one step. Raises
    ``KnownError`` (kinds ``other-volume``, ``other-bytes``, ``same-file``, ``no-links``), OSError.
    """
    before = os.stat(path)
    if not symbolic and before.st_dev != os.stat(kept).st_dev:
        raise KnownError("a hard link cannot lead to another volume", "other-volume")
    if os.path.samefile(path, kept):
        raise KnownError("it is the same file already", "same-file")
    if not same_bytes(path, kept):
        raise KnownError("its bytes are not those of the kept file", "other-bytes")
    _make_link(path, kept, symbolic, temporary)
    try:
        if not os.path.samefile(temporary, kept) or os.path.islink(temporary) != symbolic:
            raise KnownError("the link does not lead to the kept file", "no-links")
        if signature(os.stat(path)) != signature(before):
            raise KnownError("it changed meanwhile", "changed")
        sync_folder(temporary)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    sync_folder(path)


def _make_link(path: str, kept: str, symbolic: bool, temporary: str) -> None:
    try:
        if symbolic:
            same = os.stat(path).st_dev == os.stat(kept).st_dev
            real = os.path.realpath(kept)
            leads = os.path.relpath(real, os.path.realpath(os.path.dirname(path))) if same else real
            os.symlink(leads, temporary)
        else:
            os.link(kept, temporary)
    except OSError as error:
        if error.errno in _NO_LINKS:
            raise KnownError(f"this drive has no such links: {error.strerror}", "no-links") from error
        raise


def same_bytes(a: str, b: str) -> bool:
    """Whether two files hold the same bytes, each of them compared. Raises OSError."""
    with open(a, "rb") as first, open(b, "rb") as second:
        while True:
            one, other = first.read(_CHUNK), second.read(_CHUNK)
            if one != other:
                return False
            if not one:
                return True


def signature(status: os.stat_result) -> tuple[int, ...]:
    """What changes when somebody writes to a file or puts another one in its place."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def sync_folder(path: str) -> None:
    """Make the names in the folder of ``path`` last."""
    if os.name == "nt":  # Windows opens no folders
        return
    descriptor = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network file systems sync no folders
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def free_name(folder: str, name: str) -> str:
    """A path in ``folder`` that nothing has: ``name``, or ``stem (2).jpg`` and so on."""
    return next(path for path in _names(folder, name) if not os.path.lexists(path))


def _names(folder: str, name: str) -> Iterator[str]:
    stem, suffix = os.path.splitext(name)
    yield os.path.join(folder, name)
    number = 1
    while True:
        number += 1
        yield os.path.join(folder, f"{stem} ({number}){suffix}")


def _rename_new(source: str, target: str, original: str | None = None) -> None:
    """A rename that never replaces: the second name first, then the old one goes. Where there are no hard links, an
    empty file holds the name meanwhile. The ``original``, of which ``source`` is a copy, goes in between: while it is
    there, the two names show whose the copy is."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        os.replace(source, target)
    else:
        sync_folder(target)
        _remove(original)
        os.unlink(source)
        sync_folder(source)
        return
    sync_folder(target)
    sync_folder(source)
    _remove(original)


def _remove(path: str | None) -> None:
    if path is not None:
        os.unlink(path)
        sync_folder(path)


def _same_device(source: str, folder: str) -> bool:
    return os.lstat(source).st_dev == os.stat(folder).st_dev
