"""``cbir doctor``: what the program runs on, and whether it is sound."""

import argparse
from dataclasses import asdict
from pathlib import Path

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option
from cbir_desktop.cli.output import ExitCode, write_json, write_text
from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.bundle import write_bundle
from cbir_desktop.library.health import check_health

_MARKS = {"ok": "ok  ", "note": "note", "problem": "BAD "}


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "doctor", "check the environment, the embedded model and the library", run_doctor)
    parser.add_argument(
        "--bundle",
        type=Path,
        metavar="FILE.zip",
        help="write versions, settings and log for a bug report; no photo, and codes in place of names",
    )
    parser.add_argument("--with-names", action="store_true", help="with --bundle: paths and names as they are")
    add_library_option(parser)


def run_doctor(options: argparse.Namespace) -> ExitCode:
    if options.bundle is not None:
        return _write_bundle(options)
    if options.with_names:
        raise KnownError("--with-names goes with --bundle", "usage")
    checks = list(check_health(options.library))
    if options.json:
        write_json({"checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            write_text(f"{_MARKS[check.status]}  {check.name:24} {check.detail}")
    return ExitCode.PROBLEMS if any(check.status == "problem" for check in checks) else ExitCode.DONE


def _write_bundle(options: argparse.Namespace) -> ExitCode:
    parts = write_bundle(options.library, options.bundle, options.with_names)
    if options.json:
        write_json({"bundle": str(options.bundle), "parts": parts, "with_names": options.with_names})
    else:
        write_text(f"{options.bundle}: {', '.join(parts)}")
        if not options.with_names:
            write_text("It holds no photo and no name of a file or folder; look through it before you send it.")
    return ExitCode.DONE
