"""Which programs of a freedesktop open a kind of file: read from their desktop entries. Asks the file system."""

import os
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, QMimeDatabase, QStandardPaths

MOST = 20
_LARGEST = 1 << 20  # bytes; a desktop entry has some thousand


@dataclass(frozen=True)
class OtherProgram:
    """``command``: its words, with the field codes of the desktop entry specification (%f, %U ...)."""

    name: str
    command: tuple[str, ...]

    def words(self, path: str) -> list[str]:
        """To start it with one file; without a place for one, the file comes last."""
        made: list[str] = []
        for word in self.command:
            if word in ("%f", "%F", "%u", "%U"):
                made.append(path)
            elif not (len(word) == 2 and word.startswith("%")):
                made.append(word.replace("%%", "%"))
        return made if path in made else [*made, path]


def programs_for(path: str, folders: Sequence[str] | None = None) -> list[OtherProgram]:
    """By name. ``folders``: where desktop entries lie, the user's own first; those of this desktop where None."""
    kind = QMimeDatabase().mimeTypeForFile(path)
    kinds = {kind.name(), *kind.allAncestors(), *kind.aliases()} - {"application/octet-stream"}
    places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.ApplicationsLocation)
    seen: set[str] = set()
    found: dict[str, OtherProgram] = {}
    for entry in _entries(places if folders is None else folders):
        if (name := os.path.basename(entry)) not in seen:  # one of the user's own takes the place of the system's
            seen.add(name)
            program = _read(entry, kinds)
            if program is not None:
                found.setdefault(program.name, program)
    return sorted(found.values(), key=lambda program: program.name.casefold())[:MOST]


def _entries(folders: Sequence[str]) -> Iterator[str]:
    for folder in folders:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        yield from (os.path.join(folder, name) for name in names if name.endswith(".desktop"))


def _read(path: str, kinds: set[str]) -> OtherProgram | None:
    """None for what does not open these, is hidden or cannot be read."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            values = _values(file.read(_LARGEST))
    except OSError:
        return None
    opens = set(values.get("MimeType", "").split(";"))
    if not opens & kinds or "true" in (values.get("NoDisplay"), values.get("Hidden"), values.get("Terminal")):
        return None
    locale = QLocale().name()
    name = values.get(f"Name[{locale}]") or values.get(f"Name[{locale[:2]}]") or values.get("Name")
    try:
        command = tuple(shlex.split(values.get("Exec", "")))
    except ValueError:
        return None
    return OtherProgram(name, command) if name and command else None


def _values(text: str) -> dict[str, str]:
    """Of the group [Desktop Entry] alone."""
    values, inside = {}, False
    for line in text.splitlines():
        if line.startswith("["):
            inside = line.strip() == "[Desktop Entry]"
        elif inside and "=" in line and not line.startswith("#"):
            key, value = line.split("=", 1)
            values[key.strip()] = value.strip()
    return values
