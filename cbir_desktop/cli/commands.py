"""The commands that use a library: index, search, status; and the options that commands share."""

import argparse
import os
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
    train,
    verify,
    watch,
)
from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, finished, positive, seconds, stoppable
from cbir_desktop.cli.output import ExitCode, error_document, progress, write_json, write_text
from cbir_desktop.cli.verify import names_of, verdict_document
from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.tasks import Task
from cbir_desktop.core.verification import Verification
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.pooling import MAP_POOLS
from cbir_desktop.library.indexing import IndexReport, index_paths, rescan
from cbir_desktop.library.search import Answer, Hit, search_each, search_files
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import VERIFIED, Verdicts, proved_first
from cbir_desktop.settings import POWERS
from cbir_desktop.store.catalog import Problem
from cbir_desktop.store.recovery import notice


def add_all(subparsers: Subparsers) -> None:
    _add_index(subparsers)
    _add_search(subparsers)
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
    add_library_option(index)


def _add_search(subparsers: Subparsers) -> None:
    search = add_command(subparsers, "search", "the photos most like one or more pictures", run_search)
    search.add_argument("images", nargs="+", metavar="IMAGE", help="a picture, inside the library or not")
    search.add_argument("-k", type=positive, default=20, metavar="N", help="how many results (20)")
    search.add_argument("--each", action="store_true", help="every picture is a query of its own: one answer a line")
    search.add_argument(
        "--exact", action="store_true", help="compare with every photo instead of asking the HNSW graph"
    )
    search.add_argument("--include-self", action="store_true", help="a query that is in the library may find itself")
    search.add_argument(
        "--verify",
        type=positive,
        nargs="?",
        const=VERIFIED,
        metavar="N",
        help=f"prove the first N results ({VERIFIED}); what is proved comes first",
    )
    add_library_option(search)


def run_index(options: argparse.Namespace) -> ExitCode:
    with (
        Session.open(options.library, _encoder(options), power=options.power) as session,
        progress("indexing") as task,
        stoppable(task),
    ):
        work = partial(index_paths, session, options.paths) if options.paths else partial(rescan, session, None)
        report = finished(session.indexer.submit(work, task, options.wait))
    if options.json:
        write_json(_report_document(report))
    else:
        _print_report(report)
    return ExitCode.PROBLEMS if report.failed else ExitCode.DONE


def _encoder(options: argparse.Namespace) -> str | None:
    if options.pool is None:
        return options.encoder and str(options.encoder)
    if options.encoder is None:
        raise KnownError("--pool goes with --encoder; for a library that has one: cbir reembed --pool", "usage")
    return str(replace(Choice.parse(options.encoder), pool=options.pool))


def run_search(options: argparse.Namespace) -> ExitCode:
    queries = [os.path.abspath(image) for image in options.images]
    index = "flat" if options.exact else None
    with (
        Session.open(options.library, index=index, create=False) as session,
        progress("searching") as task,
        stoppable(task),
    ):
        if options.each:
            return _search_each(session, queries, options, task)
        answer = search_files(session, queries, options.k, options.include_self, task)
        verdicts: Verdicts = {}
        if options.verify is not None:
            answer, verdicts = proved_first(session, queries, answer, options.verify, task)
    _write_answer(queries, answer, options.json, verdicts)
    return ExitCode.DONE


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


def _search_each(session: Session, queries: list[str], options: argparse.Namespace, task: Task) -> ExitCode:
    code = ExitCode.DONE
    answers = search_each(session, queries, options.k, options.include_self, task)
    for number, (query, answer) in enumerate(zip(queries, answers, strict=True), start=1):
        task.step(number, len(queries))
        if isinstance(answer, DecodeError):
            code = ExitCode.PROBLEMS
            _write_refused(query, answer, options.json)
        else:
            verdicts: Verdicts = {}
            if options.verify is not None:
                answer, verdicts = proved_first(session, [query], answer, options.verify, task)
            _write_answer([query], answer, options.json, verdicts)
    return code


def _write_answer(queries: list[str], answer: Answer, as_json: bool, verdicts: Verdicts) -> None:
    if as_json:
        results = [{**_hit_document(hit), **_verdict_of(hit, verdicts)} for hit in answer.hits]
        write_json({"query": queries, "results": results, "seconds": round(answer.seconds, 4)})
        return
    write_text(f"{', '.join(queries)}  ({answer.seconds * 1000:.0f} ms)")
    for hit in answer.hits:
        mark = "~" if hit.photo.provisional else " "
        away = f"  (on drive {hit.photo.volume}, which is away)" if hit.photo.state == "offline" else ""
        found = verdicts.get(hit.photo.content_id)
        proof = f"  {found.proved}: {names_of(found)}" if isinstance(found, Verification) and found.proved else ""
        write_text(f"{hit.rank:4d} {mark}{hit.score:6.3f}  {hit.photo.path}{away}{proof}")
        for path in hit.photo.also:
            write_text(f"{'':14}also {path}")


def _write_refused(query: str, error: DecodeError, as_json: bool) -> None:
    if as_json:
        write_json({"query": [query], **error_document(error)})
    else:
        write_text(f"{query}\n      {error}")


def _hit_document(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "path": hit.photo.path,
        "score": round(hit.score, 6),
        "also": list(hit.photo.also),
        "state": hit.photo.state,
        "volume": hit.photo.volume,
        "provisional": hit.photo.provisional,
    }


def _verdict_of(hit: Hit, verdicts: Verdicts) -> dict[str, Any]:
    """What was proved of a result; nothing for one that was not looked at."""
    found = verdicts.get(hit.photo.content_id)
    if found is None:
        return {}
    return error_document(found) if isinstance(found, KnownError) else verdict_document(found)


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
