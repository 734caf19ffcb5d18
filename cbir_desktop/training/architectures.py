"""The networks that ``cbir models export`` knows: built, filled with weights, and cut before their pooling."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import Tensor, nn

from cbir_desktop.core.errors import KnownError, MissingPluginError
from cbir_desktop.encoders.adding import DEFAULT_SIZE, IMAGENET_MEAN, IMAGENET_STD
from cbir_desktop.training.layers import until
from cbir_desktop.training.published import fetch, read_weights
from cbir_desktop.training.vision_transformer import VisionTransformer, VitShape

DINO = "dino_vit"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the weights come from: a local file, by lot (seeded), or, with neither, as published."""

    file: Path | None = None
    random: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Built:
    """``network``: pixels to a feature map, or to one vector if ``is_vector``. mean and std on the 0 to 255 scale."""

    network: nn.Module
    is_vector: bool
    size: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    licence: str
    data: str


@dataclass(frozen=True, slots=True)
class _Architecture:
    weights: str  # name of torchvision's enumeration
    features: Callable[[Any], nn.Module]
    options: Mapping[str, Any]


class _GoogleNetFeatures(nn.Module):  # type: ignore[misc]
    """GoogLeNet up to inception5b. Its weights come from TensorFlow and want pixels in -1 to 1: it sees to that."""

    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network
        names = [name for name, _ in network.named_children() if name.startswith(("conv", "maxpool", "inception"))]
        self.layers = nn.Sequential(*(getattr(network, name) for name in names))
        network.aux1 = network.aux2 = None  # of training only

    def forward(self, pixels: Tensor) -> Tensor:
        return self.layers(self.network._transform_input(pixels))


def _without_head(network: Any) -> nn.Module:
    return nn.Sequential(*list(network.children())[:-2])


def _without_last_pool(network: Any) -> nn.Module:
    return nn.Sequential(*list(network.features.children())[:-1])


def _features(network: Any) -> nn.Module:
    features: nn.Module = network.features
    return features


_ARCHITECTURES = {
    "alexnet": _Architecture("AlexNet_Weights", _without_last_pool, {}),
    "convnext_tiny": _Architecture("ConvNeXt_Tiny_Weights", _features, {}),
    "efficientnet_b1": _Architecture("EfficientNet_B1_Weights", _features, {}),
    "googlenet": _Architecture(
        "GoogLeNet_Weights",
        _GoogleNetFeatures,
        {"aux_logits": True, "transform_input": True, "init_weights": True},
    ),
    "mobilenet_v3_large": _Architecture("MobileNet_V3_Large_Weights", _features, {}),
    "resnet18": _Architecture("ResNet18_Weights", _without_head, {}),
    "resnet50": _Architecture("ResNet50_Weights", _without_head, {}),
    "vgg16": _Architecture("VGG16_Weights", _without_last_pool, {}),
}
NAMES = (*_ARCHITECTURES, DINO)


def build(name: str, source: Source, as_map: bool, size: int | None, layer: str | None = None) -> Built:
    """The network ``name`` in evaluation mode. ``as_map`` matters to a transformer only: its patches, not its token.
    ``layer``: up to this one (``layers.until``); None: the last feature map.

    Raises ``KnownError``: kind ``unknown-name``, ``wrong-weights``, ``no-network``, ``wrong-checksum``,
    ``no-such-layer``.
    """
    if name not in NAMES:
        raise KnownError(f"there is no network named {name!r}; known: {', '.join(NAMES)}", "unknown-name")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(source.seed)
        if name == DINO and layer is not None:
            raise KnownError(f"{DINO} gives its token or its patches, no other layer", "no-such-layer")
        built = _dino(source, as_map, size) if name == DINO else _torchvision_network(name, source, size, layer)
    built.network.eval().requires_grad_(False)
    return built


def _torchvision_network(name: str, source: Source, size: int | None, layer: str | None) -> Built:
    torchvision = _torchvision()
    models = torchvision.models
    architecture = _ARCHITECTURES[name]
    # V1 everywhere: the newer recipes gain on ImageNet's classes, and lose as features for other tasks.
    published = getattr(models, architecture.weights).IMAGENET1K_V1
    network = models.get_model(name, weights=None, **architecture.options)
    if not source.random:
        file = source.file or fetch(published.url, Path(torch.hub.get_dir()) / "checkpoints")
        _fill(network, read_weights(file), file)
    preprocessing = published.transforms()
    size = size or preprocessing.crop_size[0]
    network.eval()
    if layer is None:
        features = architecture.features(network)
    else:
        features = until(network, name, layer, torchvision.models.feature_extraction)
    return Built(
        features,
        layer is not None and _is_vector(features, size, name, layer),
        size,
        tuple(255 * value for value in preprocessing.mean),
        tuple(255 * value for value in preprocessing.std),
        *_origin(source, "torchvision, BSD-3-Clause; ImageNet has terms of its own", "ImageNet-1k"),
    )


def _is_vector(features: nn.Module, size: int, name: str, layer: str) -> bool:
    """Whether a layer gives one vector a picture. Raises ``KnownError`` where it gives no feature map either."""
    with torch.inference_mode():
        shape = tuple(features(torch.zeros(1, 3, size, size)).shape)
    if len(shape) not in (2, 4):
        raise KnownError(f"{layer} of {name} gives {shape}: neither a vector nor a feature map", "no-such-layer")
    return len(shape) == 2


def _dino(source: Source, as_map: bool, size: int | None) -> Built:
    if source.random:
        network = VisionTransformer(VitShape())
    elif source.file is None:
        raise KnownError(f"{DINO} has no published weights here: give a state dict by --weights FILE", "wrong-weights")
    else:
        try:
            network = VisionTransformer.from_weights(read_weights(source.file))
        except (KeyError, ValueError, RuntimeError) as error:
            raise _wrong(source.file, error) from error
    network.as_map = as_map
    size = size or DEFAULT_SIZE
    if size % network.shape.patch:
        raise KnownError(f"--size must be a multiple of the patch, {network.shape.patch}", "usage")
    return Built(network.resized(size), not as_map, size, IMAGENET_MEAN, IMAGENET_STD, *_origin(source, "", ""))


def _fill(network: Any, weights: Mapping[str, Tensor], file: Path) -> None:
    try:
        network.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        raise _wrong(file, error) from error


def _wrong(file: Path, error: Exception) -> KnownError:
    return KnownError(f"the weights in {file} are not of this network: {str(error)[:500]}", "wrong-weights")


def _origin(source: Source, licence: str, data: str) -> tuple[str, str]:
    if source.random:
        return "", "none: random weights"
    return ("", f"as in {source.file.name}") if source.file is not None else (licence, data)


def _torchvision() -> ModuleType:
    try:
        import torchvision
        import torchvision.models.feature_extraction
    except (ImportError, RuntimeError) as error:  # RuntimeError: a torchvision of another torch
        raise MissingPluginError(
            f"this needs torch and a torchvision that goes with it: pip install 'cbir-desktop[train]' ({error})"
        ) from error
    module: ModuleType = torchvision
    return module
