"""The end of an encoder, fitted in closed form when its network is trained: what varies among photos of a class and
among edited copies of a photo is evened out.

Within-class covariance normalisation (Hatch, Kajarekar & Stolcke 2006, section 2) with a copy and its photo as a class
of their own, shrunk (Friedman 1989, equation 18), then principal axes. It takes a pass over the photos and one over
each round of copies, and no step of training.
"""

import logging
from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.tasks import NULL_TASK, Task
from cbir_desktop.training.augment import whole
from cbir_desktop.training.heads import whiten, within_classes
from cbir_desktop.training.recipe import EndingRecipe
from cbir_desktop.training.run import Run
from cbir_desktop.training.student import Ending

log = logging.getLogger(__name__)

_SMALLEST_CLASS = 5
"""Fewer photos say little of how a class varies."""


def roots(run: Run, rounds: int, task: Task = NULL_TASK) -> list[Tensor]:
    """What the ending sees, in bfloat16 as in training: (n, c) of all photos of a run, then of each of ``rounds``
    edited copies of them. ``Cancelled``."""
    student, rows = run.student, np.arange(len(run.photos.labels))

    def seen(x: Tensor) -> Tensor:
        return Ending.roots(student.pool(student.tensors(x)[-1]))

    found = []
    for copy in (None, *range(rounds)):
        log.info("looking at all photos" if copy is None else f"looking at edited copies {copy}")
        found.append(run.answers(seen, rows, whole(len(rows)), run.recipe.student.input_size, copy, task))
    return found


def fit_ending(
    recipe: EndingRecipe, views: Sequence[Tensor], labels: Sequence[str], rows: npt.NDArray[np.int64]
) -> Ending:
    """``views``: (n, c) roots of photos and of their copies, in their order; ``labels`` of the photos, empty for none;
    fitted on ``rows`` of them. Raises ``KnownError`` where no class has five of these."""
    photos, *copies = (view[torch.from_numpy(rows)].double() for view in views)
    counts = Counter(labels[row] for row in rows)
    known = [place for place, row in enumerate(rows) if labels[row] and counts[labels[row]] >= _SMALLEST_CLASS]
    if not known:
        raise KnownError(f"no class has {_SMALLEST_CLASS} photos", "no-training-data")
    _, numbers = np.unique([labels[rows[place]] for place in known], return_inverse=True)
    noise, centre = within_classes(photos[known], torch.from_numpy(numbers))
    noise /= noise.trace()
    if copies:
        own = torch.arange(len(photos)).repeat(1 + len(copies))
        by_copy, _ = within_classes(torch.cat([photos, *copies]), own)
        noise = (1 - recipe.edits) * noise + recipe.edits * by_copy / by_copy.trace()
    ending = Ending(recipe.dim)
    whiten(ending.linear, photos, noise, centre, recipe.shrinkage)
    return ending
