"""``cbir verify``: whether two pictures show the same thing, what was done to them, and a picture of the proof."""

import argparse
import contextlib
import os
from collections.abc import Iterator
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
from cbir_desktop.library.relation_words import sentence
from cbir_desktop.library.session import Session
from cbir_desktop.library.verify import verify_files


def add(subparsers: Subparsers) -> None:
    verify = add_command(subparsers, "verify", "whether two pictures show the same thing, and the proof", run_verify)
    verify.add_argument("a", metavar="A", help="a picture")
    verify.add_argument("b", metavar="B", help="another one")
    verify.add_argument(
        "--overlay", type=Path, metavar="OUT.png", help="draw both, with lines between what agrees and A's outline in B"
    )
    add_library_option(verify)


def run_verify(options: argparse.Namespace) -> ExitCode:
    paths = [os.path.abspath(path) for path in (options.a, options.b)]
    with _library(options.library) as session, progress("verifying") as task, stoppable(task):
        verdict = verify_files(paths[0], paths[1], session, task)
    if options.overlay is not None:
        drawn = draw_overlay(decode_file(paths[0]).image, decode_file(paths[1]).image, verdict)
        picture = PillowImage.fromarray(drawn)
        replace_atomic(options.overlay, lambda temporary: picture.save(temporary, "PNG"))
    if options.json:
        write_json(verdict_document(verdict))
    else:
        write_text(verdict_text(verdict))
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


def names_of(verdict: Verification) -> str:
    """The relations in one line."""
    return ", ".join(label.relation.value for label in verdict.labels)


def _numbers(label: Label) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in label.numbers.items()}
