"""Encoders by description: the embedded ones in ``models/manifest.toml``, and ONNX files of the user's own."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from cbir_desktop.core import registry
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.resources import data_folder
from cbir_desktop.encoders import visual_words
from cbir_desktop.encoders.choice import PRECISIONS, Choice
from cbir_desktop.encoders.onnx import OnnxEncoder
from cbir_desktop.encoders.preprocessing import ModelSpec
from cbir_desktop.encoders.whitening import PcaWhitening, Whitened
from cbir_desktop.settings import Folders

SCHEMA = 1
_SPEC_KEYS = {field.name for field in fields(ModelSpec)}
_ABOUT_KEYS = {"licence", "data", "version"}
_EMBEDDED = "cbir_desktop.encoders.models:embedded"
_FUSION = "fusion-"
_INT8_KEYS = {"file_int8", "sha256_int8"}


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model: where its file is, how to use it, and where it comes from. ``dim`` None: whatever the file gives.

    ``int8`` is the file of the quantised variant and its SHA-256, where there is one; ``whitening`` what its vectors go
    through (``dim`` is without it).
    """

    name: str
    path: Path
    spec: ModelSpec
    dim: int | None = None
    licence: str = ""
    data: str = ""
    version: str = ""
    int8: tuple[Path, str | None] | None = None
    whitening: Path | None = None

    @property
    def precisions(self) -> tuple[str, ...]:
        return PRECISIONS if self.int8 is not None else PRECISIONS[:1]

    def chosen(self, choice: Choice) -> "ModelEntry":
        """This model with another pooling and in another precision. Raises ``KnownError`` where it has none."""
        path, spec = self.path, self.spec
        if choice.pool not in (None, spec.pool):
            if self.whitening is not None:
                raise KnownError(f"{self.name} is whitened for pooling by {spec.pool}", "no-feature-map")
            if spec.pool == "none":
                raise KnownError(
                    f"{self.name} gives one vector a picture and no feature map: it takes no pooling", "no-feature-map"
                )
            spec = replace(spec, pool=str(choice.pool))
        if choice.precision == "int8":
            if self.int8 is None:
                raise KnownError(f"{self.name} has no int8 variant", "no-such-precision")
            path, spec = self.int8[0], replace(spec, sha256=self.int8[1])
        return replace(self, path=path, spec=spec)


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


def embedded(name: str = "default", **arguments: Any) -> Encoder:
    """The embedded model ``name``; ``arguments`` go to ``OnnxEncoder``.

    Its SHA-256 is verified. Raises ``KnownError``.
    """
    entries = manifest()
    if name not in entries:
        raise KnownError(f"there is no embedded model {name!r}; known: {', '.join(sorted(entries))}", "unknown-name")
    return build(entries[name], **arguments)


def from_toml(path: Path | str, **arguments: Any) -> Encoder:
    """The ONNX file that a TOML file beside it describes, by the keys of one manifest entry. Raises ``KnownError``."""
    return build(describe(path), **arguments)


def describe(path: Path | str) -> ModelEntry:
    """What a TOML description says; the model itself is not opened. Raises ``KnownError``."""
    path = Path(path)
    return _entry(path.stem, _read_toml(path), path)


def added(folder: Path | None = None) -> dict[str, ModelEntry]:
    """The user's own models by name: those in ``folder``, then those in the user's folder. Raises ``KnownError``."""
    found: dict[str, ModelEntry] = {}
    for place in (folder, Folders.of(None).models):
        for path in sorted(place.glob("*.toml")) if place is not None else []:
            found.setdefault(path.stem, describe(path))
    return found


def available(folder: Path | None = None) -> list[tuple[str, str, ModelEntry | None]]:
    """(name, summary, description) of each encoder that a library can use; None for those that are no network.
    ``folder`` holds the library's own models. Raises ``KnownError``."""
    known = manifest()
    plugins = [(name, registry.encoders.plugin(name).summary, known.get(name)) for name in registry.encoders.names()]
    return plugins + [(name, _summary(entry), entry) for name, entry in added(folder).items()]


def _summary(entry: ModelEntry) -> str:
    return f"added network {entry.path.name}" + ("" if entry.spec.pool == "none" else f", {entry.spec.pool} pooling")


