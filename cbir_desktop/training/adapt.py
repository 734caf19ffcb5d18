"""Learn an embedding from pictures sorted into classes: batches of a few of each class, until it gets no better."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.evaluation import metrics
from cbir_desktop.evaluation.bench import rankings
from cbir_desktop.training.metric_losses import LOSSES, SAMPLINGS, make_loss

ASIDE = ("pictures", "classes")
_AT_ONCE = 64
_SMALLEST_CLASS = 4
"""Pictures that a class must have to give some of them for validation: two stay, and two find each other."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is learned. ``dim`` is an upper limit. ``margin`` is a distance of unit vectors (0 to 2). ``patience``:
    epochs without a better validation after which it ends; after half as many the rate is halved. ``decay``: of the
    weights, apart from the loss (Loshchilov & Hutter 2019, algorithm 2). ``hidden``: see ``head_of``. ``aside``: what
    is kept aside for validation, ``pictures`` of each class, or whole ``classes``, for what shall serve other ones."""

    loss: str = "classification"
    sampling: str = "hard"
    dim: int = 128
    margin: float = 0.2
    rate: float = 1e-3
    decay: float = 0.0
    hidden: int = 0
    epochs: int = 30
    patience: int = 8
    classes_at_once: int = 8
    of_each: int = 4
    seed: int = 0
    aside: str = "pictures"

    def __post_init__(self) -> None:
        if self.loss not in LOSSES or self.sampling not in SAMPLINGS:
            raise KnownError(f"there is no loss {self.loss} with sampling {self.sampling}", "usage")
        if self.aside not in ASIDE:
            raise KnownError(f"{self.aside} cannot be kept aside", "usage")
        for name in ("rate", "decay", "margin"):
            if not 0 <= getattr(self, name) < math.inf:
                raise KnownError(f"the {name} must be a number, 0 or more, not {getattr(self, name)}", "usage")


@dataclass(frozen=True)
class Learned:
    """``head``: what stands behind the backbone, with ``out_features``. ``before`` and ``after``: mAP of the validation
    pictures among themselves, of the beginning and of the epoch that is kept; ``curve``: that of each epoch."""

    head: nn.Module
    before: float
    after: float
    curve: tuple[float, ...]


def validation(labels: npt.NDArray[np.int64], seed: int, aside: str = "pictures") -> npt.NDArray[np.bool_]:
    """(n,) True for what is kept aside: a fifth of each class, at least two, none of classes under four; or a third of
    the classes of two pictures and more, at least two of them. Raises ``KnownError`` where too little is left."""
    random = np.random.default_rng((seed, 1))
    known, sizes = np.unique(labels, return_counts=True)
    chosen = np.zeros(len(labels), np.bool_)
    if aside == "classes":
        drawn = random.permutation(known[sizes > 1])
        chosen = np.isin(labels, drawn[: max(2, len(drawn) // 3)])
        if len(drawn) < 2 or len(np.unique(labels[~chosen])) < 2:
            raise KnownError("four classes are needed at least, to keep two of them aside", "too-few-pictures")
        return chosen
    for label in known:
        rows = random.permutation(np.flatnonzero(labels == label))
        if len(rows) >= _SMALLEST_CLASS:
            chosen[rows[: max(2, len(rows) // 5)]] = True
    if len(np.unique(labels[chosen])) < 2:
        raise KnownError(
            "two classes of four pictures are needed at least, to see whether it learns", "too-few-pictures"
        )
    return chosen


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
    before, so that learning begins from the backbone's own ranking. With a layer of ``hidden`` units beside it."""
    inputs = vectors.shape[1]
    outputs = min(dim, inputs)
    head = nn.Linear(inputs, outputs)
    wide = vectors.double()
    _, axes = torch.linalg.eigh(wide.T @ wide)
    with torch.no_grad():
        head.weight.copy_(axes.flip(1)[:, :outputs].T)
        head.bias.zero_()
    return Bent(head, hidden) if hidden else head


