"""cbir evaluate duplicates and candidates on small sets: the truth, the scores, that runs are taken up again."""

import json
import os
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
import skimage.data
from PIL import Image

from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation import datasets, duplicate_peers, embed, join_bench
from cbir_desktop.evaluation.duplicate_peers import PeerResult, run_peers
from cbir_desktop.evaluation.duplicate_run import Run, Verdicts, run
from cbir_desktop.evaluation.duplicate_scores import Known, score, table
from cbir_desktop.evaluation.duplicate_set import EXACT, Item, Recipe, make_set, truth
from cbir_desktop.images.capture import capture_of

NAMES = ("chelsea", "coffee", "astronaut", "rocket", "camera", "page", "clock", "coins", "moon", "text")


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for name in NAMES:
        image = Image.fromarray(getattr(skimage.data, name)()).convert("RGB")
        image.thumbnail((320, 320))
        image.save(folder / f"{name}.png")
    return datasets.plain(str(folder))


@pytest.fixture(scope="module")
def recipe(photos):
    edited, others = datasets.deal(photos, 3, 0)
    return Recipe(edited, others, None, bursts=2, traps=1, seed=3)


@pytest.fixture(scope="module")
def planted(recipe, tmp_path_factory):
    folder = tmp_path_factory.mktemp("set")
    return folder, make_set(recipe, folder)


def test_a_set_is_the_same_by_its_seed_and_is_made_once(recipe, planted, tmp_path):
    folder, items = planted
    again = make_set(recipe, tmp_path)
    assert again == items
    for item in items:
        data = (folder / "pictures" / item.file).read_bytes()
        assert data == (tmp_path / "pictures" / item.file).read_bytes()
    (tmp_path / "pictures" / items[0].file).write_bytes(b"mine")
    assert make_set(recipe, tmp_path) == items
    assert (tmp_path / "pictures" / items[0].file).read_bytes() == b"mine", "what is whole is not made anew"
    assert replace(recipe, seed=4).key != recipe.key


def test_the_set_holds_what_it_says(planted):
    folder, items = planted
    roles = Counter(item.role for item in items)
    assert roles["frame"] == 6
    assert roles["trap"] == 16 + 2
    assert roles["original"] == 3 + 5
    for item in items:
        with Image.open(folder / "pictures" / item.file) as picture:
            assert picture.format == "JPEG"
    dated = [item for item in items if item.kind == "dated"]
    times = {capture_of((folder / "pictures" / item.file).read_bytes()).taken for item in dated}
    assert len(times) == 3
    by_file = {item.file: item for item in items}
    for item in items:
        if item.kind in EXACT and item.role == "copy":
            original = by_file[f"originals/{os.path.basename(item.file)}"]
            one, other = ((folder / "pictures" / each.file) for each in (item, original))
            assert (one.read_bytes() == other.read_bytes()) == (item.kind == "bytes")
            assert np.array_equal(np.asarray(Image.open(one)), np.asarray(Image.open(other)))


def test_the_truth_of_two_pictures():
    original, copy = Item("o", "original", "g"), Item("c", "copy", "g", "crop", 1)
    frame, trap = Item("f", "frame", "b"), Item("t", "trap", "t")
    assert truth(original, copy) == "copy"
    assert truth(frame, replace(frame, file="f2")) == "scene"
    collage = Item("k", "copy", "g", "collage", 1)
    assert (truth(original, collage), truth(collage, replace(collage, group="h"))) == ("copy", "scene")
    assert truth(original, trap) == truth(frame, copy) == "none"


ITEMS = [
    Item("originals/a.jpg", "original", "original a"),
    Item("copies/crop-1/a.jpg", "copy", "original a", "crop", 1),
    Item("copies/jpeg-1/a.jpg", "copy", "original a", "jpeg", 1),
    Item("originals/b.jpg", "original", "original b"),
    Item("originals/c.jpg", "original", "original c"),
    Item("f0.jpg", "frame", "burst 0", "dated"),
    Item("f1.jpg", "frame", "burst 0", "dated"),
]
FILES = [item.file for item in ITEMS]
HASHES = {file: f"{number:064x}" for number, file in enumerate(FILES)}


def made_run(**changes):
    a, crop, jpeg, b, c, f0, f1 = HASHES.values()
    known = Run(
        contents=HASHES,
        candidates=[(a, crop)],
        proofs=[(a, crop, "copy", 1.0), (a, jpeg, "", 0.1), (b, c, "copy", 0.9), (f0, f1, "copy", 0.9)],
        stands_for={},
        groups=[FILES[:2], FILES[3:5]],
        stacks=[FILES[5:]],
        picks={"best-quality": {FILES[0]: "marked", FILES[1]: "kept", FILES[3]: "kept", FILES[4]: "open"}},
        problems=[],
        encoder="e",
        threads=2,
        fresh=True,
        made=4,
        index_seconds=1.0,
        seconds=2.0,
        megabytes=3.0,
    )
    return replace(known, **changes)


