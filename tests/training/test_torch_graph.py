import numpy as np
import onnxruntime
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
onnx = pytest.importorskip("onnx", reason="the extra [train] is not installed")

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from cbir_desktop.core.errors import KnownError  # noqa: E402
from cbir_desktop.encoders.models import manifest  # noqa: E402
from cbir_desktop.training.torch_graph import TorchGraph  # noqa: E402


def run(data, tensor, pixels):
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run([tensor], {session.get_inputs()[0].name: pixels})[0]


def noise(*shape):
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def test_the_embedded_network_is_the_same_in_torch():
    data = manifest()["default"].path.read_bytes()
    pixels = noise(3, 3, 192, 192)
    network = TorchGraph(data, "embedding")
    expected = run(data, "embedding", pixels)
    np.testing.assert_allclose(network(torch.from_numpy(pixels)).detach().numpy(), expected, atol=1e-5)
    assert {weights.dtype for weights in network.parameters()} == {torch.float32}  # though stored as float16
    np.testing.assert_allclose(run(network.onnx().SerializeToString(), "embedding", pixels), expected, atol=1e-5)


@pytest.mark.usefixtures("torchvision")
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_large"])
def test_exported_networks_are_the_same_in_torch(name, tmp_path):
    from cbir_desktop.training.architectures import Source
    from cbir_desktop.training.export_torchvision import export_model

    data = export_model(name, Source(random=True), tmp_path, size=64)[0].path.read_bytes()
    pixels = noise(2, 3, 64, 64)
    expected = run(data, "features", pixels)
    found = TorchGraph(data, "features")(torch.from_numpy(pixels)).detach().numpy()
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(expected).max())


def one_node(kind, weights=(), **attributes):
    names = ["x", *(f"w{place}" for place in range(len(weights)))]
    node = helper.make_node(kind, names, ["y"], **attributes)
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in ("x", "y")]
    kept = [numpy_helper.from_array(value, name) for value, name in zip(weights, names[1:], strict=True)]
    graph = helper.make_graph([node], "g", values[:1], values[1:], kept)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9).SerializeToString()


@pytest.mark.parametrize(
    ("kind", "weights", "attributes"),
    [
        ("Conv", [noise(4, 3, 3, 3), noise(4)], {"pads": [0, 0, 1, 1], "strides": [2, 2]}),
        ("MaxPool", [], {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [0, 1, 1, 0]}),
        ("AveragePool", [], {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("BatchNormalization", [noise(3), noise(3), noise(3), noise(3) ** 2 + 1], {}),
        ("ReduceMean", [np.array([2, 3])], {"keepdims": 0}),
        ("ReduceL2", [np.array([1])], {}),
        ("Clip", [np.float32(-0.5), np.float32(0.5)], {}),
        ("HardSigmoid", [], {"alpha": 0.25, "beta": 0.4}),
        ("Transpose", [], {"perm": [0, 2, 3, 1]}),
        ("Reshape", [np.array([0, -1])], {}),
        ("LeakyRelu", [], {}),
    ],
)
def test_operators_are_those_of_onnx(kind, weights, attributes):
    data = one_node(kind, weights, **attributes)
    pixels = noise(2, 3, 8, 8)
    found = TorchGraph(data, "y")(torch.from_numpy(pixels)).detach().numpy()
    np.testing.assert_allclose(found, run(data, "y", pixels), atol=1e-5)


def test_what_is_not_known_is_refused():
    for data in (one_node("Asin"), one_node("MaxPool", kernel_shape=[2, 2], auto_pad="SAME_UPPER")):
        with pytest.raises(KnownError) as caught:
            TorchGraph(data, "y")
        assert caught.value.kind == "untrainable"


def test_weights_can_be_changed_and_written_back_and_statistics_stay():
    data = one_node("BatchNormalization", [noise(3), noise(3), noise(3), noise(3) ** 2 + 1])
    graph = TorchGraph(data, "y")
    assert [tuple(one.shape) for one in graph.parameters()] == [(3,), (3,)]
    with torch.no_grad():
        next(graph.parameters()).mul_(2)
    pixels = noise(1, 3, 4, 4)
    written = graph.onnx().SerializeToString()
    np.testing.assert_allclose(run(written, "y", pixels), graph(torch.from_numpy(pixels)).detach(), atol=1e-5)
    assert np.abs(run(written, "y", pixels) - run(data, "y", pixels)).max() > 0.1
