"""The options of a search: what its pictures count, by what it compares, which photos may answer, in which order."""

import argparse
import math
import os
import re

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.filters import STATES, Filters
from cbir_desktop.core.region import Region
from cbir_desktop.library.mounts import read_mounts
from cbir_desktop.library.query import BYS, LOOKS, SORTS, Example, Look, SearchQuery

_UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "B": 1, "MP": 10**6}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(KB|MB|GB|B|MP)", re.IGNORECASE)
_SIDES = re.compile(r"(\d+)x(\d+)", re.IGNORECASE)


def add_query_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--minus", action="append", default=[], metavar="IMAGE", help="a picture that results shall not be like"
    )
    parser.add_argument(
        "--weights", type=_numbers, metavar="W,W,...", help="what each picture counts, the minus ones last (1 each)"
    )
    parser.add_argument(
        "--region",
        type=_region,
        metavar="X,Y,W,H[,ANGLE]",
        help="only this part of the first picture, in pixels of it upright; turned by ANGLE degrees about its centre",
    )
    parser.add_argument("--by", choices=BYS, default="content", help="what is compared (content)")
    parser.add_argument(
        "--blend", type=_blend, metavar="LOOK:SHARE", help="mix in colour or layout, e.g. colour:0.3 (0 to 1)"
    )
    parser.add_argument("--threshold", type=_number, metavar="SCORE", help="leave out results below it")
    parser.add_argument("--sort", choices=SORTS, default="score", help="the order of the results (score)")
    parser.add_argument("--reverse", action="store_true", help="in the opposite order")
    _add_filters(parser.add_argument_group("which photos may answer"))


def _add_filters(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--folder", action="append", default=[], metavar="DIR", help="in DIR or below; may be repeated")
    group.add_argument("--since", metavar="DAY", help="taken on this day (2024-05-01) or later")
    group.add_argument("--until", metavar="DAY", help="taken on this day or before")
    group.add_argument("--camera", action="append", default=[], metavar="NAME", help="taken with it; may be repeated")
    group.add_argument("--format", action="append", default=[], metavar="NAME", help="JPEG, HEIF, ...; may be repeated")
    group.add_argument("--state", choices=STATES, help="on a drive that is there (online), or is away (offline)")
    size = "1600x1200 or 2MP (pixels), 500KB (file)"
    group.add_argument("--min-size", type=_size, action="append", default=[], metavar="SIZE", help=f"at least {size}")
    group.add_argument("--max-size", type=_size, action="append", default=[], metavar="SIZE", help=f"at most {size}")


def query_of(options: argparse.Namespace) -> SearchQuery:
    """Raises ``KnownError`` (kind ``usage``) where options do not go together."""
    try:
        blend: tuple[float, Look] = options.blend or (0.0, "colour")
        return SearchQuery(
            _examples(options), options.by, *blend, _filters(options), options.sort, options.reverse,
            options.threshold,
        )  # fmt: skip
    except ValueError as error:
        raise KnownError(str(error), "usage") from error


def _examples(options: argparse.Namespace) -> tuple[Example, ...]:
    paths = [(path, False) for path in options.images] + [(path, True) for path in options.minus]
    weights = options.weights or [1.0] * len(paths)
    if len(weights) != len(paths):
        raise ValueError(f"--weights has {len(weights)} numbers for {len(paths)} pictures")
    return tuple(
        Example(os.path.abspath(path), None, minus, weight, options.region if place == 0 else None)
        for place, ((path, minus), weight) in enumerate(zip(paths, weights, strict=True))
    )


def _filters(options: argparse.Namespace) -> Filters:
    mounts = read_mounts() if options.folder else None
    folders = [mounts.canonical(os.path.abspath(folder)) for folder in options.folder] if mounts else []
    least, most = dict(options.min_size), dict(options.max_size)
    return Filters(
        folders=tuple(folders),
        since=options.since,
        until=options.until,
        cameras=tuple(options.camera),
        formats=tuple(options.format),
        states=(options.state,) if options.state else (),
        min_pixels=least.get("pixels"),
        max_pixels=most.get("pixels"),
        min_bytes=least.get("bytes"),
        max_bytes=most.get("bytes"),
    )


def _numbers(text: str) -> list[float]:
    return [_number(part) for part in text.split(",")]


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text!r} is no number")
    return number


def _region(text: str) -> Region:
    numbers = _numbers(text)
    if len(numbers) not in (4, 5):
        raise argparse.ArgumentTypeError("must be X,Y,W,H or X,Y,W,H,ANGLE")
    try:
        return Region(*numbers)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _blend(text: str) -> tuple[float, Look]:
    name, _, share = text.partition(":")
    for look in LOOKS:
        if look == name:
            return _number(share), look
    raise argparse.ArgumentTypeError(f"must be one of {', '.join(LOOKS)}, a colon and a number")


def _size(text: str) -> tuple[str, int]:
    """("pixels" or "bytes", how many)."""
    if sides := _SIDES.fullmatch(text.strip()):
        return "pixels", int(sides[1]) * int(sides[2])
    if size := _SIZE.fullmatch(text.strip()):
        unit = size[2].upper()
        return "pixels" if unit == "MP" else "bytes", round(float(size[1]) * _UNITS[unit])
    raise argparse.ArgumentTypeError("must be like 1600x1200, 2MP or 500KB")
