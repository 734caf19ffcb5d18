"""Losses that bring pictures of a class together, and which pairs of a batch they look at."""

from typing import Any, TypeAlias

import torch
from pytorch_metric_learning import losses, miners
from torch import Tensor, nn
from torch.nn import functional

LOSSES = ("classification", "contrastive", "triplet")
SAMPLINGS = ("all", "hard", "weighted", "distance")

_TEMPERATURE = 0.2
"""Of the softmax; 0.1 gained 0.02 of mAP less on classes of the split train, 0.3 no more (docs/laboratory.md)."""

Loss: TypeAlias = nn.Module
"""((n, d) embeddings of any length, (n,) labels from 0) -> a scalar."""


def make_loss(kind: str, sampling: str, classes: int, dim: int, margin: float, centres: Tensor | None = None) -> Loss:
    """``classification``: softmax over cosines with a learned centre for each class (Zhai & Wu 2019, section 3.1),
    which takes every picture; it begins from ``centres``, (classes, dim), or by chance. ``contrastive`` (Hadsell et al.
    2006, equation 4, without the squares) and ``triplet`` (Schroff et al. 2015, equation 2), on unit vectors, with
    ``sampling``: ``all`` pairs or triplets of a batch, the ``hard`` ones of each anchor (Hermans et al. 2017, equation
    5), all of them ``weighted`` by how hard they are (Ristani & Tomasi 2018, equation 5), or negatives drawn by
    ``distance``, evenly over it (Wu et al. 2017, 3.2).
    """
    if kind not in LOSSES or sampling not in SAMPLINGS:
        raise ValueError(f"there is no {kind!r} with {sampling!r} sampling")
    if kind == "classification":
        softmax = losses.NormalizedSoftmaxLoss(classes, dim, temperature=_TEMPERATURE)
        if centres is not None:
            softmax.W.data.copy_(centres.T)
        return softmax
    if sampling == "weighted":
        return BatchWeighted(kind, margin)
    if kind == "contrastive":
        return _Mined(losses.ContrastiveLoss(0.0, margin), _miner(sampling))
    return _Mined(losses.TripletMarginLoss(margin), _miner(sampling))


def _miner(sampling: str) -> Any:
    if sampling == "all":
        return None
    return miners.BatchHardMiner() if sampling == "hard" else miners.DistanceWeightedMiner()


class _Mined(nn.Module):  # type: ignore[misc]
    def __init__(self, loss: nn.Module, miner: Any) -> None:
        super().__init__()
        self.loss, self.miner = loss, miner

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        return self.loss(embeddings, labels, None if self.miner is None else self.miner(embeddings, labels))


class BatchWeighted(nn.Module):  # type: ignore[misc]
    """Adaptive weights (Ristani & Tomasi 2018, section 3.2, equations 4 and 5): for each anchor the positives count by
    the softmax of their distance and the negatives by its softmin, so that hard ones rule without one outlier ruling
    alone. ``triplet``: [margin + positives - negatives]+; ``contrastive``: positives + [margin - negatives]+."""

    def __init__(self, kind: str, margin: float) -> None:
        super().__init__()
        self.kind, self.margin = kind, margin

    def forward(self, embeddings: Tensor, labels: Tensor) -> Tensor:
        rows = functional.normalize(embeddings)
        # A floor under the root: its slope at nought, of a row with itself, is infinite.
        distances = (2 - 2 * rows @ rows.T).clamp(min=1e-8).sqrt()
        same = labels[:, None] == labels
        positives = _weighted(distances, same & ~torch.eye(len(rows), dtype=torch.bool), 1.0)
        negatives = _weighted(distances, ~same, -1.0)
        if self.kind == "triplet":
            return functional.relu(self.margin + positives - negatives).mean()
        return (positives + functional.relu(self.margin - negatives)).mean()


def _weighted(distances: Tensor, wanted: Tensor, sign: float) -> Tensor:
    """(n,) weighted means of the distances of each row where ``wanted``; nought where none is."""
    scores = (sign * distances).masked_fill(~wanted, float("-inf"))
    weights = torch.nan_to_num(functional.softmax(scores, dim=1))
    return (weights * distances).sum(1)
