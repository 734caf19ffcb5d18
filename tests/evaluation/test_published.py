import gzip
import pickle

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.registry import encoders
from cbir_desktop.evaluation import metrics
from cbir_desktop.evaluation.arrays import cifar10, mnist, read_idx
from cbir_desktop.evaluation.embed import decoder
from cbir_desktop.evaluation.published import copydays, holidays, oxford, revisited
from cbir_desktop.evaluation.retrieval import judged, measure_retrieval

from .conftest import jpeg, write_folder


def names(dataset, rows):
    return [dataset.images.names[row] for row in rows]


@pytest.fixture
def oxford_set(tmp_path):
    pictures = {f"images/{name}.jpg": jpeg(i) for i, name in enumerate(["a_1", "a_2", "a_3", "b_1", "b_2"])}
    truth = {
        "gt/a_1_query.txt": b"oxc1_a_1 4.5 2.0 40.0 30.5\n",
        "gt/a_1_good.txt": b"a_1\na_2\n",
        "gt/a_1_ok.txt": b"a_3\n",
        "gt/a_1_junk.txt": b"b_2\n",
    }
    root = write_folder(tmp_path / "oxford", pictures | truth)
    return str(root / "images"), str(root / "gt")


def test_oxford_as_published(oxford_set):
    found = oxford(*oxford_set)
    (truth,) = found.truths
    assert names(found, [truth.row]) == ["a_1.jpg"]
    assert names(found, truth.positives) == ["a_1.jpg", "a_2.jpg", "a_3.jpg"]
    assert names(found, truth.junk) == ["b_2.jpg"]
    assert truth.box == (4.5, 2.0, 40.0, 30.5)
    assert found.form == "trapezoid"
    scores = np.array([0.9, 0.8, 0.1, 0.7, 0.95])  # a_1, a_2, a_3, b_1, b_2
    relevant = judged(found, truth, scores)
    assert relevant.tolist() == [True, True, False, True]  # junk is gone
    assert metrics.average_precision_trapezoid(relevant) == pytest.approx(2 / 3 + (2 / 3 + 3 / 4) / 2 / 3)


def test_oxford_with_a_truth_that_does_not_fit(oxford_set, tmp_path):
    images, truth = oxford_set
    (tmp_path / "oxford/gt/a_1_ok.txt").write_text("all_souls_000000\n")
    with pytest.raises(KnownError, match="all_souls_000000"):
        oxford(images, truth)
    (tmp_path / "oxford/gt/a_1_ok.txt").write_text("")
    (tmp_path / "oxford/gt/a_1_query.txt").write_text("a_1 1 2 3\n")
    with pytest.raises(KnownError, match="box"):
        oxford(images, truth)
    with pytest.raises(KnownError, match="no query"):
        oxford(images, str(tmp_path))


@pytest.fixture
def revisited_set(tmp_path):
    root = write_folder(tmp_path / "jpg", {f"{name}.jpg": jpeg(i) for i, name in enumerate(["q1", "q2", *"uvwx"])})
    gnd = [
        {"bbx": [1.0, 2.0, 30.0, 40.0], "easy": np.array([0]), "hard": np.array([2]), "junk": np.array([3])},
        {"bbx": [0.0, 0.0, 9.0, 9.0], "easy": [], "hard": [1], "junk": []},
    ]
    path = tmp_path / "gnd_roxford5k.pkl"
    path.write_bytes(pickle.dumps({"imlist": list("uvwx"), "qimlist": ["q1", "q2"], "gnd": gnd}, 2))
    return str(root), str(path)


@pytest.mark.parametrize(
    ("difficulty", "right", "neither"),
    [
        ("easy", {"q1": ["u.jpg"]}, {"q1": ["x.jpg", "w.jpg"]}),
        ("medium", {"q1": ["u.jpg", "w.jpg"], "q2": ["v.jpg"]}, {"q1": ["x.jpg"], "q2": []}),
        ("hard", {"q1": ["w.jpg"], "q2": ["v.jpg"]}, {"q1": ["x.jpg", "u.jpg"], "q2": []}),
    ],
)
def test_revisited_as_published(revisited_set, difficulty, right, neither):
    found = revisited(*revisited_set, difficulty)
    queries = {found.images.names[truth.row].removesuffix(".jpg"): truth for truth in found.truths}
    assert {name: names(found, truth.positives) for name, truth in queries.items()} == right
    assert {name: names(found, truth.junk) for name, truth in queries.items()} == neither
    assert names(found, found.database) == ["u.jpg", "v.jpg", "w.jpg", "x.jpg"]  # the queries are not in it


def test_revisited_refuses_another_pickle(revisited_set, tmp_path):
    images, _ = revisited_set
    other = tmp_path / "other.pkl"
    other.write_bytes(pickle.dumps([1, 2]))
    with pytest.raises(KnownError, match="revisited"):
        revisited(images, str(other))
    other.write_bytes(pickle.dumps({"imlist": ["gone"], "qimlist": [], "gnd": []}))
    with pytest.raises(KnownError, match="gone"):
        revisited(images, str(other))


