"""A made world in which training takes seconds: noise photos in a shard, a teacher of six convolutions."""

import csv
import io
import tarfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs the [train] extra")
onnx = pytest.importorskip("onnx", reason="training needs the [train] extra")

from PIL import Image as PilImage  # noqa: E402

from cbir_desktop.training.recipe import Recipe, parse_recipe  # noqa: E402

torch.set_num_threads(1)  # two test workers of two threads each wait for one another more than they work

RECIPE = {
    "seed": 3,
    "data": {"picture_size": 48, "validation": 0.25},
    "student": {
        "input_size": 64,
        "stem": 4,
        "dim": 16,
        "stages": [
            {"hidden": 4, "width": 4, "blocks": 0},
            {"hidden": 4, "width": 4, "blocks": 1},
            {"hidden": 8, "width": 4, "blocks": 1, "depthwise": 3},
            {"hidden": 4, "width": 4, "blocks": 0, "first": 8},
        ],
    },
    "teachers": {"inner": "made_a", "pooled": ["made_a", "made_b"], "weights": [1.0, 1.0], "size": 32},
    "phases": [
        {"name": "apart", "kind": "apart", "crops": 24, "sizes": [32], "rate": 1e-3, "batch": 8},
        {"name": "together", "kind": "together", "crops": 16, "sizes": [32, 64], "rate": 1e-3, "batch": 8},
        {
            "name": "pooled",
            "kind": "pooled",
            "crops": 24,
            "sizes": [32],
            "rate": 1e-3,
            "batch": 8,
            "rounds": 2,
            "mixup": 0.5,
            "edits": 0.5,
            "hard": 0.25,
            "hard_rounds": 2,
            "features": 0.5,
            "maps": 0.5,
            "relations": 1.0,
            "copies": 0.1,
            "spread": 0.1,
            "outliers": 0.1,
        },
    ],
}


@pytest.fixture
def recipe() -> Recipe:
    return parse_recipe(RECIPE)


@pytest.fixture(scope="session")
def made_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``train/`` with 60 photos of six classes, some in other splits, and ``teachers/``."""
    data = tmp_path_factory.mktemp("data")
    (data / "train").mkdir()
    (data / "teachers").mkdir()
    rng = np.random.default_rng(0)
    splits = ["train"] * 52 + ["test"] * 4 + ["withheld"] * 4
    with (data / "train" / "labels.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["file", "source", "class", "width", "height", "split"])
        with tarfile.open(data / "train" / "photos-0.tar", "w") as shard:
            for i, split in enumerate(splits):
                label = f"class{i % 4}" if i % 5 else ""
                table.writerow([f"p{i:02d}.png", "made/set", label, 60, 40, split])
                _add_picture(shard, f"p{i:02d}.png", rng, i % 4)
    for number, name in enumerate(("made_a", "made_b")):
        onnx.save(_teacher(number), data / "teachers" / f"{name}.onnx")
    return data


def _add_picture(shard: tarfile.TarFile, name: str, rng: np.random.Generator, kind: int) -> None:
    coarse = rng.integers(0, 256, (4, 6, 3), np.uint8)
    coarse[..., kind % 3] //= 4
    stream = io.BytesIO()
    PilImage.fromarray(coarse).resize((60, 40)).save(stream, "PNG")
    info = tarfile.TarInfo(name)
    info.size = len(stream.getvalue())
    shard.addfile(info, io.BytesIO(stream.getvalue()))


def _teacher(seed: int) -> "onnx.ModelProto":
    rng = np.random.default_rng(seed)
    widths = [3, 8, 24, 32, 96, 320, 1280]
    nodes, weights, last = [], [], "input"
    for i, (inputs, outputs) in enumerate(pairwise(widths)):
        size, stride = (2, 2) if i < 5 else (1, 1)
        weight = rng.normal(0, (inputs * size * size) ** -0.5, (outputs, inputs, size, size)).astype(np.float32)
        weights.append(onnx.numpy_helper.from_array(weight, f"w{i}"))
        nodes.append(onnx.helper.make_node("Conv", [last, f"w{i}"], [f"c{i}"], strides=[stride, stride]))
        last = f"c{i}"
        if i in (0, 5):
            nodes.append(onnx.helper.make_node("Clip", [last, "low", "high"], [f"r{i}"]))
            last = f"r{i}"
    weights += [onnx.numpy_helper.from_array(np.array(value, np.float32), name) for name, value in _CLIP]
    nodes.append(onnx.helper.make_node("GlobalAveragePool", [last], ["pooled"]))
    nodes.append(onnx.helper.make_node("Identity", [last], ["features"]))
    kind = onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes,
        "teacher",
        [onnx.helper.make_tensor_value_info("input", kind, ["n", 3, "h", "w"])],
        [
            onnx.helper.make_tensor_value_info("features", kind, ["n", 1280, "y", "x"]),
            onnx.helper.make_tensor_value_info("pooled", kind, ["n", 1280, 1, 1]),
        ],
        weights,
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)


_CLIP = (("low", 0.0), ("high", 6.0))


@pytest.fixture
def hidden():
    """Six classes that differ in two dimensions out of twelve, the others loud: (vectors, labels)."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(6), 20)
    turn = labels * np.pi / 3
    told = 0.5 * np.stack([np.cos(turn), np.sin(turn)], 1) + 0.05 * random.standard_normal((120, 2))
    vectors = np.concatenate([told, random.standard_normal((120, 10)) * 0.5], 1)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return torch.from_numpy(vectors.astype(np.float32)), labels
