"""What can be asked: pictures from files, from the library, or from the clipboard and the browser."""

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from cbir_desktop.images.scan import is_picture_name
from cbir_desktop.store.catalog import Photo

MOST_INSIDE = 100
"""Pictures of a dropped folder that one query may be made of: a mean of more says nothing."""

# Encoded bytes are preferred to a QImage: they are decoded in a worker, by the same code as the library's files.
_ENCODED = ("image/png", "image/jpeg", "image/webp", "image/avif", "image/tiff", "image/bmp", "image/gif")


@dataclass(frozen=True)
class FileSource:
    """A picture file, in the library or not."""

    path: str


@dataclass(frozen=True)
class PhotoSource:
    """A photo of the library: its stored vector is asked with."""

    photo: Photo


@dataclass(frozen=True)
class PastedSource:
    """A picture without a file: encoded bytes, or an image that the desktop handed over decoded."""

    data: bytes | None = None
    image: QImage | None = None


@dataclass(frozen=True)
class KeptSource:
    """A picture of an earlier question, known by the hash of its bytes wherever they are now; ``path``: where they
    were, None for a pasted one."""

    path: str | None
    hash: bytes | None


Source = FileSource | PhotoSource | PastedSource | KeptSource


@dataclass(frozen=True)
class Incoming:
    """What a drop or a paste brought: local paths, else a picture, else the addresses of remote ones."""

    paths: tuple[str, ...] = ()
    pasted: PastedSource | None = None
    remote: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.paths or self.pasted or self.remote)


@dataclass(frozen=True)
class SortedPaths:
    """Paths by what lies there; ``inside``: pictures in the folders, up to ``MOST_INSIDE``."""

    files: tuple[str, ...]
    folders: tuple[str, ...]
    missing: tuple[str, ...]
    inside: tuple[str, ...] = ()


def may_read(mime: QMimeData) -> bool:
    """Whether a drag could be dropped here, from its formats alone (its data may not be there yet)."""
    return mime.hasUrls() or mime.hasImage() or any(mime.hasFormat(name) for name in _ENCODED)


def read_mime(mime: QMimeData) -> Incoming:
    """What a drop or the clipboard holds; text counts where each line is an absolute path or a file address."""
    urls = mime.urls() if mime.hasUrls() else _text_urls(mime.text())
    if paths := tuple(_local_path(url) for url in urls if url.isLocalFile()):
        return Incoming(paths=paths)
    for name in _ENCODED:
        if mime.hasFormat(name) and (data := bytes(mime.data(name).data())):
            return Incoming(pasted=PastedSource(data=data))
    if mime.hasImage() and isinstance(image := mime.imageData(), QImage) and not image.isNull():
        return Incoming(pasted=PastedSource(image=image))
    return Incoming(remote=tuple(url.toString() for url in urls if url.scheme() in ("http", "https")))


def sort_paths(paths: Iterable[str]) -> SortedPaths:
    """Files, folders and what is not there. Asks the file system: run it in a worker."""
    files: list[str] = []
    folders: list[str] = []
    missing: list[str] = []
    for path in paths:
        # os.path, not pathlib: these are str paths that may hold surrogates.
        known = files if os.path.isfile(path) else folders if os.path.isdir(path) else missing
        known.append(path)
    return SortedPaths(tuple(files), tuple(folders), tuple(missing), _pictures_in(folders))


def _pictures_in(folders: Iterable[str]) -> tuple[str, ...]:
    found: list[str] = []
    for folder in folders:
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            names = sorted(entry.path for entry in entries if entry.is_file() and is_picture_name(entry.name))
            found += names[: MOST_INSIDE - len(found)]
    return tuple(found)


def _local_path(url: QUrl) -> str:
    if os.name == "nt":
        return os.path.normpath(url.toLocalFile())
    # toLocalFile would turn bytes that are not UTF-8 into question marks.
    encoded = url.path(QUrl.ComponentFormattingOption.FullyEncoded)
    return os.path.normpath(os.fsdecode(unquote_to_bytes(encoded)))


def _text_urls(text: str) -> Sequence[QUrl]:
    urls = []
    for line in filter(None, (line.strip().strip("'\"") for line in text.splitlines())):
        if line.startswith(("file://", "http://", "https://")):
            urls.append(QUrl(line))
        elif os.path.isabs(line):
            urls.append(QUrl.fromLocalFile(line))
        else:
            return []
    return urls
