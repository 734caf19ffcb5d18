"""The student: a small convolutional network with a shape of its own, trained from random weights.

Plain 3x3 convolutions early, where they are fast on a CPU, and depthwise ones late, where channels are many
(fused and inverted residual blocks: Tan & Le 2021, Sandler et al. 2018). Five stages end in 1x1 convolutions to the
widths of the teacher's inner tensors, so that each can be trained alone on the teacher's tensors. Only the narrow
side of a block is normalised: on a CPU, normalising the wide side costs more than the convolution before it.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from cbir_desktop.training.recipe import StageShape, StudentShape

MEETING = (24, 32, 96, 320, 1280)
"""Channels of the tensors at which student and teacher meet, at strides 4, 8, 16, 32 and 32."""


class HalvingConv(nn.Conv2d):  # type: ignore[misc]
    """3x3 convolution at stride 2 whose padding is right and below, as the teacher's: their grids agree."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs, 3, 2)

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(functional.pad(x, (0, 1, 0, 1)))


class Block(nn.Module):  # type: ignore[misc]
    """Widen, look around, narrow; residual where the shape stays."""

    def __init__(self, inputs: int, hidden: int, outputs: int, *, halve: bool = False, depthwise: int = 0) -> None:
        super().__init__()
        self.residual = inputs == outputs and not halve
        layers: list[nn.Module]
        if halve:
            layers = [HalvingConv(inputs, hidden), nn.ReLU(inplace=True)]
        elif depthwise:
            around = nn.Conv2d(hidden, hidden, depthwise, padding=depthwise // 2, groups=hidden, bias=False)
            layers = [nn.Conv2d(inputs, hidden, 1), nn.ReLU(inplace=True)]
            layers += [around, nn.BatchNorm2d(hidden), nn.ReLU(inplace=True)]
        else:
            layers = [nn.Conv2d(inputs, hidden, 3, padding=1), nn.ReLU(inplace=True)]
        narrow = nn.BatchNorm2d(outputs)
        layers += [nn.Conv2d(hidden, outputs, 1, bias=False), narrow]
        if self.residual:
            nn.init.constant_(narrow.weight, 0.5)
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return x + y if self.residual else y


class GeM(nn.Module):  # type: ignore[misc]
    """Generalised-mean pooling (Radenovic et al. 2018), power learned: (n, c, h, w), not negative, to (n, c)."""

    def __init__(self, power: float = 1.5) -> None:
        super().__init__()
        self.power = nn.Parameter(torch.tensor(power))

    def forward(self, x: Tensor) -> Tensor:
        x = x.float().clamp(min=1e-4)
        return x.pow(self.power).mean((2, 3)).pow(1.0 / self.power)


class Ending(nn.Module):  # type: ignore[misc]
    """What a trained student ends in, in place of the layer that it was trained with: (n, c) pooled features, their
    square roots as unit rows, through one linear layer (``ending.fit_ending``). On roots of what is never negative the
    inner product is the Bhattacharyya coefficient, by which a loud channel counts less (Arandjelovic & Zisserman 2012,
    section 2)."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(MEETING[-1], dim)

    @staticmethod
    def roots(pooled: Tensor) -> Tensor:
        return functional.normalize(pooled.sqrt(), dim=1)

    def forward(self, pooled: Tensor) -> Tensor:
        return self.linear(self.roots(pooled))


class Student(nn.Module):  # type: ignore[misc]
    """(n, 3, s, s) float RGB, normalised to about -1..1, to (n, dim) unit rows; s a multiple of 32.

    It is trained without an ``ending`` and gets one afterwards.
    """

    def __init__(self, shape: StudentShape, ending: Ending | None = None) -> None:
        super().__init__()
        self.shape = shape
        self.stages = nn.ModuleList()
        inputs = shape.stem
        for index, (stage, meeting) in enumerate(zip(shape.stages, MEETING, strict=False)):
            layers: list[nn.Module] = [HalvingConv(3, inputs), nn.ReLU(inplace=True)] if index == 0 else []
            layers += _stage_layers(inputs, stage)
            layers.append(nn.Conv2d(stage.width, meeting, 1))
            self.stages.append(nn.Sequential(*layers))
            inputs = meeting
        self.stages.append(nn.Sequential(nn.Conv2d(inputs, MEETING[-1], 1), nn.ReLU(inplace=True)))
        self.pool = GeM()
        self.project = nn.Linear(MEETING[-1], shape.dim)
        self.ending = ending
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_in", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)

    def tensors(self, x: Tensor) -> list[Tensor]:
        """The five tensors at which it meets the teacher, end to end."""
        found = []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        return found

    def apart(self, x: Tensor, teacher: Sequence[Tensor]) -> list[Tensor]:
        """The five tensors, each stage fed with the teacher's tensor of the stage before it."""
        return [stage(fed) for stage, fed in zip(self.stages, [x, *teacher[:-1]], strict=True)]

    def embed(self, last: Tensor) -> Tensor:
        """The embedding before it is normalised, from the last tensor: (n, dim) float32."""
        pooled = self.pool(last)
        with torch.autocast(pooled.device.type, enabled=False):
            return (self.ending or self.project)(pooled)

    def forward(self, x: Tensor) -> Tensor:
        return functional.normalize(self.embed(self.tensors(x)[-1]), dim=1)


def _stage_layers(inputs: int, stage: StageShape) -> list[nn.Module]:
    first = Block(inputs, stage.first or stage.hidden, stage.width, halve=True)
    rest = [Block(stage.width, stage.hidden, stage.width, depthwise=stage.depthwise) for _ in range(stage.blocks)]
    return [first, *rest]


def count_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def count_macs(network: nn.Module, size: int) -> int:
    """Multiplications of one (3, size, size) picture in convolutions and linear layers."""
    total = 0

    def add(module: nn.Module, _: object, output: Tensor) -> None:
        nonlocal total
        per_value = module.weight[0].numel()
        total += per_value * output[0].numel()

    hooks = [m.register_forward_hook(add) for m in network.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    was_training = network.training
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, size, size, device=next(network.parameters()).device))
    network.train(was_training)
    for hook in hooks:
        hook.remove()
    return total
