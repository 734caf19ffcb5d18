"""Members of a folder or a tar file, named at once and read one by one.

A tar file is read where it lies: its member names are untrusted and never become paths on the disk.
"""

import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.images.scan import is_picture_name

MAX_BYTES = 1 << 28
"""A picture file of more than 256 MiB is not read into memory: a damaged or hostile header may say any size."""


class Readable(Protocol):
    """One picture of a set, wherever its bytes are; ``read`` raises ``DecodeError``."""

    @property
    def name(self) -> str: ...
    def read(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One picture: its name inside the set ("/" between folders) and where its bytes lie."""

    name: str
    file: str
    offset: int
    size: int

    def read(self) -> bytes:
        """The bytes. The file is opened for each read (some 10 µs): no descriptor stays, any thread may call.

        Raises ``DecodeError`` when the file is gone, cut off or too large.
        """
        if self.size > MAX_BYTES:
            raise DecodeError(f"{self.name}: {self.size} bytes are too many for a picture", "too-large")
        try:
            with Path(self.file).open("rb") as stream:
                stream.seek(self.offset)
                data = stream.read(self.size)
        except OSError as error:
            raise DecodeError(f"{self.name}: cannot be read: {error.strerror or error}", "unreadable") from error
        if len(data) < self.size:
            raise DecodeError(f"{self.name}: the file is cut off", "damaged")
        return data


def pictures(path: str) -> list[Entry]:
    """The pictures, by their extension, in a folder (with its sub-folders) or an uncompressed tar file, by name.

    Hidden files and folders, links inside a tar and linked folders are passed over. Raises ``KnownError`` when
    ``path`` is absent, neither of the two, damaged, or holds no picture.
    """
    if not Path(path).exists():
        raise KnownError(f"{path} does not exist", "not-found")
    found = _folder(path) if Path(path).is_dir() else _tar(path)
    entries = sorted((entry for entry in found if _is_picture(entry.name)), key=lambda entry: entry.name)
    if not entries:
        raise KnownError(f"{path} holds no pictures", "no-pictures")
    return entries


def _is_picture(name: str) -> bool:
    parts = name.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and is_picture_name(parts[-1])


def _folder(path: str) -> Iterator[Entry]:
    for folder, _, files in os.walk(path):
        for file in files:
            full = Path(folder, file)
            if full.is_file():  # a link to a file counts; a broken one, a pipe or a device does not
                yield Entry(full.relative_to(path).as_posix(), str(full), 0, full.stat().st_size)


def _tar(path: str) -> Iterator[Entry]:
    try:
        with tarfile.open(path, "r:") as archive:
            while (member := archive.next()) is not None:
                archive.members = []  # type: ignore[attr-defined]  # else a million members are a gigabyte
                if member.isreg() and not member.issparse():
                    yield Entry(_plain(member.name), path, member.offset_data, member.size)
    except (tarfile.TarError, EOFError) as error:
        raise KnownError(
            f"{path} is neither a folder nor an uncompressed tar file, or it is damaged: {error}", "not-a-tar"
        ) from error
    except OSError as error:
        raise KnownError(f"{path} cannot be read: {error.strerror or error}", "unreadable") from error


def _plain(name: str) -> str:
    return "/".join(part for part in name.split("/") if part not in ("", "."))
