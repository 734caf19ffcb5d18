"""A network up to one of its layers, by name: the neural codes of Babenko et al. 2014 and Razavian et al. 2014."""

from collections.abc import Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from torch import nn

from cbir_desktop.core.errors import KnownError

# The names of the papers, each before its ReLU.
ALIASES: Mapping[str, Mapping[str, str]] = {
    "alexnet": {
        "conv1": "features.0", "conv2": "features.3", "conv3": "features.6", "conv4": "features.8",
        "conv5": "features.10", "fc6": "classifier.1", "fc7": "classifier.4", "fc8": "classifier.6",
    },
    "vgg16": {
        "conv4_3": "features.21", "conv5_1": "features.24", "conv5_2": "features.26", "conv5_3": "features.28",
        "fc6": "classifier.0", "fc7": "classifier.3", "fc8": "classifier.6",
    },
}  # fmt: skip


def until(network: Any, name: str, layer: str, extraction: ModuleType) -> nn.Module:
    """``network`` (torchvision's, in evaluation mode) up to ``layer``, whose output it gives; the rest is cut off.

    ``layer`` is one of ``ALIASES`` of the network ``name``, or a module's dotted name: ``layer3``,
    ``features.10``. ``extraction`` is ``torchvision.models.feature_extraction``, which follows the network symbolically
    (an in-place ReLU behind the layer is gone with the rest). Raises ``KnownError`` (kind ``no-such-layer``).
    """
    module = ALIASES.get(name, {}).get(layer, layer)
    known = [path for path, _ in network.named_modules() if path]
    if module not in known:
        words = [*ALIASES.get(name, {}), *(get_close_matches(layer, known, 12, 0.4) or known[-12:])]
        raise KnownError(f"{name} has no layer {layer!r}; among others: {', '.join(words)}", "no-such-layer")
    try:
        cut: nn.Module = extraction.create_feature_extractor(network, {module: "layer"}, suppress_diff_warning=True)
    except (ValueError, RuntimeError) as error:
        raise KnownError(f"{name} cannot be cut behind {layer!r}: {error}", "no-such-layer") from error
    return _Only(cut)


class _Only(nn.Module):  # type: ignore[misc]
    """The one tensor of a feature extractor, which gives a dictionary."""

    def __init__(self, cut: nn.Module) -> None:
        super().__init__()
        self.cut = cut

    def forward(self, pixels: Any) -> Any:
        return self.cut(pixels)["layer"]
