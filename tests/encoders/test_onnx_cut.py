import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.adding import Wishes, add_model
from cbir_desktop.encoders.models import create_encoder
from cbir_desktop.encoders.onnx_cut import cut_at, inner_tensors


def run(data, pixels):
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    assert len(session.get_outputs()) == 1
    return session.run(None, {session.get_inputs()[0].name: pixels})[0]


def test_an_inner_tensor_becomes_the_output_and_what_lies_behind_it_goes(make_model):
    data = make_model().read_bytes()
    assert inner_tensors(data) == ["chw", "convolved", "maps", "features", "embedding"]
    pixels = np.random.default_rng(0).standard_normal((1, 3, 32, 32)).astype(np.float32)
    whole = onnx.load_from_string(data)
    whole.graph.output.append(onnx.ValueInfoProto(name="convolved"))
    session = onnxruntime.InferenceSession(whole.SerializeToString(), providers=["CPUExecutionProvider"])
    cut = cut_at(data, "convolved")
    np.testing.assert_array_equal(run(cut, pixels), session.run(["convolved"], {"pixels": pixels})[0])
    left = onnx.load_from_string(cut)
    assert [node.op_type for node in left.graph.node] == ["Transpose", "Conv"]
    assert [weights.name for weights in onnx.load_from_string(cut_at(data, "chw")).graph.initializer] == []


def test_a_tensor_that_only_a_branch_reads_is_kept():
    scalar = [helper.make_tensor_value_info("out", TensorProto.FLOAT, None)]
    kept = helper.make_graph([helper.make_node("Add", ["twice", "two"], ["out"])], "then", [], scalar)
    handed = helper.make_graph([helper.make_node("Identity", ["x"], ["out"])], "else", [], scalar)
    nodes = [
        helper.make_node("Add", ["x", "x"], ["twice"]),
        helper.make_node("ReduceMax", ["x"], ["most"], keepdims=0),
        helper.make_node("Greater", ["most", "two"], ["many"]),
        helper.make_node("If", ["many"], ["chosen"], then_branch=kept, else_branch=handed),
        helper.make_node("Neg", ["chosen"], ["y"]),
    ]
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 2]) for name in ("x", "y")]
    weights = [numpy_helper.from_array(np.float32(2), "two"), numpy_helper.from_array(np.float32(9), "unused")]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    cut = cut_at(model.SerializeToString(), "chosen")
    assert [node.op_type for node in onnx.load_from_string(cut).graph.node] == ["Add", "ReduceMax", "Greater", "If"]
    assert [tensor.name for tensor in onnx.load_from_string(cut).graph.initializer] == ["two"]
    session = onnxruntime.InferenceSession(cut, providers=["CPUExecutionProvider"])
    assert session.run(None, {"x": np.array([[1, 3]], np.float32)})[0].tolist() == [[4, 8]]
    assert session.run(None, {"x": np.array([[1, 2]], np.float32)})[0].tolist() == [[1, 2]]


def test_a_model_is_added_by_an_inner_tensor(make_model, tmp_path, images):
    entry = add_model(make_model(), tmp_path / "models", Wishes(output="convolved"), "inner")
    assert (entry.spec.output, entry.spec.pool, entry.dim) == ("convolved", "avg", 16)
    inner = create_encoder("inner+max", tmp_path / "models").encode(images)
    assert inner.min() < 0  # before the ReLU
    add_model(make_model(), tmp_path / "models", Wishes(output="features"), "outer")
    assert create_encoder("outer+max", tmp_path / "models").encode(images).min() >= 0


def test_a_tensor_that_is_not_there_is_named_with_others_that_are(make_model):
    with pytest.raises(KnownError, match="convolved") as caught:
        cut_at(make_model().read_bytes(), "convolve")
    assert caught.value.kind == "unsupported-network"
