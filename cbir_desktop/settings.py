"""What the user can choose, as one frozen value kept in a TOML file; and the folders everything lives in."""

import os
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

import appdirs
import tomli_w

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.words import say

SCHEMA_VERSION = 1
APP_NAME = "cbir-desktop"
POWERS = ("full", "background")


@dataclass(frozen=True)
class Settings:
    """Every field has a default; unknown keys of a newer program are refused, so that saving loses nothing."""

    encoder: str = "default"
    index: str = "auto"  # "auto": hnsw where it is installed, else flat
    power: str = "full"  # or "background": indexing yields to everything else and uses fewer cores
    previews_first: bool = True  # where much is new, search by the cameras' thumbnails until it is read
    decode_threads: int = 0  # 0: one for each core this process may use
    decode_seconds: int = 20  # what one picture may take in a process of its own
    decode_memory_bytes: int = 2 << 30  # and what it may hold there
    thumbnail_cache_bytes: int = 2 << 30
    feature_cache_bytes: int = 2 << 30  # keypoints and working copies, for proof
    # Globs: without a slash for names of files and folders, with one for whole paths; see images/scan.py.
    excludes: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()  # none: every picture
    follow_symlinks: bool = False
    watch: bool = True  # the window follows the folders while it is open
    fetch_remote: bool = False  # offer to fetch a picture of which only a web address was dropped or pasted
    language: str = ""  # of the window: a code (de), "" for the desktop's own
    shortcuts: tuple[str, ...] = ()  # "name=Ctrl+X" for each action whose keys are not the first ones; "name=" is none
    hints: tuple[str, ...] = ()  # those of the first run that were closed for good
    rescan_seconds: int = 300  # how often a watched folder is walked that sends no events (network, inotify limit)

    @property
    def threads(self) -> int:
        return self.decode_threads or available_cores()

    @property
    def background_threads(self) -> int:
        """A quarter: what a laptop does without being heard."""
        return max(1, self.threads // 4)


BOUNDS = {
    "decode_threads": (0, 256),
    "decode_seconds": (1, 3600),
    "decode_memory_bytes": (0, 1 << 40),
    "thumbnail_cache_bytes": (0, 1 << 60),
    "feature_cache_bytes": (0, 1 << 60),
    "rescan_seconds": (1, 366 * 24 * 3600),
}
"""The least and the most of each number."""


def faults(settings: Settings) -> dict[str, str]:
    """What is wrong with the values, by the name of the setting; empty where all can be used."""
    found = {}
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(settings, name) <= most:
            found[name] = f"must be from {least} to {most}"
    if settings.power not in POWERS:
        found["power"] = f"must be one of: {', '.join(POWERS)}"
    for name in ("excludes", "includes"):
        if "" in (pattern.strip() for pattern in getattr(settings, name)):
            found[name] = say("holds an empty pattern")
    for pattern in settings.excludes:
        if pattern.strip() and not pattern.strip("*/ "):
            found["excludes"] = say("{pattern} would leave out every picture").format(pattern=repr(pattern))
    return found


def available_cores() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Folders:
    """Where a library keeps its parts. With ``--library DIR`` all of them lie in DIR."""

    data: Path
    cache: Path
    config: Path
    log: Path

    @classmethod
    def of(cls, library: Path | None) -> "Folders":
        if library is not None:
            root = Path(os.path.abspath(library))
            return cls(root, root / "cache", root, root / "log")
        user = appdirs.AppDirs(APP_NAME, appauthor=False)
        return cls(
            Path(user.user_data_dir) / "library",
            Path(user.user_cache_dir),
            Path(user.user_config_dir),
            Path(user.user_log_dir),
        )

    @property
    def models(self) -> Path:
        """Networks that the user added."""
        return self.data / "models"

    @property
    def settings_file(self) -> Path:
        return self.config / "settings.toml"


# upgrades[n] turns the table of schema n into that of schema n + 1
_UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}


def load_settings(path: Path) -> Settings:
    """Read settings; defaults where the file is absent. Raises ``KnownError`` (kind ``bad-settings``)."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnownError(f"the settings in {path} cannot be read: {error}", "bad-settings") from error
    version = table.pop("schema_version", SCHEMA_VERSION)
    while type(version) is int and version in _UPGRADES:
        table = _UPGRADES[version](table)
        version += 1
    if type(version) is not int or version != SCHEMA_VERSION:
        raise KnownError(f"{path} has schema_version {version!r}; this program knows {SCHEMA_VERSION}", "bad-settings")
    return _checked(table, path)


def save_settings(settings: Settings, path: Path) -> None:
    """Write settings atomically. Raises OSError."""
    table = {"schema_version": SCHEMA_VERSION, **asdict(settings)}
    write_atomic(path, tomli_w.dumps(table).encode())


def update_settings(path: Path, **changes: Any) -> Settings:
    """Change some settings in the file and leave the others as they are there now; gives all of them.

    Raises ``KnownError`` (kind ``bad-settings``) for a file that cannot be read, which stays as it is, and for values
    that cannot be; ``unwritable-settings`` where the file cannot be written.
    """
    settings = replace(load_settings(path), **changes)
    for name, fault in faults(settings).items():
        raise KnownError(f"{name} {fault}", "bad-settings")
    try:
        save_settings(settings, path)
    except OSError as error:
        raise KnownError(f"the settings cannot be written to {path}: {error}", "unwritable-settings") from error
    return settings


def _checked(table: dict[str, Any], path: Path) -> Settings:
    kinds = {field.name: type(field.default) for field in fields(Settings)}
    for name, value in table.items():
        if name not in kinds:
            raise KnownError(f"{path}: there is no setting named {name!r}", "bad-settings")
        if kinds[name] is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
            table[name] = tuple(value)
        elif type(value) is not kinds[name]:
            wanted = "list of strings" if kinds[name] is tuple else kinds[name].__name__
            raise KnownError(f"{path}: {name} must be of type {wanted}", "bad-settings")
    settings = Settings(**table)
    for name, fault in faults(settings).items():
        raise KnownError(f"{path}: {name} {fault}", "bad-settings")
    return settings
