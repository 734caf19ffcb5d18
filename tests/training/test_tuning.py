from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
pytest.importorskip("pytorch_metric_learning", reason="the extra [train] is not installed")
pytest.importorskip("ray.tune", reason="the extra [tune] is not installed")

from cbir_desktop.core.errors import KnownError  # noqa: E402
from cbir_desktop.core.tasks import Cancelled, Task  # noqa: E402
from cbir_desktop.training.adapt import Plan, learn  # noqa: E402
from cbir_desktop.training.adapted import Beginning, Collection, Start  # noqa: E402
from cbir_desktop.training.tuning import planned, search, space  # noqa: E402


class Frozen(Beginning):
    """A backbone that is left alone, of which the vectors are there already."""

    learns = False


@pytest.fixture
def collection(hidden):
    return Collection(*hidden, 6, [], [])


def searched(*given):
    try:
        return search(*given)
    except KnownError as error:
        if error.kind == "ray-not-started":
            pytest.skip(str(error))
        raise


@pytest.mark.slow
def test_plans_are_tried_and_the_best_comes_first(collection):
    plan = Plan(dim=8, rate=0.0, epochs=12, patience=12, classes_at_once=6)  # which learns nothing
    seen = []
    found = searched(
        collection, Frozen(Start(), None), plan, 4, 1, Task(lambda done, total: seen.append((done, total)))
    )
    assert [one.value for one in found] == sorted((one.value for one in found), reverse=True)
    assert plan in [one.plan for one in found]
    assert found[0].value > next(one.value for one in found if one.plan == plan) + 0.2
    best = learn(collection.pictures, collection.labels, found[0].plan)
    assert max(best.curve) >= found[0].value - 0.02  # what was promised, learned again by this process's threads
    assert min(one.epochs for one in found) < 12  # ASHA ended some early
    assert seen[-1] == (4, 4)


@pytest.mark.slow
def test_a_search_can_be_cancelled(collection):
    task = Task()
    task.cancel()
    with pytest.raises(Cancelled):
        searched(collection, Frozen(Start(), None), Plan(epochs=3), 3, 1, task)


def test_what_cannot_be_validated_is_not_searched(collection):
    alone = replace(collection, labels=np.zeros(120, np.int64))
    with pytest.raises(KnownError, match="two classes"):
        search(alone, Frozen(Start(), None), Plan(), 3, 1)


def test_what_is_drawn_makes_a_plan():
    plan = Plan(dim=32, sampling="all")
    drawn = {name: domain.sample() for name, domain in space().items()}
    for way, wanted in (("classification", ("classification", "all")), ("triplet distance", ("triplet", "distance"))):
        made = planned(plan, drawn | {"way": way})
        assert (made.loss, made.sampling, made.dim) == (*wanted, 32)
        assert (made.rate, made.decay, made.hidden) == (drawn["rate"], drawn["decay"], drawn["hidden"])
