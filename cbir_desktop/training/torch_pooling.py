"""The poolings of ``encoders/pooling.py`` as part of a network, for one size of map."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from cbir_desktop.encoders.pooling import GEM_FLOOR, GEM_POWER, centre_prior, rmac_regions


class Pooled(nn.Module):  # type: ignore[misc]
    """``features`` gives (n, c, h, w); this gives (n, c) unit rows by the pooling ``kind``."""

    def __init__(self, features: nn.Module, kind: str, height: int, width: int) -> None:
        super().__init__()
        self.features = features
        self.kind = kind
        self.regions = rmac_regions(height, width)
        self.register_buffer("prior", torch.from_numpy(centre_prior(height, width)).float())

    def forward(self, pixels: Tensor) -> Tensor:
        return functional.normalize(self.pool(self.features(pixels)))

    def pool(self, maps: Tensor) -> Tensor:
        if self.kind == "avg":
            return maps.mean((2, 3))
        if self.kind == "max":
            return maps.amax((2, 3))
        if self.kind == "gem":
            return maps.clamp(min=GEM_FLOOR).pow(GEM_POWER).mean((2, 3)).pow(1 / GEM_POWER)
        if self.kind == "spoc":
            return (maps * self.prior).sum((2, 3))
        if self.kind == "rmac":
            return self._regional(maps)
        raise ValueError(f"there is no pooling named {self.kind!r}")

    def _regional(self, maps: Tensor) -> Tensor:
        total = torch.zeros_like(maps[:, :, 0, 0])
        for top, left, side in self.regions:
            total = total + functional.normalize(maps[:, :, top : top + side, left : left + side].amax((2, 3)))
        return total