def test_holidays(tmp_path):
    members = {f"{number}.jpg": jpeg(number) for number in (100000, 100001, 100002, 100100, 100200, 100201)}
    found = holidays(str(write_folder(tmp_path / "holidays", members)))
    assert [(names(found, [t.row]), names(found, t.positives), names(found, t.junk)) for t in found.truths] == [
        (["100000.jpg"], ["100001.jpg", "100002.jpg"], ["100000.jpg"]),
        (["100200.jpg"], ["100201.jpg"], ["100200.jpg"]),
    ]


def test_copydays(tmp_path):
    members = {
        "original/200000.jpg": jpeg(1),
        "original/200100.jpg": jpeg(2),
        "crops/50/200000.jpg": jpeg(3),
        "strong/200001.jpg": jpeg(4),
        "strong/200101.jpg": jpeg(5),
    }
    found = copydays(str(write_folder(tmp_path / "copydays", members)))
    by_query = {found.images.names[truth.row]: truth for truth in found.truths}
    assert set(by_query) == {"crops/50/200000.jpg", "strong/200001.jpg", "strong/200101.jpg"}
    assert names(found, by_query["strong/200001.jpg"].positives) == ["original/200000.jpg"]
    assert names(found, by_query["strong/200001.jpg"].junk) == ["crops/50/200000.jpg", "strong/200001.jpg"]


def test_measured_by_hand(tmp_path):
    """Group 1 is three sizes of one picture, group 2 is two pictures that have nothing in common."""
    members = {f"10000{i}.jpg": jpeg(1, (64 + 8 * i, 48)) for i in range(3)}
    members |= {"100100.jpg": jpeg(7), "100101.jpg": jpeg(8), "100102.jpg": b"broken"}
    found = holidays(str(write_folder(tmp_path / "holidays", members)))
    (result,) = measure_retrieval(found, {"hsv": encoders.create("hsv")})
    assert (result.queries, result.pictures) == (2, 6)
    assert [problem.name for problem in result.problems] == ["100102.jpg"]
    vectors = encoders.create("hsv").encode([decoder(256)(members[name]) for name in sorted(members)[:5]])
    others = np.argsort(-(vectors @ vectors[3])[[0, 1, 2, 4]], kind="stable")
    place = int(np.flatnonzero(others == 3)[0]) + 1
    second = (1 / place + 2 / 5) / 2  # the broken one is right, and last of five
    assert result.mean_average_precision == pytest.approx((1 + second) / 2)


def test_the_box_of_a_query_is_what_is_asked_for(oxford_set):
    asked = []

    class Watching:
        key, dim = "watching", 2

        def encode(self, images):
            asked.extend(image.shape for image in images)
            return np.tile(np.array([[1, 0]], np.float32), (len(images), 1))

    measure_retrieval(oxford(*oxford_set), {"watching": Watching()})
    assert asked[-1] == (28, 36, 3)  # rows 2 to 30, columns 4 to 40


def test_cifar10_as_python(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 3, 32, 32), dtype=np.uint8)
    for name in ("data_batch_1", "test_batch"):
        batch = {"data": pixels.reshape(2, -1), "labels": [3, 5], "filenames": ["a.png", "b.png"]}
        (tmp_path / name).write_bytes(pickle.dumps(batch, 2))
    classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    (tmp_path / "batches.meta").write_bytes(pickle.dumps({"label_names": classes}, 2))
    found = cifar10(str(tmp_path))
    assert found.names == ["data_batch_1/a.png", "data_batch_1/b.png", "test_batch/a.png", "test_batch/b.png"]
    assert [found.classes[label] for label in found.labels] == ["cat", "dog", "cat", "dog"]
    np.testing.assert_array_equal(decoder(256)(found.read(1)), pixels[1].transpose(1, 2, 0))


def test_cifar10_as_png(tmp_path):
    folder = write_folder(tmp_path / "cifar", {f"{name}/{i}.jpg": jpeg(i) for name in ("cat", "dog") for i in range(2)})
    assert cifar10(str(folder)).classes == ["cat", "dog"]


def test_cifar10_refuses_another_batch(tmp_path):
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps({"labels": [1]}))
    with pytest.raises(KnownError, match="no batch"):
        cifar10(str(tmp_path))


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.mark.parametrize("ending", ["", ".gz"])
def test_mnist(tmp_path, ending):
    pack = gzip.compress if ending else bytes
    digits = np.random.default_rng(0).integers(0, 256, (4, 28, 28), dtype=np.uint8)
    (tmp_path / f"t10k-images-idx3-ubyte{ending}").write_bytes(pack(idx(digits)))
    (tmp_path / f"t10k-labels-idx1-ubyte{ending}").write_bytes(pack(idx(np.array([7, 1, 7, 1], np.uint8))))
    found = mnist(str(tmp_path))
    assert found.labels.tolist() == [7, 1, 7, 1]
    np.testing.assert_array_equal(decoder(256)(found.read(2))[..., 1], digits[2])


@pytest.mark.parametrize("data", [b"", b"\0\0\x0d\x01\0\0\0\1", idx(np.zeros((2, 2), np.uint8))[:-1]])
def test_a_bad_idx_file_is_refused(tmp_path, data):
    path = tmp_path / "x-images-idx3-ubyte"
    path.write_bytes(data)
    with pytest.raises(KnownError):
        read_idx(path)
