"""Fits the two models of verification (copy, scene) on pictures of the split ``train``.

    python -m cbir_desktop.evaluation.fit_verification gather ROWS.jsonl PATH [--split train] [--originals 20] ...
    python -m cbir_desktop.evaluation.fit_verification sequences ROWS.jsonl PATH [--pairs 1000]
    python -m cbir_desktop.evaluation.fit_verification fit ROWS.jsonl ... --out models/verification.json

    python -m cbir_desktop.evaluation.fit_verification thresholds ROWS.jsonl ... --models models/verification.json

``sequences`` takes photographs in the order they were taken (numbers in their names): neighbours are never copies, and
whether they show one scene is not known. Both may be stopped and started again: rows that are there are not made anew.
Needs scikit-learn (extra dev).
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.evaluation import datasets
from cbir_desktop.evaluation.cases import STILL_CAMERA, Cases, hard_pairs, prepared
from cbir_desktop.matchers.agreement import agree
from cbir_desktop.matchers.evidence import may_prove, parse_models, save_models, term
from cbir_desktop.matchers.verifier import by_keypoints, by_pixels

Row = dict[str, Any]

PIXEL_TERMS = ("agreeing", "correlation", "fine", "ssim", "colour", "structure", "detail", "overlap")
TRACK_TERMS = ("followed", "rigid", "shift", "drift", "followed*rigid", "tracks", "tracks*followed*rigid")
KEYPOINT_TERMS = ("inliers", "places", "ratio", "partners", "spread", "residual", "stretch")
SQUARES = ("fine*fine", "agreeing*agreeing", "fine*agreeing", "rigid*rigid", "drift*fine", "drift*rigid", "ssim*fine")
PRODUCTS = ("inliers*agreeing", "inliers*correlation", "inliers*followed*rigid", "inliers*inliers", "ratio*ratio")
BEST_TERMS = ("best", "best*best", "best*rigid", "perspective")
PLACE_TERMS = (
    "overlap_larger",
    "overlap_larger*overlap_larger",
    "overlap*overlap_larger",
    "perspective*overlap_larger",
)
"""Of a copy one picture is mostly shown whole; two exposures cut each other."""
WITH_BEST = ("inliers*best", "inliers*best*best", "ratio*best", "partners*best")
WITH_PLACE = ("stretch*overlap_larger", "inliers*overlap", "residual*residual")
VIEW_TERMS = (
    *("tilted", "squeezed", "cut", "tilted*tilted", "squeezed*squeezed", "cut*cut"),
    *("tilted*squeezed", "tilted*cut", "squeezed*cut", "tilted*squeezed*cut"),
)
"""Tilted and cut on all sides, however little, is how two photographs of one flat thing differ."""
TERMS: Mapping[str, Sequence[str]] = {
    "keypoints": (
        *(*KEYPOINT_TERMS, *PIXEL_TERMS, *TRACK_TERMS, *SQUARES, *PRODUCTS),
        *(*BEST_TERMS, *PLACE_TERMS, *VIEW_TERMS, *WITH_BEST, *WITH_PLACE),
    ),
    "direct": (
        *(*PIXEL_TERMS, *TRACK_TERMS, *SQUARES, *BEST_TERMS),
        *("difference", "agreeing*structure", "correlation*detail", "best*agreeing", *VIEW_TERMS),
    ),
}
NOT_FITTED = (STILL_CAMERA,)
"""At the size that is compared they are noisy copies with things laid over them: with them in, thresholds that no row
passes wrongly left 42 % of the copies unproved. ``may_prove`` holds a third of them back; the bench counts the rest."""
_NUMBERED = re.compile(r"(.*)_(\d+)(?:-[0-9a-f]+)?\.\w+")
POSITIVE = {"copy": ("copy",), "scene": ("copy", "scene")}
"""A copy shows the same scene as well."""
_NEIGHBOURHOOD = 2500
"""Pictures among which hard pairs are looked for: embedding all of the split takes minutes."""
SAFETY = 1.0
"""What the threshold keeps clear of the best unrelated pair of the training rows, in units of the logit."""


def numbers_of(case_a: Any, case_b: Any) -> Row:
    """What the verifier sees of a pair before it judges, both ways."""
    keypoints, direct = by_keypoints(case_a, case_b, agree(case_a, case_b)), by_pixels(case_a, case_b)
    return {
        "keypoints": keypoints.numbers() if keypoints else None,
        "direct": direct.numbers() if direct else None,
    }


def gather(images: datasets.ImageSet, originals: int, trap_pairs: int, hard: int, seed: int) -> Iterator[Row]:
    """A row for each case; ``hard`` pairs of nearest neighbours of different class or source count as unrelated."""
    cases = Cases(images, originals, seed)
    for stream in (cases.planted(), cases.made(trap_pairs)):
        for case in stream:
            facts = {"truth": case.truth, "kind": case.kind, "strength": case.strength, "name": case.name}
            yield {**facts, **numbers_of(case.a, case.b)}
    if hard:
        chosen = np.random.default_rng(seed).permutation(len(images))[:_NEIGHBOURHOOD]
        images = images.subset(np.sort(chosen).tolist())
        pictures = prepared(images)
        for one, two in hard_pairs(images, create_encoder("default"), hard):
            if _may_be_one_scene(images, one, two):
                continue
            names = f"{images.entries[one].name} {images.entries[two].name}"
            facts = {"truth": "none", "kind": "hard", "strength": 0, "name": names}
            row = {**facts, **numbers_of(pictures[one], pictures[two])}
            if row["keypoints"] or row["direct"]:  # the models are asked of no other
                yield row


def sequences(images: datasets.ImageSet, pairs: int, seed: int) -> Iterator[Row]:
    """A row for ``pairs`` neighbours in time, drawn by ``seed``, as far as there is anything to judge."""
    pictures, neighbours = prepared(images), neighbours_in_time(images.names)
    for place in np.random.default_rng(seed).permutation(len(neighbours))[:pairs].tolist():
        one, two = neighbours[place]
        names = f"{images.names[one]} {images.names[two]}"
        row = {"truth": "exposure", "kind": "sequence", "strength": 0, "name": names}
        yield {**row, **numbers_of(pictures[one], pictures[two])}


def neighbours_in_time(names: Sequence[str]) -> list[tuple[int, int]]:
    """Rows whose names differ in a number by one: ``shelf/pears_039-….jpg`` and ``shelf/pears_040-….jpg``."""
    places: dict[tuple[str, int], int] = {}
    for row, name in enumerate(names):
        if (match := _NUMBERED.fullmatch(name)) is not None:
            places[match[1], int(match[2])] = row
    return [(row, places[stem, n + 1]) for (stem, n), row in places.items() if (stem, n + 1) in places]


def _may_be_one_scene(images: datasets.ImageSet, one: int, two: int) -> bool:
    """Photos of one source and class may show one thing, which nobody has looked at."""
    sources = [images.entries[row].name.rsplit("-", 1)[0] for row in (one, two)]
    return bool(sources[0] == sources[1] and images.labels[one] == images.labels[two])


def fit(rows: Sequence[Row], terms: Mapping[str, Sequence[str]] = TERMS) -> dict[str, Any]:
    """The document of ``matchers.evidence.parse_models``: coefficients and thresholds."""
    from sklearn.linear_model import LogisticRegression  # the extra [dev]

    models: dict[str, Any] = {}
    for way, names in terms.items():
        used = [row for row in rows if row[way] is not None]
        values = np.array([[term(row[way], name) for name in names] for row in used])
        mean, deviation = values.mean(axis=0), values.std(axis=0) + 1e-6
        models[way] = {}
        for proof, truths in POSITIVE.items():
            if (way, proof) == ("direct", "scene"):  # proves copies or nothing
                continue
            known = np.array([proof == "copy" or row["truth"] != "exposure" for row in used])
            wanted = np.array([row["truth"] in truths for row in used])
            scaled = (values - mean) / deviation
            model = LogisticRegression(C=10.0, max_iter=5000).fit(scaled[known], wanted[known])
            weights = model.coef_[0] / deviation
            intercept = float(model.intercept_[0] - (weights * mean).sum())
            models[way][proof] = {
                "intercept": round(intercept, 6),
                "weights": {name: round(float(weight), 6) for name, weight in zip(names, weights, strict=True)},
            }
    return {"schema": 1, "rows": len(rows), "thresholds": thresholds(rows, models), "models": models}


def thresholds(rows: Sequence[Row], models: Mapping[str, Any]) -> dict[str, float]:
    """From which probability on a proof counts: clear of the highest that a row gets which must not be proved."""
    highest = dict.fromkeys((*POSITIVE, "direct"), 0.0)
    parsed = parse_models({"models": models, "thresholds": {}})
    for row in rows:
        for way, proofs in parsed.models.items():
            for proof, model in proofs.items():
                wrong = row["truth"] != "copy" if proof == "copy" else row["truth"] == "none"  # unknown of a sequence
                if wrong and row[way] is not None and may_prove(proof, row[way]):
                    name = "direct" if way == "direct" else proof
                    highest[name] = max(highest[name], model.probability(row[way]))
    return {proof: round(_safe(chance), 4) for proof, chance in highest.items()}


def _safe(chance: float) -> float:
    logit = np.log(max(chance, 1e-9) / max(1 - chance, 1e-9)) + SAFETY
    return float(np.clip(_sigmoid(np.array(logit)), 0.9, 0.9999))


def _sigmoid(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-values)))


def read_rows(paths: Sequence[Path]) -> list[Row]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def _fitted(paths: Sequence[Path]) -> list[Row]:
    return [row for row in read_rows(paths) if row["kind"] not in NOT_FITTED]


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    if options.command == "fit":
        save_models(options.out, fit(_fitted(options.rows)))
        return
    if options.command == "thresholds":
        document = json.loads(options.models.read_text(encoding="utf-8"))
        rows = _fitted(options.rows)
        save_models(options.models, {**document, "thresholds": thresholds(rows, document["models"])})
        return
    split = getattr(options, "split", None)
    images = datasets.labelled(options.path, split) if split else datasets.plain(options.path)
    done = len(read_rows([options.rows])) if options.rows.exists() else 0
    with options.rows.open("a", encoding="utf-8") as stream:
        made = (
            sequences(images, options.pairs, options.seed)
            if options.command == "sequences"
            else gather(images, options.originals, options.traps, options.hard, options.seed)
        )
        for number, row in enumerate(made):
            if number >= done:
                stream.write(json.dumps(row) + "\n")
                stream.flush()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m cbir_desktop.evaluation.fit_verification")
    commands = parser.add_subparsers(dest="command", required=True)
    gathering = commands.add_parser("gather", help="write what the verifier sees of pairs whose truth is known")
    gathering.add_argument("rows", type=Path)
    gathering.add_argument("path", help="a folder or a tar file of pictures; with --split, of labels.csv")
    gathering.add_argument("--split")
    gathering.add_argument("--originals", type=int, default=20)
    gathering.add_argument("--traps", type=int, default=10)
    gathering.add_argument("--hard", type=int, default=0)
    gathering.add_argument("--seed", type=int, default=0)
    ordered = commands.add_parser("sequences", help="the same of photographs taken one after the other")
    ordered.add_argument("rows", type=Path)
    ordered.add_argument("path", help="a folder or a tar file of pictures with numbers in their names")
    ordered.add_argument("--pairs", type=int, default=1000)
    ordered.add_argument("--seed", type=int, default=0)
    fitting = commands.add_parser("fit", help="fit the models to such rows")
    fitting.add_argument("rows", type=Path, nargs="+")
    fitting.add_argument("--out", type=Path, required=True)
    setting = commands.add_parser("thresholds", help="set the thresholds of fitted models by more rows")
    setting.add_argument("rows", type=Path, nargs="+")
    setting.add_argument("--models", type=Path, required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
