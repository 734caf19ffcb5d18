"""Is everything that the program stands on as it should be? One check after the other, none changes anything."""

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

import numpy as np

from cbir_desktop import __version__
from cbir_desktop.core.errors import DamagedError, KnownError, MissingPluginError
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.encoders.onnx import default_providers, load_onnxruntime
from cbir_desktop.library.logfile import log_path
from cbir_desktop.library.session import Session
from cbir_desktop.library.vector_index import LibraryIndex
from cbir_desktop.settings import Folders
from cbir_desktop.store.recovery import backup_path, damage, is_there, notice

Status = Literal["ok", "note", "problem"]

_PACKAGES = ("numpy", "opencv-python-headless", "pillow", "pillow-heif", "simplejpeg", "PySide6")
_LOW_DISK = 1 << 30


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report: a ``note`` is worth knowing, a ``problem`` needs doing something.

    ``plain``: the detail holds nobody's names, and may stand in a bug report.
    """

    name: str
    status: Status
    detail: str
    plain: bool = False


def check_health(library: Path | None) -> Iterator[Check]:
    """All checks: the machine, the packages, the embedded model, and the library if there is one."""
    yield Check("program", "ok", f"cbir-desktop {__version__}", plain=True)
    yield Check("python", "ok", f"{platform.python_version()} on {platform.platform()}", plain=True)
    for package in _PACKAGES:
        version = _version(package)
        yield Check(package, "ok" if version else "problem", version or "is not installed", plain=True)
    yield _check_qt()
    yield _check_onnxruntime()
    yield _check_hnsw()
    yield _check_raw()
    yield _check_model()
    folders = Folders.of(library)
    yield from _check_folders(folders)
    yield Check("log file", "ok", str(log_path(folders)))
    if is_there(folders.data / "catalog.sqlite"):
        yield from _check_library(library)
    else:
        yield Check("catalog", "note", f"there is no library in {folders.data} yet; cbir index makes it")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _check_qt() -> Check:
    version = _version("PySide6") or ""
    if version.startswith("6.12") and sys.version_info < (3, 12):
        return Check("window", "problem", "PySide6 6.12 aborts on Python 3.11; install PySide6>=6.10,<6.12", True)
    there = "PySide6 is there" if version else "PySide6 is missing"
    return Check("window", "ok" if version else "problem", there, plain=True)


def _check_onnxruntime() -> Check:
    cpu, gpu = _version("onnxruntime"), _version("onnxruntime-gpu")
    if cpu and gpu:
        return Check(
            "onnxruntime",
            "problem",
            f"onnxruntime {cpu} and onnxruntime-gpu {gpu} are both installed and break each other:"
            " uninstall both, then install one of cbir-desktop[cpu] and cbir-desktop[gpu]",
            plain=True,
        )
    if not (cpu or gpu):
        return Check("onnxruntime", "problem", "missing: install cbir-desktop[cpu], or [gpu] for CUDA", plain=True)
    name = f"onnxruntime-gpu {gpu}" if gpu else f"onnxruntime {cpu}"
    return Check("onnxruntime", "ok", f"{name}, used here: {', '.join(default_providers(load_onnxruntime()))}", True)


def _check_hnsw() -> Check:
    version = _version("hnswlib")
    if version:
        return Check("hnswlib", "ok", version, plain=True)
    return Check("hnswlib", "note", "not installed: exact search serves (about 12 ms a query at 100,000 photos)", True)


def _check_raw() -> Check:
    version = _version("rawpy")
    why = "not installed: no camera RAW files"
    return Check("rawpy", "ok" if version else "note", version or why, plain=True)


def _check_model() -> Check:
    try:
        encoder = create_encoder("default")
        vector = encoder.encode([np.full((64, 64, 3), 127, np.uint8)])
    except KnownError as error:
        return Check("embedded encoder", "problem", str(error))
    healthy = vector.shape == (1, encoder.dim) and bool(np.isfinite(vector).all())
    return Check("embedded encoder", "ok" if healthy else "problem", encoder.key, plain=True)


def _check_folders(folders: Folders) -> Iterator[Check]:
    for name, folder in (("library", folders.data), ("cache", folders.cache), ("settings", folders.config)):
        existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = shutil.disk_usage(existing).free
        low = f"; only {free >> 20} MB free" if free < _LOW_DISK else ""
        yield Check(f"{name} folder", "note" if low else "ok", f"{folder}{low}")


def _check_library(library: Path | None) -> Iterator[Check]:
    try:
        with Session.open(library) as session:
            yield from _check_catalog(session)
            yield from _check_index(session)
    except KnownError as error:
        yield Check("catalog", "problem", str(error))


def _check_catalog(session: Session) -> Iterator[Check]:
    why = damage(session.catalog)
    if why is not None:
        session.distrust_catalog()
        yield Check("catalog", "problem", f"damaged ({why}); the next start restores it from its backup")
        return
    counts = session.catalog.counts()
    detail = f"{counts['contents']} contents, {counts['online']} files online, {counts['problems']} problems"
    yield Check("catalog", "ok", detail, plain=True)
    if told := notice(session.catalog):
        yield Check("catalog restored", "note", told)
    backup = backup_path(session.catalog.db.path)
    yield Check("backup", *(("ok", str(backup)) if backup.exists() else ("note", "none yet: cbir index makes one")))
    if session.catalog.db.read_only:
        yield Check("library", "note", "read-only: searching works, indexing does not", plain=True)


def _check_index(session: Session) -> Iterator[Check]:
    for name, key, dim, count in session.catalog.vectors.encoders():
        encoder_id = session.catalog.vectors.encoder_id(key, name, dim)
        index = LibraryIndex(session.catalog, encoder_id, key, dim, session.folder / "index", session.settings.index)
        try:
            rows = index.load()
        except (DamagedError, MissingPluginError) as error:
            yield Check(f"index {name}", "note", f"{error}; it is rebuilt from the catalog at the next search")
            continue
        level = "level with the catalog" if rows == count else f"{count} in the catalog: the next search adds the rest"
        yield Check(f"index {name}", "ok", f"{index.key}, {rows} rows, {level}")
