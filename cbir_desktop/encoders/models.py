"""Encoders by description: the embedded ones in ``models/manifest.toml``, and ONNX files of the user's own."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from cbir_desktop.core import registry
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.resources import data_folder
from cbir_desktop.encoders.onnx import OnnxEncoder
from cbir_desktop.encoders.preprocessing import ModelSpec

SCHEMA = 1
_SPEC_KEYS = {field.name for field in fields(ModelSpec)}
_ABOUT_KEYS = {"licence", "data", "version"}


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model: where its file is, how to use it, and where it comes from. ``dim`` None: whatever the file gives."""

    name: str
    path: Path
    spec: ModelSpec
    dim: int | None = None
    licence: str = ""
    data: str = ""
    version: str = ""


def manifest() -> dict[str, ModelEntry]:
    """The embedded models by name. Raises ``KnownError`` of kind ``missing-model`` or ``bad-model-description``."""
    try:
        path = data_folder("models") / "manifest.toml"
    except FileNotFoundError as error:
        raise KnownError(str(error), "missing-model") from error
    tables = _read_toml(path)
    if tables.pop("schema", None) != SCHEMA:
        raise _bad(path, f"schema is not {SCHEMA}")
    return {name: _entry(name, table, path) for name, table in tables.items()}


def embedded(name: str = "default", **arguments: Any) -> OnnxEncoder:
    """The embedded model ``name``; ``arguments`` go to ``OnnxEncoder``.

    Its SHA-256 is verified. Raises ``KnownError``.
    """
    entries = manifest()
    if name not in entries:
        raise KnownError(f"there is no embedded model {name!r}; known: {', '.join(sorted(entries))}", "unknown-name")
    return _build(entries[name], **arguments)


def from_toml(path: Path | str, **arguments: Any) -> OnnxEncoder:
    """The ONNX file that a TOML file beside it describes, by the keys of one manifest entry. Raises ``KnownError``."""
    path = Path(path)
    return _build(_entry(path.stem, _read_toml(path), path), **arguments)


def create_encoder(name: str) -> Encoder:
    """An encoder by its name in the registry, or by the path of a ``.toml`` description. Raises ``KnownError``."""
    if name not in registry.encoders.names() and name.lower().endswith(".toml"):
        return from_toml(name)
    return registry.encoders.create(name)


def _build(entry: ModelEntry, **arguments: Any) -> OnnxEncoder:
    encoder = OnnxEncoder(entry.path, entry.spec, **arguments)
    if entry.dim not in (None, encoder.dim):
        raise KnownError(f"{entry.path} gives {encoder.dim} numbers, not {entry.dim}", "wrong-model")
    return encoder


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise KnownError(f"the model description {path} cannot be read: {error}", "missing-model") from error
    except ValueError as error:  # TOML and Unicode errors
        raise _bad(path, str(error)) from error


def _entry(name: str, table: object, path: Path) -> ModelEntry:
    if not isinstance(table, Mapping):
        raise _bad(path, f"{name!r} is not a table")
    unknown = set(table) - _SPEC_KEYS - _ABOUT_KEYS - {"file", "dim", "schema"}
    if unknown:
        raise _bad(path, f"unknown keys: {', '.join(sorted(unknown))}")
    about = {key: str(table[key]) for key in _ABOUT_KEYS & set(table)}
    settings: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    try:
        spec = ModelSpec(**{key: settings[key] for key in _SPEC_KEYS & set(settings)})
        return ModelEntry(name, path.parent / table["file"], spec, settings.get("dim"), **about)
    except KeyError as error:
        raise _bad(path, f"{error} is missing") from error
    except (TypeError, ValueError) as error:
        raise _bad(path, str(error)) from error


def _bad(path: Path, reason: str) -> KnownError:
    return KnownError(f"{path} does not describe a model: {reason}", "bad-model-description")
