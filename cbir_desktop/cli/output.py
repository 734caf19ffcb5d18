"""What commands print: one JSON document on stdout, or text for people; progress and logs go to stderr."""

import io
import json
import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from tqdm import tqdm

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Task

SCHEMA = 1
_VISIBLE = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), 127)}
"""Control characters but tab and line end: an escape in a file's name could rewrite the screen."""


class ExitCode(IntEnum):
    """2 wins over 3, and that over 1: an error over duplicates that were found, those over listed problems."""

    DONE = 0
    PROBLEMS = 1
    ERROR = 2
    DUPLICATES = 3


def write_json(document: dict[str, Any]) -> None:
    """One document on one line. ASCII only: a path that is not UTF-8 keeps its bytes as ``\\udcXX`` escapes, which
    ``os.fsencode(json.loads(...))`` turns back (PEP 383, surrogateescape)."""
    sys.stdout.write(json.dumps({"schema": SCHEMA, **document}, ensure_ascii=True, allow_nan=False) + "\n")
    sys.stdout.flush()


def write_text(text: str) -> None:
    """Lines for people; what is not text in a path, and what would steer the terminal, is shown as escapes."""
    sys.stdout.write(text.translate(_VISIBLE) + "\n")
    sys.stdout.flush()


def prepare_streams() -> None:
    """Make stdout and stderr take every path, also where they are closed or speak ASCII only."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - for the rest of the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def error_document(error: KnownError) -> dict[str, Any]:
    return {"error": {"kind": error.kind, "message": str(error)}}


def write_error(error: KnownError, as_json: bool) -> None:
    if as_json:
        write_json(error_document(error))
    else:
        sys.stderr.write(f"cbir: {error}".translate(_VISIBLE) + "\n")


@contextmanager
def progress(label: str) -> Iterator[Task]:
    """A task with a progress bar on stderr, where stderr is a terminal."""
    with tqdm(desc=label, unit=" files", file=sys.stderr, disable=not sys.stderr.isatty(), leave=False) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total or None
            bar.n = done
            bar.refresh()

        yield Task(report)


def finite(value: Any) -> Any:
    """The same document with null for what is no number: JSON has no NaN and no infinity."""
    if isinstance(value, dict):
        return {name: finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
