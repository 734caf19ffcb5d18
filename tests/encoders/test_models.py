import hashlib

import numpy as np
import pytest

from cbir_desktop.core import resources
from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.classic import HsvHistogram
from cbir_desktop.encoders.models import create_encoder, embedded, from_toml, manifest

ENTRY = """
file = "{file}"
sha256 = "{sha256}"
dim = 16
input_size = 32
layout = "NCHW"
mean = [123.675, 116, 103.5]
std = [58.4, 57, 57.4]
resize = "squash"
preprocessing_version = 1
output = "embedding"
pool = "none"
licence = "MIT"
data = "noise"
version = "0"
"""


@pytest.fixture
def entry(make_model, tmp_path):
    (tmp_path / "models").mkdir()
    path = make_model("models/tiny.onnx")
    return ENTRY.format(file="tiny.onnx", sha256=hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.fixture
def installed(entry, tmp_path, monkeypatch):
    """An installation in ``tmp_path`` with one model."""
    (tmp_path / "models" / "manifest.toml").write_text(f"schema = 1\n[default]{entry}")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "cbir_desktop")
    return tmp_path / "models"


def test_the_manifest_says_what_is_embedded(installed):
    entries = manifest()
    assert list(entries) == ["default"]
    assert entries["default"].path == installed / "tiny.onnx"
    assert entries["default"].licence == "MIT"
    assert entries["default"].spec.mean == (123.675, 116, 103.5)


def test_the_embedded_encoder_encodes(installed, images):
    encoder = create_encoder("default")
    assert encoder.encode(images).shape == (4, 16)
    assert encoder.key == embedded(threads=2).key


def test_a_description_elsewhere_is_an_encoder(entry, tmp_path, images, monkeypatch):
    description = tmp_path / "mine.toml"
    description.write_text(entry.replace('"tiny.onnx"', '"models/tiny.onnx"'))
    monkeypatch.chdir("/")
    encoder = create_encoder(str(description))
    np.testing.assert_array_equal(encoder.encode(images), from_toml(description).encode(images))


def test_names_of_the_registry_win():
    assert isinstance(create_encoder("hsv"), HsvHistogram)
    with pytest.raises(KnownError, match=r"known: .*default, .*hsv, .*pdq, phash"):
        create_encoder("nothing")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("dim = 16", "dim = 17", "wrong-model"),
        ('sha256 = "', 'sha256 = "0', "wrong-model"),
        ('"tiny.onnx"', '"absent.onnx"', "missing-model"),
        ('resize = "squash"', 'resize = "stretch"', "bad-model-description"),
        ("input_size = 32", "", "bad-model-description"),
        ("input_size = 32", 'input_size = "32"', "bad-model-description"),
        ("mean = [123.675, 116, 103.5]", "mean = [1, 2]", "bad-model-description"),
        ("std = [58.4, 57, 57.4]", "std = [0, 1, 1]", "bad-model-description"),
        ("dim = 16", "dimension = 16", "bad-model-description"),
        ("dim = 16", "dim = ", "bad-model-description"),
    ],
)
def test_a_wrong_manifest_is_a_known_error(installed, old, new, kind):
    path = installed / "manifest.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(KnownError) as caught:
        embedded()
    assert caught.value.kind == kind


def test_a_missing_or_newer_manifest_is_a_known_error(installed):
    with pytest.raises(KnownError, match="known: default"):
        embedded("other")
    (installed / "manifest.toml").write_text("schema = 2\n")
    with pytest.raises(KnownError, match="schema"):
        manifest()
    (installed / "manifest.toml").unlink()
    with pytest.raises(KnownError) as caught:
        manifest()
    assert caught.value.kind == "missing-model"
