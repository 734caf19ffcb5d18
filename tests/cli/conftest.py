import json

import numpy as np
import pytest
from PIL import Image

from cbir_desktop.cli.main import main
from cbir_desktop.settings import Settings, save_settings


@pytest.fixture
def library(tmp_path):
    """A library folder whose encoder needs no model."""
    folder = tmp_path / "library"
    save_settings(Settings(encoder="hsv"), folder / "settings.toml")
    return folder


@pytest.fixture
def write_photos():
    def write(folder, count, start=0):
        folder.mkdir(parents=True, exist_ok=True)
        for seed in range(start, start + count):
            small = np.random.default_rng(seed).integers(0, 256, (5, 5, 3), dtype=np.uint8)
            picture = Image.fromarray(small).resize((96, 72), Image.Resampling.BICUBIC)
            picture.save(folder / f"{seed:04}.jpg", quality=90)
        return folder

    return write


@pytest.fixture
def sorted_photos(tmp_path):
    """Three classes of twelve, told apart by one colour amid noise."""
    random = np.random.default_rng(0)
    for kind in range(3):
        folder = tmp_path / "sorted" / f"kind{kind}"
        folder.mkdir(parents=True)
        for number in range(12):
            small = random.integers(0, 160, (5, 5, 3), dtype=np.uint8)
            small[1:4, 1:4, kind] = 255
            Image.fromarray(small).resize((80, 60), Image.Resampling.BICUBIC).save(folder / f"{number}.png")
    return tmp_path / "sorted"


@pytest.fixture
def cbir(capsys):
    """Runs a command in this process: (exit code, stdout, stderr)."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def cbir_json(cbir):
    """Runs a command with --json: (exit code, the documents)."""

    def run(*arguments):
        code, out, _ = cbir(*arguments, "--json")
        return code, [json.loads(line) for line in out.splitlines()]

    return run


@pytest.fixture
def make_network(tmp_path):
    """A convolution with weights by lot: outputs "features", 16 maps in the layout asked for, and "embedding"."""

    def write(layout):
        onnx = pytest.importorskip("onnx", reason="the extra [dev] is not installed")
        weights = np.random.default_rng(0).standard_normal((16, 3, 5, 5)).astype(np.float32)
        last, kind = layout == "NHWC", onnx.TensorProto.FLOAT
        make = onnx.helper.make_node
        nodes = [
            make("Transpose", ["pixels"], ["chw"], perm=[0, 3, 1, 2] if last else [0, 1, 2, 3]),
            make("Conv", ["chw", "w"], ["convolved"], strides=[4, 4]),
            make("Relu", ["convolved"], ["maps"]),
            make("Transpose", ["maps"], ["features"], perm=[0, 2, 3, 1] if last else [0, 1, 2, 3]),
            make("ReduceMean", ["maps"], ["embedding"], axes=[2, 3], keepdims=0),
        ]
        shapes = {
            "pixels": ["n", 32, 32, 3] if last else ["n", 3, 32, 32],
            "features": ["n", 7, 7, 16] if last else ["n", 16, 7, 7],
            "embedding": ["n", 16],
        }
        pixels, *out = (onnx.helper.make_tensor_value_info(name, kind, shape) for name, shape in shapes.items())
        graph = onnx.helper.make_graph(nodes, "g", [pixels], out, [onnx.numpy_helper.from_array(weights, "w")])
        opset = [onnx.helper.make_opsetid("", 17)]
        path = tmp_path / f"network-{layout}.onnx"
        path.write_bytes(onnx.helper.make_model(graph, opset_imports=opset, ir_version=9).SerializeToString())
        return path

    return write
