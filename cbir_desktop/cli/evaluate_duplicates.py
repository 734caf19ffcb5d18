"""``cbir evaluate duplicates``: planted duplicates found again, by this program and by others, on the same files."""

import argparse
import json
from pathlib import Path
from typing import cast

from PIL import Image as PillowImage

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, count, positive, stoppable
from cbir_desktop.cli.output import ExitCode, finite, progress, write_json, write_text
from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation import datasets, embed, join_bench
from cbir_desktop.evaluation.duplicate_peers import PEERS, run_peers
from cbir_desktop.evaluation.duplicate_run import run as run_ours
from cbir_desktop.evaluation.duplicate_scores import Known, Scores, score, table
from cbir_desktop.evaluation.duplicate_set import Recipe, Truth, make_set
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.evaluation.reviewed import read_reviewed
from cbir_desktop.evaluation.verification_bench import montage
from cbir_desktop.settings import Folders

_SHOWN = 200  # wrong pairs on the sheet


def add(sets: Subparsers) -> None:
    parser = add_command(sets, "duplicates", "planted duplicates: what is found, what is wrong, beside others", run)
    parser.add_argument("path", metavar="PATH", help="a folder or a tar file of pictures; with --split, of labels.csv")
    parser.add_argument("--split", metavar="NAME", help="only these rows of PATH/labels.csv")
    parser.add_argument(
        "--others", metavar="NAME", help="rows for bursts, traps and collages (default: what is left of the split)"
    )
    parser.add_argument("--large", metavar="PATH", help="further originals, edited at 512 pixels and as they are")
    parser.add_argument("--views", metavar="PATH", help="UKBench: views of one object are no copies")
    parser.add_argument("--originals", type=count, default=200, metavar="N", help="how many of PATH get copies (200)")
    parser.add_argument("--bursts", type=count, default=20, metavar="N", help="bursts of three (20)")
    parser.add_argument("--traps", type=count, default=10, metavar="N", help="pairs that look alike, of each kind (10)")
    parser.add_argument("--seed", type=count, default=0, metavar="N", help="which pictures, and which edits (0)")
    parser.add_argument("--peers", nargs="*", default=[], choices=list(PEERS), metavar="NAME", help=", ".join(PEERS))
    parser.add_argument("--reviewed", type=Path, metavar="CSV", help="what people said of pairs: a, b, truth, reason")
    parser.add_argument("--encoder", default="default", metavar="NAME", help="the encoder of the library")
    parser.add_argument(
        "--work", type=Path, metavar="DIR", help="where the set and all results are kept, and taken up again"
    )
    add_library_option(parser)

    join = add_command(sets, "candidates", "made libraries: time and memory of finding pairs to prove", run_join)
    join.add_argument("path", metavar="PATH", help="a folder or a tar file of pictures, whose vectors are mixed")
    join.add_argument("--split", metavar="NAME", help="only these rows of PATH/labels.csv")
    join.add_argument(
        "--photos", type=positive, nargs="+", default=[10_000, 30_000, 100_000], metavar="N", help="how many photos"
    )
    join.add_argument("--work", type=Path, metavar="DIR", help="where the libraries are made, and kept")
    join.add_argument("--encoder", default="default", metavar="NAME", help="the encoder of the libraries")
    add_library_option(join)


def run_join(options: argparse.Namespace) -> ExitCode:
    images = datasets.labelled(options.path, options.split) if options.split else datasets.plain(options.path)
    key = create_encoder(options.encoder, Folders.of(options.library).models).key
    work: Path = options.work or Folders.of(options.library).cache / f"candidates-{key}"
    results = []
    for photos in sorted(options.photos):
        with progress(f"{photos} photos") as task, stoppable(task):
            decoding = embed.Decoding(images, embed.decoder(256), task)
            results.append(join_bench.measure_join(work / str(photos), photos, decoding, options.encoder, task))
    if options.json:
        write_json({"results": [result.to_json() for result in results]})
    else:
        write_text(join_bench.table(results).rstrip())
    return ExitCode.DONE


def run(options: argparse.Namespace) -> ExitCode:
    work: Path = options.work or Folders.of(options.library).cache / "duplicates"
    with progress("planting") as task, stoppable(task):
        recipe = _recipe(options)
        work = work / recipe.key  # another set is another folder
        items = make_set(recipe, work, task)
    pictures = work / "pictures"
    found = run_ours(pictures, work / f"run-{Path(options.encoder).name}", options.encoder)
    with progress("other programs") as task, stoppable(task):
        peers = run_peers(pictures, work / "peers", options.peers, task)
    scores = score(Known(items, _reviewed(options.reviewed)), found, peers)
    _draw(scores, pictures, work / "wrong.png")
    document = finite(scores.to_json())
    write_atomic(work / "result.json", json.dumps(document, indent=1).encode("utf-8", "surrogateescape"))
    if options.json:
        write_json(document)
    else:
        write_text(table(scores).rstrip())
        for a, b, true, proved in scores.wrong:
            write_text(f"wrong: {a} and {b} are {'nothing to each other' if true == 'none' else true}, proved {proved}")
    return ExitCode.DONE


def _recipe(options: argparse.Namespace) -> Recipe:
    images = datasets.labelled(options.path, options.split) if options.split else datasets.plain(options.path)
    large = datasets.plain(options.large) if options.large else None
    known = {Path(name).stem for name in large.names} if large is not None else set()
    fresh = [row for row, name in enumerate(images.names) if Path(name).stem not in known]
    if len(fresh) < options.originals:
        raise KnownError(f"{images.name}: {len(fresh)} pictures for {options.originals} originals", "too-few-pictures")
    edited, rest = datasets.deal(images.subset(fresh), options.originals, options.seed)
    others = datasets.labelled(options.path, options.others) if options.others else rest
    views = datasets.ukb(options.views) if options.views else None
    edited = edited if large is None else edited.with_distractors(large)
    return Recipe(edited, others, views, options.bursts, options.traps, options.seed)


def _reviewed(listed: Path | None) -> dict[frozenset[str], Truth]:
    """Pictures by their names without the ending: those of the set are written as JPEG, whatever they were."""
    found = read_reviewed(listed, lambda name: Path(name).stem)
    return {pair: cast(Truth, said.truth) for pair, said in found.items()}


def _draw(scores: Scores, pictures: Path, target: Path) -> None:
    """The pairs that were proved wrongly, to be looked at."""
    decode = decoder(256)
    pairs = [
        (decode((pictures / a).read_bytes()), decode((pictures / b).read_bytes()), f"{number} {true}, proved {proved}")
        for number, (a, b, true, proved) in enumerate(scores.wrong[:_SHOWN])
    ]
    if pairs:
        PillowImage.fromarray(montage(pairs)).save(target)
