"""Seeded crops and edits of batches of pictures, on whatever device they are.

A crop is resampled by two matrix products with antialiased triangle filters, so that any box, mirror and blur of a
batch costs one call, on a CPU in bfloat16 as on a GPU.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Floats = npt.NDArray[np.float32]
_GRAY = torch.tensor([0.299, 0.587, 0.114])


@dataclass(frozen=True)
class Views:
    """How each of n pictures is looked at.

    ``box``: (n, 4) left, top, width, height as shares of the picture. ``mirror``: (n,) bool. ``colour``: (n, 3, 3)
    and ``shift``: (n, 3), an affine map of RGB in 0..1. ``blur``: (n,) widths of the filter, 1 is sharp. ``turns``:
    (n,) quarter turns. ``noise``: (n,) standard deviations in 0..1.
    """

    box: Tensor
    mirror: Tensor
    colour: Tensor
    shift: Tensor
    blur: Tensor
    turns: Tensor
    noise: Tensor

    def of(self, rows: npt.NDArray[np.int64]) -> "Views":
        index = torch.from_numpy(rows)
        return Views(**{name: value[index] for name, value in vars(self).items()})


def whole(n: int) -> Views:
    """Every picture as it is."""
    box = torch.tensor([0.0, 0.0, 1.0, 1.0]).repeat(n, 1)
    none = torch.zeros(n)
    return Views(
        box, none.bool(), torch.eye(3).repeat(n, 1, 1), torch.zeros(n, 3), torch.ones(n), none.long(), none.clone()
    )


def seeded_views(n: int, aspect: Floats, seed: tuple[int, ...], smallest: float = 0.2) -> Views:
    """One heavy crop of each of n pictures: a quarter see the whole, the others a share of the area down to
    ``smallest``, of aspect ratio 3/4 to 4/3 in the original picture, whose width over height is ``aspect`` (n,)."""
    draw = np.random.default_rng(seed).random((n, 16), dtype=np.float32)
    area = smallest + (1.0 - smallest) * draw[:, 1]
    shape = np.exp((2 * draw[:, 2] - 1) * np.log(4 / 3)) / np.sqrt(aspect)
    width = np.minimum(np.sqrt(area * shape), 1.0)
    height = np.minimum(np.sqrt(area / shape), 1.0)
    box = np.stack([draw[:, 3] * (1 - width), draw[:, 4] * (1 - height), width, height], 1)
    box[draw[:, 0] < 0.25] = (0, 0, 1, 1)
    colour, shift = _colours(draw[:, 6:13], strength=0.3)
    plain = draw[:, 13] < 0.3
    colour[plain], shift[plain] = torch.eye(3), 0.0
    views = whole(n)
    return replace(
        views, box=torch.from_numpy(box), mirror=torch.from_numpy(draw[:, 5] < 0.5), colour=colour, shift=shift
    )


def edited(views: Views, share: float, seed: tuple[int, ...]) -> Views:
    """The same crops, mirrored at random, and ``share`` of them edited as copies are: turned by quarters, blurred,
    gray, noisy, recoloured, each with its own probability."""
    n = len(views.mirror)
    draw = np.random.default_rng(seed).random((n, 20), dtype=np.float32)
    touch = draw[:, 0] < share
    colour, shift = _colours(draw[:, 1:8], strength=0.5)
    gray = torch.from_numpy(draw[:, 8] < 0.25)
    colour[gray] = _GRAY.expand(3, 3) @ colour[gray]
    recolour = torch.from_numpy(touch & (draw[:, 9] < 0.6))
    turns = np.where(touch & (draw[:, 10] < 0.4), 1 + (draw[:, 11] * 3).astype(np.int64), 0)
    blur = np.where(touch & (draw[:, 12] < 0.3), 1 + 4 * draw[:, 13] ** 2, 1)
    noise = np.where(touch & (draw[:, 14] < 0.25), 0.12 * draw[:, 15], 0)
    return Views(
        box=views.box,
        mirror=views.mirror ^ torch.from_numpy(draw[:, 16] < 0.5),
        colour=torch.where(recolour[:, None, None], colour @ views.colour, views.colour),
        shift=torch.where(recolour[:, None], shift, views.shift),
        blur=torch.from_numpy(blur.astype(np.float32)),
        turns=torch.from_numpy(turns),
        noise=torch.from_numpy(noise.astype(np.float32)),
    )


def _colours(draw: Floats, strength: float) -> tuple[Tensor, Tensor]:
    """Brightness, contrast, saturation and channel gains from seven uniform columns."""
    span = torch.from_numpy(2 * draw - 1) * strength
    contrast, saturation = (1 + span[:, 0]), (1 + span[:, 1])
    gray = _GRAY.expand(3, 3)
    mix = saturation[:, None, None] * torch.eye(3) + (1 - saturation[:, None, None]) * gray
    gains = 1 + 0.4 * span[:, 3:6]
    colour = contrast[:, None, None] * gains[:, :, None] * mix
    shift = 0.5 * (1 - contrast) + 0.6 * span[:, 2]
    return colour, shift[:, None].expand(-1, 3).clone()


def look(pictures: Tensor, views: Views, size: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    """(n, p, p, 3) uint8 pictures through ``views``: (n, 3, size, size) float32 in 0..1, channels last."""
    device = pictures.device
    side = pictures.shape[1]
    left, top, width, height = views.box.to(device).unbind(1)
    blur = views.blur.to(device)
    straight = torch.zeros_like(views.mirror)
    rows = _filters(top, height, blur, straight.to(device), side, size).to(dtype)
    columns = _filters(left, width, blur, views.mirror.to(device), side, size).to(dtype)
    n = len(pictures)
    x = torch.bmm(rows, pictures.reshape(n, side, side * 3).to(dtype))
    x = x.reshape(n, size, side, 3).transpose(1, 2).reshape(n, side, size * 3)
    x = torch.bmm(columns, x).reshape(n, size, size, 3).float().mul_(1 / 255)  # (n, x, y, channel)
    with torch.autocast(device.type, enabled=False):
        colour, shift = views.colour.to(device).transpose(1, 2), views.shift.to(device)[:, None, :]
        x = torch.baddbmm(shift, x.reshape(n, -1, 3), colour).clamp_(0, 1)
    x = x.reshape(n, size, size, 3).permute(0, 3, 2, 1)
    x = turn(x.contiguous(memory_format=torch.channels_last), views.turns)
    return _add_noise(x, views.noise, seed)


def _filters(start: Tensor, extent: Tensor, blur: Tensor, backwards: Tensor, side: int, size: int) -> Tensor:
    """(n, size, side) rows of triangle filters that read ``size`` samples from a stretch of ``side`` pixels."""
    scale = extent * (side / size)
    centres = start[:, None] * side + (torch.arange(size, device=start.device) + 0.5) * scale[:, None] - 0.5
    centres = torch.where(backwards[:, None], centres.flip(1), centres)
    # 0.75: between a box (INTER_AREA, 0.5) and Pillow's triangle (1.0)
    support = (scale * 0.75).clamp(min=1.0) * blur
    pixels = torch.arange(side, device=start.device, dtype=torch.float32)
    weights = (pixels - centres[:, :, None]).abs_().mul_(-1 / support[:, None, None]).add_(1).clamp_(min=0)
    return weights.mul_(1 / weights.sum(2, keepdim=True).clamp_(min=1e-6))


def turn(x: Tensor, turns: Tensor) -> Tensor:
    """(n, c, s, s) turned in place by ``turns`` (n,) quarters each."""
    for quarter in range(1, 4):
        rows = (turns == quarter).nonzero()[:, 0].to(x.device)
        if len(rows):
            x[rows] = torch.rot90(x[rows], quarter, (2, 3))
    return x


def _add_noise(x: Tensor, noise: Tensor, seed: int) -> Tensor:
    rows = (noise > 0).nonzero()[:, 0]
    if not len(rows):
        return x
    generator = torch.Generator().manual_seed(seed)
    grain = torch.randn((len(rows), *x.shape[1:]), generator=generator) * noise[rows][:, None, None, None]
    x[rows.to(x.device)] = (x[rows.to(x.device)] + grain.to(x.device)).clamp(0, 1)
    return x
