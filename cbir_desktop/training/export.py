"""Write a trained student as ONNX, with its row in ``models/manifest.toml``:
``python -m cbir_desktop.training.export --config recipe.toml --weights O/student.pt --models models``.

Input ``input`` float32 (n, 3, s, s): RGB of the whole picture squashed to a square, ``(x - 127.5) / 127.5``. Output
``embedding`` float32 (n, dim), unit rows; both batch and nothing else are dynamic. Batch normalisation is folded into
the convolutions, the L2 norm is part of the graph. Weights are stored as float16 and computed with as float32.
"""

import argparse
import copy
import hashlib
import logging
import tomllib
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import tomli_w
import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from cbir_desktop.core.atomic import replace_atomic, write_atomic
from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.preprocessing import ModelSpec
from cbir_desktop.training.data import decode, read_blobs, read_photos
from cbir_desktop.training.quantise import WORTH_HALVING, quantise, store_as_half
from cbir_desktop.training.recipe import Recipe, load_recipe
from cbir_desktop.training.student import Block, Ending, Student

log = logging.getLogger(__name__)

OPSET = 18
TOLERANCE = 1e-4
FLOAT_FROM = "stages.3.1."
"""From the first weight of this name on, the second block of the fourth stage, int8 leaves the network as it is: a
quarter of its multiplications, and most of the error that int8 makes. The cosine is 0.993 instead of 0.981."""

_EVERY = 48
"""One photo of so many: some 400, half of them to calibrate int8 on and half to compare it on."""


def load_student(recipe: Recipe, weights: Path) -> Student:
    """A finished student, with the weights of a bare state dict, or of a checkpoint where the recipe has no ending.
    Raises ``KnownError``."""
    try:
        state = torch.load(weights, map_location="cpu", weights_only=True)
        student = Student(recipe.student, Ending(recipe.ending.dim) if recipe.ending else None)
        student.load_state_dict(state.get("student", state))
    except (OSError, RuntimeError, AttributeError) as error:
        raise KnownError(f"{weights} holds no weights of this student: {error}", "bad-weights") from error
    student.eval()
    return student


def folded(student: Student) -> Student:
    """A copy in which every batch normalisation is part of the convolution before it."""
    student = copy.deepcopy(student).eval()
    for block in [module for module in student.modules() if isinstance(module, Block)]:
        layers: list[nn.Module] = []
        for layer in block.layers:
            if isinstance(layer, nn.BatchNorm2d):
                convolution = layers.pop()
                assert isinstance(convolution, nn.Conv2d)
                layer = fuse_conv_bn_eval(convolution, layer)
            layers.append(layer)
        block.layers = nn.Sequential(*layers)
    return student


def export_onnx(student: Student, path: Path) -> float:
    """Write ``path`` atomically; returns the largest difference to torch. Raises ``KnownError`` where that is more
    than 1e-4."""
    student = rounded(folded(student).cpu().to(memory_format=torch.contiguous_format))
    worst = 0.0

    def write(temporary: Path) -> None:
        nonlocal worst
        size = student.shape.input_size
        example = torch.zeros(2, 3, size, size)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                student,
                (example,),
                input_names=["input"],
                output_names=["embedding"],
                dynamic_shapes=({0: torch.export.Dim("n")},),
                opset_version=OPSET,
                dynamo=True,
                verbose=False,
            )
        program.save(temporary, external_data=False)
        store_as_half(temporary)
        worst = difference(student, temporary)
        if worst > TOLERANCE:
            raise KnownError(f"onnxruntime and torch differ by {worst:.2g}", "bad-export")

    replace_atomic(path, write)
    return worst


def rounded(student: Student) -> Student:
    """The same student, its weights now what the file will say of them: float16, but for small ones."""
    with torch.no_grad():
        for weights in student.parameters():
            if weights.numel() >= WORTH_HALVING:
                weights.copy_(weights.half())
    return student


