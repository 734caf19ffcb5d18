import hashlib
import logging

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="quantising needs the extra [train]")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from cbir_desktop.encoders.onnx import OnnxEncoder  # noqa: E402
from cbir_desktop.encoders.preprocessing import ModelSpec  # noqa: E402
from cbir_desktop.training.quantise import Quantised, cosines, quantise, store_as_half  # noqa: E402

SPEC = ModelSpec(32, (127.5,) * 3, (127.5,) * 3)


def photos(count, seed=0):
    """Smooth noise, as photos are."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        coarse = random.integers(0, 256, (5, 5, 3)).astype(np.uint8)
        yield np.ascontiguousarray(coarse.repeat(12, axis=0).repeat(12, axis=1))


@pytest.fixture
def network(tmp_path):
    """Two convolutions and a mean."""
    random = np.random.default_rng(0)
    weights = [
        numpy_helper.from_array((random.standard_normal(shape) * scale).astype(np.float32), name)
        for name, shape, scale in (("w1", (16, 3, 3, 3), 0.2), ("w2", (32, 16, 3, 3), 0.1))
    ]
    nodes = [
        helper.make_node("Conv", ["pixels", "w1"], ["a"], strides=[2, 2]),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Conv", ["b", "w2"], ["c"], strides=[2, 2]),
        helper.make_node("Relu", ["c"], ["d"]),
        helper.make_node("ReduceMean", ["d"], ["embedding"], axes=[2, 3], keepdims=0),
    ]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["n", 3, 32, 32])
    out = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 32])
    graph = helper.make_graph(nodes, "tiny", [pixels], [out], weights)
    path = tmp_path / "float32.onnx"
    path.write_bytes(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9).SerializeToString()
    )
    return path


def test_the_int8_variant_is_nearly_the_float32_one(network, tmp_path):
    result = quantise(network, SPEC, tmp_path / "int8.onnx", photos(40), photos(20, seed=1))
    assert result.is_faithful
    assert result.cosines.shape == (20,)
    assert not (result.cosines == 1).all()  # it is another network
    data = (tmp_path / "int8.onnx").read_bytes()
    assert (result.sha256, result.size_bytes) == (hashlib.sha256(data).hexdigest(), len(data))
    model = onnx.load_model_from_string(data)
    assert {"QuantizeLinear", "DequantizeLinear"} <= {node.op_type for node in model.graph.node}
    (first,) = [tensor for tensor in model.graph.initializer if tensor.name.startswith("w1") and "scale" in tensor.name]
    assert list(first.dims) == [16]  # a scale a channel
    encoder = OnnxEncoder(tmp_path / "int8.onnx", SPEC)
    assert encoder.key != OnnxEncoder(network, SPEC).key
    assert encoder.encode(list(photos(3))).shape == (3, 32)  # the batch stayed dynamic, or one by one


def test_nodes_that_are_kept_stay_float(network, tmp_path):
    model = onnx.load(network)
    for number, node in enumerate(model.graph.node):
        node.name = f"n{number}"
    onnx.save(model, network)
    cosine = {}
    for kept in ((), ("n2",)):
        result = quantise(network, SPEC, tmp_path / "int8.onnx", photos(40), photos(20, seed=1), kept)
        cosine[kept] = result.median
        fed = {name for node in onnx.load(tmp_path / "int8.onnx").graph.node for name in node.input}
        assert ("w2" in {name.removesuffix(":float32") for name in fed}) == bool(kept)
    assert cosine[("n2",)] > cosine[()]


def test_large_weights_are_stored_as_float16_and_small_ones_as_they_are(network, tmp_path):
    before = OnnxEncoder(network, SPEC).encode(list(photos(3)))
    store_as_half(network)
    stored = {tensor.name: tensor.data_type for tensor in onnx.load(network).graph.initializer}
    assert stored == {"w1": TensorProto.FLOAT, "w2": TensorProto.FLOAT16}
    after = OnnxEncoder(network, SPEC).encode(list(photos(3)))
    assert (before * after).sum(1).min() > 0.9999
    assert (before != after).any()


def test_a_bad_calibration_is_said(network, tmp_path, caplog):
    black = [np.full((32, 32, 3), 127, np.uint8)]  # no activation is ever far from zero
    with caplog.at_level(logging.WARNING):
        result = quantise(network, SPEC, tmp_path / "int8.onnx", black, photos(10))
    assert not result.is_faithful
    assert "in the median" in caplog.text


def test_the_median_decides():
    assert Quantised("", 0, np.array([0.5, 0.995, 0.999], np.float32)).is_faithful
    assert not Quantised("", 0, np.array([0.5, 0.98, 0.999], np.float32)).is_faithful


def test_nothing_to_compare_on_is_an_error(network):
    with pytest.raises(ValueError):
        cosines(network, network, SPEC, [])
