"""``cbir verify``: whether two pictures show the same thing, what was done to them, and a picture of the proof."""

import argparse
import contextlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image as PillowImage

from cbir_desktop.cli.options import Subparsers, add_command, add_library_option, stoppable
from cbir_desktop.cli.output import ExitCode, progress, write_json, write_text
from cbir_desktop.core.atomic import replace_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.verification import Label, Verification
from cbir_desktop.images.decode import decode_file
from cbir_desktop.library.overlay import draw_overlay
from cbir_desktop.library.relation_words import objects_found, sentence
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import shared_objects, verify_files
from cbir_desktop.matchers.geometry import Matrix
from cbir_desktop.matchers.objects import FoundObject


def add(subparsers: Subparsers) -> None:
    verify = add_command(subparsers, "verify", "whether two pictures show the same thing, and the proof", run_verify)
    verify.add_argument("a", metavar="A", help="a picture")
    verify.add_argument("b", metavar="B", help="another one")
    verify.add_argument(
        "--overlay", type=Path, metavar="OUT.png", help="draw both, with lines between what agrees and A's outline in B"
    )
    verify.add_argument(
        "--objects",
        action="store_true",
        help="the objects that both show, each with its outlines: of a collage, a meme",
    )
    add_library_option(verify)


def run_verify(options: argparse.Namespace) -> ExitCode:
    paths = [os.path.abspath(path) for path in (options.a, options.b)]
    with _library(options.library) as session, progress("verifying") as task, stoppable(task):
        verdict = verify_files(paths[0], paths[1], session, task)
        objects = shared_objects(session, paths[0], paths[1], task) if options.objects else None
    if options.overlay is not None:
        drawn = draw_overlay(decode_file(paths[0]).image, decode_file(paths[1]).image, verdict)
        picture = PillowImage.fromarray(drawn)
        replace_atomic(options.overlay, lambda temporary: picture.save(temporary, "PNG"))
    if options.json:
        found = {} if objects is None else {"objects": [object_document(one) for one in objects]}
        write_json({**verdict_document(verdict), **found})
    else:
        write_text(verdict_text(verdict))
        if objects is not None:
            write_text(objects_text(objects))
    return ExitCode.DONE


@contextlib.contextmanager
def _library(folder: Path | None) -> Iterator[Session | None]:
    """The library as a cache, where there is one: none is made, and none is needed."""
    try:
        session = Session.open(folder, create=False)
    except KnownError:
        yield None
        return
    with session:
        yield session


def verdict_document(verdict: Verification) -> dict[str, Any]:
    """The fields of a verdict; ``numbers`` are what led to each relation."""
    homography = verdict.matches.homography
    return {
        "relations": [label.relation.value for label in verdict.labels],
        "proved": verdict.proved,
        "probability": {"copy": round(verdict.copy, 6), "scene": round(verdict.scene, 6)},
        "matches": len(verdict.matches.xy_a),
        "inliers": verdict.matches.inliers,
        "mirrored": verdict.proved is not None and verdict.matches.mirrored,
        "rotation_degrees": round(verdict.rotation_degrees, 3),
        "scale": round(verdict.scale, 6),
        "coverage_a": round(verdict.coverage_a, 6),
        "coverage_b": round(verdict.coverage_b, 6),
        "contains": verdict.contains,
        "homography": None if homography is None else [float(value) for value in homography.ravel()],
        "seconds": round(verdict.seconds, 4),
        "numbers": {label.relation.value: _numbers(label) for label in verdict.labels},
    }


def verdict_text(verdict: Verification) -> str:
    """For people: the sentence of the window, the probabilities, and the numbers that led to each relation."""
    lines = [sentence(verdict), f"  probability      copy {verdict.copy:.3f}, same scene {verdict.scene:.3f}"]
    for label in verdict.labels if verdict.proved else ():
        numbers = ", ".join(f"{key} {value:.3g}" for key, value in label.numbers.items())
        lines.append(f"  {label.relation.value:16} {numbers}".rstrip())
    return "\n".join(lines)


def object_document(found: FoundObject) -> dict[str, Any]:
    """``outline_a``, ``outline_b``: points [x, y] around the object in upright full-size pixels of A and B."""
    return {
        "inliers": found.inliers,
        "mirrored": found.mirrored,
        "homography": [float(value) for value in found.homography.ravel()],
        "outline_a": found.outline_a.round(2).tolist(),
        "outline_b": found.outline_b.round(2).tolist(),
    }


def objects_text(objects: Sequence[FoundObject]) -> str:
    """How many there are, and where each lies."""
    lines = [objects_found(len(objects)) or "no object found"]
    for number, found in enumerate(objects, start=1):
        boxes = [_box(outline) for outline in (found.outline_a, found.outline_b)]
        mirrored = ", mirrored" if found.mirrored else ""
        lines.append(f"  object {number:<9} {found.inliers} matches; A {boxes[0]}; B {boxes[1]}{mirrored}")
    return "\n".join(lines)


def _box(outline: Matrix) -> str:
    """x,y,width,height, as ``search --region`` takes it."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    return ",".join(f"{value:.0f}" for value in (*low, *(high - low)))


def names_of(verdict: Verification) -> str:
    """The relations in one line."""
    return ", ".join(label.relation.value for label in verdict.labels)


def _numbers(label: Label) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in label.numbers.items()}