def learn(
    pictures: Tensor,
    labels: npt.NDArray[np.int64],
    plan: Plan,
    backbone: nn.Module | None = None,
    task: Task = NULL_TASK,
    report: Callable[[int, float], None] | None = None,
    backbone_rate: float = 0.1,
) -> Learned:
    """``pictures``: (n, d) vectors of a frozen backbone; or, with ``backbone``, which is trained then, (n, 3, s, s)
    half floats as it wants them. The best epoch's weights are kept, the beginning's where none is better.

    ``report`` gets each epoch and its validation mAP. ``backbone_rate``: the backbone's learning rate in parts of the
    head's. The same every time for one seed, machine and number of threads. Raises ``KnownError``, ``Cancelled``.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plan.seed)
        chosen = validation(labels, plan.seed, plan.aside)
        if backbone is None:
            network = nn.Sequential(head_of(pictures, plan.dim, plan.hidden))
        else:
            backbone.eval()
            seen = _encoded(backbone, pictures[: 4 * _AT_ONCE])
            network = nn.Sequential(backbone, head_of(seen, plan.dim, plan.hidden))
        loss = make_loss(plan.loss, plan.sampling, int(labels.max()) + 1, network[-1].out_features, plan.margin)
        groups = [{"params": [*network[-1].parameters(), *loss.parameters()], "lr": plan.rate}]
        if backbone is not None:
            groups.append({"params": list(backbone.parameters()), "lr": plan.rate * backbone_rate})
        optimizer = torch.optim.AdamW(groups, weight_decay=plan.decay)
        return _loop(network, loss, optimizer, pictures, labels, chosen, plan, task, report)


def _loop(
    network: nn.Sequential,
    loss: nn.Module,
    optimizer: torch.optim.Optimizer,
    pictures: Tensor,
    labels: npt.NDArray[np.int64],
    chosen: npt.NDArray[np.bool_],
    plan: Plan,
    task: Task,
    report: Callable[[int, float], None] | None,
) -> Learned:
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", 0.5, max(1, plan.patience // 2))
    before = best = _validated(network, pictures, labels, chosen)
    kept, since, curve = _state(network), 0, []
    random = np.random.default_rng(plan.seed)
    for epoch in range(plan.epochs):
        task.step(epoch, plan.epochs)
        network.train()
        for rows in _batches(np.flatnonzero(~chosen), labels, plan, random):
            task.check()
            batch = pictures[rows].float()
            error = loss(network(varied(batch) if batch.ndim == 4 else batch), torch.from_numpy(labels[rows]))
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
        curve.append(_validated(network, pictures, labels, chosen))
        plateau.step(curve[-1])
        if report is not None:
            report(epoch, curve[-1])
        since += 1
        if curve[-1] > best:
            best, kept, since = curve[-1], _state(network), 0
        if since >= plan.patience:
            break
    task.step(plan.epochs, plan.epochs)
    network.load_state_dict(kept)
    network.eval()
    return Learned(network[-1], before, best, tuple(curve))


def _state(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _batches(
    rows: npt.NDArray[np.int64], labels: npt.NDArray[np.int64], plan: Plan, random: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    """As many batches as take every picture once, each of ``of_each`` of ``classes_at_once`` (Hermans et al. 2017,
    section 2: PK batches); a smaller class gives some twice."""
    by_class = [rows[labels[rows] == label] for label in np.unique(labels[rows])]
    for _ in range(max(1, len(rows) // (plan.classes_at_once * plan.of_each))):
        drawn = random.permutation(len(by_class))[: plan.classes_at_once]
        yield np.concatenate(
            [random.choice(by_class[one], plan.of_each, len(by_class[one]) < plan.of_each) for one in drawn]
        )


def varied(batch: Tensor) -> Tensor:
    """(n, 3, s, s), each cut to 0.7 to 1 of its sides somewhere, and mirrored half the time; by torch's own seed."""
    n = len(batch)
    scale = 0.7 + 0.3 * torch.rand(n)
    shift = (torch.rand(n, 2) * 2 - 1) * (1 - scale[:, None])
    mirror = torch.where(torch.rand(n) < 0.5, -1.0, 1.0)
    maps = torch.zeros(n, 2, 3)
    maps[:, 0, 0], maps[:, 1, 1], maps[:, :, 2] = scale * mirror, scale, shift
    grid = nn.functional.affine_grid(maps, list(batch.shape), align_corners=False)
    return nn.functional.grid_sample(batch, grid, padding_mode="reflection", align_corners=False)


def _validated(
    network: nn.Module, pictures: Tensor, labels: npt.NDArray[np.int64], chosen: npt.NDArray[np.bool_]
) -> float:
    network.eval()
    vectors = nn.functional.normalize(_encoded(network, pictures[np.flatnonzero(chosen)])).numpy()
    found = [metrics.average_precision(relevant) for _, relevant in rankings(vectors, labels[chosen])]
    return float(np.mean(found))


def _encoded(network: nn.Module, pictures: Tensor) -> Tensor:
    with torch.inference_mode():
        return torch.cat([network(part.float()) for part in pictures.split(_AT_ONCE)])
