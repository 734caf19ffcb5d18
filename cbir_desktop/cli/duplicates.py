"""``cbir duplicates``, ``cbir clean`` and ``cbir undo``: find copies, do away with them by a plan, take that back."""

import argparse
import contextlib
import csv
import io
import os
import time
from pathlib import Path
from typing import Any

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, stoppable
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.acting import Outcome, Report, delete_refused
from cbir_desktop.library.arrivals import compare_new, new_copies
from cbir_desktop.library.duplicates import Duplicates, Scope, find_duplicates
from cbir_desktop.library.indexing import rescan
from cbir_desktop.library.keep_rules import PRESETS, KeepRules, load_rules
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.plans import as_document, read_plan, run_plan
from cbir_desktop.library.session import Session
from cbir_desktop.library.undo import undo_last
from cbir_desktop.store.journal import ActKind

_LINKS: dict[str, ActKind] = {"trash": "trash", "hardlink": "hardlink", "symlink": "symlink"}
_MARKS = {"kept": "keep", "marked": "go", "open": "?"}


def add(subparsers: Subparsers) -> None:
    find = add_command(
        subparsers, "duplicates", "copies of one picture, each proved; with rules, which to keep", run_find
    )
    find.add_argument("paths", nargs="*", metavar="PATH", help="look only here (a path outside: is it in the library?)")
    find.add_argument("--scope", choices=("all", "within", "across"), default="all", help="within or across the PATHs")
    find.add_argument(
        "--reference", action="append", default=[], metavar="DIR", help="compare with DIR; nothing in it is selected"
    )
    find.add_argument(
        "--rules", metavar="FILE", default="none", help=f"a TOML file of keep rules, or one of {', '.join(PRESETS)}"
    )
    find.add_argument(
        "--new", action="store_true", help="only what came since the last search of all and is a copy of something"
    )
    find.add_argument("--csv", type=Path, metavar="FILE", help="write one line for each file of a group")
    clean = add_command(subparsers, "clean", "do away with what a plan does not keep", run_clean)
    what = clean.add_mutually_exclusive_group(required=True)
    what.add_argument("--plan", type=Path, metavar="FILE", help="the JSON of cbir duplicates, edited or not")
    what.add_argument(
        "--delete-refused",
        type=int,
        metavar="RUN",
        help="delete for good, without undo, what the trash refused in that run",
    )
    clean.add_argument("--dry-run", action="store_true", help="make every check and touch nothing")
    clean.add_argument(
        "--to", default="trash", metavar="trash|hardlink|symlink|DIR", help="where the copies go (trash)"
    )
    clean.add_argument(
        "--merge-metadata",
        action="store_true",
        help="add date, rating, keywords and place of what goes to the sidecar (XMP) of what stays",
    )
    undo = add_command(subparsers, "undo", "take back the latest cbir clean", run_undo)
    for parser in (find, clean, undo):
        add_library_option(parser)


def run_find(options: argparse.Namespace) -> ExitCode:
    if options.new:
        return run_new(options)
    rules, scope = _rules(options.rules), _scope(options)
    with (
        Session.open(options.library, create=False) as session,
        progress("comparing") as task,
        stoppable(task),
    ):
        found = find_duplicates(session, scope, rules, task)
    if options.csv is not None:
        write_atomic(options.csv, _csv(found).encode("utf-8", "surrogateescape"))
    if options.json:
        write_json(as_document(found))
    else:
        _print_found(found)
    if found.groups:
        return ExitCode.DUPLICATES
    return ExitCode.PROBLEMS if found.problems else ExitCode.DONE


def run_new(options: argparse.Namespace) -> ExitCode:
    """The new photos that are copies. They stay new until all duplicates are looked for."""
    if options.paths or options.reference or options.scope != "all" or options.csv is not None:
        raise KnownError("--new looks at all of the library, and goes with --json only", "usage")
    started = time.monotonic()
    with Session.open(options.library, create=False) as session, progress("comparing") as task, stoppable(task):
        compare_new(session, task)
        found = new_copies(session)
    if options.json:
        new = [{"path": one.path, "of": one.of} for one in found]
        write_json({"new": new, "seconds": round(time.monotonic() - started, 3)})
    else:
        for one in found:
            write_text(f"{one.path}\n  is a copy of {one.of}")
        write_text(f"{len(found)} new duplicates")
    return ExitCode.DUPLICATES if found else ExitCode.DONE


