"""``cbir demo``: the main job on sample photographs: index them and edited copies, search with every copy."""

import argparse
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cbir_desktop.cli.contact_sheet import Row, draw_sheet
from cbir_desktop.cli.options import Subparsers, add_command
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.cli.samples import COPIES, PHOTOGRAPHS, Photograph, write_samples
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import Hit, search_files
from cbir_desktop.library.session import Session
from cbir_desktop.settings import Folders

_log = logging.getLogger(__name__)

_SHEET_HITS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """One search: the copy asked with, and what came back.

    ``rank``: place of the original among all photos but the copy itself, from 1; None when it was not found.
    ``first_is_sibling``: the best hit shows the same photograph, be it the original or another copy.
    """

    photograph: str
    edit: str
    rank: int | None
    first_is_sibling: bool


@dataclass(frozen=True, slots=True)
class DemoReport:
    """What ``run_demo`` did. ``seconds``: searching all copies, without indexing."""

    indexed: int
    found: tuple[Found, ...]
    seconds: float
    sheet: Path

    @property
    def at_first(self) -> int:
        return sum(one.rank == 1 for one in self.found)

    @property
    def siblings_first(self) -> int:
        return sum(one.first_is_sibling for one in self.found)


def add(subparsers: Subparsers) -> None:
    parser = add_command(subparsers, "demo", "try the main job on sample photos and draw a contact sheet", run)
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to work (default: the user's cache folder)")


def run(options: argparse.Namespace) -> ExitCode:
    out = options.out or Folders.of(None).cache / "demo"
    with progress("demo") as task:
        report = run_demo(out, task, _log.info if options.json else write_text)
    if options.json:
        write_json(_document(report))
    return ExitCode.DONE


def run_demo(out: Path, task: Task = NULL_TASK, say: Callable[[str], None] = write_text) -> DemoReport:
    """Write the samples to ``out/photos``, index them into ``out/library``, search with every copy, draw a sheet.

    ``say`` gets each rank, and what is done, line by line. A second run in the same folder indexes nothing anew.
    Raises ``MissingPluginError`` without the ``samples`` extra, ``KnownError`` when a sample cannot be indexed.
    """
    photos = out / "photos"
    copies = write_samples(photos)
    say(f"{len(PHOTOGRAPHS)} photographs, {len(COPIES)} edited copies of each, in {photos}")
    for photograph in PHOTOGRAPHS:
        say(f"  {photograph.name:<11} {photograph.title} ({photograph.source})")
    with Session.open(out / "library") as session:
        report = index_paths(session, [str(photos)], task)
        if report.failed:
            raise KnownError(f"{report.failed[0].path}: {report.failed[0].reason}", "demo-failed")
        say(f"indexed {report.indexed}, known before {report.unchanged + report.reused}, in {report.seconds:.1f} s")
        found, rows, seconds = _search_all(session, copies, task, say)
    sheet = out / "contact-sheet.png"
    draw_sheet(sheet, rows)
    demo = DemoReport(report.indexed, tuple(found), seconds, sheet)
    say(_summary(demo))
    say(f"Contact sheet: {sheet.resolve()}")
    return demo


def _search_all(
    session: Session, copies: dict[Path, tuple[Photograph, str]], task: Task, say: Callable[[str], None]
) -> tuple[list[Found], list[Row], float]:
    found, rows, seconds = [], [], 0.0
    everything = len(copies) + len(PHOTOGRAPHS)
    for done, (path, (photograph, edit)) in enumerate(copies.items(), 1):
        answer = search_files(session, [str(path)], k=everything)
        one = _judge(photograph, edit, answer.hits)
        found.append(one)
        seconds += answer.seconds
        say(f"{photograph.name:<11} {edit:<12} {_rank_text(one)}")
        rows.append(Row(path, f"{edit}: {_rank_text(one)}", _shown(answer.hits)))
        task.step(done, len(copies))
    return found, rows, seconds


def _judge(photograph: Photograph, edit: str, hits: Sequence[Hit]) -> Found:
    names = [Path(hit.photo.path).stem for hit in hits]
    rank = names.index(photograph.name) + 1 if photograph.name in names else None
    sibling = bool(names) and names[0].partition("_")[0] == photograph.name
    return Found(photograph.name, edit, rank, sibling)


def _shown(hits: Sequence[Hit]) -> list[tuple[Path, float]]:
    return [(Path(hit.photo.path), hit.score) for hit in hits[:_SHEET_HITS]]


def _rank_text(found: Found) -> str:
    return "original not found" if found.rank is None else f"original at rank {found.rank}"


def _summary(demo: DemoReport) -> str:
    count = len(demo.found)
    return (
        f"{demo.at_first} of {count} copies find their original first; for {demo.siblings_first} of {count} the first "
        f"hit shows the same photograph. {1000 * demo.seconds / count:.0f} ms a search."
    )


def _document(demo: DemoReport) -> dict[str, Any]:
    return {
        "copies": [{"photograph": one.photograph, "edit": one.edit, "rank": one.rank} for one in demo.found],
        "first": demo.at_first,
        "same_photograph_first": demo.siblings_first,
        "seconds": demo.seconds,
        "sheet": str(demo.sheet.resolve()),
    }
