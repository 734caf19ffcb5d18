"""``cbir folders`` and ``cbir prune``: what the library watches, and what it forgets."""

import argparse
from dataclasses import asdict

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, stoppable
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.library.folders import FolderInfo, add_folder, list_folders, relink_folder, remove_folder
from cbir_desktop.library.prune import prune
from cbir_desktop.library.session import Session


def add(subparsers: Subparsers) -> None:
    folders = subparsers.add_parser("folders", help="the folders that the library watches")
    actions = folders.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = add_command(actions, "list", "each folder with its drive and its photos", run_list)
    adding = add_command(actions, "add", "watch a folder; cbir index then reads it", run_add)
    adding.add_argument("path", metavar="PATH")
    adding.add_argument(
        "--exclude", action="append", metavar="GLOB", help="leave out what matches: a name, or a whole path"
    )
    removing = add_command(actions, "remove", "forget a folder; no photo is touched", run_remove)
    removing.add_argument("path", metavar="PATH")
    relinking = add_command(actions, "relink", "a folder has moved to another place or drive", run_relink)
    relinking.add_argument("old", metavar="OLD", help="where it was")
    relinking.add_argument("new", metavar="NEW", help="where it is now")
    pruning = add_command(subparsers, "prune", "forget what no file refers to; never a photo", run_prune)
    pruning.add_argument("--missing", action="store_true", help="first forget the files that are missing")
    pruning.add_argument("--dry-run", action="store_true", help="only say what would be forgotten")
    for parser in (listing, adding, removing, relinking, pruning):
        add_library_option(parser)


def run_list(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library) as session:
        folders = list_folders(session)
    if options.json:
        write_json({"folders": [asdict(folder) for folder in folders]})
    else:
        for folder in folders:
            write_text(_line(folder))
    return ExitCode.DONE


def run_add(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library) as session:
        add_folder(session, options.path, options.exclude)
        folders = session.catalog.watched()
    if options.json:
        write_json({"folders": folders})
    else:
        write_text(f"{options.path} is watched from now on; read it with: cbir index")
    return ExitCode.DONE


def run_remove(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library) as session:
        files = remove_folder(session, options.path)
    if options.json:
        write_json({"removed": files})
    else:
        write_text(f"{files} photos left the library; the files are where they were (to save space: cbir prune)")
    return ExitCode.DONE


def run_relink(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library) as session, progress("checking") as task, stoppable(task):
        report = relink_folder(session, options.old, options.new, task)
    if options.json:
        write_json(asdict(report))
    else:
        write_text(
            f"{report.files} photos are now in {options.new} ({report.checked} compared by content),"
            f" {report.missing} were not found there"
        )
    return ExitCode.DONE


def run_prune(options: argparse.Namespace) -> ExitCode:
    with Session.open(options.library) as session:
        report = prune(session, options.missing, options.dry_run)
    if options.json:
        write_json({"dry_run": options.dry_run, **asdict(report)})
    else:
        verb = "would be forgotten" if options.dry_run else "forgotten"
        write_text(
            f"{verb}: {report.files} missing files, {report.contents} contents, {report.vectors} vectors,"
            f" {report.thumbnails} thumbnails"
        )
    return ExitCode.DONE


def _line(folder: FolderInfo) -> str:
    files = ", ".join(f"{count} {state}" for state, count in folder.files.items() if count) or "no photos yet"
    where = "" if folder.there else f"; not there now: drive {folder.volume}"
    excludes = f"; without {' '.join(folder.excludes)}" if folder.excludes else ""
    return f"{folder.path}  ({files}{where}{excludes})"
