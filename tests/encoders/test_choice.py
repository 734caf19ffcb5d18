import os

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.models import resolve


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("hsv", Choice("hsv")),
        ("resnet50+rmac", Choice("resnet50", "rmac")),
        ("default@int8", Choice("default", None, "int8")),
        ("a+gem@float32", Choice("a", "gem", "float32")),
        ("a+b", Choice("a+b")),  # no pooling of that name
        ("/x@y/c++.toml+max", Choice("/x@y/c++.toml", "max")),
    ],
)
def test_a_choice_is_its_text(text, choice):
    assert Choice.parse(text) == choice
    assert str(choice) == text


def test_an_empty_name_is_refused():
    with pytest.raises(KnownError):
        Choice.parse("")


def test_a_choice_has_one_form(make_model, tmp_path, monkeypatch):
    make_model()
    (tmp_path / "d.toml").write_text('file = "tiny.onnx"\ninput_size = 32\noutput = "features"\npool = "gem"\n')
    monkeypatch.chdir(tmp_path)
    absolute = os.path.join(os.getcwd(), "d.toml")
    assert resolve("d.toml+gem") == Choice(absolute)  # its own pooling, and a path that holds elsewhere
    assert resolve("d.toml+rmac") == Choice(absolute, "rmac")
    for text, kind in (("d.toml@int8", "no-such-precision"), ("e.toml", "missing-model"), ("e", "unknown-name")):
        with pytest.raises(KnownError) as caught:
            resolve(text)
        assert caught.value.kind == kind
