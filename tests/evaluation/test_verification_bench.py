import json
import tarfile

import numpy as np
import pytest
import skimage.data
from PIL import Image

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.types import Matches
from cbir_desktop.core.verification import Label, Relation, Verification
from cbir_desktop.encoders.classic import HsvHistogram
from cbir_desktop.evaluation import datasets, opencv_defaults
from cbir_desktop.evaluation import fit_verification as fitting
from cbir_desktop.evaluation import verification_bench as bench
from cbir_desktop.evaluation.benchmarks import AffineSequences, facade
from cbir_desktop.evaluation.cases import Cases, faint, hard_pairs
from cbir_desktop.evaluation.edits import EDITS, edit
from cbir_desktop.evaluation.edits.colour import encode_jpeg
from cbir_desktop.evaluation.expected import EXPECTED, is_right
from cbir_desktop.evaluation.scenes import exposures, prints, shared, stills, traps
from cbir_desktop.images.decode import decode
from cbir_desktop.matchers.evidence import parse_models
from cbir_desktop.matchers.sift import SiftExtractor

PHOTOS = {name: getattr(skimage.data, name)() for name in ("chelsea", "coffee", "astronaut", "rocket", "camera")}

NOWHERE = np.empty((0, 2), np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Eight small photographs."""
    root = tmp_path_factory.mktemp("photos")
    for name, image in PHOTOS.items():
        picture = Image.fromarray(image).convert("RGB")
        picture.resize((200, 150)).save(root / f"{name}.jpg")
        picture.rotate(180).crop((0, 0, 160, 120)).save(root / f"{name}-part.png")
    return root


@pytest.fixture(scope="module")
def images(folder):
    return datasets.plain(str(folder))


def test_planted_cases_are_the_same_in_every_run_and_know_their_transform(images):
    first, again = (list(Cases(images, 2, seed=4).planted(["crop", "mirror"], [1])) for _ in range(2))
    assert len(first) == 4
    for one, two in zip(first, again, strict=True):
        assert (one.name, one.kind, one.swapped) == (two.name, two.kind, two.swapped)
        np.testing.assert_array_equal(one.a.picture.image, two.a.picture.image)
        np.testing.assert_array_equal(one.homography, two.homography)


def test_made_cases_hold_scenes_shared_things_and_traps(images):
    made = list(Cases(images, 2, seed=4).made(trap_pairs=1))
    truths = {case.kind: case.truth for case in made}
    assert truths["exposure"] == "scene"
    assert truths["shared-watermark"] == truths["bricks"] == truths["page"] == "none"
    assert truths["plain-soft"] == "copy"


def test_exposures_differ_and_traps_are_two_pictures():
    a, b = exposures(PHOTOS["coffee"], 2, np.random.default_rng(0), [PHOTOS["chelsea"]])
    assert a.shape == b.shape == PHOTOS["coffee"].shape
    assert np.abs(a.astype(int) - b).mean() > 5
    for name, one, two in traps(np.random.default_rng(0)):
        assert (one != two).any(), name
    one, two = shared("border", 3, PHOTOS["coffee"], PHOTOS["chelsea"], 3)
    np.testing.assert_array_equal(one[:20], two[:20])


def test_two_photographs_of_a_print_differ_by_more_than_noise():
    a, b = prints(PHOTOS["coffee"], 2, np.random.default_rng(0), PHOTOS["chelsea"])
    assert a.shape == b.shape == PHOTOS["coffee"].shape
    assert np.abs(a.astype(int) - b).mean() > 10


def test_a_camera_that_stands_still_sees_a_part_changed():
    a, b = stills(PHOTOS["coffee"], 2, np.random.default_rng(0), [PHOTOS["chelsea"]])
    assert a.shape == b.shape == PHOTOS["coffee"].shape
    off = np.abs(a.mean(axis=2) - b.mean(axis=2))
    assert 0.02 < (off > np.median(off) + 40).mean() < 0.5


def test_an_edit_that_leaves_less_than_its_file_does_is_faint():
    image = PHOTOS["coffee"]
    rewritten = decode(encode_jpeg(image, 92)).image
    grey = np.repeat(image.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)
    rewritten_grey = decode(encode_jpeg(grey, 92)).image
    for kind, picture, plain in (("hue", grey, rewritten_grey), ("hue", image, rewritten), ("noise", image, rewritten)):
        edited = edit(kind, 1, picture, np.random.default_rng(0)).image
        assert faint(picture, decode(encode_jpeg(edited, 92)).image, plain) == (picture is grey)


def test_of_a_faint_edit_either_name_is_right():
    def said(*labels):
        return Verification(
            tuple(Label(label) for label in labels),
            "copy",
            1,
            1,
            Matches(NOWHERE, NOWHERE, np.zeros(0, bool), None),
            NOWHERE,
        )

    for faint_too, label, right in ((True, Relation.RE_ENCODED, True), (True, Relation.CROPPED, False)):
        assert is_right(said(label), "hue", 1, np.eye(3), faint_too) == right
    assert not is_right(said(Relation.RE_ENCODED), "hue", 1, np.eye(3))
    assert is_right(said(Relation.EDITED), "hue", 1, np.eye(3), True)


def test_neighbours_in_time_are_those_with_the_next_number():
    names = ["a/pear_001-0f.jpg", "a/pear_003-1f.jpg", "a/pear_002-2f.jpg", "b/pear_002-3f.jpg", "b/other.jpg"]
    assert sorted(fitting.neighbours_in_time(names)) == [(0, 2), (2, 1)]


def test_rows_of_sequences_are_no_copies(tmp_path):
    for number, name in enumerate(("chelsea", "coffee")):
        Image.fromarray(PHOTOS[name]).resize((200, 150)).save(tmp_path / f"shelf_{number:03}.jpg")
    fitting.main(["sequences", str(tmp_path / "rows.jsonl"), str(tmp_path), "--pairs", "5"])
    [row] = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert row["truth"] == "exposure"


def test_hard_pairs_are_the_nearest_and_each_comes_once(images):
    pairs = hard_pairs(images, HsvHistogram(), 12)
    assert len(pairs) == len(set(pairs)) == 12
    assert all(one < two for one, two in pairs)
    assert len(hard_pairs(images, HsvHistogram(), 10_000)) == len(images) * (len(images) - 1) // 2


def test_a_run_is_taken_up_where_it_stopped(images, tmp_path):
    cases = list(Cases(images, 1, seed=1).planted(["crop", "quarter-turn"], [1, 2]))
    rows = bench.run_cases(cases[:2], tmp_path / "rows.jsonl", with_peer=2)
    assert [("peer" in row) for row in rows] == [True, False]
    before = (tmp_path / "rows.jsonl").read_text()
    rows = bench.run_cases(cases, tmp_path / "rows.jsonl")
    assert len(rows) == 4
    assert (tmp_path / "rows.jsonl").read_text().startswith(before)
    assert [row["kind"] for row in rows] == [case.kind for case in cases]


def test_hard_runs_keep_what_is_proved_and_go_on(folder, tmp_path):
    Image.fromarray(PHOTOS["coffee"]).resize((200, 150)).save(folder / "twin.jpg", quality=60)
    images = datasets.plain(str(folder))
    proved, count = bench.run_hard(images, HsvHistogram(), 1000, tmp_path / "hard.jsonl")
    assert count == len(images) * (len(images) - 1) // 2
    names = [set(row["names"]) for row in proved]
    assert {"coffee.jpg", "twin.jpg"} in names
    again, _ = bench.run_hard(images, HsvHistogram(), 1000, tmp_path / "hard.jsonl")
    assert again == proved
    (folder / "twin.jpg").unlink()


def test_what_people_said_of_proved_pairs_stands_beside_them(tmp_path):
    (tmp_path / "list.csv").write_text("a,b,truth,reason\nx.jpg,y.jpg,copy,a crop\n")
    rows = [{"names": ["y.jpg", "x.jpg"]}, {"names": ["x.jpg", "z.jpg"]}]
    found = bench.reviewed(rows, tmp_path / "list.csv")
    assert [(one["truth"], one["reason"]) for one in found] == [("copy", "a crop"), (None, None)]
    assert [one["truth"] for one in bench.reviewed(rows, None)] == [None, None]
    with pytest.raises(KnownError):
        bench.reviewed(rows, tmp_path / "absent.csv")


def row(kind, truth, proved, **more):
    return {"kind": kind, "truth": truth, "proved": proved, "strength": 1, **more}


def test_the_summary_counts_by_kind():
    rows = [
        row("crop", "copy", "copy", corner_error=0.001, right=True, peer=True),
        row("crop", "copy", "scene", corner_error=0.001, right=False),
        row("blur", "copy", "copy", corner_error=0.3, right=False),
        row("page", "none", None, peer=True),
        row("page", "none", "copy", peer=False),
    ]
    found = bench.summarise(rows)
    assert found.kinds["crop"] == {
        "pairs": 2, "proved": 0.5, "other_proof": 0.5, "placed": 1.0, "labelled": 1.0, "peer": 1.0
    }  # fmt: skip
    assert found.wrong == {"page": (1, 2)}
    assert found.peer_wrong == (1, 2)
    assert (found.label_mean, found.label_worst, found.proved_mean) == (0.5, 0.0, 0.75)
    assert "| crop " in bench.table(found)
    json.dumps(found.to_json())


def verdict(*relations, degrees=0.0):
    labels = tuple(Label(relation) for relation in relations)
    nothing = np.empty((0, 2), np.float32)
    from cbir_desktop.core.types import Matches

    matches = Matches(nothing, nothing, np.empty(0, np.bool_), np.eye(3))
    return Verification(labels, "copy", 1.0, 1.0, matches, np.empty(0, np.float32), rotation_degrees=degrees)


def test_every_edit_has_its_name_and_wrong_ones_count_as_wrong():
    assert EXPECTED.keys() == EDITS.keys()
    assert is_right(verdict(Relation.CROPPED, Relation.RE_ENCODED), "crop", 1, np.eye(3))
    assert not is_right(verdict(Relation.CROPPED, Relation.MIRRORED), "crop", 1, np.eye(3))
    assert not is_right(verdict(Relation.RE_ENCODED), "crop", 1, np.eye(3))
    assert not is_right(verdict(Relation.MIRRORED), "mirror", 2, np.eye(3))  # it was cropped as well
    turned = np.array([[0.0, -1, 9], [1, 0, 0], [0, 0, 1]])  # a quarter clockwise
    assert is_right(verdict(Relation.ROTATED, degrees=-90), "quarter-turn", 1, turned)
    assert not is_right(verdict(Relation.ROTATED, degrees=90), "quarter-turn", 1, turned)


def test_corner_errors():
    shifted = np.array([[1.0, 0, 3], [0, 1, 4], [0, 0, 1]])
    assert bench.corner_error(shifted, np.eye(3), (100, 50)) == pytest.approx(5)
    assert bench.corner_error(None, np.eye(3), (100, 50)) == float("inf")


def test_opencv_s_defaults_match_a_crop():
    image = PHOTOS["coffee"]
    matrix, inliers = opencv_defaults.homography(image, np.ascontiguousarray(image[30:, 50:]))
    assert inliers >= 10
    np.testing.assert_allclose(matrix[:2, 2] / matrix[2, 2], [-50, -30], atol=1)
    assert opencv_defaults.proves(image, np.ascontiguousarray(image[30:, 50:]))
    assert not opencv_defaults.proves(image, np.full((90, 90, 3), 9, np.uint8))


def test_affine_sequences_come_from_a_folder_or_a_tar_file(tmp_path):
    root = tmp_path / "affine" / "wall"
    root.mkdir(parents=True)
    for number in range(1, 7):
        Image.fromarray(PHOTOS["coffee"][:, 10 * (number - 1) :]).save(root / f"img{number}.png")
        (root / f"H1to{number}p").write_text(f"1 0 {-10 * (number - 1)}\n0 1 0\n0 0 1\n")
    with tarfile.open(tmp_path / "affine.tar", "w") as archive:
        archive.add(root, "wall")
    for path in (root.parent, tmp_path / "affine.tar"):
        sequences = AffineSequences(str(path))
        assert sequences.names == ["wall"]
        np.testing.assert_allclose(sequences.truth("wall", 3), [[1, 0, -20], [0, 1, 0], [0, 0, 1]], atol=1e-9)
    found = list(bench.affine_sequences(sequences.picture, sequences.truth, sequences.names))
    assert [pair.number for pair in found] == [2, 3, 4, 5, 6]
    assert all(pair.error < 1 and pair.peer < 5 and pair.proved for pair in found)
    with pytest.raises(KnownError, match="img9"):
        sequences.picture("wall", 9)


def test_a_facade_gives_copies_and_scenes(tmp_path):
    for name in ("mapping/1_2.png", "mapping/3_4.png", "mapping_rot/1_2_rot90.png", "mapping_scale/1_2_scale0.5.png"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(PHOTOS["coffee"]).resize((120, 80)).save(path)
    assert [(case.truth, case.kind) for case in facade(str(tmp_path))] == [
        ("scene", "facade"),
        ("copy", "rot"),
        ("copy", "scale"),
    ]


def test_a_truth_that_is_off_shows_in_the_pixels():
    image = PHOTOS["coffee"]
    picture = SiftExtractor().prepare(image, (image.shape[1], image.shape[0]))
    moved = np.roll(image, (0, 7), (0, 1))
    other = SiftExtractor().prepare(moved, (image.shape[1], image.shape[0]))
    off = bench.soundness(picture, other, np.array([[1.0, 0, 0], [0, 1, 0], [0, 0, 1]]))
    right = bench.soundness(picture, other, np.array([[1.0, 0, 7], [0, 1, 0], [0, 0, 1]]))
    assert off.off == pytest.approx(7, abs=0.5)
    assert off.after > off.before + 0.1
    assert right.off < 0.5


def test_times_are_measured(tmp_path):
    image = PHOTOS["coffee"][:200, :300]
    pairs = [(image, np.ascontiguousarray(image[10 * i :])) for i in range(3)]
    times = bench.measure_times(pairs, tmp_path, threads=1, results=4)
    assert min(times.warm, times.cold, times.results) > 0


# Fitting


def numbers(good):
    names = {name for terms in fitting.TERMS.values() for term in terms for name in term.split("*")}
    return dict.fromkeys(sorted(names), 0.9 if good else 0.1)


def test_models_fitted_to_rows_tell_them_apart(tmp_path):
    rng = np.random.default_rng(0)

    def made(truth, good):
        given = {name: value + rng.normal(0, 0.05) for name, value in numbers(good).items()}
        return {"truth": truth, "kind": "x", "strength": 1, "name": "", "keypoints": given, "direct": given}

    rows = [made("copy", True) for _ in range(40)] + [made("none", False) for _ in range(40)]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    fitting.main(["fit", str(path), "--out", str(tmp_path / "models.json")])
    document = json.loads((tmp_path / "models.json").read_text())
    models = parse_models(document)
    assert models.models["direct"].keys() == {"copy"}
    for way in ("keypoints", "direct"):
        model = models.models[way]["copy"]
        assert model.probability(numbers(True)) > 0.95
        assert model.probability(numbers(False)) < 0.05
    assert 0.9 <= document["thresholds"]["copy"] < 1
    fools = dict.fromkeys(numbers(True), 0.95)  # on the safe side of what ``may_prove`` asks: the threshold goes up
    rows.append({**rows[-1], "keypoints": fools, "direct": fools})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    fitting.main(["thresholds", str(path), "--models", str(tmp_path / "models.json")])
    raised = json.loads((tmp_path / "models.json").read_text())
    assert raised["thresholds"]["copy"] > document["thresholds"]["copy"]
    assert raised["models"] == document["models"]


def test_gathering_goes_on_where_it_stopped(folder, tmp_path):
    path = tmp_path / "rows.jsonl"
    arguments = ["gather", str(path), str(folder), "--originals", "1", "--traps", "0"]
    fitting.main(arguments)
    lines = path.read_text().splitlines()
    assert len(lines) == len(EDITS) * 3 + 9
    path.write_text("\n".join(lines[:-2]) + "\n")
    fitting.main(arguments)
    assert path.read_text().splitlines() == lines
