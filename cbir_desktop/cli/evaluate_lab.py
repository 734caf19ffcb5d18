"""``cbir evaluate lab``: every way of describing and re-ranking on one set, a result file each, one table and plots."""

import argparse
import json
from dataclasses import fields
from pathlib import Path

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, count, positive, stoppable
from cbir_desktop.cli.output import ExitCode, finite, progress, write_json, write_text
from cbir_desktop.core import registry
from cbir_desktop.encoders.models import available
from cbir_desktop.encoders.pooling import MAP_POOLS
from cbir_desktop.evaluation.edits import EDITS
from cbir_desktop.evaluation.lab.loading import KINDS, Source, load
from cbir_desktop.evaluation.lab.measuring import Extent
from cbir_desktop.evaluation.lab.methods import Method, Part, grid, parse_parts, with_poolings
from cbir_desktop.evaluation.lab.results import Outcome, to_markdown
from cbir_desktop.evaluation.lab.run import Lab
from cbir_desktop.evaluation.lab.sets import thinned
from cbir_desktop.settings import Folders


def add(sets_: Subparsers) -> None:
    parser = add_command(
        sets_, "lab", "all methods side by side: encoders, poolings, whitenings, indexes, re-rankers", run
    )
    parser.add_argument("kind", choices=KINDS, help="how the set is laid out")
    parser.add_argument("path", metavar="PATH", help="a folder or a tar file")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the results; a rerun goes on there")
    parser.add_argument(
        "--trec", action="store_true", help="also TREC's files in DIR/trec: a run a method, and the qrels"
    )
    _add_set_options(parser)
    _add_method_options(parser)
    add_library_option(parser)


def _add_set_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--truth", metavar="PATH", help="of oxford and revisited: the folder or the .pkl with the truth"
    )
    parser.add_argument("--difficulty", choices=("easy", "medium", "hard"), default="medium", help="of revisited")
    parser.add_argument("--split", metavar="NAME", help="of labels and planted: these rows of PATH/labels.csv")
    parser.add_argument("--pictures", type=positive, metavar="N", help="only so many pictures, by chance")
    parser.add_argument("--originals", type=positive, default=50, metavar="N", help="of planted: how many (50)")
    parser.add_argument("--kinds", nargs="+", default=list(EDITS), choices=list(EDITS), metavar="KIND", help="edits")
    parser.add_argument("--queries", type=positive, default=1000, metavar="N", help="how many are asked (1000)")
    parser.add_argument(
        "--picture-queries",
        type=positive,
        default=25,
        metavar="N",
        help="how many of them by re-rankers that look at pictures, which takes seconds each (25)",
    )
    parser.add_argument("--seed", type=count, default=0, metavar="N", help="which pictures and queries (0)")


def _add_method_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--encoder",
        action="append",
        metavar="NAME",
        help="an encoder (cbir models list) or a descriptor; may be repeated (default: all that there are)",
    )
    parser.add_argument(
        "--pool",
        action="append",
        choices=MAP_POOLS,
        help="poolings of networks that give a feature map; may be repeated (default: all)",
    )
    parser.add_argument(
        "--whiten",
        action="append",
        type=count,
        metavar="DIM",
        help="PCA with whitening to so many dimensions, 0: as it is; may be repeated (0)",
    )
    parser.add_argument(
        "--index",
        action="append",
        metavar="NAME[:KNOB=A,B]",
        help="an index, its knobs swept without building it again, as in hnsw:ef=100,200,400; may be repeated (flat)",
    )
    parser.add_argument(
        "--rerank",
        action="append",
        metavar="NAME[:KNOB=A,B]",
        help="besides, with this re-ranker, as in diffusion:k=20,50; 'all': every one; may be repeated (none)",
    )


def run(options: argparse.Namespace) -> ExitCode:
    lab_set, methods = thinned(load(source_of(options)), options.queries, options.seed), methods_of(options)
    extent = Extent(options.queries, options.picture_queries, options.seed)
    lab = Lab(lab_set, options.out, extent, Folders.of(options.library).models, options.trec)
    with progress("evaluating") as task, stoppable(task):
        outcomes = lab.run(methods, task)
    _write(options, outcomes)
    return ExitCode.PROBLEMS if any(outcome.failed or outcome.problems for outcome in outcomes) else ExitCode.DONE


def _write(options: argparse.Namespace, outcomes: list[Outcome]) -> None:
    if options.json:
        rows = [
            {"method": one.method.to_json(), "name": one.method.name, "values": finite(dict(one.values))}
            | {"failed": one.failed}
            for one in outcomes
        ]
        write_json({"set": outcomes[0].set_name, "out": str(options.out), "results": json.loads(json.dumps(rows))})
        return
    write_text(to_markdown([one for one in outcomes if one.failed is None]).rstrip())
    for one in outcomes:
        if one.failed:
            write_text(f"left out: {one.method.name}: {one.failed}")
    write_text(f"table, plots and a file a row: {options.out}")


def source_of(options: argparse.Namespace) -> Source:
    return Source(**{field.name: getattr(options, field.name) for field in fields(Source)})


def methods_of(options: argparse.Namespace) -> list[Method]:
    """The grid that the options name. Raises ``KnownError`` for an unknown name."""
    models = Folders.of(options.library).models
    named = options.encoder or [name for name, _, _ in available(models)] + registry.descriptors.names()
    encoders = [full for name in named for full in with_poolings(name, options.pool or MAP_POOLS, models)]
    indexes = [part for text in options.index or ["flat"] for part in parse_parts(text)]
    for part in indexes:
        registry.indexes.plugin(part.name)
    whitenings = [dim or None for dim in options.whiten or [0]]
    return grid(encoders, whitenings, indexes, [None, *_rerankers(options.rerank or [])])


def _rerankers(texts: list[str]) -> list[Part]:
    names = [name for text in texts for name in (registry.rerankers.names() if text == "all" else [text])]
    parts = [part for text in names for part in parse_parts(text)]
    for part in parts:
        registry.rerankers.plugin(part.name)
    return parts
