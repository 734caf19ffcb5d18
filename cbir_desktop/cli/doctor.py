"""``cbir doctor``: what the program runs on, and whether it is sound."""

import argparse
from dataclasses import asdict

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option
from cbir_desktop.cli.output import ExitCode, write_json, write_text
from cbir_desktop.library.health import check_health

_MARKS = {"ok": "ok  ", "note": "note", "problem": "BAD "}


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "doctor", "check the environment, the embedded model and the library", run_doctor)
    add_library_option(parser)


def run_doctor(options: argparse.Namespace) -> ExitCode:
    checks = list(check_health(options.library))
    if options.json:
        write_json({"checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            write_text(f"{_MARKS[check.status]}  {check.name:24} {check.detail}")
    return ExitCode.PROBLEMS if any(check.status == "problem" for check in checks) else ExitCode.DONE
