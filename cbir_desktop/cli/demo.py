"""``cbir demo``: the main job on sample photographs: index them and edited copies, search with every copy."""

import argparse
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cbir_desktop.cli.contact_sheet import Row, draw_sheet
from cbir_desktop.cli.options import Subparsers, add_command
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.cli.samples import COPIES, PHOTOGRAPHS, Photograph, write_samples
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.library.answers import Hit
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.search import search_files
from cbir_desktop.library.session import Session
from cbir_desktop.settings import Folders

_log = logging.getLogger(__name__)

_SHEET_HITS = 5


@dataclass(frozen=True, slots=True)
class Found:
    """One search: the copy asked with, and what came back.

    ``rank``: place of the original among all photos but the copy itself, from 1; None when it was not found.
    ``wrong_before``: how many pictures of another photograph stand before it. The other copies of the same photograph
    are right answers too, often nearer than the original, so this says more than the rank.
    """

    photograph: str
    edit: str
    rank: int | None
    wrong_before: int


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
    def before_all_others(self) -> int:
        return sum(one.rank is not None and one.wrong_before == 0 for one in self.found)


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
        rows.append(Row(path, f"{edit}: rank {one.rank or '-'}", _shown(answer.hits)))
        task.step(done, len(copies))
    return found, rows, seconds


def _judge(photograph: Photograph, edit: str, hits: Sequence[Hit]) -> Found:
    names = [Path(hit.photo.path).stem for hit in hits]
    rank = names.index(photograph.name) + 1 if photograph.name in names else None
    before = names if rank is None else names[: rank - 1]
    return Found(photograph.name, edit, rank, sum(name.partition("_")[0] != photograph.name for name in before))


def _shown(hits: Sequence[Hit]) -> list[tuple[Path, float]]:
    return [(Path(hit.photo.path), hit.score) for hit in hits[:_SHEET_HITS]]


def _rank_text(found: Found) -> str:
    return "not found" if found.rank is None else f"rank {found.rank}, wrong before {found.wrong_before}"


def _summary(demo: DemoReport) -> str:
    count = len(demo.found)
    return (
        f"{demo.before_all_others} of {count} copies find their original before any other photograph, {demo.at_first} "
        f"of them at rank 1 (before its other copies, too). {1000 * demo.seconds / count:.0f} ms a search."
    )


def _document(demo: DemoReport) -> dict[str, Any]:
    return {
        "copies": [asdict(one) for one in demo.found],
        "at_first": demo.at_first,
        "before_all_others": demo.before_all_others,
        "seconds": demo.seconds,
        "sheet": str(demo.sheet.resolve()),
    }
