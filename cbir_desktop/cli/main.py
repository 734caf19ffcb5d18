"""``cbir``: reads the command line, runs one command, and turns what comes out into an exit code."""

import argparse
import contextlib
import errno
import importlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from cbir_desktop import __version__
from cbir_desktop.cli import commands
from cbir_desktop.cli.output import ExitCode, prepare_streams, write_error
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled
from cbir_desktop.library.logfile import log_file
from cbir_desktop.settings import Folders
from cbir_desktop.store.db import known_errors

_SIGPIPE = 128 + 13  # as a shell says of a program that the signal ended; Windows has no such signal to ask


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``cbir``; without a command, open the window. Returns the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    prepare_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader had enough: `cbir search ... | head`
        _give_up_stdout()
        return _SIGPIPE
    except OSError as error:  # what can be told neither on stdout nor by a document: `> /dev/full`
        _give_up_stdout()
        sys.stderr.write(f"cbir: {error}\n")
        return ExitCode.ERROR
    return code


def main_window(arguments: Sequence[str] | None = None) -> int:
    """``cbir-desktop``: open the window. Named by a string, so that no other command loads Qt."""
    prepare_streams()
    if not _has_screen():
        write_error(KnownError("there is no screen to open a window on; see: cbir --help", "no-screen"), as_json=False)
        return ExitCode.ERROR
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(add_help=False)  # the window reads the rest, and says what is wrong
    parser.add_argument("--library", type=Path)
    folders = Folders.of(parser.parse_known_args(arguments)[0].library)
    app = importlib.import_module("cbir_desktop.gui.app")
    with log_file(folders, "window"):
        return int(app.run(arguments))


def _give_up_stdout() -> None:
    """Let what is still buffered go nowhere, or Python fails once more when it ends, with an exit code of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: list[str]) -> int:
    as_json = "--json" in arguments
    try:
        options = _parser().parse_args(arguments)
        with _log_on_stderr(options.verbose):
            if options.command is None:
                return main_window([])
            folders = Folders.of(getattr(options, "library", None))
            with log_file(folders, options.command), known_errors(folders.data / "catalog.sqlite"):
                return int(options.run(options))
    except KnownError as error:
        write_error(error, as_json)
    except (Cancelled, KeyboardInterrupt):
        write_error(KnownError("stopped; what was finished is kept", "cancelled"), as_json)
    except BrokenPipeError:
        raise
    except OSError as error:
        kind = "disk-full" if error.errno == errno.ENOSPC else "os-error"
        write_error(KnownError(str(error), kind), as_json)
    return ExitCode.ERROR


@contextlib.contextmanager
def _log_on_stderr(verbose: bool) -> Iterator[None]:
    handler, root = logging.StreamHandler(sys.stderr), logging.getLogger()
    handler.setLevel(logging.DEBUG if verbose else logging.WARNING)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    level = root.level
    root.addHandler(handler)
    root.setLevel(handler.level)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def _has_screen() -> bool:
    """Qt would end the whole process where there is none."""
    named = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in named)


class _Parser(argparse.ArgumentParser):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(
            *arguments, **{**options, "allow_abbrev": False}
        )  # --js would not be seen as --json everywhere

    def error(self, message: str) -> NoReturn:
        raise KnownError(f"{message} (see: {self.prog} --help)", "usage")


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(
        prog="cbir",
        description="Find images by their content. Without a command, the window opens.",
        epilog="Exit codes: 0 done, 1 done with problems listed, 2 usage or a known error, 3 duplicates were found.",
    )
    parser.add_argument("--version", action="version", version=f"cbir {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log more to stderr")
    parser.set_defaults(run=None)
    subcommands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_all(subcommands)
    return parser
