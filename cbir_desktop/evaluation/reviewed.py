"""What people said of pairs that they looked at: a list of a, b, truth and reason."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cbir_desktop.core.errors import KnownError


@dataclass(frozen=True, slots=True)
class Said:
    """``truth``: copy, scene or none."""

    truth: str
    reason: str | None


def read_reviewed(listed: Path | None, name: Callable[[str], str] = str) -> dict[frozenset[str], Said]:
    """A list by its pairs of pictures, as ``name`` calls these; nothing of None.

    Raises ``KnownError`` when it cannot be read.
    """
    if listed is None:
        return {}
    try:
        with listed.open(encoding="utf-8", newline="") as stream:
            return {
                frozenset((name(row["a"]), name(row["b"]))): Said(row["truth"], row.get("reason"))
                for row in csv.DictReader(stream)
            }
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise KnownError(f"the list {listed} cannot be read: {error}", "no-labels") from error
