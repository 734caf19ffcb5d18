"""``cbir train encoder``: an encoder adapted to a collection that is sorted into classes."""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, count, positive, stoppable
from cbir_desktop.cli.output import ExitCode, finite, progress, write_json, write_text
from cbir_desktop.cli.sorted_pictures import add_halves, add_source, seen_and_unseen
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.registry import imported
from cbir_desktop.encoders.adding import free_name
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation import bench
from cbir_desktop.settings import Folders, available_cores

LOSSES = ("classification", "contrastive", "triplet")
SAMPLINGS = ("all", "hard", "weighted", "distance")
_PLANNED = (
    "loss", "sampling", "dim", "margin", "rate", "decay", "hidden", "epochs", "patience", "seed", "aside", "keep",
)  # fmt: skip


def add(kinds: Subparsers) -> None:
    parser = add_command(
        kinds,
        "encoder",
        "an encoder for your kind of pictures, out of some that are sorted (needs the extra train)",
        run,
    )
    add_source(parser)
    parser.add_argument("--name", required=True, metavar="N", help="what --encoder will call it")
    parser.add_argument(
        "--backbone",
        default="default",
        metavar="B",
        help="mlp, cnn, or a network (cbir models list) with +POOL to begin from (default, the embedded one)",
    )
    parser.add_argument(
        "--train-backbone", action="store_true", help="learn the network's own weights too: minutes become hours"
    )
    parser.add_argument("--loss", choices=LOSSES, default="classification", help="what it learns by (classification)")
    parser.add_argument(
        "--sampling", choices=SAMPLINGS, default="hard", help="which pairs or triplets of a batch (hard)"
    )
    parser.add_argument("--dim", type=positive, default=256, metavar="N", help="dimensions at most (256)")
    parser.add_argument("--margin", type=float, default=0.2, metavar="X", help="of pairs and triplets (0.2)")
    parser.add_argument(
        "--rate", type=float, metavar="X", help="learning rate to begin with (0.0003; a new network 0.001)"
    )
    parser.add_argument("--decay", type=float, default=0.0, metavar="X", help="of weights (0)")
    parser.add_argument(
        "--keep",
        type=float,
        metavar="X",
        help="the part of the weights it began with that is mixed into what it learned, 0 to 1: more is better for"
        " classes that it is not shown, less for those that it is (0.5; a new network 0)",
    )
    parser.add_argument(
        "--hidden", type=count, default=0, metavar="N", help="units of a hidden layer beside the linear one (0: none)"
    )
    parser.add_argument(
        "--tune",
        type=positive,
        metavar="N",
        help="try N plans and keep the best: that of the options, and others in rate, loss, sampling, margin, decay and"
        " hidden units (Ray Tune with ASHA; needs the extra tune)",
    )
    parser.add_argument("--epochs", type=positive, default=30, metavar="N", help="at most (30)")
    parser.add_argument("--patience", type=positive, default=8, metavar="N", help="epochs without getting better (8)")
    parser.add_argument(
        "--aside",
        choices=("pictures", "classes"),
        default="pictures",
        help="by what it is seen when to stop: a fifth of each class, or a third of the classes, for an encoder that"
        " shall serve classes it was not shown (pictures)",
    )
    add_halves(
        parser, "train on half of each class, or half of the classes, and measure both encoders on the other half"
    )
    add_library_option(parser)


def run(options: argparse.Namespace) -> ExitCode:
    folder = Folders.of(options.library).models
    name = free_name(options.name, folder)
    adapted = imported("cbir_desktop.training.adapted", "train")
    tuning = imported("cbir_desktop.training.tuning", "train,tune") if options.tune else None
    start = adapted.Start(options.backbone, options.train_backbone)
    plan = start.plan(**{name: getattr(options, name) for name in _PLANNED})
    seen, unseen, images = seen_and_unseen(options)
    with progress("reading") as task:
        adapting = adapted.Adapting(seen, start, folder, task)
    tried: list[Any] = []
    if tuning is not None:
        with progress("trying") as task, stoppable(task):
            made = (adapting.collection, adapting.beginning, plan)
            tried = tuning.search(*made, options.tune, available_cores(), task)
        plan = tried[0].plan
    with progress("learning") as task:
        learned, backbone = adapting.learn(plan, task)
    told = f"{images}, half of the {options.measure}" if options.measure else images
    entry = adapting.write(folder, name, learned, backbone, told)
    results: list[bench.Result] = []
    if unseen is not None:
        with tempfile.TemporaryDirectory() as temporary, progress("measuring") as task:
            before = _begun_from(adapting, start, plan, folder, Path(temporary))
            after = create_encoder(name, folder)
            results = bench.compare(unseen, {before[0]: before[1], name: after}, task)
    card = adapting.write_card(entry, plan, learned, bench.table(results) if results else "", len(tried))
    document = {"name": entry.name, "path": str(entry.path), "card": str(card), "dim": entry.dim} | _told(plan, learned)
    document |= {"tried": [_plan_told(one.plan) | {"map": one.value, "epochs": one.epochs} for one in tried]}
    _report(options.json, document, learned, results, adapting.collection.problems)
    return ExitCode.PROBLEMS if adapting.collection.problems else ExitCode.DONE


def _begun_from(adapting: Any, start: Any, plan: Any, models: Path, folder: Path) -> tuple[str, Encoder]:
    """The encoder that it began from, to be measured beside it: a new network before it has learned anything."""
    if not start.is_new:
        return start.backbone, create_encoder(start.backbone, models)
    untaught, backbone = adapting.learn(replace(plan, epochs=0))
    adapting.write(folder, "untaught", untaught, backbone, "nothing")
    return f"{start.backbone}, untaught", create_encoder("untaught", folder)


def _told(plan: Any, learned: Any) -> dict[str, Any]:
    validation = {"before": learned.before, "after": learned.after, "curve": list(learned.curve)}
    return {**_plan_told(plan), "validation": validation}


def _plan_told(plan: Any) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in ("loss", "sampling", "rate", "margin", "decay", "hidden", "keep")}


def _report(as_json: bool, document: dict[str, Any], learned: Any, results: Any, problems: Any) -> None:
    if as_json:
        measured = [result.to_json() for result in results]
        told = [{"name": problem.name, "reason": problem.reason} for problem in problems]
        write_json(finite(document | {"measured": measured, "problems": told}))
        return
    for number, one in enumerate(document["tried"], start=1):
        ways = ", ".join(f"{name} {value:.3g}" for name, value in one.items() if not isinstance(value, str))
        write_text(f"{number:3}. {one['loss']} {one['sampling']}: {ways}")
    write_text(f"validation mAP {learned.before:.4f} before, {learned.after:.4f} after {len(learned.curve)} epochs")
    if results:
        write_text(bench.table(results).rstrip())
    write_text(f"use it as --encoder {document['name']}; {document['card']} tells how it was made")
