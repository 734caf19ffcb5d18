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
from cbir_desktop.training.heads import class_means, head_of, quieten
from cbir_desktop.training.metric_losses import LOSSES, SAMPLINGS, make_loss

ASIDE = ("pictures", "classes")
_AT_ONCE = 64
_KNOWING = 0.1
"""Of the rate: at which a backbone learns that knows something already."""
_SMALLEST_CLASS = 4
"""Pictures that a class must have to give some of them for validation: two stay, and two find each other."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How it is learned. ``dim`` is an upper limit. ``margin`` is a distance of unit vectors (0 to 2). ``patience``:
    epochs without a better validation after which it ends; after half as many the rate is halved. ``decay``: of the
    weights, apart from the loss (Loshchilov & Hutter 2019, algorithm 2). ``hidden``: see ``head_of``. ``aside``: what
    is kept aside for validation, ``pictures`` of each class, or whole ``classes``, for what shall serve other ones.
    ``keep``: the part, 0 to 1, of the weights that they began with which is mixed into those that were learned."""

    loss: str = "classification"
    sampling: str = "hard"
    dim: int = 256
    margin: float = 0.2
    rate: float = 3e-4
    decay: float = 0.0
    hidden: int = 0
    epochs: int = 30
    patience: int = 8
    classes_at_once: int = 8
    of_each: int = 4
    seed: int = 0
    aside: str = "pictures"
    keep: float = 0.5

    def __post_init__(self) -> None:
        if self.loss not in LOSSES or self.sampling not in SAMPLINGS:
            raise KnownError(f"there is no loss {self.loss} with sampling {self.sampling}", "usage")
        if self.aside not in ASIDE:
            raise KnownError(f"{self.aside} cannot be kept aside", "usage")
        if not 0 <= self.keep <= 1:
            raise KnownError(f"what is kept of the beginning is a part of it, 0 to 1, not {self.keep}", "usage")
        for name in ("rate", "decay", "margin"):
            if not 0 <= getattr(self, name) < math.inf:
                raise KnownError(f"the {name} must be a number, 0 or more, not {getattr(self, name)}", "usage")


@dataclass(frozen=True)
class Learned:
    """``head``: what stands behind the backbone, with ``out_features``. ``before`` and ``after``: mAP of the validation
    pictures among themselves, of the backbone and of what is kept; ``curve``: that of each epoch."""

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


def learn(
    pictures: Tensor,
    labels: npt.NDArray[np.int64],
    plan: Plan,
    backbone: nn.Module | None = None,
    task: Task = NULL_TASK,
    report: Callable[[int, float], None] | None = None,
    new: bool = False,
) -> Learned:
    """``pictures``: (n, d) vectors of a frozen backbone; or, with ``backbone``, which is trained then, (n, 3, s, s)
    half floats as it wants them. The best epoch's weights are kept, the backbone's own ranking where none is better.

    ``report`` gets each epoch and its validation mAP. ``new``: the backbone knows nothing yet, and learns at
    the full rate, another at a tenth. The same every time for one seed, machine and number of threads; with no epochs
    nothing is learned. Raises ``KnownError``, ``Cancelled``.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(plan.seed)
        chosen = validation(labels, plan.seed, plan.aside)
        rows = np.flatnonzero(~chosen)
        numbers = torch.from_numpy(np.searchsorted(np.unique(labels[rows]), labels))
        backbone = nn.Identity() if backbone is None else backbone.eval()
        vectors = _encoded(backbone, pictures, rows)
        head = head_of(vectors, plan.dim, plan.hidden)
        best = _Best(nn.Sequential(backbone, head), pictures, labels, np.flatnonzero(chosen))
        before, centres = best.look(), None
        if plan.epochs and not new:
            quieten(head, vectors, numbers[rows])
            best.look()
            with torch.no_grad():
                centres = class_means(nn.functional.normalize(head(vectors)), numbers[rows])
        loss = make_loss(
            plan.loss, plan.sampling, int(numbers[rows].max()) + 1, head.out_features, plan.margin, centres
        )
        optimizer = _optimizer(plan, [*head.parameters(), *loss.parameters()], list(backbone.parameters()), new)
        curve = _loop(best, loss, optimizer, numbers, rows, plan, task, report)
        best.network.load_state_dict(best.state)
        return Learned(head, before, best.value, tuple(curve))


def _optimizer(
    plan: Plan, weights: list[nn.Parameter], of_backbone: list[nn.Parameter], new: bool
) -> torch.optim.Optimizer:
    slow = plan.rate * (1.0 if new else _KNOWING)
    groups = [{"params": weights, "lr": plan.rate}, {"params": of_backbone, "lr": slow}]
    return torch.optim.AdamW(groups, weight_decay=plan.decay)


def _loop(
    best: "_Best",
    loss: nn.Module,
    optimizer: torch.optim.Optimizer,
    numbers: Tensor,
    rows: npt.NDArray[np.int64],
    plan: Plan,
    task: Task,
    report: Callable[[int, float], None] | None,
) -> list[float]:
    """The validation mAP of each epoch, of the weights between the beginning's and the epoch's (Wortsman et al. 2022,
    section 3, equation 1), which are those that are kept; learning goes on from the epoch's."""
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", 0.5, max(1, plan.patience // 2))
    network, begun, since = best.network, _state(best.network), 0
    curve: list[float] = []
    random = np.random.default_rng(plan.seed)
    for epoch in range(plan.epochs):
        task.step(epoch, plan.epochs)
        network.train()
        for drawn in _batches(rows, numbers.numpy(), plan, random):
            task.check()
            batch = best.pictures[drawn].float()
            error = loss(network(varied(batch) if batch.ndim == 4 else batch), numbers[drawn])
            optimizer.zero_grad()
            error.backward()
            optimizer.step()
        reached, now = best.value, _state(network)
        network.load_state_dict(_between(now, begun, plan.keep))
        curve.append(best.look())
        network.load_state_dict(now)
        plateau.step(curve[-1])
        if report is not None:
            report(epoch, curve[-1])
        since = 0 if best.value > reached else since + 1
        if since >= plan.patience:
            break
    task.step(plan.epochs, plan.epochs)
    return curve


class _Best:
    """The weights of ``network`` with the highest validation mAP of all that were looked at, the first of equals."""

    def __init__(
        self, network: nn.Sequential, pictures: Tensor, labels: npt.NDArray[np.int64], aside: npt.NDArray[np.int64]
    ) -> None:
        self.network, self.pictures, self._labels, self._aside = network, pictures, labels, aside
        self.value, self.state = -1.0, _state(network)

    def look(self) -> float:
        """The validation mAP of the network as it is; leaves it in the mode for use."""
        vectors = nn.functional.normalize(_encoded(self.network.eval(), self.pictures, self._aside)).numpy()
        found = [metrics.average_precision(relevant) for _, relevant in rankings(vectors, self._labels[self._aside])]
        value = float(np.mean(found))
        if value > self.value:
            self.value, self.state = value, _state(self.network)
        return value


def _state(network: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}


def _between(now: dict[str, Tensor], begun: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """``share`` of ``begun`` and the rest of ``now``; what is counted in whole numbers is as now."""
    return {name: value.lerp(begun[name], share) if value.is_floating_point() else value for name, value in now.items()}


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


def _encoded(network: nn.Module, pictures: Tensor, rows: npt.NDArray[np.int64]) -> Tensor:
    with torch.inference_mode():
        parts = torch.from_numpy(rows).split(_AT_ONCE)
        return torch.cat([network(pictures[part].float()) for part in parts])
