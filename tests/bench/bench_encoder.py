"""Pictures a second of the embedded encoder beside MobileNetV2-224 with random weights, at one and two threads.

    python tests/bench/bench_encoder.py [--rounds 15] [--pictures 24]

Each picture is made ready and encoded alone, as in indexing (that many pictures at once, each on one thread) and as in
a query (one after the other, that many threads of onnxruntime). In each round every network is measured once, one after
the other; rates are medians, ratios are of the same round.
"""

import argparse
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from torch import nn

from cbir_desktop.encoders.choice import PRECISIONS, Choice
from cbir_desktop.encoders.models import build, manifest
from cbir_desktop.encoders.onnx import OnnxEncoder
from cbir_desktop.encoders.preprocessing import ModelSpec
from cbir_desktop.evaluation.bench import markdown
from cbir_desktop.training.export_torchvision import export_onnx

_STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""Sandler et al. 2018, table 2: expansion, channels, repeats, stride."""


def _convolution(inputs: int, outputs: int, kernel: int = 1, stride: int = 1, groups: int = 1) -> nn.Sequential:
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups)
    return nn.Sequential(layer, nn.ReLU6())


class _Inverted(nn.Module):
    def __init__(self, inputs: int, outputs: int, wider: int, stride: int) -> None:
        super().__init__()
        inner = inputs * wider
        wide = [_convolution(inputs, inner)] if wider > 1 else []
        self.layers = nn.Sequential(*wide, _convolution(inner, inner, 3, stride, inner), nn.Conv2d(inner, outputs, 1))
        self.residual = inputs == outputs and stride == 1

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.layers(x) if self.residual else self.layers(x)


def mobilenet_v2() -> nn.Module:
    layers, inputs = [_convolution(3, 32, 3, 2)], 32
    for wider, outputs, repeats, stride in _STAGES:
        for place in range(repeats):
            layers.append(_Inverted(inputs, outputs, wider, stride if place == 0 else 1))
            inputs = outputs
    return nn.Sequential(*layers, _convolution(inputs, 1280), nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()


def rate(encoder: OnnxEncoder, pictures: list[np.ndarray], at_once: int) -> float:
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda one: encoder.encode([one]), pictures[:at_once]))
        started = time.perf_counter()
        list(pool.map(lambda one: encoder.encode([one]), pictures))
        return len(pictures) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--pictures", type=int, default=24)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 256, (256, 341, 3), np.uint8) for _ in range(options.pictures)]
    ours = manifest()["default"]
    spec = ModelSpec(224, (127.5,) * 3, (127.5,) * 3, resize="squash")
    cpu = ["CPUExecutionProvider"]
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        torch.manual_seed(0)
        export_onnx(mobilenet_v2(), 224, Path(folder) / "mobilenet.onnx", "embedding")
        settings = {"1 thread": (1, 1), "2 pictures at once": (2, 1), "2 threads a picture": (1, 2)}
        networks = {
            way: {
                "MobileNetV2-224": OnnxEncoder(Path(folder) / "mobilenet.onnx", spec, threads, cpu),
                **{
                    name: build(ours.chosen(Choice("default", None, name)), threads=threads, providers=cpu)
                    for name in PRECISIONS
                },
            }
            for way, (_, threads) in settings.items()
        }
        measured = {(way, network): [] for way in settings for network in networks[way]}
        for _ in range(options.rounds):
            for way, (at_once, _) in settings.items():
                for network, encoder in networks[way].items():
                    measured[way, network].append(rate(encoder, pictures, at_once))
    rows = []
    for (way, network), rates in measured.items():
        beside = [one / other for one, other in zip(rates, measured[way, "MobileNetV2-224"], strict=True)]
        rows.append([way, network, f"{statistics.median(rates):.0f}", f"{statistics.median(beside):.2f}"])
    sys.stdout.write(markdown(["threads", "network", "pictures/s", "times MobileNetV2"], rows))


if __name__ == "__main__":
    main()
