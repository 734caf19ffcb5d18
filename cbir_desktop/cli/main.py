"""``cbir``: reads the command line, runs one command, and turns what comes out into an exit code."""

import argparse
import importlib
import logging
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from cbir_desktop import __version__
from cbir_desktop.cli import commands
from cbir_desktop.cli.output import ExitCode, write_error
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled
from cbir_desktop.settings import Folders
from cbir_desktop.store.db import known_errors


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``cbir``; without a command, open the window. Returns the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in arguments
    try:
        options = _parser().parse_args(arguments)
        logging.basicConfig(
            level=logging.DEBUG if options.verbose else logging.WARNING,
            format="%(levelname)s %(name)s: %(message)s",
            stream=sys.stderr,
        )
        if options.command is None:
            return main_window([])
        with known_errors(Folders.of(getattr(options, "library", None)).data / "catalog.sqlite"):
            return int(options.run(options))
    except KnownError as error:
        write_error(error, as_json)
        return ExitCode.ERROR
    except Cancelled:
        write_error(KnownError("stopped; what was finished is kept", "cancelled"), as_json)
        return ExitCode.ERROR
    except BrokenPipeError:  # the reader had enough: `cbir search ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


def main_window(arguments: Sequence[str] | None = None) -> int:
    """``cbir-desktop``: open the window. Named by a string, so that no other command loads Qt."""
    app = importlib.import_module("cbir_desktop.gui.app")
    return int(app.run(list(sys.argv[1:] if arguments is None else arguments)))


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise KnownError(f"{message} (see: {self.prog} --help)", "usage")


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(
        prog="cbir",
        description="Find images by their content. Without a command, the window opens.",
        epilog="Exit codes: 0 done, 1 done with problems listed, 2 usage or a known error.",
    )
    parser.add_argument("--version", action="version", version=f"cbir {__version__}")
    parser.add_argument("--verbose", action="store_true", help="log more to stderr")
    parser.set_defaults(run=None)
    subcommands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_all(subcommands)
    return parser
