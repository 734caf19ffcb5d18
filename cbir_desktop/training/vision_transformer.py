"""A vision transformer with the keys and the arithmetic of DINO's and DINOv2's published weights.

Dosovitskiy et al. 2021; Caron et al. 2021 (DINO); Oquab et al. 2023 (DINOv2: layer scale). Its shape is read from the
weights: width, depth, patch, and whether there is layer scale. A head has 64 channels in all of them.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

HEAD_CHANNELS = 64
_UNUSED = {"mask_token"}
"""In DINOv2's files; only its training uses it."""


@dataclass(frozen=True, slots=True)
class VitShape:
    """``places``: patches along a side that ``pos_embed`` was trained for. Default: ViT-S/16 of DINO at 224 pixels."""

    width: int = 384
    depth: int = 12
    patch: int = 16
    places: int = 14
    layer_scale: bool = False

    @classmethod
    def of(cls, weights: Mapping[str, Tensor]) -> "VitShape":
        """Raises KeyError or ValueError where these are not such weights."""
        kernel = weights["patch_embed.proj.weight"]
        blocks = {int(found[1]) for key in weights if (found := re.match(r"blocks\.(\d+)\.", key))}
        places = math.isqrt(weights["pos_embed"].shape[1] - 1)
        if not blocks or kernel.shape[0] % HEAD_CHANNELS or places**2 + 1 != weights["pos_embed"].shape[1]:
            raise ValueError("the weights are not those of a DINO-style vision transformer")
        return cls(kernel.shape[0], max(blocks) + 1, kernel.shape[2], places, "blocks.0.ls1.gamma" in weights)


class VisionTransformer(nn.Module):  # type: ignore[misc]
    """(n, 3, s, s) to the class token after the last norm (n, width), or to the map of patches (n, width, s/p, s/p)."""

    def __init__(self, shape: VitShape, as_map: bool = False) -> None:
        super().__init__()
        self.shape, self.as_map = shape, as_map
        self.cls_token = nn.Parameter(torch.zeros(1, 1, shape.width))
        self.pos_embed = nn.Parameter(torch.randn(1, shape.places**2 + 1, shape.width) * 0.02)
        self.patch_embed = _PatchEmbedding(shape)
        self.blocks = nn.ModuleList(_Block(shape) for _ in range(shape.depth))
        self.norm = nn.LayerNorm(shape.width, eps=1e-6)

    def forward(self, pixels: Tensor) -> Tensor:
        patches = self.patch_embed.proj(pixels)
        tokens = patches.flatten(2).transpose(1, 2)
        tokens = torch.cat([self.cls_token.expand(tokens.shape[0], -1, -1), tokens], 1) + self.pos_embed
        for block in self.blocks:
            tokens = block(tokens)
        tokens = self.norm(tokens)
        if not self.as_map:
            return tokens[:, 0]
        return tokens[:, 1:].transpose(1, 2).unflatten(2, (self.shape.places, self.shape.places))

    def resized(self, size: int) -> "VisionTransformer":
        """For pictures of ``size`` pixels: the embedding of places, resampled once and for all."""
        places = size // self.shape.patch
        if places != self.shape.places:
            head, grid = self.pos_embed[:, :1], self.pos_embed[:, 1:]
            grid = grid.transpose(1, 2).unflatten(2, (self.shape.places,) * 2)
            grid = functional.interpolate(grid, size=(places, places), mode="bicubic", align_corners=False)
            self.pos_embed = nn.Parameter(torch.cat([head, grid.flatten(2).transpose(1, 2)], 1).detach())
            self.shape = VitShape(self.shape.width, self.shape.depth, self.shape.patch, places, self.shape.layer_scale)
        return self

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor]) -> "VisionTransformer":
        """Strict: each key must be there and none over. Raises KeyError, ValueError or RuntimeError."""
        network = cls(VitShape.of(weights))
        network.load_state_dict({key: value for key, value in weights.items() if key not in _UNUSED}, strict=True)
        return network


class _PatchEmbedding(nn.Module):  # type: ignore[misc]
    def __init__(self, shape: VitShape) -> None:
        super().__init__()
        self.proj = nn.Conv2d(3, shape.width, shape.patch, shape.patch)


class _Block(nn.Module):  # type: ignore[misc]
    def __init__(self, shape: VitShape) -> None:
        super().__init__()
        self.norm1, self.norm2 = (nn.LayerNorm(shape.width, eps=1e-6) for _ in range(2))
        self.attn = _Attention(shape.width)
        self.mlp = _Perceptron(shape.width)
        if shape.layer_scale:
            self.ls1, self.ls2 = _LayerScale(shape.width), _LayerScale(shape.width)
        else:
            self.ls1, self.ls2 = nn.Identity(), nn.Identity()

    def forward(self, tokens: Tensor) -> Tensor:
        tokens = tokens + self.ls1(self.attn(self.norm1(tokens)))
        return tokens + self.ls2(self.mlp(self.norm2(tokens)))


class _Attention(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = width // HEAD_CHANNELS
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        query, key, value = (
            part.unflatten(2, (self.heads, HEAD_CHANNELS)).transpose(1, 2) for part in self.qkv(tokens).chunk(3, 2)
        )
        shares = (query @ key.transpose(2, 3) * HEAD_CHANNELS**-0.5).softmax(-1)
        return self.proj((shares @ value).transpose(1, 2).flatten(2))


class _Perceptron(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, tokens: Tensor) -> Tensor:
        return self.fc2(functional.gelu(self.fc1(tokens)))


class _LayerScale(nn.Module):  # type: ignore[misc]
    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.full((width,), 1e-5))

    def forward(self, tokens: Tensor) -> Tensor:
        return tokens * self.gamma
