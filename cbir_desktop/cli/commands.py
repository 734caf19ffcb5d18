"""The commands that use a library: index, search, status; and the options that commands share."""

import argparse
from dataclasses import replace
from functools import partial
from typing import Any

from cbir_desktop.cli import (
    decisions,
    demo,
    doctor,
    duplicates,
    evaluate,
    folders,
    models,
    problems,
    reembed,
    search,
    train,
    verify,
    watch,
)
from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, finished, seconds, stoppable
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.pooling import MAP_POOLS
from cbir_desktop.library.indexing import IndexReport, index_paths, rescan
from cbir_desktop.library.keypoints import update_keypoints
from cbir_desktop.library.session import Session
from cbir_desktop.settings import POWERS
from cbir_desktop.store.catalog import Problem
from cbir_desktop.store.recovery import notice


def add_all(subparsers: Subparsers) -> None:
    _add_index(subparsers)
    search.add(subparsers)
    status = add_command(subparsers, "status", "how many photos, vectors and problems the library has", run_status)
    add_library_option(status)
    verify.add(subparsers)
    folders.add(subparsers)
    problems.add(subparsers)
    duplicates.add(subparsers)
    decisions.add(subparsers)
    watch.add(subparsers)
    reembed.add(subparsers)
    doctor.add(subparsers)
    models.add(subparsers)
    evaluate.add(subparsers)
    train.add(subparsers)
    demo.add(subparsers)


def _add_index(subparsers: Subparsers) -> None:
    index = add_command(subparsers, "index", "bring the library level with files and folders", run_index)
    index.add_argument("paths", nargs="*", metavar="PATH", help="a folder or a picture (none: every watched folder)")
    index.add_argument(
        "--encoder", metavar="NAME", help="for a new library: the encoder it uses (see: cbir models list)"
    )
    index.add_argument("--pool", choices=MAP_POOLS, help="with --encoder: how its feature map becomes one vector")
    index.add_argument(
        "--wait", type=seconds, default=0.0, metavar="SECONDS", help="wait so long for another process to finish (0)"
    )
    index.add_argument("--power", choices=POWERS, help="full speed, or in the background; default: as the settings say")
    index.add_argument(
        "--keypoints",
        action="store_true",
        help="then find the keypoints of all photos (0.1 s and 3.6 kB each): search --rerank os2os finds by them",
    )
    add_library_option(index)


def run_index(options: argparse.Namespace) -> ExitCode:
    with (
        Session.open(options.library, _encoder(options), power=options.power) as session,
        progress("indexing") as task,
        stoppable(task),
    ):
        work = partial(index_paths, session, options.paths) if options.paths else partial(rescan, session, None)
        report = finished(session.indexer.submit(work, task, options.wait))
        keypoints = finished(session.indexer.submit(update_keypoints, session, task)) if options.keypoints else None
    if options.json:
        document = {} if keypoints is None else {"keypoints": {"photos": keypoints[0], "failed": keypoints[1]}}
        write_json({**_report_document(report), **document})
    else:
        _print_report(report)
        if keypoints is not None:
            write_text(f"{keypoints[0]} photos can be found by their keypoints, {keypoints[1]} could not be read")
    return ExitCode.PROBLEMS if report.failed else ExitCode.DONE


def _encoder(options: argparse.Namespace) -> str | None:
    if options.pool is None:
        return options.encoder and str(options.encoder)
    if options.encoder is None:
        raise KnownError("--pool goes with --encoder; for a library that has one: cbir reembed --pool", "usage")
    return str(replace(Choice.parse(options.encoder), pool=options.pool))


def run_status(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library, create=False) as session:
        counts, problems = session.catalog.counts(), session.catalog.problems()
        document = {
            "library": str(session.folder),
            "notice": notice(session.catalog),
            "encoder": session.encoder_name,
            "next_encoder": session.next_encoder_name,
            "files": {state: counts[state] for state in ("online", "offline", "missing", "trashed")},
            "provisional": counts["provisional"],
            "contents": counts["contents"],
            "vectors": [
                {"encoder": name, "key": key, "dim": dim, "count": count}
                for name, key, dim, count in session.catalog.vectors.encoders()
            ],
            "folders": session.catalog.watched(),
            "problems": [_problem_document(problem) for problem in problems],
        }
    if options.json:
        write_json(document)
    else:
        _print_status(document)
    return ExitCode.PROBLEMS if problems else ExitCode.DONE


def _problem_document(problem: Problem) -> dict[str, str]:
    return {"path": problem.path, "kind": problem.kind, "reason": problem.reason}


def _report_document(report: IndexReport) -> dict[str, Any]:
    return {
        "seen": report.seen,
        "indexed": report.indexed,
        "reused": report.reused,
        "unchanged": report.unchanged,
        "missing": report.missing,
        "failed": [_problem_document(problem) for problem in report.failed],
        "seconds": round(report.seconds, 3),
    }


def _print_report(report: IndexReport) -> None:
    write_text(
        f"{report.seen} files seen: {report.indexed} indexed, {report.reused} with known contents,"
        f" {report.unchanged} unchanged, {report.missing} missing, {len(report.failed)} failed; {report.seconds:.1f} s"
    )
    for problem in report.failed:
        write_text(f"  {problem.path}: {problem.reason}")


def _print_status(document: dict[str, Any]) -> None:
    files = ", ".join(f"{count} {state}" for state, count in document["files"].items())
    if document["notice"]:
        write_text(f"notice    {document['notice']}")
    write_text(f"library   {document['library']}\nfiles     {files}; {document['contents']} different contents")
    if document["provisional"]:
        write_text(f"previews  {document['provisional']} photos are searched by their previews until they are indexed")
    for vectors in document["vectors"]:
        write_text(f"vectors   {vectors['count']} of {vectors['dim']} dimensions by {vectors['encoder']}")
    if document["next_encoder"]:
        write_text(f"switching to {document['next_encoder']}: `cbir reembed` goes on with it")
    for folder in document["folders"]:
        write_text(f"folder    {folder}")
    for problem in document["problems"]:
        write_text(f"problem   {problem['path']}: {problem['reason']}")
