"""``cbir decisions``: what was decided about duplicates: to look through, to revoke, to carry to another computer."""

import argparse
import os
from pathlib import Path
from typing import Any

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option
from cbir_desktop.cli.output import ExitCode, write_json, write_text
from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.decode import read_file
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.decisions import as_document, export_decisions, folder_key, import_decisions
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.session import Session
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.decisions import FOLDERS, PAIR_KINDS, Decision, FolderDecision, PairDecision


def add(subparsers: Subparsers) -> None:
    decisions = subparsers.add_parser("decisions", help="what was decided about duplicates")
    actions = decisions.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = add_command(actions, "list", "all decisions, the latest first", run_list)
    adding = add_command(actions, "add", "decide about two pictures, or two folders", run_add)
    adding.add_argument("kind", choices=(*PAIR_KINDS, FOLDERS), help="prefer: keep A rather than B")
    adding.add_argument("a", metavar="A")
    adding.add_argument("b", metavar="B")
    revoking = add_command(actions, "revoke", "forget decisions: what they hid is shown again", run_revoke)
    revoking.add_argument("ids", nargs="+", type=int, metavar="ID", help="the number that the list shows")
    exporting = add_command(actions, "export", "write all decisions into a file of JSON", run_export)
    exporting.add_argument("file", type=Path, metavar="FILE")
    importing = add_command(actions, "import", "take over the decisions of such a file", run_import)
    importing.add_argument("file", type=Path, metavar="FILE")
    for parser in (listing, adding, revoking, exporting, importing):
        add_library_option(parser)


def run_list(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library, create=False) as session:
        shown = [_document(session.catalog, one) for one in session.catalog.decisions.all()]
    if options.json:
        write_json({"decisions": shown})
    for one in () if options.json else shown:
        write_text(
            f"{one['id']:5d}  {one['kind']}  {one['made']}\n         {_name(one, 'a')}\n         {_name(one, 'b')}"
        )
    return ExitCode.DONE


def run_add(options: argparse.Namespace) -> ExitCode:
    a, b = (os.path.abspath(path) for path in (options.a, options.b))
    with Session.open(options.library, create=False) as session:
        decision: Decision
        if options.kind == FOLDERS:
            mounts = read_mounts()
            one, other = (folder_key(session.catalog, mounts.canonical(path)) for path in (a, b))
            decision = FolderDecision(one, other)
        else:
            decision = PairDecision(options.kind, hash_bytes(read_file(a)), hash_bytes(read_file(b)))
            if decision.a == decision.b:
                raise KnownError("these two files hold the same bytes: there is nothing to decide", "same-bytes")
        session.catalog.decisions.put(decision)
    return _told(options, {"kind": options.kind, "a": a, "b": b}, "kept in mind")


def run_revoke(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library, create=False) as session:
        gone = [number for number in options.ids if session.catalog.decisions.revoke(number)]
    unknown = [number for number in options.ids if number not in gone]
    text = f"revoked: {len(gone)}" + (f"; not known: {', '.join(map(str, unknown))}" if unknown else "")
    _told(options, {"revoked": gone, "unknown": unknown}, text)
    return ExitCode.PROBLEMS if unknown else ExitCode.DONE


def run_export(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library, create=False) as session:
        count = export_decisions(session.catalog, options.file)
    return _told(options, {"exported": count, "file": str(options.file)}, f"{count} decisions are in {options.file}")


def run_import(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library) as session:
        report = import_decisions(session.catalog, options.file)
    conflicts = [{"file": as_document(theirs), "library": as_document(ours)} for theirs, ours in report.conflicts]
    text = f"{report.added} decisions added, {report.known} known already, {len(conflicts)} in conflict"
    for one in conflicts:
        text += f"\n  {one['library']['kind']} stays, the file says {one['file']['kind']}: {one['file']['a']}"
    _told(options, {"added": report.added, "known": report.known, "conflicts": conflicts}, text)
    return ExitCode.PROBLEMS if conflicts else ExitCode.DONE


def _told(options: argparse.Namespace, document: dict[str, Any], text: str) -> ExitCode:
    if options.json:
        write_json(document)
    else:
        write_text(text)
    return ExitCode.DONE


def _document(catalog: Catalog, decision: Decision) -> dict[str, Any]:
    """With the paths that the contents have now."""
    document = {"id": decision.id, **as_document(decision)}
    if isinstance(decision, PairDecision):
        document["paths"] = {"a": catalog.paths_of(decision.a), "b": catalog.paths_of(decision.b)}
    return document


def _name(document: dict[str, Any], side: str) -> str:
    if document["kind"] == FOLDERS:
        return str(document[side]["path"])
    paths = document["paths"][side]
    return paths[0] if paths else f"{document[side][:16]}… (not in the library now)"
