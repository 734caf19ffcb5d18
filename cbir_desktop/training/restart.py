"""Go on from an exported student whose checkpoint is gone: the batch norms that export folded away are put back."""

import logging
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from cbir_desktop.core.errors import KnownError
from cbir_desktop.training.student import Block, Student

log = logging.getLogger(__name__)

_ENDING = "ending.linear.weight"


def load_folded(student: Student, path: Path, batches: Iterable[Tensor]) -> bool:
    """Fill ``student`` with the weights of the ONNX file ``path``, which ``export`` wrote of a student of its shape.

    Each batch norm gets the statistics that (n, 3, s, s) ``batches`` show and the scale and shift that undo them, so
    that in evaluation the student answers as the file does, and in training it is normalised as it was. Of a file with
    an ending the layer that stood there in training is not known: then the answer is False. Raises ``KnownError`` when
    the file holds no such student.
    """
    try:
        folded = {
            tensor.name: torch.from_numpy(np.array(onnx.numpy_helper.to_array(tensor), np.float32))
            for tensor in onnx.load(path).graph.initializer
        }
        norms = _fill(student, folded)
    except (OSError, KeyError, RuntimeError, ValueError) as error:
        raise KnownError(f"{path} holds no weights of this student: {error}", "bad-weights") from error
    _measure(student, norms, batches)
    log.info("took the weights of %s", path)
    return _ENDING not in folded


def _fill(student: Student, folded: dict[str, Tensor]) -> list[nn.BatchNorm2d]:
    """Set all weights; batch norms let everything through but for the bias of the convolution before them."""
    names, norms = _folded_names(student), []
    with torch.no_grad():
        for name, module in student.named_modules():
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.zero_()
                module.running_var.fill_(1 - module.eps)
                module.weight.fill_(1)
                module.bias.copy_(folded[f"{names[name]}.bias"])
                norms.append(module)
            elif module is not student.project or _ENDING not in folded:
                for key, value in module.named_parameters(names.get(name, name), recurse=False):
                    value.copy_(folded[key].reshape(value.shape))
    return norms


def _folded_names(student: Student) -> dict[str, str]:
    """The layers of blocks by their names after export, where batch norms are gone: of one, its convolution's."""
    names = {}
    for name, block in student.named_modules():
        if isinstance(block, Block):
            place = -1
            for index, layer in enumerate(block.layers):
                place += not isinstance(layer, nn.BatchNorm2d)
                names[f"{name}.layers.{index}"] = f"{name}.layers.{place}"
    return names


def _measure(student: Student, norms: list[nn.BatchNorm2d], batches: Iterable[Tensor]) -> None:
    sums = {norm: torch.zeros(2, norm.num_features, dtype=torch.float64) for norm in norms}
    counts = dict.fromkeys(norms, 0)

    def look(norm: nn.BatchNorm2d, inputs: tuple[Tensor]) -> None:
        values = inputs[0].detach().double().cpu().transpose(0, 1).flatten(1)
        sums[norm] += torch.stack([values.sum(1), values.square().sum(1)])
        counts[norm] += values.shape[1]

    hooks = [norm.register_forward_pre_hook(look) for norm in norms]
    student.eval()
    with torch.inference_mode():
        for batch in batches:
            student(batch)
    for hook in hooks:
        hook.remove()
    with torch.no_grad():
        for norm in norms:
            mean, square = sums[norm] / max(1, counts[norm])
            variance = (square - mean**2).clamp(min=1e-8)
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.add_(mean.to(norm.bias))
