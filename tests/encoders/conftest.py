import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper


def write_model(path, size=32, layout="NCHW", seed=0):
    """A convolution with random weights; outputs "features", 16 maps in ``layout``, and "embedding" (1, 16)."""
    weights = np.random.default_rng(seed).standard_normal((16, 3, 5, 5)).astype(np.float32)
    side = (size - 5) // 4 + 1
    last = layout == "NHWC"
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["chw"], perm=[0, 3, 1, 2] if last else [0, 1, 2, 3]),
        helper.make_node("Conv", ["chw", "weights"], ["convolved"], strides=[4, 4]),
        helper.make_node("Relu", ["convolved"], ["maps"]),
        helper.make_node("Transpose", ["maps"], ["features"], perm=[0, 2, 3, 1] if last else [0, 1, 2, 3]),
        helper.make_node("ReduceMean", ["maps"], ["embedding"], axes=[2, 3], keepdims=0),
    ]
    shapes = {
        "pixels": [1, size, size, 3] if last else [1, 3, size, size],
        "features": [1, side, side, 16] if last else [1, 16, side, side],
        "embedding": [1, 16],
    }
    pixels, *outputs = (helper.make_tensor_value_info(name, TensorProto.FLOAT, at) for name, at in shapes.items())
    graph = helper.make_graph(nodes, "tiny", [pixels], outputs, [numpy_helper.from_array(weights, "weights")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())
    return path


@pytest.fixture
def make_model(tmp_path):
    return lambda name="tiny.onnx", **options: write_model(tmp_path / name, **options)


@pytest.fixture
def images():
    random = np.random.default_rng(0)
    return [random.integers(0, 256, (*shape, 3), np.uint8) for shape in ((40, 60), (300, 200), (32, 32), (7, 90))]
