"""``cbir evaluate composites``: whether the photos that a collage was made of are found, by each spatial check."""

import argparse
from pathlib import Path

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, count, positive, stoppable
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation import composite_bench, composites, datasets
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.library.verify import DECODED_SIDE
from cbir_desktop.settings import Folders


def add(sets: Subparsers) -> None:
    parser = add_command(sets, "composites", "collages of 2 to 5 objects: recall of the photos they come from", run)
    parser.add_argument(
        "path", metavar="FOLDER", help="a folder or a tar file of pictures; with --split, of labels.csv"
    )
    parser.add_argument("--split", metavar="NAME", help="only these rows of FOLDER/labels.csv")
    parser.add_argument("--composites", type=positive, default=60, metavar="N", help="how many collages (60)")
    parser.add_argument("--seed", type=count, default=0, metavar="N", help="of what, and how they are made (0)")
    parser.add_argument(
        "--depth", type=positive, default=400, metavar="N", help="candidates that are looked at for each collage (400)"
    )
    parser.add_argument("--write", type=Path, metavar="DIR", help="keep the collages and truth.csv there")
    parser.add_argument("--encoder", default="default", metavar="NAME", help="by which whole pictures are alike")
    add_library_option(parser)


def run(options: argparse.Namespace) -> ExitCode:
    images = datasets.labelled(options.path, options.split) if options.split else datasets.plain(options.path)
    encoder = create_encoder(options.encoder, Folders.of(options.library).models)
    with progress("evaluating") as task, stoppable(task):
        result = composite_bench.measure_composites(
            images, encoder, options.composites, options.seed, options.depth, task
        )
    if options.write is not None:
        unread = {problem.name for problem in result.problems}
        usable = images.subset([row for row, name in enumerate(images.names) if name not in unread])
        decode = decoder(DECODED_SIDE)
        composites.write(composite_bench.make(usable, options.composites, options.seed, decode), options.write)
    if options.json:
        write_json(result.to_json())
    else:
        write_text(composite_bench.table(result).rstrip())
        write_text(
            f"{result.objects} objects on {result.composites} collages, a middle one {result.share:.1%} of it; "
            f"{result.photos} photos, {result.depth} candidates; matching a pair {result.match_ms:.1f} ms; "
            f"keypoint index {result.index_bytes:.0f} bytes and {result.index_ms:.1f} ms a photo"
        )
        for problem in result.problems:
            write_text(f"left out: {problem.name}: {problem.reason}")
    return ExitCode.PROBLEMS if result.problems else ExitCode.DONE
