"""``cbir train``: what is learned from pictures of the user's own."""

import argparse

from cbir_desktop.cli import train_encoder, train_fusion
from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, count, positive
from cbir_desktop.cli.output import ExitCode, finite, progress, write_json, write_text
from cbir_desktop.cli.sorted_pictures import add_source, some
from cbir_desktop.core.atomic import write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.registry import imported
from cbir_desktop.encoders import visual_words
from cbir_desktop.encoders.adding import free_name
from cbir_desktop.evaluation.datasets import plain
from cbir_desktop.evaluation.embed import Decoding, decoder
from cbir_desktop.evaluation.size_curve import to_svg
from cbir_desktop.settings import Folders


def add(subparsers: Subparsers) -> None:
    train = subparsers.add_parser("train", help="learn from pictures of your own: visual words, an encoder")
    kinds = train.add_subparsers(dest="what", metavar="WHAT", required=True)
    parser = add_command(kinds, "vocabulary", "visual words for the encoders bovw-NAME and vlad-NAME", run_vocabulary)
    add_source(parser, "a folder or a tar file of pictures to learn from")
    parser.add_argument("--name", required=True, metavar="NAME", help="what it is called among the models")
    parser.add_argument(
        "--sizes",
        type=positive,
        nargs="+",
        default=[100, 200, 500, 1000],
        metavar="N",
        help="numbers of words, of which the one with the lowest Davies-Bouldin index is kept (100 200 500 1000);"
        " thousands want a larger --batch",
    )
    parser.add_argument("--batch", type=positive, default=64, metavar="N", help="descriptors a step of k-means (64)")
    parser.add_argument("--each", type=positive, default=200, metavar="N", help="descriptors of a picture (200)")
    parser.add_argument("--seed", type=count, default=0, metavar="N", help="which descriptors, and where to begin (0)")
    add_library_option(parser)
    train_encoder.add(kinds)
    train_fusion.add(kinds)


def run_vocabulary(options: argparse.Namespace) -> ExitCode:
    folder = Folders.of(options.library).models
    name = free_name(options.name, folder)
    if (folder / f"{name}.npz").exists():
        raise KnownError(f"there is a vocabulary named {name} in {folder}; choose another name", "name-taken")
    vocabularies = imported("cbir_desktop.evaluation.vocabularies", "lab", "k-means")
    with progress("reading") as task:
        decoding = Decoding(some(options, plain), decoder(256), task)
        sample = vocabularies.Sample.of(decoding, visual_words.extractor(), options.each, options.seed)
    with progress("learning") as task:
        chosen = vocabularies.choose(sample, options.sizes, options.seed, options.batch, task)
    path = folder / f"{name}.npz"
    chosen.vocabulary.save(path)
    picture = folder / f"{name}.svg"
    write_atomic(picture, to_svg(chosen.curve, len(chosen.vocabulary.centres)).encode())
    curve = [{"words": size, "davies_bouldin": index} for size, index in chosen.curve]
    if options.json:
        problems = [{"name": problem.name, "reason": problem.reason} for problem in decoding.problems]
        document = {"words": len(chosen.vocabulary.centres), "file": str(path), "curve": curve, "picture": str(picture)}
        write_json(finite(document | {"problems": problems}))
    else:
        for point in curve:
            mark = "  <- kept" if point["words"] == len(chosen.vocabulary.centres) else ""
            write_text(f"{point['words']:7} words  Davies-Bouldin {point['davies_bouldin']:.3f}{mark}")
        write_text(f"the curve as a picture: {picture}")
        write_text(f"use it as --encoder bovw-{name} or vlad-{name}")
    return ExitCode.PROBLEMS if decoding.problems else ExitCode.DONE
