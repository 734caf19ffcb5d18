"""``cbir train fusion``: several descriptors as one, with the class that they speak for."""

import argparse

import numpy as np

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option
from cbir_desktop.cli.output import ExitCode, finite, progress, write_json, write_text
from cbir_desktop.cli.sorted_pictures import add_halves, add_source, seen_and_unseen
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.registry import imported
from cbir_desktop.encoders.adding import free_name
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation import bench
from cbir_desktop.evaluation.embed import Decoding, decoder, embed
from cbir_desktop.settings import Folders

CLASSIFIERS = ("none", "bayes", "logistic", "knn", "svm", "forest")


def add(kinds: Subparsers) -> None:
    parser = add_command(kinds, "fusion", "several descriptors as one, for the encoder fusion-NAME", run)
    add_source(parser)
    parser.add_argument("--name", required=True, metavar="NAME", help="what it is called among the models")
    parser.add_argument(
        "--parts", nargs="+", default=["hog", "hsv"], metavar="E", help="encoders to put together (hog hsv)"
    )
    text = "what tells the class, chosen by five folds (none: no class)"
    parser.add_argument("--classifier", choices=CLASSIFIERS, default="none", help=text)
    parser.add_argument(
        "--form", choices=("probabilities", "one-hot"), default="probabilities", help="how the class is written"
    )
    parser.add_argument("--weight", type=float, default=1.0, metavar="X", help="of the class beside the parts' 1 (1)")
    text = "learn from half of each class, or half of the classes, and measure on the other half, beside each part"
    add_halves(parser, text)
    add_library_option(parser)


def run(options: argparse.Namespace) -> ExitCode:
    folder = Folders.of(options.library).models
    name, path = free_name(options.name, folder), folder / f"{options.name}.npz"
    if path.exists():
        raise KnownError(f"{path} is there already; choose another name", "name-taken")
    fusion, fusions = (
        imported("cbir_desktop.encoders.fusion", "lab"),
        imported("cbir_desktop.evaluation.fusions", "lab"),
    )
    parts = {part: create_encoder(part, folder) for part in options.parts}
    seen, unseen, _ = seen_and_unseen(options)
    chosen, problems = None, []
    if options.classifier != "none":
        with progress("reading") as task:
            decoding = Decoding(seen.subset(np.flatnonzero(seen.labels >= 0).tolist()), decoder(256), task)
            fused = fusion.fuse(list(embed(decoding, parts).vectors.values()))
        problems = decoding.problems
        labels = decoding.images.subset(decoding.rows).labels
        chosen = fusions.choose(fused, labels, options.classifier, options.seed)
    classed = None if chosen is None else fusion.Classed(chosen.classifier, options.form, options.weight)
    made = fusion.Fusion(parts, classed)
    made.save(path)
    results: list[bench.Result] = []
    if unseen is not None:
        beside: dict[str, Encoder] = {**parts, "parts alone": fusion.Fusion(parts)} if chosen else {**parts}
        with progress("measuring") as task:
            results = bench.compare(
                unseen, {**beside, f"fusion-{name}": create_encoder(f"fusion-{name}", folder)}, task
            )
    if options.json:
        learned = None if chosen is None else {"accuracy": chosen.accuracy, "settings": chosen.settings}
        document = {"name": f"fusion-{name}", "file": str(path), "dim": made.dim, "classifier": learned}
        document["measured"] = [result.to_json() for result in results]
        write_json(finite(document | {"problems": [{"name": one.name, "reason": one.reason} for one in problems]}))
    else:
        if chosen is not None:
            write_text(f"{options.classifier}: accuracy {chosen.accuracy:.3f} in five folds, with {chosen.settings}")
        write_text((bench.table(results) if results else "") + f"use it as --encoder fusion-{name}")
    return ExitCode.PROBLEMS if problems else ExitCode.DONE
