"""What stands behind a backbone, and what it begins from: the backbone's ranking, or one that heeds classes."""

import torch
from torch import Tensor, nn

_SHRINKAGE = 0.5
"""Of a covariance towards even variances."""


class Bent(nn.Module):  # type: ignore[misc]
    """A linear head, and beside it ``hidden`` units that bend it; these begin by adding nothing."""

    def __init__(self, straight: nn.Linear, hidden: int) -> None:
        super().__init__()
        self.straight, self.out_features = straight, straight.out_features
        self.inner, self.outer = nn.Linear(straight.in_features, hidden), nn.Linear(hidden, straight.out_features)
        nn.init.zeros_(self.outer.weight)
        nn.init.zeros_(self.outer.bias)

    def forward(self, vectors: Tensor) -> Tensor:
        return self.straight(vectors) + self.outer(nn.functional.relu(self.inner(vectors)))


def head_of(vectors: Tensor, dim: int, hidden: int = 0) -> nn.Module:
    """A layer that begins as the principal axes of (n, d) vectors, (without centring): cosines are about what they were
    before: the backbone's own ranking. With a layer of ``hidden`` units beside it."""
    head = nn.Linear(vectors.shape[1], min(dim, vectors.shape[1]))
    _set(head, _axes(vectors.double(), dim), torch.zeros(1))
    return Bent(head, hidden) if hidden else head


def quieten(head: nn.Module, vectors: Tensor, labels: Tensor) -> None:
    """Makes a head of ``head_of`` pass on less of what varies within the classes of (n, d) vectors and marks no class,
    be it one of these or another: within-class covariance normalisation (Hatch, Kajarekar & Stolcke 2006, section 2),
    shrunk (Friedman 1989, equation 18), about the mean of the classes. ``labels``: see ``class_means``."""
    straight = head.straight if isinstance(head, Bent) else head
    wide = vectors.double()
    covariance, centre = within_classes(wide, labels)
    whiten(straight, wide, covariance, centre, _SHRINKAGE)


def whiten(head: nn.Linear, vectors: Tensor, noise: Tensor, centre: Tensor, shrinkage: float) -> None:
    """Makes of ``head`` what turns vectors about ``centre`` (d,) so that the covariance ``noise`` (d, d), ``shrinkage``
    of it towards even variances, is even, and keeps the principal axes of what the (n, d) ``vectors`` are then; all but
    ``head`` in double precision."""
    variances, axes = torch.linalg.eigh(noise)
    parts = variances / variances.mean().clamp(min=1e-12)
    quiet = axes * ((1 - shrinkage) * parts + shrinkage).rsqrt() @ axes.T
    weight = _axes((vectors - centre) @ quiet, head.out_features) @ quiet
    _set(head, weight, -weight @ centre)


def within_classes(vectors: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """(n, d) vectors and their labels (see ``class_means``) -> their covariance about the means of their classes,
    (d, d), and the mean of those means, (d,)."""
    means = class_means(vectors, labels)
    apart = vectors - means[labels]
    return apart.T @ apart / len(vectors), means.mean(0)


def class_means(vectors: Tensor, labels: Tensor) -> Tensor:
    """(n, d) vectors and their (n,) labels, from 0 without gaps -> (classes, d)."""
    sums = torch.zeros(int(labels.max()) + 1, vectors.shape[1], dtype=vectors.dtype).index_add_(0, labels, vectors)
    return sums / labels.bincount()[:, None]


def _axes(vectors: Tensor, dim: int) -> Tensor:
    """The principal axes of (n, d) vectors, the widest first: (at most dim, d)."""
    _, axes = torch.linalg.eigh(vectors.T @ vectors)
    return axes.flip(1)[:, :dim].T


def _set(head: nn.Linear, weight: Tensor, bias: Tensor) -> None:
    with torch.no_grad():
        head.weight.copy_(weight)
        head.bias.copy_(bias)
