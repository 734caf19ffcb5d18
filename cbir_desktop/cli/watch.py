"""``cbir watch``: keep the library level with its folders until Ctrl+C."""

import argparse
import signal
import threading
from dataclasses import asdict
from types import FrameType

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option
from cbir_desktop.cli.output import ExitCode, write_json, write_text
from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.following import FolderWatch
from cbir_desktop.library.indexing import IndexReport
from cbir_desktop.library.session import Session
from cbir_desktop.library.watch import Scanned, Watcher, WatchEvent


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "watch", "follow the watched folders until Ctrl+C", run_watch)
    add_library_option(parser)


def run_watch(options: argparse.Namespace) -> ExitCode:
    """With ``--json``: one document a line, the first about the folders, then one for each change."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    def tell(event: WatchEvent) -> None:
        if not isinstance(event, Scanned) or event.report is None or not event.report.changed:
            return
        if options.json:
            write_json({"event": "changed", **_counts(event.report)})
        else:
            write_text(", ".join(f"{count} {name}" for name, count in _counts(event.report).items()))

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with Session.open(options.library) as session:
            if not session.catalog.watched():
                raise KnownError("the library watches no folder yet; add one with: cbir folders add PATH", "no-folders")
            watcher = Watcher(session, tell)
            watcher.start()
            while not stopped.is_set() and not watcher.wait_until_following(0.2):
                pass
            _write_folders(watcher.status(), options.json)
            stopped.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return ExitCode.DONE


def _counts(report: IndexReport) -> dict[str, int]:
    return {
        "indexed": report.indexed,
        "reused": report.reused,
        "missing": report.missing,
        "failed": len(report.failed),
    }


def _write_folders(folders: list[FolderWatch], as_json: bool) -> None:
    if as_json:
        write_json({"event": "following", "folders": [asdict(folder) for folder in folders]})
        return
    for folder in folders:
        write_text(f"{folder.path}: {folder.mode}, {folder.reason}")