def run_clean(options: argparse.Namespace) -> ExitCode:
    started = time.monotonic()
    with Session.open(options.library, create=False) as session, progress("cleaning up") as task, stoppable(task):
        if options.plan is None:
            if options.dry_run:
                raise KnownError("--dry-run goes with --plan", "usage")
            if options.merge_metadata:
                raise KnownError("--merge-metadata goes with --plan", "usage")
            report = delete_refused(session, options.delete_refused, None, task)
        else:
            kind = _LINKS.get(options.to, "move")
            if options.merge_metadata and kind in ("hardlink", "symlink"):
                raise KnownError("--merge-metadata goes with the trash or a folder: a link stays", "usage")
            folder = os.path.abspath(options.to) if kind == "move" else None
            report = run_plan(
                session, read_plan(options.plan), kind, folder, options.dry_run, task, options.merge_metadata
            )
    if options.json:
        write_json({"dry_run": options.dry_run, **_report(report), "seconds": round(time.monotonic() - started, 3)})
    else:
        _print_report(report, options.dry_run)
    return ExitCode.PROBLEMS if report.refused else ExitCode.DONE


def run_undo(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library, create=False) as session, progress("bringing back") as task, stoppable(task):
        report = undo_last(session, task)
        with contextlib.suppress(KnownError):  # the next scan finds them as well
            rescan(session, (), task, folders=report.folders)
    if options.json:
        write_json({"run": report.run, "restored": report.restored, "left": [_outcome(one) for one in report.left]})
    else:
        write_text(f"{len(report.restored)} files are back")
        for one in report.left:
            write_text(f"  not back: {one.path}: {one.reason}")
    return ExitCode.PROBLEMS if report.left else ExitCode.DONE


def _rules(name: str) -> KeepRules:
    return PRESETS[name][1] if name in PRESETS else load_rules(Path(name))


def _scope(options: argparse.Namespace) -> Scope:
    if "" in (*options.paths, *options.reference):
        raise KnownError("a path is empty", "no-such-path")
    if options.scope != "all" and not options.paths:
        raise KnownError(f"--scope {options.scope} needs folders to tell apart: name them as PATHs", "usage")
    mounts = read_mounts()

    def canonical(paths: list[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(mounts.canonical(os.path.abspath(path)) for path in paths))

    return Scope(options.scope, canonical(options.paths), canonical(options.reference))


def _print_found(found: Duplicates) -> None:
    for group in found.groups:
        write_text(f"{group.id}  {group.kind}  {len(group.members)} files, {_size(group.reclaimable_bytes)} to gain")
        for member, pick in zip(group.members, group.picks, strict=True):
            write_text(f"  {_MARKS[pick.state]:>4}  {member.path}\n        {pick.reason}")
    for pair in found.unproved:
        write_text(f"not proved  {pair.a}\n            {pair.b}")
    for problem in found.problems:
        write_text(f"problem   {problem.path}: {problem.reason}")
    gain = sum(group.reclaimable_bytes for group in found.groups)
    write_text(
        f"{len(found.groups)} groups, {_size(gain)} to gain; {len(found.related)} related pairs,"
        f" {len(found.unproved)} not proved, {len(found.stacks)} stacks; {found.seconds:.1f} s"
    )


def _csv(found: Duplicates) -> str:
    text = io.StringIO()
    document = as_document(found)
    columns = ["path", "content", "keep", "decided", "reason", "relations", "to", "probability", "inliers", "bytes"]
    writer = csv.DictWriter(text, ["group", "kind", *columns, "width", "height"])
    writer.writeheader()
    for group in document["groups"]:
        for member in group["members"]:
            row = {**member, "relations": " ".join(member["relations"])}
            writer.writerow({"group": group["id"], "kind": group["kind"], **row})
    return text.getvalue()


def _report(report: Report) -> dict[str, Any]:
    return {
        "run": report.run,
        "done": [_outcome(one) for one in report.done],
        "refused": [_outcome(one) for one in report.refused],
        "bytes": report.bytes,
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    document = {"path": outcome.path, "bytes": outcome.size, "place": outcome.place}
    if outcome.sidecar is not None:
        document["sidecar"] = outcome.sidecar
    return {**document, "problem": outcome.problem, "reason": outcome.reason} if outcome.problem else document


def _print_report(report: Report, dry_run: bool) -> None:
    for one in report.done:
        place = "" if dry_run else f"\n    now at {one.place}" if one.place else "\n    where it is now is not known"
        write_text(f"{'would go' if dry_run else 'went'}  {one.path}{place}")
        if one.sidecar is not None:
            write_text(f"    what it said of the picture is in {one.sidecar}")
    for one in report.refused:
        write_text(f"stays  {one.path}\n    {one.reason}")
    write_text(f"{len(report.done)} files, {_size(report.bytes)}; {len(report.refused)} stay where they are")
    if any(one.problem == "trash-refused" for one in report.refused):
        write_text(f"to delete for good what the trash refused: cbir clean --delete-refused {report.run}")


def _size(size: int) -> str:
    """In the units of file managers: powers of a thousand."""
    power = min(max(len(str(size)) - 1, 0) // 3, 4)
    return f"{size} bytes" if power == 0 else f"{size / 1000**power:.1f} {('KB', 'MB', 'GB', 'TB')[power - 1]}"
