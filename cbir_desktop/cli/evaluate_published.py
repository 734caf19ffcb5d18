"""``cbir evaluate oxford|revisited|holidays|copydays|cifar10|mnist|trec``: published sets and TREC's files."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

from cbir_desktop.cli.options import Subparsers, add_command
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.core.protocols import Encoder
from cbir_desktop.evaluation import published, trec
from cbir_desktop.evaluation.bench import PRECISION_AT, markdown
from cbir_desktop.evaluation.retrieval import RetrievalResult, RetrievalSet, measure_retrieval

MakeEncoders = Callable[[argparse.Namespace], Mapping[str, Encoder]]

_LOADERS: Mapping[str, tuple[str, Callable[[argparse.Namespace], RetrievalSet]]] = {
    "oxford": (
        "Oxford or Paris buildings, with their ground truth files: mAP (trapezoid)",
        lambda options: published.oxford(options.path, options.truth),
    ),
    "revisited": (
        "revisited Oxford or Paris, with gnd_*.pkl: mAP (trapezoid)",
        lambda options: published.revisited(options.path, options.truth, options.difficulty),
    ),
    "holidays": ("INRIA Holidays: mAP (step)", lambda options: published.holidays(options.path)),
    "copydays": ("INRIA Copydays: mAP (step)", lambda options: published.copydays(options.path)),
}


def add(sets: Subparsers, add_encoder_option: Callable[[argparse.ArgumentParser], None], make: MakeEncoders) -> None:
    for name, (summary, load) in _LOADERS.items():
        parser = add_command(sets, name, summary, partial(run, load, make))
        parser.add_argument("path", metavar="PATH", help="a folder or a tar file with the pictures")
        if name in ("oxford", "revisited"):
            parser.add_argument("truth", metavar="TRUTH", help="the folder or the .pkl with the ground truth")
        if name == "revisited":
            parser.add_argument("--difficulty", choices=("easy", "medium", "hard"), default="medium")
        add_encoder_option(parser)
    parser = add_command(sets, "trec", "a run against qrels, as trec_eval measures it", run_trec)
    parser.add_argument("qrels", type=Path, metavar="QRELS", help="lines of query, 0, document, relevance")
    parser.add_argument("run_file", type=Path, metavar="RUN", help="lines of query, Q0, document, rank, score, name")


def run(
    load: Callable[[argparse.Namespace], RetrievalSet], make: MakeEncoders, options: argparse.Namespace
) -> ExitCode:
    dataset = load(options)
    with progress("evaluating") as task:
        results = measure_retrieval(dataset, make(options), task)
    if options.json:
        write_json({"form": dataset.form, "results": [asdict(result) for result in results]})
    else:
        write_text(_table(dataset, results).rstrip())
        for problem in results[0].problems:
            write_text(f"left out: {problem.name}: {problem.reason}")
    return ExitCode.PROBLEMS if results[0].problems else ExitCode.DONE


def _table(dataset: RetrievalSet, results: list[RetrievalResult]) -> str:
    head = ["encoder", f"mAP ({dataset.form})", *(f"P@{k}" for k in PRECISION_AT), "queries", "pictures"]
    rows = [
        [result.encoder, f"{result.mean_average_precision:.4f}"]
        + [f"{result.precision[k]:.4f}" if result.precision else "" for k in PRECISION_AT]
        + [str(result.queries), str(result.pictures)]
        for result in results
    ]
    return markdown(head, rows)


def run_trec(options: argparse.Namespace) -> ExitCode:
    found = trec.measure(trec.read_run(options.run_file), trec.read_qrels(options.qrels))
    if options.json:
        write_json(asdict(found))
        return ExitCode.DONE
    write_text(f"queries   {found.queries}\nmap       {found.map:.4f}")
    for k in found.precision:
        write_text(f"P_{k:<7} {found.precision[k]:.4f}\nrecall_{k:<2} {found.recall[k]:.4f}")
    return ExitCode.DONE
