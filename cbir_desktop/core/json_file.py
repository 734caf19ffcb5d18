"""A file of JSON that somebody else wrote."""

import json
from pathlib import Path
from typing import Any

from cbir_desktop.core.errors import KnownError


def read_json(path: Path, longest: int, what: str, kind: str) -> Any:
    """What a file of at most ``longest`` bytes holds; ``what``: for people. Raises ``KnownError`` of this kind."""
    try:
        if path.stat().st_size > longest:
            raise KnownError(f"the {what} in {path} cannot be read: the file is too long", kind)
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise KnownError(f"the {what} in {path} cannot be read: {error}", kind) from error
