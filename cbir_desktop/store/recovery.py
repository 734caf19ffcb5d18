"""A catalog that is damaged gives way to its last good backup, and says so."""

import json
import logging
import shutil
import sqlite3
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cbir_desktop.core.atomic import replace_atomic, write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.store.catalog import Catalog

_log = logging.getLogger(__name__)

_SAID_FOR = timedelta(days=7)


def backup_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.bak")


def is_there(path: Path) -> bool:
    """Whether there is a catalog to open: the file, or a sound backup of one that is gone."""
    return path.exists() or _is_sound(backup_path(path))


def damage(catalog: Catalog) -> str | None:
    """What SQLite finds wrong with the pages of the file; None where all is well. Reads the whole file."""
    try:
        verdict = str(catalog.db.connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if verdict == "ok" else verdict


def open_checked(path: Path) -> Catalog:
    """Open the catalog, looking through it where its file was touched since it was closed in good order.

    Raises ``KnownError`` (kind ``damaged-catalog``) for one that is damaged, and what ``Catalog`` raises.
    """
    if path.exists() and path.stat().st_size == 0 and backup_path(path).exists():
        raise KnownError(f"the catalog {path} is damaged: it is empty", "damaged-catalog")
    if not path.exists() and is_there(path):  # a new one would soon be the backup, too
        raise KnownError(f"the catalog {path} is gone, and its backup is there", "damaged-catalog")
    was_closed = is_closed_in_order(path)
    catalog = Catalog(path)
    if not was_closed and (why := damage(catalog)) is not None:
        catalog.close()
        raise KnownError(f"the catalog {path} is damaged: {why}", "damaged-catalog")
    return catalog


def restore(path: Path, why: str) -> None:
    """Put the last backup in the place of a damaged catalog, which is kept aside under a dated name, or of a lost one.

    The restored catalog gets an id of its own, so that no index file of the damaged one is taken for its own. The
    writer lock must be held. Raises ``KnownError`` (kind ``damaged-catalog``) where no sound backup is there.
    """
    backup, now = backup_path(path), datetime.now(UTC)
    if not _is_sound(backup):
        raise KnownError(
            f"{why}; there is no sound backup beside it. Move {path} away and index your folders again",
            "damaged-catalog",
        )
    aside = path.with_name(f"{path.name}.damaged-{now:%Y%m%d-%H%M%S}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(aside.with_name(aside.name + suffix))
    replace_atomic(path, lambda temporary: _copy(backup, temporary))
    made = datetime.fromtimestamp(backup.stat().st_mtime, UTC)
    what, kept = ("damaged", f"; the damaged file is kept as {aside.name}") if aside.exists() else ("gone", "")
    text = (
        f"The catalog was {what} and was restored from its backup of {made:%Y-%m-%d %H:%M} UTC{kept}."
        " Index your folders again: what was added since then is missing."
    )
    catalog = Catalog(path)
    catalog.set_meta("library_id", uuid.uuid4().hex)
    catalog.set_meta("notice", json.dumps({"at": now.isoformat(), "text": text}))
    catalog.close()
    if aside.exists():
        _log.warning("the catalog was damaged and was restored from its backup; it is kept as %s (%s)", aside.name, why)
    else:
        _log.warning("the catalog was gone and was restored from its backup")


def notice(catalog: Catalog) -> str | None:
    """What happened to the catalog in the last days that its user should know."""
    stored = catalog.meta("notice")
    if stored is None:
        return None
    told = json.loads(stored)
    recent = datetime.now(UTC) - datetime.fromisoformat(told["at"]) < _SAID_FOR
    return str(told["text"]) if recent else None


def close_in_order(catalog: Catalog, trusted: bool = True) -> None:
    """Close the catalog, and remember how its file was left: then the next opening need not look through it; unless it
    is not ``trusted``, because something says that it is damaged."""
    path, read_only = catalog.db.path, catalog.db.read_only
    catalog.close()
    if read_only or path.with_name(f"{path.name}-wal").exists():  # another process has it open still
        return
    try:
        if not trusted:
            _stamp_path(path).unlink(missing_ok=True)
        elif not is_closed_in_order(path):
            write_atomic(_stamp_path(path), _stamp(path))
    except OSError as error:
        _log.warning("the next start will look through the whole catalog: %s", error)


def is_closed_in_order(path: Path) -> bool:
    try:
        return _stamp_path(path).read_bytes() == _stamp(path)
    except OSError:
        return False


def _stamp_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.closed")


def _stamp(path: Path) -> bytes:
    status = path.stat()
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ino}\n".encode()


def _is_sound(backup: Path) -> bool:
    if not backup.exists():
        return False
    try:
        connection = sqlite3.connect(backup)
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        return False


def _copy(source: Path, target: Path) -> None:
    shutil.copyfile(source, target)
