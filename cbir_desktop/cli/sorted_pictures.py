"""What the commands share that learn from pictures sorted into classes."""

import argparse
from collections.abc import Callable

from cbir_desktop.cli.options import count, positive
from cbir_desktop.evaluation import datasets
from cbir_desktop.evaluation.datasets import ImageSet


def add_source(
    parser: argparse.ArgumentParser, what: str = "a folder or tar file with a folder for each class"
) -> None:
    parser.add_argument("path", metavar="PATH", help=what)
    parser.add_argument("--split", metavar="NAME", help="PATH holds labels.csv: these rows of it")
    parser.add_argument("--pictures", type=positive, metavar="N", help="only so many pictures, by chance")


def add_halves(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--seed", type=count, default=0, metavar="N", help="of every choice by chance (0)")
    parser.add_argument("--measure", choices=("pictures", "classes"), help=text)


def seen_and_unseen(options: argparse.Namespace) -> tuple[ImageSet, ImageSet | None, str]:
    """What is learned from, what is measured on (None without ``--measure``), and the name of all. Raises
    ``KnownError``."""
    images = some(options, datasets.folder_per_class)
    if options.measure:
        return *datasets.halves(images, options.measure, options.seed), images.name
    return images, None, images.name


def some(options: argparse.Namespace, otherwise: Callable[[str], ImageSet]) -> ImageSet:
    """The pictures that ``add_source`` names, read by ``otherwise`` where they have no labels.csv. Raises
    ``KnownError``."""
    images = datasets.labelled(options.path, options.split) if options.split else otherwise(options.path)
    if options.pictures is None or options.pictures >= len(images):
        return images
    return datasets.deal(images, options.pictures, options.seed)[0]
