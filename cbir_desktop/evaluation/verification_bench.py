"""How well verification proves what is true, and only that: planted copies, hard pairs, affine sequences, speed.

Each verdict on a pair is one line of a file, so that a run may be stopped and taken up again.
"""

import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from cbir_desktop.core.protocols import Encoder
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.core.types import Image
from cbir_desktop.core.verification import Prepared, Verification
from cbir_desktop.evaluation import opencv_defaults
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.evaluation.cases import Case, hard_pairs, prepared
from cbir_desktop.evaluation.datasets import ImageSet
from cbir_desktop.evaluation.expected import is_right
from cbir_desktop.evaluation.reviewed import read_reviewed
from cbir_desktop.matchers.aligned import compare, overlay
from cbir_desktop.matchers.geometry import apply
from cbir_desktop.matchers.sift import SiftExtractor, growth
from cbir_desktop.matchers.verifier import verify
from cbir_desktop.store.features import FeatureCache

Row = dict[str, Any]

AFFINE_ERROR = 5.0
"""Pixels, full size: a pair of a sequence with less counts as found."""


def corner_error(found: Any, true: Any, size: tuple[int, int]) -> float:
    """Mean distance of A's corners between two homographies, pixels of B; infinite without one."""
    if found is None:
        return float("inf")
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = float(np.linalg.norm(apply(found, corners) - apply(true, corners), axis=1).mean())
    return off if np.isfinite(off) else float("inf")


def run_cases(cases: Iterable[Case], rows: Path, with_peer: int = 0, task: Task = NULL_TASK) -> list[Row]:
    """A verdict for each case, appended to the file ``rows``; those that are there are not made anew. OpenCV's
    defaults look at every ``with_peer``-th case."""
    found = read_rows(rows)
    with rows.open("a", encoding="utf-8") as stream:
        for number, case in enumerate(cases):
            task.check()
            if number < len(found):
                continue
            row = _row(case, verify(case.a, case.b))
            if with_peer and number % with_peer == 0:
                row["peer"] = opencv_defaults.proves(case.a.picture.image, case.b.picture.image)
            found.append(row)
            stream.write(json.dumps(row) + "\n")
            stream.flush()
    return found


def _row(case: Case, verdict: Verification) -> Row:
    row: Row = {"truth": case.truth, "kind": case.kind, "strength": case.strength, "name": case.name}
    row |= {"proved": verdict.proved, "copy": verdict.copy, "scene": verdict.scene, "seconds": verdict.seconds}
    row["labels"] = [label.relation.value for label in verdict.labels]
    if case.homography is not None and verdict.proved is not None:
        size = case.a.picture.full_size
        diagonal = float(np.hypot(*case.b.picture.full_size))
        row["corner_error"] = corner_error(verdict.matches.homography, case.homography, size) / diagonal
        named = is_right(verdict, case.kind, case.strength, case.homography, case.faint)
        row |= {"right": verdict.proved == "copy" and named, "faint": case.faint}
    return row


def run_hard(
    images: ImageSet, encoder: Encoder, count: int, rows: Path, task: Task = NULL_TASK
) -> tuple[list[Row], int]:
    """The ``count`` nearest pairs by the encoder: what is proved of them, and how many were looked at. The file holds
    each proved pair and, now and then, how far it is."""
    found = read_rows(rows)
    start = max((row["pair"] + 1 for row in found), default=0)
    pairs = hard_pairs(images, encoder, count, task)
    pictures = prepared(images)
    with rows.open("a", encoding="utf-8") as stream:
        for number in range(start, len(pairs)):
            task.step(number, len(pairs))
            one, two = pairs[number]
            verdict = verify(pictures[one], pictures[two])
            if verdict.proved is None and number % 500 and number < len(pairs) - 1:
                continue
            names = [images.entries[one].name, images.entries[two].name]
            row = {"pair": number, "names": names, "proved": verdict.proved, "inliers": verdict.matches.inliers}
            row |= {"copy": verdict.copy, "scene": verdict.scene}
            row["labels"] = [label.relation.value for label in verdict.labels]
            found.append(row)
            stream.write(json.dumps(row) + "\n")
            stream.flush()
    return [row for row in found if row["proved"]], len(pairs)


def reviewed(proved: Sequence[Row], listed: Path | None) -> list[Row]:
    """Each proved pair with what people said of it (``truth`` and ``reason``); None of one that nobody looked at.

    Raises ``KnownError`` when the list cannot be read.
    """
    known = read_reviewed(listed)
    said = [known.get(frozenset(row["names"])) for row in proved]
    return [
        {**row, "truth": one and one.truth, "reason": one and one.reason} for row, one in zip(proved, said, strict=True)
    ]


def read_rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


