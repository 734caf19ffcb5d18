"""``cbir models``: the encoders that a library can use, and adding one's own."""

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, count, positive
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.core.errors import KnownError, MissingPluginError
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.types import Vectors
from cbir_desktop.encoders.adding import IMAGENET_MEAN, IMAGENET_STD, Wishes, add_model, free_name
from cbir_desktop.encoders.models import ModelEntry, available
from cbir_desktop.encoders.pooling import MAP_POOLS, POOLS
from cbir_desktop.encoders.preprocessing import LAYOUTS, RESIZES
from cbir_desktop.evaluation.datasets import deal, plain
from cbir_desktop.evaluation.embed import Decoding, decoder, embed
from cbir_desktop.library.session import Session
from cbir_desktop.library.whiten import SAMPLE, whiten, whiten_by
from cbir_desktop.settings import Folders


def add(subparsers: Subparsers) -> None:
    models = subparsers.add_parser("models", help="the encoders that a library can use")
    actions = models.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = add_command(actions, "list", "encoders by name, with what the networks are", run_list)
    add_library_option(listing)
    _add_add(actions)
    _add_export(actions)
    _add_whiten(actions)


def _add_add(actions: Subparsers) -> None:
    parser = add_command(actions, "add", "take in any ONNX network as an encoder", run_add)
    parser.add_argument("file", type=Path, metavar="FILE.onnx", help="one file with its weights inside")
    parser.add_argument("--name", metavar="N", help="what --encoder will call it (the file's name)")
    for name, default in (("mean", IMAGENET_MEAN), ("std", IMAGENET_STD)):
        text = f"of R, G and B on the 0 to 255 scale, or one number (ImageNet's {' '.join(map(str, default))})"
        parser.add_argument(f"--{name}", type=float, nargs="+", metavar="X", help=text)
    parser.add_argument(
        "--size", type=positive, metavar="PX", help="side of the input, where the network leaves it open"
    )
    parser.add_argument("--layout", choices=LAYOUTS, help="order of the axes, where the network leaves it open")
    parser.add_argument("--resize", choices=RESIZES, help="how a picture becomes square (squash)")
    parser.add_argument(
        "--output", metavar="NAME", help="which output, or inner tensor (the first vector, else the first feature map)"
    )
    parser.add_argument("--pool", choices=POOLS, help="how a feature map becomes one vector (avg)")
    add_library_option(parser)


def _add_export(actions: Subparsers) -> None:
    parser = add_command(
        actions, "export", "make an encoder of a torchvision network (needs the extra train)", run_export
    )
    parser.add_argument("model", metavar="NAME", help="such as resnet50; a wrong name lists all")
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--weights", type=Path, metavar="FILE", help="a local state dict; else the published ones")
    source.add_argument("--random", action="store_true", help="weights by lot: for tests")
    parser.add_argument("--seed", type=count, default=0, metavar="N", help="of --random (0)")
    parser.add_argument("--size", type=positive, metavar="PX", help="side of the input (as the network was trained)")
    parser.add_argument(
        "--layer",
        metavar="L",
        help="the output of this layer, not the last feature map: fc6, conv5, or a module's name such as layer3",
    )
    parser.add_argument("--pool", choices=MAP_POOLS, help="put the pooling into the network; else chosen at indexing")
    parser.add_argument("--name", metavar="N", help="what --encoder will call it (NAME, or NAME-L)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the files there instead of adding the model")
    add_library_option(parser)


def _add_whiten(actions: Subparsers) -> None:
    parser = add_command(
        actions,
        "whiten",
        "an encoder more: an added one with PCA-whitening, fitted on the library's photos or on a sample",
        run_whiten,
    )
    parser.add_argument("model", metavar="NAME", help="an added network, with +POOL, that the library was indexed by")
    parser.add_argument("--sample", metavar="PATH", help="fit on these pictures, a folder or a tar file, instead")
    parser.add_argument(
        "--dim", type=positive, default=256, metavar="N", help="how many dimensions to keep at most (256)"
    )
    parser.add_argument("--name", metavar="N", help="what --encoder will call it (NAME-wDIM)")
    add_library_option(parser)


def run_list(options: argparse.Namespace) -> ExitCode:
    rows = [_row(*listed) for listed in available(Folders.of(options.library).models)]
    if options.json:
        write_json({"models": rows})
    else:
        for row in rows:
            facts = [f"version {row['version']}"] if row.get("version") else []
            facts += [f"{row['dim']} dimensions"] if row.get("dim") else []
            facts += [row["licence"]] if row.get("licence") else []
            write_text(f"{row['name']:16}  {row['summary']}" + (f"  ({', '.join(facts)})" if facts else ""))
    return ExitCode.DONE


