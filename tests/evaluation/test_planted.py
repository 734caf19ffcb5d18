import csv
import json

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import Cancelled, Task
from cbir_desktop.evaluation import datasets, planted, planting
from cbir_desktop.evaluation.edits import EDITS
from cbir_desktop.evaluation.peers import Pdq

from .conftest import jpeg, write_folder
from .test_bench import Blocks, Constant, decode


@pytest.fixture(scope="module")
def pictures():
    return [(f"dir/p {i}.jpg", jpeg(i, (96, 72))) for i in range(12)]


@pytest.fixture(scope="module")
def deal(pictures, tmp_path_factory):
    folder = write_folder(tmp_path_factory.mktemp("planted"), dict(pictures))
    return planting.plan(datasets.plain(str(folder)), originals=4, seed=3)


def plant(originals, fillers, **arguments):
    return {copy.name: copy for copy in planting.plant(originals, fillers, decode=decode, **arguments)}


def test_every_kind_and_strength_of_every_original(pictures):
    copies = plant(pictures[:2], pictures[8:])
    assert len(copies) == 2 * len(EDITS) * 3
    assert {(copy.original, copy.kind, copy.strength) for copy in copies.values()} == {
        (name, kind, strength) for name, _ in pictures[:2] for kind in EDITS for strength in (1, 2, 3)
    }
    assert all(decode(copy.data).shape[2] == 3 for copy in copies.values())
    assert {copy.original_size for copy in copies.values()} == {(96, 72)}


def test_a_copy_depends_on_nothing_but_itself_and_the_seed(pictures):
    whole = plant(pictures[:3], pictures[8:], seed=5)
    part = plant(
        [("renamed.jpg", pictures[2][1])], pictures[8:][::-1], seed=5, kinds=["collage", "noise"], strengths=[2]
    )
    by_truth = {(copy.kind, copy.strength): copy for copy in whole.values() if copy.original == pictures[2][0]}
    for copy in part.values():
        assert copy.data == by_truth[copy.kind, copy.strength].data
        assert np.array_equal(copy.homography, by_truth[copy.kind, copy.strength].homography)
    other = plant(pictures[:1], pictures[8:], seed=6, kinds=["noise"])
    assert all(copy.data != whole[copy.name].data for copy in other.values())


def test_the_plan_deals_each_picture_once_and_by_name(pictures, deal, tmp_path):
    parts = [set(part.names) for part in deal]
    assert [len(part) for part in parts] == [4, 5, 3]
    assert set.union(*parts) == {name for name, _ in pictures}
    again = planting.plan(datasets.plain(str(write_folder(tmp_path, dict(pictures)))), originals=4, seed=3)
    assert [part.names for part in again] == [part.names for part in deal]
    others = [
        planting.plan(datasets.plain(str(tmp_path)), originals=4, seed=seed).originals.names for seed in range(4, 8)
    ]
    assert any(set(names) != parts[0] for names in others)
    with pytest.raises(KnownError, match="too few"):
        planting.plan(again.originals, 4)


def test_broken_originals_are_told_and_broken_fillers_passed_over(pictures):
    problems = []
    originals = [("bad.jpg", b"broken"), pictures[0]]
    fillers = [("bad.jpg", b"broken"), *pictures[9:]]
    copies = plant(originals, fillers, kinds=["collage"], on_error=problems.append)
    assert len(copies) == 3
    assert [problem.name for problem in problems] == ["bad.jpg"]
    with pytest.raises(KnownError, match="2 of the fillers"):
        plant(originals, fillers[:3], kinds=["collage"])
    with pytest.raises(KnownError, match="no edit 'nonsense'"):
        plant(originals, fillers, kinds=["nonsense"])


def test_files_and_truth_are_written(pictures, tmp_path):
    count = planting.write(
        planting.plant(pictures[:1], pictures[8:], decode=decode, kinds=["mirror", "crop"]), tmp_path
    )
    with (tmp_path / "truth.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert count == len(rows) == 6
    assert all((tmp_path / row["file"]).is_file() for row in rows)
    first = rows[0]
    assert (first["original"], first["kind"], first["strength"]) == ("dir/p 0.jpg", "mirror", "1")
    matrix = [float(first[f"h{row}{column}"]) for row in range(3) for column in range(3)]
    assert matrix == [-1, 0, 96, 0, 1, 0, 0, 0, 1]


def test_recall_and_micro_ap(deal):
    encoders = {"blocks": Blocks(), "nothing": Constant()}
    blocks, nothing = planted.evaluate_planted(encoders, deal, kinds=["jpeg", "quarter-turn"], decode=decode)
    assert blocks.recall["jpeg"] == [1, 1, 1]
    assert blocks.micro_ap["jpeg"] == 1
    assert blocks.mean_recall < 1  # block means do not survive a quarter turn
    assert blocks.mean_recall == pytest.approx(np.mean([blocks.recall["jpeg"], blocks.recall["quarter-turn"]]))
    assert (blocks.originals, blocks.library) == (4, 9)
    # of equal scores the first of the library comes first: one original of four
    assert nothing.recall["jpeg"] == [0.25] * 3
    assert nothing.micro_ap["jpeg"] == pytest.approx(1 / 9)  # all tied: one right in nine
    document = json.loads(json.dumps(blocks.to_json()))
    assert document["recall"]["jpeg"] == [1, 1, 1]
    text = planted.table([blocks, nothing])
    assert "recall@1" in text
    assert "micro AP" in text
    assert "quarter-turn" in text


def test_broken_pictures_of_the_library_are_listed(pictures, tmp_path):
    folder = write_folder(tmp_path, dict(pictures) | {"bad.jpg": b"broken"})
    whole = datasets.plain(str(folder))
    bad = whole.names.index("bad.jpg")
    rest = [row for row in range(len(whole)) if row != bad]
    plan = planting.Plan(whole.subset([bad, *rest[:3]]), whole.subset(rest[3:8]), whole.subset([bad, *rest[8:]]))
    (result,) = planted.evaluate_planted({"blocks": Blocks()}, plan, kinds=["jpeg", "collage"], decode=decode)
    assert [problem.name for problem in result.problems] == ["bad.jpg"]
    assert (result.originals, result.library) == (3, 8)
    assert result.recall["jpeg"] == [1, 1, 1]


def test_cancel(deal):
    task = Task(lambda done, total: task.cancel() if done > 20 else None, per_second=1e9)
    with pytest.raises(Cancelled):
        planted.evaluate_planted({"blocks": Blocks()}, deal, task=task, decode=decode)


def test_pdq_vectors_are_unit_signs_and_find_their_copy(deal):
    pytest.importorskip("pdqhash", reason="the extra 'bench' is not installed")
    vectors = Pdq().encode([decode(deal.originals.read(i)) for i in range(2)])
    assert vectors.shape == (2, 256)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    (result,) = planted.evaluate_planted({"pdq": Pdq()}, deal, kinds=["jpeg"], decode=decode)
    assert result.recall["jpeg"] == [1, 1, 1]