@dataclass(frozen=True, slots=True)
class Summary:
    """``kinds``: kind -> pairs, share proved as a copy (or as a scene where that is the truth), share of proved
    transforms whose corners lie within 2 % of the diagonal, share of proved pairs that are labelled rightly, share that
    OpenCV's defaults prove. ``wrong``: proved pairs of those that show nothing in common, by kind.
    """

    kinds: Mapping[str, Mapping[str, float]]
    wrong: Mapping[str, tuple[int, int]]
    peer_wrong: tuple[int, int]
    label_mean: float
    label_worst: float
    proved_mean: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def summarise(rows: Sequence[Row]) -> Summary:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["kind"]].append(row)
    kinds: dict[str, Mapping[str, float]] = {}
    wrong: dict[str, tuple[int, int]] = {}
    for kind, of_kind in groups.items():
        if of_kind[0]["truth"] == "none":
            wrong[kind] = (sum(row["proved"] is not None for row in of_kind), len(of_kind))
            continue
        truth = of_kind[0]["truth"]
        proved = [row for row in of_kind if row["proved"] == truth]
        kinds[kind] = {
            "pairs": len(of_kind),
            "proved": len(proved) / len(of_kind),
            "other_proof": sum(row["proved"] not in (None, truth) for row in of_kind) / len(of_kind),
            "placed": _share(row["corner_error"] < 0.02 for row in proved if "corner_error" in row),
            "labelled": _share(row["right"] for row in proved if "right" in row),
            "peer": _share(row["peer"] for row in of_kind if "peer" in row),
        }
    labels = [kind["labelled"] for kind in kinds.values() if np.isfinite(kind["labelled"])]
    unrelated = [row["peer"] for row in rows if row["truth"] == "none" and "peer" in row]
    planted = [kinds[kind]["proved"] for kind, of_kind in groups.items() if of_kind[0]["truth"] == "copy"]
    return Summary(
        kinds,
        wrong,
        (sum(unrelated), len(unrelated)),
        float(np.mean(labels)) if labels else float("nan"),
        min(labels, default=float("nan")),
        float(np.mean(planted)) if planted else float("nan"),
    )


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return float(np.mean(found)) if found else float("nan")


@dataclass(frozen=True, slots=True)
class Sequence40:
    """One pair 1-N of an affine sequence: ``error`` in full-size pixels of image N, ``peer`` that of OpenCV's defaults
    on the same pictures; ``proved`` by which proof. ``truth``: of a pair that is far off, how sound the truth is."""

    name: str
    number: int
    error: float
    proved: str | None
    peer: float
    truth: "Soundness | None" = None


@dataclass(frozen=True, slots=True)
class Soundness:
    """What the pixels say of a true homography: how far a dense alignment that starts from it moves away from it
    (``off``: the corner error in full-size pixels), and the correlation in windows under either (``before``,
    ``after``). A truth that is off by more than the goal, to a clearly better correlation, cannot be met; our answer
    takes no part in that.
    """

    off: float
    before: float
    after: float


def soundness(a: Prepared, b: Prepared, true: Any) -> Soundness | None:
    """By ECC (Evangelidis & Psarakis 2008) as a homography; None where it does not converge."""
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    grow_a, grow_b = (np.diag([*growth(side.picture), 1.0]) for side in (a, b))
    start = np.linalg.inv(grow_b) @ true @ grow_a
    pixels = np.linalg.inv(half) @ start @ half
    grey_a, grey_b = (cv2.cvtColor(side.picture.image, cv2.COLOR_RGB2GRAY) for side in (a, b))
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 100, 1e-6)
    try:
        warp = np.asarray(pixels / pixels[2, 2], np.float32)
        _, warp = cv2.findTransformECC(grey_a, grey_b, warp, cv2.MOTION_HOMOGRAPHY, stop, None, 5)
    except cv2.error:
        return None
    found = half @ warp @ np.linalg.inv(half)
    over = [overlay(a.picture.image, b.picture.image, matrix, 640) for matrix in (start, found)]
    if over[0] is None or over[1] is None:
        return None
    before, after = compare(over[0]).correlation, compare(over[1]).correlation
    off = corner_error(grow_b @ found @ np.linalg.inv(grow_a), true, a.picture.full_size)
    return Soundness(off, before, after)


def affine_sequences(
    pictures: Callable[[str, int], Prepared], truth: Callable[[str, int], Any], names: Sequence[str]
) -> Iterator[Sequence40]:
    """Pairs 1-2 to 1-6 of each sequence."""
    for name in names:
        first = pictures(name, 1)
        for number in range(2, 7):
            other, true = pictures(name, number), truth(name, number)
            verdict = verify(first, other, thorough=True)
            size = first.picture.full_size
            error = corner_error(verdict.matches.homography, true, size)
            peer = corner_error(opencv_homography(first, other), true, size)
            sound = soundness(first, other, true) if error >= AFFINE_ERROR else None
            yield Sequence40(name, number, error, verdict.proved, peer, sound)


