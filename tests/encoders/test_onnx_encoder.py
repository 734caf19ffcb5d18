import hashlib
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError, MissingPluginError
from cbir_desktop.encoders.onnx import OnnxEncoder, default_providers, load_onnxruntime
from cbir_desktop.encoders.pooling import unit_rows
from cbir_desktop.encoders.preprocessing import ModelSpec, prepare

SPEC = ModelSpec(32, mean=(120, 115, 100), std=(58, 57, 56), output="embedding")


def test_vectors_are_those_of_the_network(make_model, images):
    path = make_model()
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    raw = np.concatenate([session.run(["embedding"], {"pixels": prepare(image, SPEC)})[0] for image in images])
    encoder = OnnxEncoder(path, SPEC)
    np.testing.assert_allclose(encoder.encode(images), unit_rows(raw), atol=1e-6)
    assert encoder.dim == 16
    assert encoder.encode([]).shape == (0, 16)


def test_two_sessions_and_any_company_give_the_same_bits(make_model, images):
    path = make_model()
    one, two = OnnxEncoder(path, SPEC), OnnxEncoder(path, SPEC)
    together = one.encode(images)
    np.testing.assert_array_equal(together, two.encode(images))
    for image, row in zip(images, together, strict=True):
        np.testing.assert_array_equal(two.encode([image])[0], row)


def test_threads_share_one_session(make_model, images):
    encoder = OnnxEncoder(make_model(), SPEC)
    expected = encoder.encode(images)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: encoder.encode(images), range(40)):
            np.testing.assert_array_equal(vectors, expected)


@pytest.mark.parametrize("pool", ["avg", "max"])
@pytest.mark.parametrize("layout", ["NCHW", "NHWC"])
def test_feature_maps_are_pooled_in_both_layouts(make_model, images, pool, layout):
    encoder = OnnxEncoder(make_model(layout=layout), ModelSpec(32, layout=layout, pool=pool))
    reference = OnnxEncoder(make_model("reference.onnx"), ModelSpec(32, pool=pool))
    np.testing.assert_allclose(encoder.encode(images), reference.encode(images), atol=1e-6)
    if pool == "avg":
        embedding = OnnxEncoder(make_model(layout=layout), ModelSpec(32, layout=layout, output="embedding"))
        np.testing.assert_allclose(encoder.encode(images), embedding.encode(images), atol=1e-6)


def test_networks_that_differ_in_their_pooling_only_are_one_network(make_model, images):
    path = make_model()
    pools = {pool: OnnxEncoder(path, ModelSpec(32, pool=pool)) for pool in ("avg", "max", "rmac")}
    assert len({encoder.network for encoder in pools.values()}) == 1
    assert len({encoder.key for encoder in pools.values()}) == 3
    other = OnnxEncoder(path, ModelSpec(32, pool="avg", mean=(1, 2, 3)))
    assert other.network != pools["avg"].network
    output = pools["avg"].output_of(images[0])
    for encoder in pools.values():
        np.testing.assert_array_equal(encoder.pooled(output), encoder.encode(images[:1]))


CHANGES = {
    "mean": (1, 2, 3),
    "std": (1, 2, 3),
    "resize": "crop",
    "preprocessing_version": 2,
    "output": None,
}


def test_the_key_changes_with_the_file_and_with_everything_in_the_spec(make_model):
    path = make_model()
    key = OnnxEncoder(path, SPEC).key
    assert key == OnnxEncoder(path, SPEC).key
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert key == OnnxEncoder(path, replace(SPEC, sha256=digest)).key
    assert key.startswith(f"{digest[:16]}-p1-none-")
    pooled = {"output": "features", "pool": "avg"}
    keys = {
        OnnxEncoder(path, replace(SPEC, **({name: value} | (pooled if name == "output" else {})))).key
        for name, value in CHANGES.items()
    }
    keys.add(OnnxEncoder(path, replace(SPEC, output="features", pool="max")).key)
    keys.add(OnnxEncoder(make_model("other.onnx", seed=1), SPEC).key)
    assert len(keys | {key}) == len(CHANGES) + 3


def refusal(path, spec=SPEC):
    with pytest.raises(KnownError) as caught:
        OnnxEncoder(path, spec)
    return caught.value.kind


def test_models_that_cannot_serve_are_known_errors(make_model, tmp_path):
    path = make_model()
    assert refusal(tmp_path / "absent.onnx") == "missing-model"
    assert refusal(path, replace(SPEC, sha256="0" * 64)) == "wrong-model"
    assert refusal(path, replace(SPEC, output="nothing")) == "damaged-model"
    assert refusal(path, replace(SPEC, output="features")) == "damaged-model"  # not pooled
    assert refusal(path, replace(SPEC, input_size=64)) == "damaged-model"
    data = path.read_bytes()
    for damaged in (b"", b"not a model", data[: len(data) // 2], data[:-7]):
        path.write_bytes(damaged)
        assert refusal(path) == "damaged-model"


def test_a_picture_without_direction_gets_the_first_unit_vector(make_model):
    encoder = OnnxEncoder(make_model(), ModelSpec(32, output="embedding"))
    black = encoder.encode([np.zeros((20, 20, 3), np.uint8)])
    assert black[0].tolist() == [1] + [0] * 15


def test_a_provider_that_does_not_work_gives_way_to_the_cpu_in_silence(make_model, capfd, images):
    path = make_model()
    encoder = OnnxEncoder(path, SPEC, providers=["NoSuchExecutionProvider", "CPUExecutionProvider"])
    assert encoder.providers == ["CPUExecutionProvider"]
    np.testing.assert_array_equal(encoder.encode(images), OnnxEncoder(path, SPEC, threads=1).encode(images))
    assert "CPUExecutionProvider" in default_providers(load_onnxruntime())
    assert capfd.readouterr() == ("", "")


def test_without_onnxruntime_the_error_names_the_extras():
    # A process of its own: this one has imported it.
    code = """
import sys
sys.modules["onnxruntime"] = None
from cbir_desktop.core.errors import MissingPluginError
from cbir_desktop.encoders.onnx import OnnxEncoder
from cbir_desktop.encoders.preprocessing import ModelSpec
try:
    OnnxEncoder("any.onnx", ModelSpec(32))
except MissingPluginError as error:
    sys.stdout.write(str(error))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "[cpu]" in said
    assert "[gpu]" in said
    assert issubclass(MissingPluginError, KnownError)
