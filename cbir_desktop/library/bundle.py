"""What goes into a bug report: versions, settings and log, in one ZIP file; no photo, and unless asked no name.

A name becomes a short code, the same one wherever it stands and in every bundle of this library. Nothing is searched
for names: what may hold one is known by its place (a marked part of the log, a detail that is not plain) and left out.
"""

import json
import os
import re
import secrets
import zipfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import tomli_w
from blake3 import blake3

from cbir_desktop.core import registry
from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.scan import is_picture_name
from cbir_desktop.library.health import Check, check_health
from cbir_desktop.library.logfile import CLOSE, OPEN, log_files
from cbir_desktop.library.session import Session
from cbir_desktop.settings import Folders, load_settings
from cbir_desktop.store.recovery import is_there

_RECORD = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \d+ [\w-]+ [A-Z]+ cbir_desktop[\w.]*: ")
_FRAME = re.compile(r"    [\w./<>-]+:\d+ in [\w<>]+")
_RAISED = re.compile(rf"  \w+ (\([\w-]+\) )?{OPEN}")
_SEPARATORS = re.compile(r"([/\\]+)")
_WILD = re.compile(r"([/\\*?\[\]]+)")


class Names:
    """Codes for names; ``key`` is 32 bytes that the report does not hold, so that no one can try names out."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def code(self, name: str) -> str:
        return "~" + blake3(os.fsencode(name), key=self._key).hexdigest()[:8]

    def path(self, path: str, parts: re.Pattern[str] = _SEPARATORS) -> str:
        """Each part by its code, the suffix of a picture as it is."""
        return "".join(piece if parts.fullmatch(piece) else self._part(piece) for piece in parts.split(path))

    def glob(self, glob: str) -> str:
        """With its wildcards."""
        return self.path(glob, _WILD)

    def line(self, line: str) -> str:
        """A line of the log without what is marked in it; one that is not ours is left out."""
        if not any(known.match(line) for known in (_RECORD, _FRAME, _RAISED)):
            return "(a line that is left out)"
        head, *rest = line.split(OPEN)
        parts = [head]
        for piece in rest:
            marked, closed, plain = piece.partition(CLOSE)
            parts += [OPEN, self.path(marked), CLOSE, plain if closed else ""]
        return "".join(parts)

    def _part(self, name: str) -> str:
        suffix = os.path.splitext(name)[1].lower()
        return name and self.code(name) + (suffix if is_picture_name(f"x{suffix}") else "")


def write_bundle(library: Path | None, target: Path, with_names: bool = False) -> list[str]:
    """Write ``target``; returns what is in it.

    Raises ``KnownError`` (kind ``exists``) for a file that is there, OSError.
    """
    if target.exists():
        raise KnownError(f"{target} is there already; give the bundle another name", "exists")
    folders = Folders.of(library)
    facts, key = _library_facts(library, folders, with_names)
    names = None if with_names else Names(key)
    parts = {"report.json": json.dumps({**facts, "checks": _checks(library, names)}, indent=1)}
    parts["settings.toml"] = _settings(folders, names)
    for path in log_files(folders):
        text = path.read_text(encoding="utf-8", errors="replace")
        parts[path.name] = text if names is None else "".join(f"{names.line(line)}\n" for line in text.splitlines())

    def fill(temporary: Path) -> None:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, text in parts.items():
                bundle.writestr(name, text.encode(errors="backslashreplace"))

    replace_atomic(target, fill)
    return list(parts)


def _checks(library: Path | None, names: Names | None) -> list[dict[str, Any]]:
    return [asdict(check) if names is None else _without_names(check, names) for check in check_health(library)]


def _without_names(check: Check, names: Names) -> dict[str, Any]:
    what, _, encoder = check.name.partition(" ")
    name = f"index {_encoder(encoder, names)}" if what == "index" else check.name
    return {"name": name, "status": check.status, "detail": check.detail if check.plain else names.path(check.detail)}


def _settings(folders: Folders, names: Names | None) -> str:
    try:
        settings = load_settings(folders.settings_file)
    except KnownError as error:
        return f"# {error.kind}\n"
    return tomli_w.dumps({name: _value(name, value, names) for name, value in asdict(settings).items()})


def _value(name: str, value: Any, names: Names | None) -> Any:
    if names is None:
        return value
    if name == "encoder":
        return _encoder(value, names)
    return [names.glob(glob) for glob in value] if isinstance(value, tuple) else value


def _encoder(name: str, names: Names) -> str:
    """One of ours by its name, one that the user added by its code."""
    return name if re.split("[+@]", name)[0] in registry.encoders.names() else names.code(name)


def _library_facts(library: Path | None, folders: Folders, with_names: bool) -> tuple[dict[str, Any], bytes]:
    """Numbers about the library; and the key of its names."""
    key = secrets.token_bytes(32)
    if not is_there(folders.data / "catalog.sqlite"):
        return {"library": None}, key
    try:
        with Session.open(library, create=False) as session:
            catalog = session.catalog
            own = blake3(catalog.library_id.encode()).digest()
            facts = {
                **catalog.counts(),
                "folders": len(catalog.watched()),
                "problems": dict(Counter(problem.kind for problem in catalog.problems(with_ignored=True))),
                "encoders": [
                    {
                        "name": name if with_names else _encoder(name, Names(own)),
                        "key": encoder_key,
                        "dim": dim,
                        "vectors": count,
                    }
                    for name, encoder_key, dim, count in catalog.vectors.encoders()
                ],
                "catalog_bytes": catalog.db.path.stat().st_size,
            }
            return {"library": facts}, own
    except KnownError as error:
        return {"library": {"error": error.kind}}, key