def opencv_homography(a: Prepared, b: Prepared) -> Any:
    """What OpenCV's defaults find, in full-size pixels with centres at +0.5."""
    found = opencv_defaults.homography(a.picture.image, b.picture.image)
    if found is None:
        return None
    half = np.array([[1.0, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    in_centres = half @ found[0] @ np.linalg.inv(half)
    return np.diag([*growth(b.picture), 1.0]) @ in_centres @ np.diag([*(1 / growth(a.picture)), 1.0])


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds, medians over pairs: ``warm`` from the cache, ``cold`` given decoded pictures. ``results``: all of 50
    results of one query from the cache, on ``threads`` threads."""

    warm: float
    cold: float
    results: float
    threads: int


def measure_times(pairs: Sequence[tuple[Image, Image]], folder: Path, threads: int, results: int = 50) -> Times:
    """``pairs``: decoded pictures of at most 640 pixels; true pairs take longer than those with nothing in common."""
    extractor = SiftExtractor()
    cache = FeatureCache(folder, extractor.key, 1 << 40)
    images = [image for pair in pairs for image in pair]
    keys = [number.to_bytes(32, "big") for number in range(len(images))]

    def prepare(image: Image) -> Prepared:
        return extractor.prepare(image, (image.shape[1], image.shape[0]))

    def cached(key: bytes) -> Prepared:
        found = cache.get(key)
        assert found is not None
        return found

    cold, warm = [], []
    with ThreadPoolExecutor(threads) as executor:
        for one, two in zip(range(0, len(keys), 2), range(1, len(keys), 2), strict=True):
            started = time.perf_counter()
            a, b = executor.map(prepare, (images[one], images[two]))
            verify(a, b)
            cold.append(time.perf_counter() - started)
            cache.put(keys[one], a)
            cache.put(keys[two], b)
        cache.close()  # or the last ones would come from memory
        for key, other in zip(keys[::2], keys[1::2], strict=True):
            started = time.perf_counter()
            verify(cached(key), cached(other))
            warm.append(time.perf_counter() - started)
        started = time.perf_counter()
        query = cached(keys[0])
        wanted = [keys[number % len(keys)] for number in range(1, results + 1)]
        list(executor.map(lambda key: verify(query, cached(key)), wanted))
        spent = time.perf_counter() - started
    cache.close()
    return Times(float(np.median(warm)), float(np.median(cold)), spent, threads)


def same_scene(images: ImageSet, rows: Path, task: Task = NULL_TASK) -> list[Row]:
    """Pairs of one group of a labelled set (the first view with each other one): scenes that are to be proved."""
    pictures, first = prepared(images), dict[int, int]()
    cases = (
        Case("scene", images.name, 0, images.entries[row].name, pictures[first[label]], pictures[row])
        for row, label in enumerate(images.labels.tolist())
        if label >= 0 and first.setdefault(label, row) != row
    )
    return run_cases(cases, rows, task=task)


def montage(pairs: Sequence[tuple[Image, Image, str]], columns: int = 4, side: int = 220) -> Image:
    """Pairs side by side with a caption each, to be looked at."""
    cell_height, cell_width = side + 18, 2 * side + 8
    rows = -(-len(pairs) // columns)
    sheet = np.full((max(1, rows) * (cell_height + 6), columns * (cell_width + 6), 3), 255, np.uint8)
    for place, (a, b, caption) in enumerate(pairs):
        top, left = place // columns * (cell_height + 6), place % columns * (cell_width + 6)
        for offset, image in ((0, a), (side + 2, b)):
            scale = side / max(image.shape[:2])
            size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
            small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
            sheet[top : top + size[1], left + offset : left + offset + size[0]] = small
        cv2.putText(sheet, caption, (left, top + side + 14), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 0), 1, cv2.LINE_AA)
    return sheet


def table(summary: Summary) -> str:
    """Markdown: a row a kind, then what was proved of pairs that show nothing in common."""
    head = ["edit", "pairs", "proved", "other proof", "placed", "labelled", "OpenCV defaults"]
    names = ("proved", "other_proof", "placed", "labelled", "peer")
    body = [
        [kind, str(int(row["pairs"])), *(f"{row[name]:.3f}" for name in names)] for kind, row in summary.kinds.items()
    ]
    body.append(["mean", "", f"{summary.proved_mean:.3f}", "", "", f"{summary.label_mean:.3f}", ""])
    wrong = [[kind, f"{count} of {total}"] for kind, (count, total) in summary.wrong.items()]
    wrong.append(["OpenCV defaults, all of them", f"{summary.peer_wrong[0]} of {summary.peer_wrong[1]}"])
    return markdown(head, body) + "\n" + markdown(["nothing in common", "proved"], wrong)
