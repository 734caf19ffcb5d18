"""``cbir evaluate verification``: what is proved of pairs whose truth is known, and of those that only look alike."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as PillowImage

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, stoppable
from cbir_desktop.cli.output import ExitCode, finite, progress, write_json, write_text
from cbir_desktop.core.errors import DecodeError
from cbir_desktop.core.tasks import Task
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation import datasets
from cbir_desktop.evaluation import verification_bench as bench
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.benchmarks import AffineSequences, facade
from cbir_desktop.evaluation.cases import Cases
from cbir_desktop.evaluation.edits import edit
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.images.resize import fit_long_side
from cbir_desktop.settings import Folders, available_cores

_SHOWN = 200
"""Pairs on one sheet."""


def add(sets: Subparsers) -> None:
    parser = add_command(sets, "verification", "proof of copies: planted, hard, and affine pairs", run)
    parser.add_argument("path", metavar="PATH", help="a folder or a tar file of pictures; with --split, of labels.csv")
    parser.add_argument("--split", metavar="NAME", help="only these rows of PATH/labels.csv")
    parser.add_argument("--originals", type=int, default=20, metavar="N", help="how many pictures are edited (20)")
    parser.add_argument("--traps", type=int, default=10, metavar="N", help="made pairs of each kind of trap (10)")
    parser.add_argument("--hard", type=int, default=0, metavar="N", help="nearest pairs by the encoder (0)")
    parser.add_argument(
        "--reviewed", type=Path, metavar="CSV", help="what people said of proved pairs: a, b, truth, reason"
    )
    parser.add_argument("--peer-every", type=int, default=5, metavar="N", help="OpenCV's defaults on each Nth pair (5)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="which pictures, and how they are edited (0)")
    parser.add_argument("--affine", metavar="PATH", help="affine sequences, a folder or a tar file")
    parser.add_argument("--facade", metavar="PATH", help="one facade turned and scaled (sacre), a folder or a tar file")
    parser.add_argument("--ukb", metavar="PATH", help="UKBench: views of one object are one scene")
    parser.add_argument("--times", type=int, default=0, metavar="N", help="measure the time of N pairs (0)")
    parser.add_argument(
        "--work",
        type=Path,
        metavar="DIR",
        help="where verdicts are kept: a run is taken up again there (default: cache)",
    )
    parser.add_argument("--encoder", default="default", metavar="NAME", help="by which the hard pairs are near")
    add_library_option(parser)


def run(options: argparse.Namespace) -> ExitCode:
    images = datasets.labelled(options.path, options.split) if options.split else datasets.plain(options.path)
    work: Path = options.work or Folders.of(options.library).cache / "verification"
    work.mkdir(parents=True, exist_ok=True)
    with progress("verifying") as task, stoppable(task):
        document = _measure(options, images, work, task)
    if options.json:
        write_json(finite(document))
    else:
        write_text(document["table"].rstrip())
        for name, value in document.items():
            if name not in ("table", "summary"):
                write_text(
                    f"\n{name}: {value}" if not isinstance(value, list) else "\n".join(["", name, *map(str, value)])
                )
    return ExitCode.DONE


def _measure(options: argparse.Namespace, images: datasets.ImageSet, work: Path, task: Task) -> dict[str, Any]:
    rows: list[bench.Row] = []
    if options.originals:
        cases = Cases(images, options.originals, options.seed)
        rows += bench.run_cases(cases.planted(task=task), work / "planted.jsonl", options.peer_every, task)
        rows += bench.run_cases(cases.made(options.traps, task), work / "made.jsonl", options.peer_every, task)
    if options.facade:
        rows += bench.run_cases(facade(options.facade), work / "facade.jsonl", options.peer_every, task)
    if options.ukb:
        rows += bench.same_scene(datasets.ukb(options.ukb), work / "ukb.jsonl", task)
    summary = bench.summarise(rows)
    document: dict[str, Any] = {"summary": summary.to_json(), "table": bench.table(summary)}
    if options.hard:
        encoder = create_encoder(options.encoder, Folders.of(options.library).models)
        proved, count = bench.run_hard(images, encoder, options.hard, work / "hard.jsonl", task)
        document |= {"hard pairs": count, "hard pairs proved": bench.reviewed(proved, options.reviewed)}
        _draw(images, proved, work)
    if options.affine:
        document |= _affine(options.affine)
    if options.times:
        pairs = _cropped(images, options.times)
        times = bench.measure_times(pairs, work / "features", available_cores())
        document["seconds"] = {
            "warm pair": times.warm,
            "cold pair": times.cold,
            "50 results, warm": times.results,
            "threads": times.threads,
        }
    return document


def _cropped(images: datasets.ImageSet, count: int) -> list[tuple[Any, Any]]:
    """Pictures, each with a crop of it: pairs that are proved."""
    decode, rng = decoder(480), np.random.default_rng(0)
    pictures = (fit_long_side(decode(images.read(row)), 640) for row in range(min(count, len(images))))
    return [(picture, edit("crop-off-centre", 1, picture, rng).image) for picture in pictures]


def _affine(path: str) -> dict[str, Any]:
    sequences = AffineSequences(path)
    found = list(bench.affine_sequences(sequences.picture, sequences.truth, sequences.names))
    good = [pair for pair in found if pair.error < bench.AFFINE_ERROR]
    rows = [
        [f"{pair.name} 1-{pair.number}", f"{pair.error:.2f}", str(pair.proved), f"{pair.peer:.2f}"] for pair in found
    ]
    return {
        "affine pairs under 5 px": f"{len(good)} of {len(found)}",
        "OpenCV defaults under 5 px": f"{sum(pair.peer < bench.AFFINE_ERROR for pair in found)} of {len(found)}",
        "affine failures": [f"{pair.name} 1-{pair.number}: {_truth(pair.truth)}" for pair in found if pair not in good],
        "affine": markdown(["pair", "corner error, px", "proved", "OpenCV defaults"], rows),
    }


def _truth(found: bench.Soundness | None) -> str:
    if found is None:
        return "what the pixels say of the truth is not known"
    return (
        f"aligned from the truth by its pixels it moves {found.off:.1f} px away, and the correlation goes "
        f"from {found.before:.2f} to {found.after:.2f}"
    )


def _draw(images: datasets.ImageSet, proved: Sequence[bench.Row], work: Path) -> None:
    """Sheets of what was proved of the hard pairs, for people to look at."""
    by_name = {entry.name: entry for entry in images.entries}
    decode = decoder(256)
    for start in range(0, len(proved), _SHOWN):
        pairs = []
        for row in proved[start : start + _SHOWN]:
            try:
                a, b = (decode(by_name[name].read()) for name in row["names"])
            except DecodeError:  # it went away since
                continue
            pairs.append((a, b, f"{row['pair']} {row['proved']} {row['copy']:.3f} {row['scene']:.3f} {row['inliers']}"))
        PillowImage.fromarray(bench.montage(pairs)).save(work / f"proved-{start // _SHOWN}.png")
