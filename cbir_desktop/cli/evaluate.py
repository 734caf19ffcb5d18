"""``cbir evaluate``: measured quality and speed of encoders, a row each, in one run."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cbir_desktop.cli import (
    evaluate_composites,
    evaluate_duplicates,
    evaluate_lab,
    evaluate_published,
    evaluate_verification,
)
from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, count, positive
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.core import registry
from cbir_desktop.core.protocols import Descriptor, Encoder
from cbir_desktop.core.types import Vectors
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation import arrays, bench, datasets, embed, indexing_bench, planted, planting, scale_bench
from cbir_desktop.evaluation.corpus import make_corpus
from cbir_desktop.evaluation.edits import EDITS
from cbir_desktop.evaluation.indexing_bench import measure_indexing
from cbir_desktop.evaluation.preview_bench import measure_fidelity
from cbir_desktop.evaluation.reranked import builder
from cbir_desktop.library.session import Session
from cbir_desktop.settings import Folders, available_cores

RERANKERS = [name for name in registry.rerankers.names() if name != "spatial"]
INDEXING_FILES = {"camera": 60, "small": 600, "png": 8, "heic": 8}


def add(subparsers: Subparsers) -> None:
    evaluate = subparsers.add_parser("evaluate", help="measure encoders on pictures of which the truth is known")
    sets = evaluate.add_subparsers(dest="set", metavar="SET", required=True)
    for name, summary in (
        ("ukb", "UKBench: four views an object, mAP and N-S score"),
        ("folder-per-class", "a folder a class: mAP and precision at 1, 5, 10"),
        ("labels", "one split of a folder with labels.csv"),
        ("cifar10", "CIFAR-10, its python version or a folder a class"),
        ("mnist", "MNIST and its kin, *-images-idx3-ubyte with *-labels-idx1-ubyte"),
    ):
        parser = add_command(sets, name, summary, run_labelled)
        parser.add_argument("path", metavar="PATH", help="a folder or a tar file")
        parser.add_argument("--distractors", metavar="PATH", help="a folder or a tar file of pictures in the way")
        if name == "labels":
            parser.add_argument(
                "--split", default="withheld", metavar="NAME", help="which rows of labels.csv (withheld)"
            )
        parser.add_argument(
            "--rerank",
            action="append",
            default=[],
            choices=RERANKERS,
            metavar="NAME",
            help=f"besides, each encoder with this re-ranker ({', '.join(RERANKERS)}); may be repeated",
        )
        _add_encoder_option(parser)
        parser.add_argument(
            "--look",
            action="append",
            default=[],
            choices=registry.descriptors.names(),
            help="a descriptor of colour or layout, by its own measure; may be repeated",
        )
    _add_planted(sets)
    _add_indexing(sets)
    _add_scale(sets)
    evaluate_verification.add(sets)
    evaluate_duplicates.add(sets)
    evaluate_composites.add(sets)
    evaluate_published.add(sets, _add_encoder_option, _encoders)
    evaluate_lab.add(sets)


def _add_planted(sets: Subparsers) -> None:
    parser = add_command(sets, "planted", "planted copies: edits of some pictures, searched for among all", run_planted)
    parser.add_argument("path", metavar="PATH", help="a folder or a tar file of pictures; with --split, of labels.csv")
    parser.add_argument("--split", metavar="NAME", help="only these rows of PATH/labels.csv")
    parser.add_argument(
        "--originals", type=positive, default=200, metavar="N", help="how many pictures are edited (200)"
    )
    parser.add_argument("--seed", type=count, default=0, metavar="N", help="which, and how (0)")
    parser.add_argument(
        "--kinds", nargs="+", default=list(EDITS), choices=list(EDITS), metavar="KIND", help="only these edits"
    )
    _add_encoder_option(parser)


def _add_encoder_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--encoder",
        action="append",
        metavar="NAME",
        help="an encoder (cbir models list), NAME+POOL, or a TOML file that describes an ONNX file; may be repeated",
    )
    add_library_option(parser)


def run_labelled(options: argparse.Namespace) -> ExitCode:
    images = _load(options)
    with progress("evaluating") as task:
        built = {name: builder(name) for name in options.rerank}
        kinds = {**_encoders(options), **_descriptors(options)}
        results = bench.compare(images, kinds, task, rerankers=built)
    if options.json:
        write_json({"results": [result.to_json() for result in results]})
    else:
        write_text(bench.table(results).rstrip())
        for problem in results[0].problems:
            write_text(f"left out: {problem.name}: {problem.reason}")
    return ExitCode.PROBLEMS if results[0].problems else ExitCode.DONE


def _add_indexing(sets: Subparsers) -> None:
    parser = add_command(sets, "indexing", "speed of indexing beside what decoding and encoding allow", run_indexing)
    parser.add_argument(
        "--corpus",
        type=Path,
        metavar="DIR",
        help="the files: the first by name in DIR/camera and so on; what is lacking is made and kept (default: cache)",
    )
    parser.add_argument("--rounds", type=positive, default=3, metavar="N", help="rounds whose median counts (3)")
    parser.add_argument("--encoder", default="default", metavar="NAME", help="the encoder of the library")
    parser.add_argument(
        "--preview-photos",
        metavar="PATH",
        help="a folder or a tar file: how near their ranking by previews is to the final one",
    )
    for kind, number in INDEXING_FILES.items():
        parser.add_argument(
            f"--{kind}", type=count, default=number, metavar="N", help=f"how many {kind} files ({number})"
        )


def run_indexing(options: argparse.Namespace) -> ExitCode:
    counts = {kind: getattr(options, kind) for kind in INDEXING_FILES if getattr(options, kind)}
    folder = options.corpus or Folders.of(None).cache / "bench"
    with progress("making files") as task:
        corpus = make_corpus(folder, counts, task=task)
    with progress("measuring") as task:
        rates = [
            measure_indexing(paths, kind, threads, options.encoder, options.rounds, task)
            for kind, paths in corpus.items()
            for threads in sorted({1, available_cores()})
        ]
        fidelity = None
        if options.preview_photos:
            photos = datasets.plain(options.preview_photos)
            fidelity = measure_fidelity(photos, create_encoder(options.encoder), task=task)
    if options.json:
        write_json(
            {
                "results": [rate.to_json() for rate in rates],
                "previews": None if fidelity is None else fidelity.to_json(),
            }
        )
    else:
        write_text(indexing_bench.table(rates).rstrip())
        if fidelity is not None:
            write_text("\n".join(f"previews {name:8} {value}" for name, value in fidelity.to_json().items()))
    return ExitCode.DONE


def _add_scale(sets: Subparsers) -> None:
    parser = add_command(sets, "scale", "a made library of many photos: time, memory, disk", run_scale)
    parser.add_argument("path", metavar="PATH", help="a folder or a tar file of pictures, whose vectors are mixed")
    parser.add_argument("--photos", type=positive, default=100_000, metavar="N", help="how many (100000)")
    parser.add_argument(
        "--folder", type=Path, metavar="DIR", help="where the library is made, and kept (default: cache)"
    )
    parser.add_argument("--encoder", default="default", metavar="NAME", help="the encoder of the library")


def run_scale(options: argparse.Namespace) -> ExitCode:
    cache, encoder = Folders.of(None).cache, create_encoder(options.encoder)
    folder = options.folder or cache / f"scale-{options.photos}-{encoder.key}"  # vectors of two would be counted twice
    with progress("making the library") as task:

        def real() -> Vectors:
            photos = embed.Decoding(datasets.plain(options.path), embed.decoder(256), task)
            return embed.embed(photos, {"": encoder}).vectors[""]

        with Session.open(folder, options.encoder) as session:
            session.keep_encoder()
            scale_bench.make_library(session, options.photos, real, task=task)
        result = scale_bench.measure_scale(folder, cache / "bench", options.photos, task)
    if options.json:
        write_json(result.to_json())
    else:
        for name, value in result.to_json().items():
            write_text(f"{name:22} {value}")
    return ExitCode.DONE


def run_planted(options: argparse.Namespace) -> ExitCode:
    images = datasets.labelled(options.path, options.split) if options.split else datasets.plain(options.path)
    dealt = planting.plan(images, options.originals, options.seed)
    with progress("evaluating") as task:
        results = planted.evaluate_planted(_encoders(options), dealt, options.seed, options.kinds, task)
    if options.json:
        write_json({"results": [result.to_json() for result in results]})
    else:
        write_text(planted.table(results).rstrip())
    return ExitCode.PROBLEMS if results[0].problems else ExitCode.DONE


def _load(options: argparse.Namespace) -> datasets.ImageSet:
    loaders: Mapping[str, Any] = {
        "ukb": datasets.ukb,
        "folder-per-class": datasets.folder_per_class,
        "cifar10": arrays.cifar10,
        "mnist": arrays.mnist,
    }
    if options.set == "labels":
        images = datasets.labelled(options.path, options.split)
    else:
        images = loaders[options.set](options.path)
    return images.with_distractors(datasets.plain(options.distractors)) if options.distractors else images


def _encoders(options: argparse.Namespace) -> dict[str, Encoder]:
    models = Folders.of(options.library).models
    return {name: create_encoder(name, models) for name in options.encoder or ["default"]}


def _descriptors(options: argparse.Namespace) -> dict[str, Descriptor]:
    return {name: registry.descriptors.create(name) for name in options.look}
