"""What the student is told to do."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def tensor_error(student: Sequence[Tensor], teacher: Sequence[Tensor]) -> Tensor:
    """Squared error of each meeting tensor, (5,); the teacher's are already divided by their channels' scale, so that
    1 means nothing learned and 0 all."""
    return torch.stack([functional.mse_loss(a.float(), b) for a, b in zip(student, teacher, strict=True)])


def cosine_error(embedding: Tensor, target: Tensor) -> Tensor:
    """Mean of 1 - cosine of (n, d) rows, of any length."""
    return (1 - functional.cosine_similarity(embedding, target, dim=1)).mean()


def relation_error(embedding: Tensor, target: Tensor) -> Tensor:
    """Difference of the two batches' similarity matrices (Park et al. 2019), without the diagonals."""
    a, b = functional.normalize(embedding, dim=1), functional.normalize(target, dim=1)
    n = len(a)
    return ((a @ a.T - b @ b.T) ** 2).sum() / (n * (n - 1))


def copy_error(rows: Tensor, pairs: int, temperature: float = 0.05) -> Tensor:
    """Instance discrimination (Chen et al. 2020; SSCD, Pizzi et al. 2022, eq. 1): the first ``pairs`` of the (n, d)
    unit rows are copies of the ``pairs`` rows behind them; every other two rows show different photos."""
    scores = (rows @ rows.T) / temperature
    scores.fill_diagonal_(float("-inf"))
    partner = torch.arange(2 * pairs, device=rows.device).roll(pairs)
    return functional.cross_entropy(scores[: 2 * pairs], partner)


def map_error(student: Tensor, teacher: Tensor) -> Tensor:
    """Squared error of (n, c, h, w) maps over the variance of the teacher's; the teacher's grid is brought to the
    student's by averaging."""
    wanted = functional.adaptive_avg_pool2d(teacher, student.shape[-2:])
    return functional.mse_loss(student.float(), wanted) / wanted.var().clamp(min=1e-6)


def crowding(embedding: Tensor) -> Tensor:
    """Negative differential entropy of (n, d) unit rows by their nearest neighbours (KoLeo, Sablayrolles et al. 2019):
    small where rows keep apart."""
    with torch.no_grad():
        scores = embedding @ embedding.T
        scores.fill_diagonal_(-2)
        nearest = scores.argmax(1)
    return -torch.log((embedding - embedding[nearest]).norm(dim=1) + 1e-6).mean()


def outlier_error(activations: Sequence[Tensor], limit: float = 8.0) -> Tensor:
    """Mean square of how far activations lie beyond ``limit`` standard deviations of their tensor, in these units.

    A few activations of fifty deviations, at a corner of the map, make the steps of int8 too coarse for all others.
    """
    errors = []
    for found in activations:
        values = found.float()
        errors.append(functional.relu(values.abs() / values.detach().std().clamp(min=1e-6) - limit).square().mean())
    return torch.stack(errors).sum()
