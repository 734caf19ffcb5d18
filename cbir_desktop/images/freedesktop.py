"""Thumbnails that file managers have made already, by the freedesktop Thumbnail Managing Standard 0.9."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import numpy as np
from PIL import Image as PillowImage

from cbir_desktop.core.types import Image

SIZES = ("large", "x-large", "xx-large")  # 256, 512 and 1024 pixels; "normal" (128) is too small for our grid


def read_thumbnail(path: str, mtime_ns: int, size: int, environment: Mapping[str, str] = os.environ) -> Image | None:
    """The upright thumbnail of a file, (h, w, 3) uint8, or None where there is none that is of this very file.

    ``Thumb::MTime`` (seconds, required) and ``Thumb::Size`` (bytes, where it is given) must agree with the file's.
    """
    folder = Path(environment.get("XDG_CACHE_HOME") or Path(environment.get("HOME", "/nonexistent"), ".cache"))
    name = hashlib.md5(file_uri(path).encode(), usedforsecurity=False).hexdigest() + ".png"
    for kind in SIZES:
        thumbnail = _read(folder / "thumbnails" / kind / name, mtime_ns, size)
        if thumbnail is not None:
            return thumbnail
    return None


def file_uri(path: str) -> str:
    """The URI whose MD5 names the thumbnail, escaped as GLib's ``g_filename_to_uri`` does."""
    return "file://" + quote(os.fsencode(path), safe="/!$&'()*+,:=@~")


def _read(file: Path, mtime_ns: int, size: int) -> Image | None:
    try:
        with PillowImage.open(file, formats=("PNG",)) as png:
            text = getattr(png, "text", {})
            if not _is_of(text, mtime_ns, size) or max(png.size) > 1024:
                return None
            pixels = np.asarray(png.convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return None  # absent, or not whole
    return np.ascontiguousarray(pixels)


def _is_of(text: Mapping[str, str], mtime_ns: int, size: int) -> bool:
    try:
        same_time = int(float(text["Thumb::MTime"])) == mtime_ns // 1_000_000_000
        return same_time and int(text.get("Thumb::Size", size)) == size
    except (KeyError, ValueError):
        return False
