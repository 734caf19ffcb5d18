"""Collages whose truth is known, and how their donors are found."""

import csv
import io

import numpy as np
import pytest
import skimage.data
from PIL import Image
from sklearn.datasets import load_sample_images

from cbir_desktop.cli.main import main
from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.classic import HsvHistogram
from cbir_desktop.evaluation import datasets
from cbir_desktop.evaluation.composite_bench import EMBEDDING, RECALL_AT, VOTES, make, measure_composites, table
from cbir_desktop.evaluation.composites import COLUMNS, LEAST, MOST, SIDE, compose, dealt, write
from cbir_desktop.images.decode import decode
from cbir_desktop.matchers.geometry import apply
from cbir_desktop.rerankers.local import METHODS
from tests.evaluation.conftest import jpeg

NAMES = ("astronaut", "coffee", "chelsea", "rocket")


@pytest.fixture(scope="module")
def pictures():
    found = {name: np.ascontiguousarray(getattr(skimage.data, name)()) for name in NAMES}
    found |= dict(zip(("china", "flower"), load_sample_images().images, strict=True))
    found["motorcycle"] = np.ascontiguousarray(skimage.data.stereo_motorcycle()[0])
    return found


@pytest.fixture(scope="module")
def folder(pictures, tmp_path_factory):
    made = tmp_path_factory.mktemp("photos")
    for name, image in pictures.items():
        Image.fromarray(image).save(made / f"{name}.jpg", quality=92)
    return made


def donors(pictures):
    return [(name, pictures[name]) for name in ("astronaut", "china", "chelsea")]


def test_an_object_lies_where_the_truth_says(pictures):
    """Pixels of the collage under the map of each object are those of its donor."""
    made = compose("c.jpg", ("rocket", pictures["rocket"]), donors(pictures)[:1], seed=4)
    [item] = made.objects
    donor = pictures["astronaut"]
    height, width = donor.shape[:2]
    grid = np.stack(np.meshgrid(np.arange(8, width - 8, 6), np.arange(8, height - 8, 6)), -1).reshape(-1, 2) + 0.5
    there = np.floor(apply(item.homography, grid)).astype(int)
    inside = ((there >= 0) & (there < np.array(made.image.shape[1::-1]))).all(axis=1)
    grid, there = grid[inside], there[inside]
    apart = np.abs(
        made.image[there[:, 1], there[:, 0]].astype(int) - donor[grid[:, 1].astype(int), grid[:, 0].astype(int)]
    ).max(axis=1)
    cut = (apart < 40).mean()
    assert 0.05 < cut < 0.6  # what was cut out of the donor; all else is the background
    wrong = np.roll(there, 40, axis=0)
    chance = np.abs(
        made.image[wrong[:, 1], wrong[:, 0]].astype(int) - donor[grid[:, 1].astype(int), grid[:, 0].astype(int)]
    ).max(axis=1)
    assert cut > 2 * (chance < 40).mean()


def test_a_seed_gives_one_collage(pictures):
    ground = ("rocket", pictures["rocket"])
    first, again, other = (compose("c.jpg", ground, donors(pictures), seed) for seed in (1, 1, 2))
    assert first.data == again.data
    assert first.data != other.data
    assert max(first.image.shape[:2]) == SIDE
    assert all(0.001 < item.share < 0.15 for item in first.objects)


def test_each_collage_has_two_to_five_donors_and_none_twice():
    plan = dealt(30, 50, seed=3)
    assert {len(rows) - 1 for rows in plan} == set(range(LEAST, MOST + 1))
    assert all(len(set(rows)) == len(rows) for rows in plan)
    assert plan == dealt(30, 50, seed=3) != dealt(30, 50, seed=4)
    with pytest.raises(ValueError, match="too few"):
        dealt(MOST, 1, 0)


def test_the_table_of_the_truth_names_every_object(pictures, tmp_path):
    made = compose("c.jpg", ("rocket", pictures["rocket"]), donors(pictures), seed=1)
    assert write([made], tmp_path) == 1
    rows = list(csv.DictReader(io.StringIO((tmp_path / "truth.csv").read_text())))
    assert list(rows[0]) == COLUMNS
    assert [row["role"] for row in rows] == ["background", "object", "object", "object"]
    assert [row["photo"] for row in rows] == ["rocket", "astronaut", "china", "chelsea"]
    numbers = [float(rows[1][f"h{row}{column}"]) for row in range(3) for column in range(3)]
    np.testing.assert_array_equal(np.reshape(numbers, (3, 3)), made.objects[0].homography)
    assert decode((tmp_path / "c.jpg").read_bytes()).image.shape == made.image.shape


def test_every_method_is_measured_on_the_same_collages(folder):
    images = datasets.plain(str(folder))
    result = measure_composites(images, HsvHistogram(), count=2, seed=5, depth=4)
    assert [one.method for one in result.methods] == [EMBEDDING, VOTES, *METHODS]
    assert result.photos == 7
    assert result.composites == 2
    assert 2 * LEAST <= result.objects <= 2 * MOST
    assert all(list(one.recall) == list(RECALL_AT) for one in result.methods)
    assert all(one.recall[25] <= one.recall[200] for one in result.methods)
    assert {one.method: one.recall[25] for one in result.methods}[EMBEDDING] == 1  # of seven photos all are ranked
    assert all((one.pair_ms is None) == (one.method in (EMBEDDING, VOTES)) for one in result.methods)
    assert table(result).count("\n") == 2 + len(METHODS) + 2
    assert result.to_json()["methods"][-1]["method"] == "os2os"


def test_collages_come_out_the_same_for_bench_and_files(folder):
    images = datasets.plain(str(folder))

    def decoded(data):
        return decode(data, min_side=480).image

    first, second = (next(make(images, 1, 9, decoded)).data for _ in range(2))
    assert first == second


def test_what_cannot_be_read_is_left_out(folder, tmp_path):
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    result = measure_composites(datasets.plain(str(tmp_path)), HsvHistogram(), count=1, depth=2)
    assert [problem.name for problem in result.problems] == ["broken.jpg"]
    assert result.photos == 7


def test_too_few_pictures_are_told(tmp_path):
    for number in range(3):
        (tmp_path / f"{number}.jpg").write_bytes(jpeg(number))
    with pytest.raises(KnownError, match="too few"):
        measure_composites(datasets.plain(str(tmp_path)), HsvHistogram(), count=1)


def test_the_command_writes_its_table_and_its_collages(folder, tmp_path, capsys):
    command = ["evaluate", "composites", str(folder), "--composites", "1", "--depth", "3", "--encoder", "hsv"]
    assert main([*command, "--write", str(tmp_path / "made")]) == 0
    out = capsys.readouterr().out
    assert "recall@25" in out
    assert "os2os" in out
    assert "1 collages" in out
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["composite-0000.jpg", "truth.csv"]
