"""An encoder out of a published network: ``cbir models export``."""

import contextlib
import io
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.adding import Wishes, add_model, free_name
from cbir_desktop.encoders.models import ModelEntry
from cbir_desktop.encoders.onnx import load_onnxruntime, open_session
from cbir_desktop.training.architectures import Built, Source, build
from cbir_desktop.training.torch_pooling import Pooled

__all__ = ["Source", "export_model", "export_onnx"]

OPSET = 17
TOLERANCE = 1e-4
"""Of the largest number that torch gives: between torch and onnxruntime."""


def export_model(
    name: str,
    source: Source,
    folder: Path,
    model_name: str | None = None,
    pool: str | None = None,
    size: int | None = None,
    layer: str | None = None,
) -> tuple[ModelEntry, float]:
    """Write ``name`` as ONNX with its description into ``folder``; returns it and how far it is from torch.

    Without ``pool`` its feature map is the output, and the pooling is chosen when a library is made (a transformer
    gives its class token); with it the network itself gives the pooled unit vector. ``layer``: the output of that layer
    (``layers.ALIASES`` or a module's dotted name) instead of the last feature map. Raises ``KnownError`` as ``build``
    and ``add_model`` do, kind ``bad-export``, and ``no-feature-map`` for a pooling of what is a vector.
    """
    model_name = free_name(model_name or (name if layer is None else f"{name}-{layer}"), folder)
    built = build(name, source, pool is not None, size, layer)
    network, output = built.network, "embedding" if built.is_vector else "features"
    if pool is not None and built.is_vector and layer is not None:
        raise KnownError(f"{layer} of {name} is one vector a picture: there is nothing to pool", "no-feature-map")
    if pool is not None:
        height, width = network(torch.zeros(1, 3, built.size, built.size)).shape[2:]
        network, output = Pooled(network, pool, height, width).eval(), "embedding"
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / f"{model_name}.onnx"
        worst = export_onnx(network, built.size, file, output)
        return add_model(file, folder, _wishes(built, output), model_name, _about(built)), worst


def export_onnx(network: nn.Module, size: int, file: Path, output: str) -> float:
    """Trace ``network`` (in evaluation mode) to ONNX with a dynamic batch; returns the relative difference.

    Raises ``KnownError`` (kind ``bad-export``) where onnxruntime and torch differ by more than ``TOLERANCE``.
    """
    # What torch cannot write it prints, graph and all, on stdout.
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        # By tracing: one file, no shape is lost. torch calls it the old way, and says so at each use.
        warnings.simplefilter("ignore")
        try:
            torch.onnx.export(
                network,
                (torch.zeros(2, 3, size, size),),
                str(file),
                input_names=["pixels"],
                output_names=[output],
                dynamic_axes={"pixels": {0: "n"}, output: {0: "n"}},
                opset_version=OPSET,
                dynamo=False,
            )
        except torch.onnx.errors.OnnxExporterError as error:  # AlexNet's fc6 at a size its map does not divide
            reason = str(error).splitlines()[0]
            raise KnownError(f"this layer cannot be written at --size {size}: {reason}", "bad-export") from error
    worst = difference(network, size, file)
    if not worst <= TOLERANCE:
        raise KnownError(f"onnxruntime and torch differ by {worst:.2g} of the largest value", "bad-export")
    return worst


def difference(network: nn.Module, size: int, file: Path) -> float:
    """The largest absolute difference over the largest value, of batches of one and three noise pictures."""
    session = open_session(load_onnxruntime(), file.read_bytes(), file, 1, ["CPUExecutionProvider"])
    random = np.random.default_rng(0)
    worst = 0.0
    for batch in (1, 3):
        pixels = random.standard_normal((batch, 3, size, size)).astype(np.float32)
        expected = network(torch.from_numpy(pixels)).numpy()
        found = session.run(None, {"pixels": pixels})[0]
        worst = max(worst, float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-12)))
    return worst


def _wishes(built: Built, output: str) -> Wishes:
    return Wishes(built.mean, built.std, built.size, "NCHW", "crop", output)


def _about(built: Built) -> dict[str, str]:
    facts = {"licence": built.licence, "data": built.data}
    return {key: value for key, value in facts.items() if value}
