"""Every label and every pair of labels gives words that a person can read."""

import itertools

import numpy as np
import pytest

from cbir_desktop.core.types import Matches
from cbir_desktop.core.verification import Label, Relation, Verification
from cbir_desktop.library.relation_words import agreement, badge, percent, sentence

R = Relation


def verdict(
    *relations: Relation | tuple[Relation, dict[str, float]], proved="copy", total=212, agree=143, **numbers
) -> Verification:
    inlier = np.arange(total) < agree
    points = np.zeros((total, 2), np.float32)
    matches = Matches(points, points, inlier, np.eye(3) if agree else None, R.MIRRORED in relations)
    residuals = np.zeros(total, np.float32)
    labels = tuple(Label(*one) if isinstance(one, tuple) else Label(one) for one in relations)
    return Verification(labels, proved, 1.0, 1.0, matches, residuals, **numbers)


@pytest.mark.parametrize(
    ("made", "words", "short"),
    [
        (verdict(R.IDENTICAL_BYTES), "A and B are the same file, byte for byte.", "same file"),
        (
            verdict(R.IDENTICAL_PIXELS),
            "A and B have the same pixels; only the files differ.",
            "same pixels",
        ),
        (verdict(R.RE_ENCODED), "B is a copy of A: re-encoded. 143 of 212 matches agree.", "copy"),
        (verdict(), "B is a copy of A. 143 of 212 matches agree.", "copy"),
        (
            verdict(R.RESIZED, R.RE_ENCODED, scale=0.42),
            "B is a copy of A: resized to 42 %, re-encoded. 143 of 212 matches agree.",
            "copy",
        ),
        (
            verdict(R.ROTATED, rotation_degrees=90.2),
            "B is a copy of A: turned 90° to the left. 143 of 212 matches agree.",
            "turned 90°",
        ),
        (
            verdict(R.ROTATED, R.MIRRORED, rotation_degrees=-3.4),
            "B is a copy of A: mirrored, turned 3° to the right. 143 of 212 matches agree.",
            "mirrored, turned 3°",
        ),
        (
            verdict(R.ROTATED, rotation_degrees=180.0),
            "B is a copy of A: turned upside down. 143 of 212 matches agree.",
            "turned 180°",
        ),
        (verdict(R.MIRRORED), "B is a copy of A: mirrored. 143 of 212 matches agree.", "mirrored"),
        (
            verdict(R.CROPPED, R.MIRRORED, R.RE_ENCODED, contains="a", coverage_a=0.31, coverage_b=1.0),
            "B is a crop of A: 31 % of it, mirrored, re-encoded. 143 of 212 matches agree.",
            "crop 31 %, mirrored",
        ),
        (
            verdict(R.CROPPED, contains="b", coverage_a=1.0, coverage_b=0.31),
            "A is a crop of B: 31 % of it. 143 of 212 matches agree.",
            "uncropped",
        ),
        (
            verdict(R.CROPPED, coverage_a=0.6, coverage_b=0.7),
            "A and B are crops of one picture: B shows 60 % of A. 143 of 212 matches agree.",
            "overlaps",
        ),
        (
            verdict(R.EDITED, R.RE_ENCODED),
            "B is a copy of A: edited, re-encoded. 143 of 212 matches agree.",
            "edited",
        ),
        (
            verdict(R.BORDERED),
            "B is a copy of A: with a border or caption. 143 of 212 matches agree.",
            "bordered",
        ),
        (
            verdict(R.BORDERED, contains="a"),
            "B is a copy of A: without the border of A. 143 of 212 matches agree.",
            "bordered",
        ),
        (
            verdict((R.BORDERED, {"overlay": 0.05}), (R.EDITED, {"saturation": 0.02})),
            "B is a copy of A: in black and white, with something laid over it. 143 of 212 matches agree.",
            "edited",
        ),
        (
            verdict((R.RESIZED, {"scale": 0.5, "width_scale": 0.6, "height_scale": 0.4}), scale=0.5),
            "B is a copy of A: stretched to 60 % of its width and 40 % of its height. 143 of 212 matches agree.",
            "copy",
        ),
        (
            verdict((R.RESIZED, {"scale": 0.5, "width_scale": 0.501, "height_scale": 0.496}), scale=0.5),
            "B is a copy of A: resized to 50 %. 143 of 212 matches agree.",
            "copy",
        ),
        (
            verdict(proved=None, agree=9),
            "Not proved: A and B have something in common, but too little to tell. 9 of 212 matches agree.",
            "",
        ),
        (
            verdict(R.SAME_SCENE, proved="scene"),
            "A and B show the same scene in two exposures. 143 of 212 matches agree.",
            "same scene",
        ),
        (
            verdict(R.UNRELATED, proved=None, total=41, agree=0),
            "Not proved: nothing shows that A and B are of one picture or one place. None of 41 matches agree.",
            "",
        ),
        (
            verdict(R.UNRELATED, proved=None, total=0, agree=0),
            "Not proved: nothing shows that A and B are of one picture or one place.",
            "",
        ),
        (
            verdict(R.RESIZED, total=0, agree=0, scale=2.5),
            "B is a copy of A: resized to 250 %. The pixels agree, laid over each other.",
            "copy",
        ),
    ],
)
def test_the_words(made: Verification, words: str, short: str):
    assert sentence(made) == words
    assert badge(made) == short


CHANGES = {
    R.MIRRORED: "mirrored",
    R.ROTATED: "turned 7° to the left",
    R.RESIZED: "resized to 50 %",
    R.EDITED: "edited",
    R.BORDERED: "border",
    R.RE_ENCODED: "re-encoded",
}


@pytest.mark.parametrize("count", range(len(CHANGES) + 1))
@pytest.mark.parametrize("cropped", ["a", "b", "both", ""])
def test_every_combination_names_each_change_once_and_no_other(count: int, cropped: str):
    for chosen in itertools.combinations(CHANGES, count):
        labels = (*chosen, R.CROPPED) if cropped else chosen
        numbers = {"scale": 0.5, "rotation_degrees": 7.0, "coverage_a": 0.2, "coverage_b": 0.3}
        made = verdict(*labels, contains=cropped if len(cropped) == 1 else None, **numbers)
        words = sentence(made)
        assert {relation for relation, told in CHANGES.items() if words.count(told) == 1} == set(chosen)
        assert ("crop" in words) == bool(cropped)
        assert words.count(".") == 2
        assert not {",,", ": .", "  ", ": ,"} & {words[i : i + n] for n in (2, 3) for i in range(len(words))}
        assert 0 < len(badge(made)) <= 26


def test_every_relation_is_told():
    told = {sentence(verdict(relation, scale=0.5, rotation_degrees=9.0)) for relation in R if relation != R.UNRELATED}
    # same-scene is told by what is proved
    assert len(told) == len(R) - 1


def test_the_number_of_matches():
    assert agreement(verdict(total=1, agree=1)) == "1 of 1 match agrees."
    assert agreement(verdict(total=0, agree=0)) == ""


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0 %"), (0.004, "under 1 %"), (0.31, "31 %"), (0.997, "99 %"), (1.0, "100 %"), (2.5, "250 %")],
)
def test_percent(share: float, words: str):
    assert percent(share) == words
