"""Published sets in the layout they come in: Oxford and Paris, revisited; Holidays; Copydays."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np

from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation.datasets import ImageSet, plain
from cbir_desktop.evaluation.pickled import read_pickle
from cbir_desktop.evaluation.retrieval import RetrievalSet, Truth

Difficulty = Literal["easy", "medium", "hard"]
_RIGHT: Mapping[Difficulty, tuple[str, ...]] = {"easy": ("easy",), "medium": ("easy", "hard"), "hard": ("hard",)}
_NEITHER: Mapping[Difficulty, tuple[str, ...]] = {
    "easy": ("junk", "hard"),
    "medium": ("junk",),
    "hard": ("junk", "easy"),
}


def _rows(images: ImageSet) -> dict[str, int]:
    """Row of a picture by its name without folders and ending. Raises ``KnownError`` where two have one name."""
    found: dict[str, int] = {}
    for row, name in enumerate(images.names):
        stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        if stem in found:
            raise KnownError(f"{images.name} holds {stem} more than once", "ambiguous")
        found[stem] = row
    return found


def _of(rows: Mapping[str, int], names: Sequence[str], where: str) -> Any:
    missing = [name for name in names if name not in rows]
    if missing:
        raise KnownError(f"{where}: {len(missing)} pictures of the truth are missing, first {missing[0]}", "missing")
    return np.array(sorted(rows[name] for name in names), np.int64)


def oxford(images: str, truth: str) -> RetrievalSet:
    """Oxford buildings and Paris (Philbin et al. 2007, 2008): ``truth`` holds ``NAME_query.txt`` (picture and box),
    ``NAME_good.txt``, ``_ok``, ``_junk``. Good and ok are right; the query is one of them. AP by the trapezoid rule.
    """
    known = plain(images)
    rows = _rows(known)
    truths = []
    for path in sorted(Path(truth).glob("*_query.txt")):
        name, *box = _words(path)
        lists = {
            kind: _words(path.with_name(path.name.replace("_query", f"_{kind}"))) for kind in ("good", "ok", "junk")
        }
        row = _of(rows, [name.removeprefix("oxc1_")], images)[0]
        positives = _of(rows, lists["good"] + lists["ok"], images)
        if len(box) != 4:
            raise KnownError(f"{path} has no box of four numbers", "bad-truth")
        left, top, right, bottom = (_number(text, path) for text in box)
        truths.append(Truth(int(row), positives, _of(rows, lists["junk"], images), (left, top, right, bottom)))
    return _set(Path(images).name, known, truths, truth, "trapezoid")


def _words(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise KnownError(f"{path} cannot be read: {error}", "bad-truth") from error


def _number(text: str, path: Path) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise KnownError(f"{path}: {text!r} is no number", "bad-truth") from error


def revisited(images: str, truth: str, difficulty: Difficulty = "medium") -> RetrievalSet:
    """Revisited Oxford and Paris (Radenovic et al. 2018): ``truth`` is ``gnd_roxford5k.pkl`` or ``gnd_rparis6k.pkl``
    as published, with ``imlist``, ``qimlist`` and ``gnd``. The queries are not in the database.

    Easy, medium and hard as in section 3.2: what belongs to another difficulty counts neither way, and a query with
    nothing right is left out. AP by the trapezoid rule, as in the authors' ``compute_map``.
    """
    table = read_pickle(Path(truth))
    known = plain(images)
    rows = _rows(known)
    try:
        database = np.array([rows[_stem(name)] for name in table["imlist"]], np.int64)
        truths = []
        for name, one in zip(table["qimlist"], table["gnd"], strict=True):
            right, neither = (
                database[np.array([number for kind in kinds for number in one[kind]], np.int64)]
                for kinds in (_RIGHT[difficulty], _NEITHER[difficulty])
            )
            left, top, right_edge, bottom = (float(number) for number in one["bbx"])
            if len(right):
                truths.append(Truth(rows[_stem(name)], right, neither, (left, top, right_edge, bottom)))
    except KeyError as error:
        raise KnownError(f"{truth} and {images} do not fit: {error} is missing", "missing") from error
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise KnownError(f"{truth} is not the truth of revisited Oxford or Paris: {error}", "bad-truth") from error
    found = _set(f"{Path(truth).stem} ({difficulty})", known, truths, truth, "trapezoid")
    return RetrievalSet(found.name, known, truths, database, "trapezoid")


def _stem(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(".jpg")


def holidays(path: str) -> RetrievalSet:
    """INRIA Holidays (Jegou et al. 2008): ``NNNNNN.jpg``, group = number // 100, the first of each is its query and
    is itself taken out of its ranking."""
    known = plain(path)
    groups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for stem, row in _rows(known).items():
        if re.fullmatch(r"\d{6}", stem):
            groups[int(stem) // 100].append((int(stem), row))
    truths = []
    for members in groups.values():
        (_, query), *others = sorted(members)
        if others:
            right = np.array([row for _, row in others], np.int64)
            truths.append(Truth(query, right, np.array([query], np.int64)))
    return _set(Path(path).name, known, truths, path, "step")


def copydays(path: str) -> RetrievalSet:
    """INRIA Copydays (Douze et al. 2009): ``2NNN00.jpg`` is an original, ``2NNNKK.jpg`` in other folders are its
    copies (``crops/50``, ``jpeg/20``, ``strong``). Each copy is a query, its original the one right answer, the other
    copies of it count neither way."""
    known = plain(path)
    groups: dict[str, list[int]] = defaultdict(list)
    originals: dict[str, int] = {}
    for row, name in enumerate(known.names):
        folder, _, file = name.rpartition("/")
        match = re.fullmatch(r"(\d{4})(\d{2})", file.rsplit(".", 1)[0])
        if match is None:
            continue
        if match[2] == "00" and not re.search(r"(crops|jpeg|strong)", folder):
            originals[match[1]] = row
        groups[match[1]].append(row)
    truths = [
        Truth(
            row, np.array([originals[group]], np.int64), np.array([r for r in rows if r != originals[group]], np.int64)
        )
        for group, rows in groups.items()
        if group in originals
        for row in rows
        if row != originals[group]
    ]
    return _set(Path(path).name, known, truths, path, "step")


def _set(
    name: str, images: ImageSet, truths: Sequence[Truth], where: str, form: Literal["step", "trapezoid"]
) -> RetrievalSet:
    if not truths:
        raise KnownError(f"{where} has no query with an answer in the layout of this set", "no-queries")
    return RetrievalSet(name, images, truths, np.arange(len(images)), form)
