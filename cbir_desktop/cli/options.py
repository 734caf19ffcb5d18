"""Options and wiring that every command shares."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from cbir_desktop.cli.output import ExitCode

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(
    subparsers: Subparsers, name: str, summary: str, run: Callable[[argparse.Namespace], ExitCode]
) -> argparse.ArgumentParser:
    """A command with ``--json``; its ``run`` gets the parsed options."""
    parser = subparsers.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout, nothing else")
    parser.set_defaults(run=run)
    return parser


def add_library_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--library", type=Path, metavar="DIR", help="keep everything in DIR (default: the user's own)")
