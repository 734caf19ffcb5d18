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


def copy_error(first: Tensor, second: Tensor, temperature: float = 0.05) -> Tensor:
    """Instance discrimination (Chen et al. 2020; SSCD, Pizzi et al. 2022): row i of (n, d) unit views ``second`` is
    the copy of row i of ``first``, all other rows of both are not."""
    n = len(first)
    both = torch.cat([first, second])
    scores = (both @ both.T) / temperature
    scores.fill_diagonal_(float("-inf"))
    partner = torch.arange(2 * n, device=both.device).roll(n)
    return functional.cross_entropy(scores, partner)


def crowding(embedding: Tensor) -> Tensor:
    """Negative differential entropy of (n, d) unit rows by their nearest neighbours (KoLeo, Sablayrolles et al. 2019):
    small where rows keep apart."""
    with torch.no_grad():
        scores = embedding @ embedding.T
        scores.fill_diagonal_(-2)
        nearest = scores.argmax(1)
    return -torch.log((embedding - embedding[nearest]).norm(dim=1) + 1e-6).mean()
