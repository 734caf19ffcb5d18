"""What an encoder of the user's own stands on: pixels to a vector, by a network that is there or a small new one."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from cbir_desktop.core.errors import KnownError
from cbir_desktop.encoders.choice import Choice
from cbir_desktop.encoders.models import ModelEntry, find_entry
from cbir_desktop.encoders.onnx import OnnxEncoder
from cbir_desktop.encoders.preprocessing import ModelSpec
from cbir_desktop.training.torch_graph import TorchGraph
from cbir_desktop.training.torch_pooling import Pooled

OWN = ("mlp", "cnn")
"""Backbones that begin from random weights."""
_SPECS = {"mlp": 32, "cnn": 64}
_WIDTHS = (32, 64, 128, 256)


@dataclass(frozen=True)
class Backbone:
    """``network``: (n, 3, s, s) as ``spec`` prepares it to (n, d) rows of length one. ``graph``: the part of it that is
    an ONNX network, None in a new one."""

    network: nn.Module
    spec: ModelSpec
    graph: TorchGraph | None = None


def own(name: str) -> Backbone:
    """A new one: ``mlp``, three layers on 32 x 32 pixels, or ``cnn``, four convolutions on 64 x 64."""
    spec = ModelSpec(_SPECS[name], (127.5,) * 3, (127.5,) * 3)
    layers: list[nn.Module] = []
    if name == "mlp":
        layers = [nn.Flatten()]
        for inputs, outputs in ((3 * 32 * 32, 512), (512, 256)):
            layers += [nn.Linear(inputs, outputs), nn.BatchNorm1d(outputs), nn.ReLU()]
        layers += [nn.Linear(256, 256)]
    else:
        inputs = 3
        for width in _WIDTHS:
            layers += [nn.Conv2d(inputs, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(), nn.MaxPool2d(2)]
            inputs = width
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return Backbone(nn.Sequential(*layers, Unit()), spec)


def described(name: str, folder: Path) -> ModelEntry:
    """The network that ``name`` names, with +POOL, in float32. Raises ``KnownError``: kind ``not-a-network`` for an
    encoder that is none or whose vectors are whitened (start from the one that it is made of)."""
    choice = Choice.parse(name)
    found = find_entry(choice.name, folder)
    if found is None or found.whitening is not None:
        raise KnownError(f"{name} is no network without whitening: it cannot be a backbone", "not-a-network")
    return found.chosen(replace(choice, precision=None))


def trainable(entry: ModelEntry) -> Backbone:
    """The network of a description with weights that can be trained. Raises ``KnownError`` (kind ``untrainable``)."""
    encoder = OnnxEncoder(entry.path, entry.spec)  # which also checks the file
    graph = TorchGraph(entry.path.read_bytes(), encoder.output)
    network: nn.Module = nn.Sequential(_ChannelsLast(), graph) if entry.spec.layout == "NHWC" else graph
    size = entry.spec.input_size
    with torch.no_grad():
        found = network(torch.zeros(1, 3, size, size))
    return Backbone(
        nn.Sequential(network, Tail(entry.spec, tuple(found.shape))), replace(entry.spec, layout="NCHW"), graph
    )


class Tail(nn.Module):  # type: ignore[misc]
    """What a network gives, of ``shape`` for one picture, to (n, d) rows of length one, pooled as ``spec`` says."""

    def __init__(self, spec: ModelSpec, shape: tuple[int, ...]) -> None:
        super().__init__()
        last = spec.layout == "NHWC" and len(shape) == 4
        self.order = (0, 3, 1, 2) if last else tuple(range(len(shape)))
        height, width = [shape[axis] for axis in self.order[2:]] or (1, 1)
        self.pool = Unit() if spec.pool == "none" else Pooled(nn.Identity(), spec.pool, height, width)

    def forward(self, found: Tensor) -> Tensor:
        return self.pool(found.permute(*self.order))


class Unit(nn.Module):  # type: ignore[misc]
    """Rows of length one."""

    def forward(self, rows: Tensor) -> Tensor:
        return nn.functional.normalize(rows)


class _ChannelsLast(nn.Module):  # type: ignore[misc]
    def forward(self, pixels: Tensor) -> Tensor:
        return pixels.permute(0, 2, 3, 1)