def difference(student: Student, path: Path) -> float:
    """Largest absolute difference of the embeddings of onnxruntime and torch, batches of one and five."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    worst = 0.0
    for count in (1, 5):
        x = smooth_noise(count, student.shape.input_size)
        with torch.inference_mode():
            wanted = student(x).numpy()
        got = session.run(["embedding"], {"input": x.numpy()})[0]
        worst = max(worst, float(np.abs(got - wanted).max()) if np.isfinite(got).all() else np.inf)
    return worst


def smooth_noise(count: int, size: int) -> Tensor:
    """(count, 3, size, size) in -1..1, as smooth as photos are."""
    coarse = torch.rand((count, 3, 8, 8), generator=torch.Generator().manual_seed(0)) * 2 - 1
    return nn.functional.interpolate(coarse, size=(size, size), mode="bilinear")


def manifest_row(recipe: Recipe, blob: bytes, file: str, version: str) -> dict[str, Any]:
    return {
        "file": file,
        "sha256": hashlib.sha256(blob).hexdigest(),
        "dim": recipe.dim,
        "input_size": recipe.student.input_size,
        "layout": "NCHW",
        "mean": [127.5, 127.5, 127.5],
        "std": [127.5, 127.5, 127.5],
        "resize": "squash",
        "preprocessing_version": 1,
        "output": "embedding",
        "pool": "none",
        "licence": "MIT",
        "data": "split train of twelve public photo sets; teachers MobileNetV2 (ImageNet-1k, Apache-2.0)",
        "version": version,
    }


def write_manifest(models: Path, name: str, row: dict[str, Any]) -> None:
    """Set the table ``name`` of ``models``/manifest.toml; the others stay."""
    path = models / "manifest.toml"
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {"schema": 1}
    table[name] = row
    write_atomic(path, tomli_w.dumps(table).encode())


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m cbir_desktop.training.export")
    parser.add_argument("--config", type=Path, required=True, help="the recipe that the weights were made by")
    parser.add_argument("--weights", type=Path, required=True, help="student.pt of the run")
    parser.add_argument("--models", type=Path, required=True, help="folder with manifest.toml")
    parser.add_argument("--name", default="default")
    parser.add_argument("--version", required=True)
    parser.add_argument("--data", type=Path, help="folder with train/: also write the int8 variant, calibrated on it")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        recipe = load_recipe(options.config)
        file = f"{options.name}/encoder.onnx"
        worst = export_onnx(load_student(recipe, options.weights), options.models / file)
        blob = (options.models / file).read_bytes()
        row = manifest_row(recipe, blob, file, options.version)
        log.info("%s: %.1f MB, differs from torch by %.1g", file, len(blob) / 1e6, worst)
        if options.data:
            row |= int8_variant(options.models, options.name, recipe.student.input_size, options.data)
    except KnownError as error:
        log.error("%s", error)
        return 2
    write_manifest(options.models, options.name, row)
    return 0


def int8_variant(models: Path, name: str, size: int, data: Path) -> dict[str, Any]:
    """Write ``models``/``name``/encoder-int8.onnx; returns its keys of the manifest, none where it is not faithful.

    It is calibrated on photos of split ``train`` and compared on others of the same split. Raises ``KnownError``.
    """
    files = {photo.file for photo in read_photos(data)[::_EVERY]}
    photos = [decode(blob) for _, blob in read_blobs(sorted((data / "train").glob("photos-*.tar")), files)]
    file = f"{name}/encoder-int8.onnx"
    spec = ModelSpec(input_size=size, mean=(127.5,) * 3, std=(127.5,) * 3, resize="squash")
    target = models / file
    source = models / name / "encoder.onnx"
    kept = nodes_from(source, FLOAT_FROM)
    if not kept:
        raise KnownError(f"{source} has no weight {FLOAT_FROM}*", "bad-export")
    found = quantise(source, spec, target, photos[::2], photos[1::2], kept)
    log.info("%s: %.1f MB, cosine %.4f in the median", file, found.size_bytes / 1e6, found.median)
    if not found.is_faithful:
        target.unlink()
        return {}
    return {"file_int8": file, "sha256_int8": found.sha256}


def nodes_from(path: Path, weight: str) -> list[str]:
    """The names of a network's nodes from the first one on that reads a weight whose name begins with ``weight``."""
    nodes = [node for node in onnx.load(path).graph.node if node.op_type != "Cast"]  # those stand before all others
    first = next((i for i, node in enumerate(nodes) if any(name.startswith(weight) for name in node.input)), len(nodes))
    return [node.name for node in nodes[first:]]


if __name__ == "__main__":
    raise SystemExit(main())
