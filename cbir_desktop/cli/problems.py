"""``cbir problems``: the files that could not be read, why, and what to do."""

import argparse
from typing import Any

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, finished, stoppable
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.library.problems import advice, ignore_problems, retry_problems
from cbir_desktop.library.session import Session
from cbir_desktop.store.catalog import Problem


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "problems", "files that could not be read, and what to do", run_problems)
    parser.add_argument("--retry", action="store_true", help="read them again first")
    parser.add_argument(
        "--ignore", nargs="+", default=[], metavar="PATH", help="these count no more, until the file changes"
    )
    parser.add_argument("--unignore", nargs="+", default=[], metavar="PATH", help="these count again")
    add_library_option(parser)


def run_problems(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library, create=False) as session, progress("reading") as task, stoppable(task):
        if options.ignore:
            ignore_problems(session, options.ignore)
        if options.unignore:
            ignore_problems(session, options.unignore, ignored=False)
        if options.retry:
            finished(session.indexer.submit(retry_problems, session, task))
        problems = session.catalog.problems(with_ignored=True)
    if options.json:
        write_json({"problems": [_document(problem) for problem in problems]})
    else:
        for problem in problems:
            mark = " (ignored)" if problem.ignored else ""
            write_text(f"{problem.path}{mark}\n    {problem.kind}: {problem.reason}\n    {advice(problem)}")
    return ExitCode.PROBLEMS if any(not problem.ignored for problem in problems) else ExitCode.DONE


def _document(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.path,
        "kind": problem.kind,
        "reason": problem.reason,
        "ignored": problem.ignored,
        "advice": advice(problem),
    }
