"""What the commands share that learn from pictures sorted into classes."""

import argparse
from importlib import import_module
from typing import Any

from cbir_desktop.cli.options import count
from cbir_desktop.core.errors import MissingPluginError
from cbir_desktop.evaluation import datasets
from cbir_desktop.evaluation.datasets import ImageSet


def add_source(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", help="a folder or tar file with a folder for each class")
    parser.add_argument("--split", metavar="NAME", help="PATH holds labels.csv: these rows of it")


def add_halves(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--seed", type=count, default=0, metavar="N", help="of every choice by chance (0)")
    parser.add_argument("--measure", choices=("pictures", "classes"), help=text)


def seen_and_unseen(options: argparse.Namespace) -> tuple[ImageSet, ImageSet | None, str]:
    """What is learned from, what is measured on (None without ``--measure``), and the name of all. Raises
    ``KnownError``."""
    if options.split:
        images = datasets.labelled(options.path, options.split)
    else:
        images = datasets.folder_per_class(options.path)
    if options.measure:
        return *datasets.halves(images, options.measure, options.seed), images.name
    return images, None, images.name


def imported(module: str, extra: str) -> Any:
    """Here, as what it needs takes seconds to import and is an extra. Raises ``MissingPluginError``."""
    try:
        return import_module(module)
    except ImportError as error:
        hint = f"pip install 'cbir-desktop[{extra}]'"
        raise MissingPluginError(f"this needs a package that is missing ({error}): {hint}") from error