def run_add(options: argparse.Namespace) -> ExitCode:
    folder = Folders.of(options.library).models
    name = free_name(options.file.stem if options.name is None else options.name, folder)
    wishes = Wishes(
        options.mean, options.std, options.size, options.layout, options.resize, options.output, options.pool
    )
    if sys.stdin.isatty() and not options.json:
        wishes = _ask(wishes)
    elif wishes.mean is None or wishes.std is None:
        sys.stderr.write("cbir: mean and std are taken to be ImageNet's; --mean and --std say otherwise\n")
    _write_entry(add_model(options.file, folder, wishes, name), options.json)
    return ExitCode.DONE


def run_export(options: argparse.Namespace) -> ExitCode:
    try:  # here, as torch takes seconds to import and is an extra
        from cbir_desktop.training.export_torchvision import Source, export_model
    except ImportError as error:
        raise MissingPluginError(f"this needs torch: pip install 'cbir-desktop[train]' ({error})") from error
    folder = options.out or Folders.of(options.library).models
    source = Source(options.weights, options.random, options.seed)
    entry, worst = export_model(options.model, source, folder, options.name, options.pool, options.size, options.layer)
    _write_entry(entry, options.json, {"difference": worst})
    return ExitCode.DONE


def run_whiten(options: argparse.Namespace) -> ExitCode:
    if options.sample is None:
        with Session.open(options.library) as session:
            entry, sample, kept = whiten(session, options.model, options.dim, options.name)
    else:
        pictures = plain(options.sample)
        pictures, _ = deal(pictures, min(len(pictures), SAMPLE), 0)

        def encoded(encoder: Encoder) -> Vectors:
            with progress("encoding") as task:
                return embed(Decoding(pictures, decoder(256), task), {"": encoder}).vectors[""]

        models = Folders.of(options.library).models
        entry, sample, kept = whiten_by(encoded, models, options.model, options.dim, options.name)
    if options.json:
        write_json({"name": entry.name, "path": str(entry.whitening), "sample": sample, "dim": kept})
    else:
        write_text(f"{entry.name}: {kept} dimensions, fitted on {sample} photos; cbir reembed --encoder {entry.name}")
    return ExitCode.DONE


def _ask(wishes: Wishes) -> Wishes:
    """What was not given is asked for on the terminal; an empty answer takes the default."""
    mean = wishes.mean or _asked("mean of R, G and B on the 0 to 255 scale", IMAGENET_MEAN, _numbers)
    std = wishes.std or _asked("standard deviation of R, G and B", IMAGENET_STD, _numbers)
    resize = wishes.resize or _asked(f"a picture becomes square by ({', '.join(RESIZES)})", RESIZES[0], str)
    return replace(wishes, mean=mean, std=std, resize=resize)


def _asked(question: str, default: Any, read: Callable[[str], Any]) -> Any:
    shown = default if isinstance(default, str) else " ".join(map(str, default))
    sys.stderr.write(f"{question} [{shown}]: ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    return read(answer) if answer else default


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.replace(",", " ").split()]
    except ValueError as error:
        raise KnownError(f"these are not numbers: {text}", "usage") from error


def _write_entry(entry: ModelEntry, as_json: bool, more: dict[str, Any] | None = None) -> None:
    spec = entry.spec
    if as_json:
        write_json(
            {
                "name": entry.name, "path": str(entry.path), "sha256": spec.sha256, "dim": entry.dim,
                "input_size": spec.input_size, "layout": spec.layout, "mean": list(spec.mean), "std": list(spec.std),
                "resize": spec.resize, "output": spec.output, "pool": spec.pool, **(more or {}),
            }
        )  # fmt: skip
        return
    pooled = "" if spec.pool == "none" else f", pooled by {spec.pool} (--pool chooses another)"
    write_text(f"{entry.name}: {spec.layout} of side {spec.input_size}, {entry.dim} dimensions{pooled}\n{entry.path}")


def _row(name: str, summary: str, entry: ModelEntry | None) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name, "summary": summary}
    if entry is not None:
        row |= {"dim": entry.dim, "version": entry.version, "licence": entry.licence, "sha256": entry.spec.sha256}
        row |= {"precisions": list(entry.precisions), "pool": entry.spec.pool}
    return row
