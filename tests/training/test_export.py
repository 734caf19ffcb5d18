"""What is exported is what was trained."""

import hashlib
import tomllib
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from cbir_desktop.core.errors import KnownError
from cbir_desktop.training import export
from cbir_desktop.training.student import Student


@pytest.fixture
def trained(recipe):
    """A student whose batch statistics are not those of a new one."""
    torch.manual_seed(1)
    student = Student(recipe.student)
    for _ in range(3):
        student(torch.rand(8, 3, 64, 64) * 2 - 1)
    return student.eval()


def test_folding_the_normalisation_changes_nothing(trained):
    x = export.smooth_noise(3, 64)
    with torch.inference_mode():
        torch.testing.assert_close(export.folded(trained)(x), trained(x), rtol=1e-4, atol=1e-5)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in export.folded(trained).modules())


def test_onnx_agrees_with_torch_for_any_batch(trained, tmp_path):
    path = tmp_path / "encoder.onnx"
    assert export.export_onnx(trained, path) <= 1e-4
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].name == "input"
    exact = export.rounded(export.folded(trained))
    for count in (1, 3, 7):
        x = export.smooth_noise(count, 64)
        got = session.run(["embedding"], {"input": x.numpy()})[0]
        with torch.inference_mode():
            np.testing.assert_allclose(got, exact(x).numpy(), atol=1e-4)
            assert (got * trained(x).numpy()).sum(1).min() > 0.9999
        np.testing.assert_allclose(np.linalg.norm(got, axis=1), 1, atol=1e-5)


def test_weights_are_stored_as_float16(trained, tmp_path):
    path = tmp_path / "encoder.onnx"
    export.export_onnx(trained, path)
    stored = {tensor.name: onnx.numpy_helper.to_array(tensor).dtype for tensor in onnx.load(path).graph.initializer}
    assert {stored["project.weight"], stored["stages.4.0.weight"]} == {np.dtype(np.float16)}
    assert stored["project.bias"] == np.float32
    onnx.checker.check_model(onnx.load(path), full_check=True)  # types agree


def test_the_shipped_int8_network_is_float_from_where_it_should_be():
    shipped = Path(__file__).parents[2] / "models" / "default"
    kept = set(export.nodes_from(shipped / "encoder.onnx", export.FLOAT_FROM))
    nodes = list(onnx.load(shipped / "encoder-int8.onnx").graph.node)
    assert sum(node.op_type == "QuantizeLinear" for node in nodes) > 30
    float_from_here: set[str] = set()
    while True:
        after = [node for node in nodes if node.name in kept or not float_from_here.isdisjoint(node.input)]
        grown = {name for node in after for name in node.output}
        if grown == float_from_here:
            break
        float_from_here = grown
    assert kept & {node.name for node in after}
    assert "QuantizeLinear" not in {node.op_type for node in after}
    for name in ("encoder.onnx", "encoder-int8.onnx"):
        onnx.checker.check_model(onnx.load(shipped / name), full_check=True)


def test_what_int8_leaves_alone_begins_at_a_weight_and_goes_to_the_end(trained, tmp_path):
    path = tmp_path / "encoder.onnx"
    export.export_onnx(trained, path)
    nodes = [node for node in onnx.load(path).graph.node if node.op_type != "Cast"]
    kept = export.nodes_from(path, "stages.4.0.weight")
    assert kept == [node.name for node in nodes[-len(kept) :]]
    assert nodes[-len(kept)].op_type == "Conv"
    assert "Conv" not in {node.op_type for node in nodes[1 - len(kept) :]}
    assert export.nodes_from(path, "no such weight") == []


def test_the_manifest_names_the_file_that_was_written_and_keeps_other_models(recipe, trained, tmp_path):
    export.export_onnx(trained, tmp_path / "default" / "encoder.onnx")
    blob = (tmp_path / "default" / "encoder.onnx").read_bytes()
    export.write_manifest(tmp_path, "other", {"file": "x"})
    export.write_manifest(tmp_path, "default", export.manifest_row(recipe, blob, "default/encoder.onnx", "0"))
    table = tomllib.loads((tmp_path / "manifest.toml").read_text())
    assert table["schema"] == 1
    assert table["other"] == {"file": "x"}
    assert table["default"]["sha256"] == hashlib.sha256(blob).hexdigest()
    assert table["default"]["input_size"] == 64


def test_weights_of_another_network_are_refused(recipe, tmp_path):
    torch.save({"student": {"x": torch.zeros(1)}}, tmp_path / "w.pt")
    with pytest.raises(KnownError, match="no weights"):
        export.load_student(recipe, tmp_path / "w.pt")
