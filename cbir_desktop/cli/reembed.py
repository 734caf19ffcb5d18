"""``cbir reembed``: search by another encoder."""

import argparse
from dataclasses import asdict

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, stoppable
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.encoders.choice import PRECISIONS
from cbir_desktop.encoders.pooling import MAP_POOLS
from cbir_desktop.library.reembed import ReembedReport, reembed
from cbir_desktop.library.session import Session


def add(subparsers: Subparsers) -> None:
    parser = add_command(
        subparsers, "reembed", "encode every photo by another encoder, then search by it; again goes on", run_reembed
    )
    parser.add_argument("--encoder", metavar="NAME", help="which (see: cbir models list); default: the library's")
    parser.add_argument("--pool", choices=MAP_POOLS, help="how its feature map becomes one vector")
    parser.add_argument("--precision", choices=PRECISIONS, help="for an encoder that has both; else measured once")
    add_library_option(parser)


def run_reembed(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library, create=False) as session, progress("re-embedding") as task, stoppable(task):
        report = reembed(session, options.encoder, options.pool, options.precision, task)
    if options.json:
        write_json({**asdict(report), "seconds": round(report.seconds, 3)})
    else:
        _print(report)
    return ExitCode.PROBLEMS if report.left else ExitCode.DONE


def _print(report: ReembedReport) -> None:
    verb = "now searches" if report.switched else "searches, as before,"
    write_text(
        f"the library {verb} by {report.encoder}: {report.encoded} photos encoded, {report.present} had its vector,"
        f" {len(report.left)} left out; {report.seconds:.1f} s"
    )
    for problem in report.left:
        write_text(f"  {problem.path}: {problem.reason}")
    if report.left:
        write_text("those are found again once they can be read and `cbir index` or `cbir reembed` has run")
