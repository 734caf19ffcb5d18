"""The log: a file of bounded size beside the library's other parts, which every process of the program writes to.

What a record says of its own is constant text; what it names (paths, errors) stands between ⟦ and ⟧, so that a bug
report can leave out every name without knowing one (``library/bundle.py``).
"""

import contextlib
import logging
import numbers
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from filelock import FileLock

from cbir_desktop import __version__
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled
from cbir_desktop.settings import Folders

OPEN, CLOSE = "⟦", "⟧"

_BYTES = 1 << 20  # of each file: some thousand records
_OLDER = 3  # files kept beside the newest
_WAIT_SECONDS = 1.0  # for another process; then the record is lost
_ESCAPED = {code: f"\\x{code:02x}" for code in (*range(32), 127, 0x85)}  # a record is one line
_ESCAPED |= {ord(char): f"\\u{ord(char):04x}" for char in (OPEN, CLOSE, "\u2028", "\u2029")}

_HAS_PATH = re.compile(r"[/\\]")

_Raised: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

_log = logging.getLogger(__name__)


def log_path(folders: Folders) -> Path:
    """The newest file; older ones lie beside it, with a number behind the name."""
    return folders.log / "cbir.log"


def log_files(folders: Folders) -> list[Path]:
    """What there is, newest first."""
    newest = log_path(folders)
    return [path for path in (newest, *(Path(f"{newest}.{n}") for n in range(1, _OLDER + 1))) if path.is_file()]


@contextlib.contextmanager
def log_file(folders: Folders, command: str) -> Iterator[None]:
    """Keep what the program logs, and what ends it, once there is a library. Where no file can be written, none is."""
    handler, package = _SharedFile(folders), logging.getLogger("cbir_desktop")
    level, on_thread_bug = package.level, threading.excepthook

    def note_thread(raised: Any) -> None:
        handler.note(logging.CRITICAL, "a fault in a thread", exc_info=raised[:3])
        on_thread_bug(raised)

    package.addHandler(handler)
    package.setLevel(min(package.getEffectiveLevel(), logging.INFO))
    threading.excepthook = note_thread
    _log.info(f"cbir-desktop {__version__} begins: {command}")  # constant text, and nobody's name
    try:
        yield
    except (KnownError, Cancelled, OSError) as error:
        handler.note(logging.INFO, "ended by %s", error)
        raise
    except Exception:
        handler.note(logging.CRITICAL, "a fault in the program", exc_info=sys.exc_info())
        raise
    finally:
        threading.excepthook = on_thread_bug
        package.setLevel(level)
        package.removeHandler(handler)
        handler.close()


class _SharedFile(RotatingFileHandler):
    """Opens the file for each record: another process may have renamed it since the last one."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        path = log_path(folders)
        super().__init__(
            path, maxBytes=_BYTES, backupCount=_OLDER, encoding="utf-8", errors="backslashreplace", delay=True
        )
        self._turns = FileLock(f"{path}.lock", timeout=_WAIT_SECONDS)
        self.setLevel(logging.INFO)
        self.setFormatter(_Marking())

    def note(self, level: int, message: str, *arguments: object, exc_info: _Raised | None = None) -> None:
        """A record for the file alone."""
        self.handle(logging.LogRecord(_log.name, level, "", 0, message, arguments, exc_info))

    def emit(self, record: logging.LogRecord) -> None:
        if not self._folders.data.is_dir():  # only indexing makes a library
            return
        with contextlib.suppress(OSError):
            self._folders.log.mkdir(parents=True, exist_ok=True)
            with self._turns:
                try:
                    super().emit(record)
                finally:
                    stream, self.stream = self.stream, None
                    if stream is not None:
                        stream.close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A full disk or a read-only folder is no reason to stop, or to say so with each record."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class _Marking(logging.Formatter):
    """One line for each record, in UTC; lines of a traceback below it, as paths inside the program."""

    def __init__(self) -> None:
        line = "%(asctime)s %(process)d %(threadName)s %(levelname)s %(name)s: %(message)s"
        super().__init__(line, "%Y-%m-%dT%H:%M:%SZ")
        self.converter = time.gmtime

    def format(self, record: logging.LogRecord) -> str:
        named = logging.makeLogRecord(record.__dict__)
        named.exc_text = None  # as another handler wrote it
        if record.args and isinstance(record.args, tuple):
            named.args = tuple(map(_marked, record.args))
        elif record.args or _HAS_PATH.search(record.getMessage()):  # put together before it came here
            named.msg, named.args = _marked(record.getMessage()), ()
        return super().format(named)

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - logging's name
        lines, error, told = [], ei[1], set[int]()
        while error is not None and id(error) not in told:
            told.add(id(error))
            lines.append(f"  {_marked(error)}")
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f"    {_in_program(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


def _marked(argument: object) -> object:
    """Numbers as they are; what an error says, and all else, between marks."""
    if argument is None or isinstance(argument, numbers.Number):
        return argument
    text = f"{OPEN}{str(argument).translate(_ESCAPED)}{CLOSE}"
    if isinstance(argument, KnownError):
        return f"{type(argument).__name__} ({argument.kind}) {text}"
    if isinstance(argument, OSError):
        return f"{type(argument).__name__} ({argument.errno}) {text}"
    return f"{type(argument).__name__} {text}" if isinstance(argument, BaseException) else text


def _in_program(path: str) -> str:
    """A source file without the folder that the program is installed in."""
    for top in ("cbir_desktop", "site-packages"):
        parts = Path(path).parts
        if top in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(top) :])
    return Path(path).name
