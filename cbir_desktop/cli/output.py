"""What commands print: one JSON document on stdout, or text for people; progress and logs go to stderr."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from tqdm import tqdm

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Task

SCHEMA = 1


class ExitCode(IntEnum):
    """2 wins over 1: an error over listed problems."""

    DONE = 0
    PROBLEMS = 1
    ERROR = 2


def write_json(document: dict[str, Any]) -> None:
    """One document on one line. ASCII only: a path that is not UTF-8 keeps its bytes as ``\\udcXX`` escapes, which
    ``os.fsencode(json.loads(...))`` turns back (PEP 383, surrogateescape)."""
    sys.stdout.write(json.dumps({"schema": SCHEMA, **document}, ensure_ascii=True, allow_nan=False) + "\n")
    sys.stdout.flush()


def write_text(text: str) -> None:
    """One line for people; bytes of a path that are not UTF-8 are shown as backslash escapes."""
    sys.stdout.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")
    sys.stdout.flush()


def error_document(error: KnownError) -> dict[str, Any]:
    return {"error": {"kind": error.kind, "message": str(error)}}


def write_error(error: KnownError, as_json: bool) -> None:
    if as_json:
        write_json(error_document(error))
    else:
        sys.stderr.write(f"cbir: {error}\n".encode("utf-8", "backslashreplace").decode("utf-8"))


@contextmanager
def progress(label: str) -> Iterator[Task]:
    """A task with a progress bar on stderr, where stderr is a terminal."""
    with tqdm(desc=label, unit=" files", file=sys.stderr, disable=not sys.stderr.isatty(), leave=False) as bar:

        def report(done: int, total: int) -> None:
            bar.total = total or None
            bar.n = done
            bar.refresh()

        yield Task(report)
