"""Options and wiring that every command shares."""

import argparse
import contextlib
import math
import signal
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from types import FrameType
from typing import TypeAlias, TypeVar

from cbir_desktop.cli.output import ExitCode
from cbir_desktop.core.tasks import Task

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
T = TypeVar("T")


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


def positive(text: str) -> int:
    """An option's value: 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def count(text: str) -> int:
    """An option's value: 0 or more."""
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be below 0")
    return number


def seconds(text: str) -> float:
    """An option's value: 0 or more, and a number."""
    number = float(text)
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError("must be a number of seconds, 0 or more")
    return number


@contextlib.contextmanager
def stoppable(task: Task) -> Iterator[None]:
    """Ctrl+C and SIGTERM cancel the task, so that finished work is kept; a second one ends the program."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        sys.stderr.write("\nstopping; once more to stop at once\n")
        task.cancel()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def finished(work: Future[T]) -> T:
    """Wait for it, in turns: Windows hands Ctrl+C to Python only between two waits."""
    while not work.done():
        wait([work], timeout=0.2)
    return work.result()
