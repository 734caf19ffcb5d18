"""An index on disk: parts under names that carry their own hash, and a header that is replaced last.

The header ``index.json`` names the parts, so a reader sees the old index or the new one, whenever the writer dies.
"""

import contextlib
import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from blake3 import blake3

from cbir_desktop.core.atomic import sync, write_atomic
from cbir_desktop.core.errors import DamagedError

SCHEMA = 1
HEADER = "index.json"
_PART = re.compile(r"[a-z]+-[0-9a-f]{16}\.bin")
_LEFT_OVER = re.compile(r".*\.(part|new)")
"""What a writer that was killed leaves behind."""


@dataclass(frozen=True, slots=True)
class Part:
    """One data file of an index: its name, length and BLAKE3-256."""

    name: str
    bytes: int
    blake3: str


def save(folder: Path, key: str, dim: int, rows: int, writers: Mapping[str, Callable[[Path], None]]) -> None:
    """Write each part, then the header, then remove the parts of the index before. Raises OSError.

    ``writers`` maps a part's name (small letters) to what fills a given path. One process writes at a time.
    """
    parts = {name: _write_part(folder, name, write) for name, write in writers.items()}
    header = {"schema": SCHEMA, "key": key, "dim": dim, "rows": rows}
    header["parts"] = {name: asdict(part) for name, part in parts.items()}
    write_atomic(folder / HEADER, json.dumps(header, indent=1).encode())
    _remove_old(folder, {part.name for part in parts.values()})


def load(folder: Path, key: str, dim: int, names: Sequence[str]) -> tuple[int, dict[str, Path]]:
    """The row count and the verified path of each part in ``names``.

    Raises ``DamagedError`` when anything is missing, of another key or dimension, or not what was written.
    """
    header = _read_header(folder)
    for name, expected in (("schema", SCHEMA), ("key", key), ("dim", dim)):
        if header.get(name) != expected:
            raise DamagedError(f"the index in {folder} has {name} {header.get(name)!r}, not {expected!r}")
    try:
        parts = {name: Part(**header["parts"][name]) for name in names}
        rows = int(header["rows"])
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"{folder / HEADER} is not a header of an index") from error
    return rows, {name: _verified(folder, part) for name, part in parts.items()}


def discard(folder: Path) -> None:
    """Remove an index from the disk. What else lies in the folder stays, and so does a folder without an index."""
    try:
        _read_header(folder)
    except DamagedError:
        return
    _remove_old(folder, set())
    (folder / HEADER).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # something else lies there
        folder.rmdir()


def _write_part(folder: Path, name: str, write: Callable[[Path], None]) -> Part:
    fresh = folder / f"{name}.new"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        fresh.write_bytes(b"")
        write(fresh)
        sync(fresh)  # its content is on the disk when it gets its name; the folder follows with the header
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    digest = _digest(fresh)
    part = Part(f"{name}-{digest[:16]}.bin", fresh.stat().st_size, digest)
    fresh.replace(folder / part.name)
    return part


def _remove_old(folder: Path, keep: set[str]) -> None:
    for entry in os.scandir(folder):
        if entry.name not in keep and (_PART.fullmatch(entry.name) or _LEFT_OVER.fullmatch(entry.name)):
            Path(entry.path).unlink(missing_ok=True)


def _read_header(folder: Path) -> dict[str, Any]:
    try:
        header = json.loads((folder / HEADER).read_bytes())
    except (OSError, ValueError) as error:  # ValueError: JSON and Unicode errors
        raise DamagedError(f"there is no readable index in {folder}: {error}") from error
    if not isinstance(header, dict):
        raise DamagedError(f"{folder / HEADER} is not a header of an index")
    return header


def _verified(folder: Path, part: Part) -> Path:
    if not _PART.fullmatch(str(part.name)):
        raise DamagedError(f"{folder / HEADER} names a strange file: {part.name!r}")
    path = folder / part.name
    try:
        intact = path.stat().st_size == part.bytes and _digest(path) == part.blake3
    except OSError as error:
        raise DamagedError(f"part of the index is missing: {error}") from error
    if not intact:
        raise DamagedError(f"{path} is not what was written")
    return path


def _digest(path: Path) -> str:
    hasher = blake3()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()