def test_scores_tell_what_was_lost_where_and_what_is_wrong():
    peers = [PeerResult("peer", "10", [(FILES[0], FILES[2]), (FILES[0], FILES[3]), (FILES[5], FILES[6])], 1.0, 2.0)]
    peers.append(PeerResult("absent", "", skipped="it is not installed"))
    scores = score(Known(ITEMS, {}), made_run(), peers)
    crop, jpeg = scores.kinds["crop"], scores.kinds["jpeg"]
    assert (crop.candidates, crop.asked, crop.proved, crop.grouped, crop.peers["peer"]) == (1, 1, 1, 1, 0)
    assert (jpeg.candidates, jpeg.asked, jpeg.proved, jpeg.grouped, jpeg.peers["peer"]) == (0, 1, 0, 0, 1)
    assert scores.recall == 0.5
    assert scores.lost == {
        "pairs": 2,
        "not candidates": 1,
        "not asked": 0,
        "asked, not proved": 1,
        "proved, not grouped": 0,
    }
    assert scores.wrong == [(FILES[5], FILES[6], "scene", "copy"), (FILES[3], FILES[4], "none", "copy")]
    assert scores.wrong_groups == [FILES[3:5]]
    keep = scores.keep["best-quality"]
    assert (keep.groups, keep.right, keep.undecided, keep.wrong) == (2, 1, 0, 1)
    assert scores.bursts == (1, 1)
    assert (scores.peers["peer"].wrong, scores.peers["peer"].scenes, scores.peers["peer"].recall) == (1, 1, 0.5)
    text = table(scores)
    assert "skipped: it is not installed" in text
    assert "1 with a wrong member" in text


def test_what_people_said_of_two_originals_counts_for_their_copies():
    known = Known(ITEMS, {frozenset(("b", "c")): "copy", frozenset(("a", "b")): "none"})
    assert known.of(FILES[3], FILES[4]) == "copy"
    assert known.of(FILES[0], FILES[3]) == "none"
    assert score(known, made_run(), []).wrong_groups == []


def test_contents_of_equal_pixels_speak_for_each_other():
    a, crop, jpeg, *_ = HASHES.values()
    verdicts = Verdicts(made_run(proofs=[(a, crop, "scene", 0.4)], stands_for={jpeg: a}))
    assert verdicts.proved(FILES[2], FILES[1]) == "scene"
    assert verdicts.is_candidate(FILES[2], FILES[1])
    assert verdicts.proved(FILES[0], FILES[2]) == "copy"


@pytest.mark.slow
def test_a_run_finds_the_copies_and_is_not_made_twice(planted, tmp_path):
    folder, items = planted
    found = run(folder / "pictures", tmp_path / "run", "hsv")
    assert len(found.contents) == len(items)
    scores = score(Known(items, {}), found, [])
    assert scores.kinds
    assert [wrong for wrong in scores.wrong if wrong[2] == "none" and wrong[3] == "copy"] == []
    assert json.loads((tmp_path / "run" / "run.json").read_text())["fresh"]
    (tmp_path / "run" / "library" / "catalog.sqlite").unlink()
    assert run(folder / "pictures", tmp_path / "run", "hsv") == found


def test_a_peer_that_is_not_there_is_passed_over_with_the_reason(planted, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (result,) = run_peers(planted[0] / "pictures", tmp_path / "peers", ["findimagedupes"])
    assert result.skipped == "findimagedupes is not installed"
    assert list(result.pairs) == []


def test_hashes_are_compared_with_all_others(tmp_path):
    for number in range(4):
        (tmp_path / f"{number}.jpg").write_bytes(b"")
    bits = {"0": [0, 0, 0, 0], "1": [0, 0, 0, 1], "2": [1, 1, 1, 1], "3": [0, 0, 1, 1]}

    def of(path):
        return np.array(bits[os.path.basename(path)[0]], np.float32)

    pairs = {(a[-5], b[-5]) for a, b in duplicate_peers._near(tmp_path, of, 1)}
    assert pairs == {("0", "1"), ("1", "3")}


def test_too_few_pictures_are_refused(photos):
    with pytest.raises(KnownError):
        datasets.labelled("/nowhere", "test")
    some, rest = datasets.deal(photos, 3, 1)
    assert sorted(some.names + rest.names) == sorted(photos.names)
    assert datasets.deal(photos, 3, 1)[0].names == some.names


def test_a_made_library_is_joined_and_its_planted_copies_are_candidates(photos, tmp_path):
    pictures = embed.Decoding(photos, embed.decoder(256))
    result = join_bench.measure_join(tmp_path, 2000, pictures, "hsv")
    assert (result.photos, result.planted) == (2000, 200)
    assert 0 < result.found <= 1
    assert result.megabytes > 10
    assert "2000" in join_bench.table([result])