def find_entry(name: str, folder: Path | None = None) -> ModelEntry | None:
    """The description of a network by name or ``.toml`` path; None for an encoder that is no network.

    Names of the program win over those of added models. Raises ``KnownError``.
    """
    if name in registry.encoders.names():
        return manifest().get(name) if registry.encoders.plugin(name).factory == _EMBEDDED else None
    for place in (folder, Folders.of(None).models):
        # "/" in a name would reach out of the folder
        if place is not None and Path(name).name == name and (place / f"{name}.toml").is_file():
            return describe(place / f"{name}.toml")
    return describe(name) if Choice(name).is_description else None


def create_encoder(name: str, folder: Path | None = None) -> Encoder:
    """An encoder by its full name, as ``Choice`` reads it; ``folder`` holds the library's own models.

    Raises ``KnownError``.
    """
    choice = Choice.parse(name)
    entry = find_entry(choice.name, folder)
    if entry is not None:
        return build(entry.chosen(choice))
    _check_classic(choice, folder)
    trained = trained_file(choice.name, folder)
    if trained is None:
        return registry.encoders.create(choice.name)
    if not choice.name.startswith(_FUSION):
        return visual_words.load(choice.name, trained)
    load = registry.imported("cbir_desktop.encoders.fusion", "lab", choice.name).load
    fused: Encoder = load(trained, lambda part: create_encoder(part, folder))
    return fused


def resolve(text: str, folder: Path | None = None) -> Choice:
    """The choice that ``text`` names, in its one form: paths absolute, a pooling only where it is not the model's own.

    Raises ``KnownError`` where there is no such encoder, pooling or precision; nothing is loaded.
    """
    choice = Choice.parse(text).anchored()
    entry = find_entry(choice.name, folder)
    if entry is None:
        _check_classic(choice, folder)
        return choice
    entry.chosen(choice)
    return replace(choice, pool=None) if choice.pool == entry.spec.pool else choice


def trained_file(name: str, folder: Path | None = None) -> Path | None:
    """What ``bovw-NAME``, ``vlad-NAME`` and ``fusion-NAME`` stand on, NAME.npz among the models; None for others."""
    kind, _, rest = name.partition("-")
    if f"{kind}-" not in (*(f"{one}-" for one in visual_words.KINDS), _FUSION) or Path(rest).name != rest:
        return None
    places = [place / f"{rest}.npz" for place in (folder, Folders.of(None).models) if place is not None]
    return next((path for path in places if path.is_file()), None)


def _check_classic(choice: Choice, folder: Path | None) -> None:
    if choice.name not in registry.encoders.names() and trained_file(choice.name, folder) is None:
        known = sorted({*registry.encoders.names(), *added(folder)})
        raise KnownError(f"there is no encoder named {choice.name!r}; known: {', '.join(known)}", "unknown-name")
    if choice.pool or choice.precision:
        raise KnownError(f"{choice.name} is no network: it takes no pooling and no precision", "no-feature-map")


def build(entry: ModelEntry, **arguments: Any) -> Encoder:
    """The network of a description. Raises ``KnownError``."""
    encoder = OnnxEncoder(entry.path, entry.spec, **arguments)
    if entry.dim not in (None, encoder.dim):
        raise KnownError(f"{entry.path} gives {encoder.dim} numbers, not {entry.dim}", "wrong-model")
    return encoder if entry.whitening is None else Whitened(encoder, PcaWhitening.load(entry.whitening))


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
    unknown = set(table) - _SPEC_KEYS - _ABOUT_KEYS - _INT8_KEYS - {"file", "dim", "schema", "whitening"}
    if unknown:
        raise _bad(path, f"unknown keys: {', '.join(sorted(unknown))}")
    about = {key: str(table[key]) for key in _ABOUT_KEYS & set(table)}
    settings: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    try:
        spec = ModelSpec(**{key: settings[key] for key in _SPEC_KEYS & set(settings)})
        int8 = (path.parent / table["file_int8"], table.get("sha256_int8")) if "file_int8" in table else None
        whitening = path.parent / table["whitening"] if "whitening" in table else None
        return ModelEntry(
            name, path.parent / table["file"], spec, settings.get("dim"), **about, int8=int8, whitening=whitening
        )
    except KeyError as error:
        raise _bad(path, f"{error} is missing") from error
    except (TypeError, ValueError) as error:
        raise _bad(path, str(error)) from error


def _bad(path: Path, reason: str) -> KnownError:
    return KnownError(f"{path} does not describe a model: {reason}", "bad-model-description")
