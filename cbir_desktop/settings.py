"""What the user can choose, as one frozen value kept in a TOML file; and the folders everything lives in."""

import os
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import appdirs
import tomli_w

from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError

SCHEMA_VERSION = 1
APP_NAME = "cbir-desktop"


@dataclass(frozen=True)
class Settings:
    """Every field has a default; unknown keys of a newer program are refused, so that saving loses nothing."""

    encoder: str = "default"
    index: str = "auto"  # "auto": hnsw where it is installed, else flat
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
    rescan_seconds: int = 300  # how often a watched folder is walked that sends no events (network, inotify limit)

    @property
    def threads(self) -> int:
        return self.decode_threads or available_cores()


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
    while version in _UPGRADES:
        table = _UPGRADES[version](table)
        version += 1
    if version != SCHEMA_VERSION:
        raise KnownError(f"{path} has schema_version {version}; this program knows {SCHEMA_VERSION}", "bad-settings")
    return _checked(table, path)


def save_settings(settings: Settings, path: Path) -> None:
    """Write settings atomically. Raises OSError."""
    table = {"schema_version": SCHEMA_VERSION, **asdict(settings)}
    write_atomic(path, tomli_w.dumps(table).encode())


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
    return Settings(**table)
