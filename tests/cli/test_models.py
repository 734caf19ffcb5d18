import io

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from cbir_desktop.core import registry, resources
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.encoders.whitening import PcaWhitening
from cbir_desktop.images.decode import decode, read_file


@pytest.fixture(autouse=True)
def installation(tmp_path, monkeypatch):
    """One without an embedded network: the user's own must do."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "manifest.toml").write_text("schema = 1\n")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "cbir_desktop")


@pytest.fixture
def network(tmp_path):
    """A convolution whose output is a map."""
    weights = np.random.default_rng(0).standard_normal((16, 3, 5, 5)).astype(np.float32)
    nodes = [
        helper.make_node("Conv", ["pixels", "w"], ["a"], strides=[4, 4]),
        helper.make_node("Relu", ["a"], ["map"]),
    ]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 64, 64])
    out = helper.make_tensor_value_info("map", TensorProto.FLOAT, ["n", 16, 15, 15])
    graph = helper.make_graph(nodes, "g", [pixels], [out], [numpy_helper.from_array(weights, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = tmp_path / "My-Net.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def test_an_added_network_is_an_encoder_everywhere(cbir, cbir_json, network, library, tmp_path, write_photos):
    code, (document,) = cbir_json("models", "add", network, "--library", library, "--name", "mine", "--mean", "127")
    assert code == 0
    assert (document["dim"], document["input_size"], document["layout"], document["pool"]) == (16, 64, "NCHW", "avg")
    assert document["mean"] == [127, 127, 127]
    assert document["std"] == [58.395, 57.12, 57.375]
    network.unlink()  # it was copied
    code, (listed,) = cbir_json("models", "list", "--library", library)
    names = [row["name"] for row in listed["models"]]
    assert names == [*registry.encoders.names(), "mine"]
    photos = write_photos(tmp_path / "photos", 6)
    assert cbir("index", photos, "--library", library, "--encoder", "mine", "--pool", "rmac")[0] == 0
    code, (answer,) = cbir_json("search", photos / "0001.jpg", "--library", library)
    assert (code, len(answer["results"])) == (0, 5)
    _, (status,) = cbir_json("status", "--library", library)
    assert (status["encoder"], status["next_encoder"]) == ("mine+rmac", None)
    code, (measured,) = cbir_json(
        "evaluate",
        "planted",
        photos,
        "--originals",
        2,
        "--kinds",
        "blur",
        "--encoder",
        "mine+gem",
        "--library",
        library,
    )
    assert code == 0
    assert measured["results"]


def test_a_refused_network_leaves_nothing(cbir_json, network, library, tmp_path):
    network.write_bytes(b"not a network")
    code, (document,) = cbir_json("models", "add", network, "--library", library)
    assert (code, document["error"]["kind"]) == (2, "not-onnx")
    assert not list((library / "models").glob("*"))


def test_what_is_not_given_is_asked_on_a_terminal(cbir, network, library, monkeypatch):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr("sys.stdin", Terminal("127.5 127.5 127.5\n\npad\n"))
    code, out, err = cbir("models", "add", network, "--library", library)
    assert code == 0
    assert out.startswith("My-Net: NCHW of side 64, 16 dimensions, pooled by avg")
    assert err.count("]: ") == 3
    description = (library / "models" / "My-Net.toml").read_text()
    assert "127.5" in description
    assert "58.395" in description  # an empty answer takes the default
    assert 'resize = "pad"' in description


def test_reembed_switches_and_comes_back(cbir, cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 5)
    cbir("index", photos, "--library", library)
    code, (report,) = cbir_json("reembed", "--encoder", "phash", "--library", library)
    assert code == 0
    assert report.pop("seconds") >= 0
    assert report == {
        "schema": 1, "encoder": "phash", "encoded": 5, "present": 0, "left": [], "switched": True,
    }  # fmt: skip
    (photos / "0000.jpg").rename(tmp_path / "away.jpg")
    (tmp_path / "new.jpg").write_bytes((photos / "0001.jpg").read_bytes() + b"\0")
    (tmp_path / "new.jpg").rename(photos / "new.jpg")
    cbir("index", photos / "new.jpg", "--library", library)
    code, out, _ = cbir("reembed", "--encoder", "hsv", "--library", library)
    assert code == 0  # the photo that is away has its vector of hsv already
    assert "now searches by hsv: 1 photos encoded, 5 had its vector, 0 left out" in out
    cbir_json("index", photos, "--library", library)
    assert cbir_json("status", "--library", library)[1][0]["encoder"] == "hsv"


def test_photos_that_cannot_be_read_are_listed(cbir_json, library, tmp_path, write_photos):
    photos = write_photos(tmp_path / "photos", 3)
    cbir_json("index", photos, "--library", library)
    (photos / "0000.jpg").unlink()
    code, (report,) = cbir_json("reembed", "--encoder", "phash", "--library", library)
    assert code == 1
    assert [(problem["path"], problem["kind"]) for problem in report["left"]] == [
        (str(photos / "0000.jpg"), "vanished")
    ]


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["index", ".", "--pool", "gem"], "usage"),
        (["reembed", "--encoder", "nothing"], "unknown-name"),
        (["reembed", "--encoder", "phash", "--precision", "int8"], "no-feature-map"),
        (["models", "add", "absent.onnx"], "missing-model"),
    ],
)
def test_wrong_wishes_are_explained(cbir_json, library, tmp_path, write_photos, arguments, kind):
    cbir_json("index", write_photos(tmp_path / "photos", 1), "--library", library)
    code, (document,) = cbir_json(*arguments, "--library", library)
    assert (code, document["error"]["kind"]) == (2, kind)


def test_a_whitening_is_fitted_on_the_library_and_becomes_an_encoder(
    cbir, cbir_json, network, library, tmp_path, write_photos
):
    cbir("models", "add", network, "--library", library, "--name", "mine")
    photos = write_photos(tmp_path / "photos", 30)
    cbir("index", photos, "--library", library, "--encoder", "mine", "--pool", "spoc")
    code, (made,) = cbir_json("models", "whiten", "mine+spoc", "--dim", 8, "--name", "white", "--library", library)
    assert code == 0
    assert (made["name"], made["sample"], made["dim"]) == ("white", 30, 8)
    assert cbir("reembed", "--encoder", "white", "--library", library)[0] == 0
    _, (status,) = cbir_json("status", "--library", library)
    plain, white = status["vectors"]
    assert status["encoder"] == "white"
    assert (plain["dim"], white["dim"], white["count"]) == (16, 8, 30)
    assert white["key"].startswith(plain["key"])
    models = library / "models"
    sample = plain_vectors(library, "mine+spoc", photos)
    expected = PcaWhitening.load(models / "white.npz").apply(sample)
    np.testing.assert_allclose(plain_vectors(library, "white", photos), expected, atol=1e-6)
    np.testing.assert_allclose(expected.mean(axis=0), 0, atol=0.1)  # white: no direction is common to all
    assert np.abs(sample.mean(axis=0)).max() > 0.2
    for arguments, kind in (
        (["models", "whiten", "mine+gem"], "sample-too-small"),
        (["models", "whiten", "hsv"], "not-added"),
        (["models", "whiten", "white"], "not-added"),
        (["models", "whiten", "mine+spoc", "--name", "white"], "name-taken"),
        (["reembed", "--encoder", "white+gem"], "no-feature-map"),
    ):
        code, (refused,) = cbir_json(*arguments, "--library", library)
        assert (code, refused["error"]["kind"]) == (2, kind)
    (models / "white.npz").write_bytes(b"?")
    code, (damaged,) = cbir_json("search", photos / "0001.jpg", "--library", library)
    assert (code, damaged["error"]["kind"]) == (2, "damaged-file")


def test_a_whitening_is_fitted_on_a_sample_that_is_in_no_library(
    cbir, cbir_json, network, library, tmp_path, write_photos
):
    cbir("models", "add", network, "--library", library, "--name", "mine")
    photos = write_photos(tmp_path / "sample", 20)
    arguments = ("models", "whiten", "mine+max", "--sample", photos, "--dim", 6, "--library", library)
    code, (made,) = cbir_json(*arguments)
    assert (code, made["name"], made["sample"], made["dim"]) == (0, "mine-w6", 20, 6)
    expected = PcaWhitening(6).fit(plain_vectors(library, "mine+max", photos))
    assert create_encoder("mine-w6", library / "models").key.endswith(expected.key)


def plain_vectors(library, name, photos):
    encoder = create_encoder(name, library / "models")
    return encoder.encode([decode(read_file(str(path))).image for path in sorted(photos.iterdir())])


@pytest.mark.usefixtures("torchvision")
def test_an_exported_network_is_added(cbir_json, library):
    code, (document,) = cbir_json("models", "export", "resnet18", "--random", "--size", 64, "--library", library)
    assert code == 0
    assert document["difference"] <= 1e-4
    assert (document["name"], document["dim"], document["resize"]) == ("resnet18", 512, "crop")
    code, (refused,) = cbir_json("models", "export", "resnet18", "--random", "--library", library)
    assert (code, refused["error"]["kind"]) == (2, "name-taken")
