from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the extra [train] is not installed")
pytest.importorskip("pytorch_metric_learning", reason="the extra [train] is not installed")

from cbir_desktop.core.errors import KnownError  # noqa: E402
from cbir_desktop.core.tasks import Cancelled, Task  # noqa: E402
from cbir_desktop.evaluation import metrics  # noqa: E402
from cbir_desktop.evaluation.bench import rankings  # noqa: E402
from cbir_desktop.training.adapt import Plan, learn, validation, varied  # noqa: E402
from cbir_desktop.training.heads import class_means, head_of  # noqa: E402
from cbir_desktop.training.metric_losses import LOSSES, SAMPLINGS, BatchWeighted, make_loss  # noqa: E402

WAYS = [("classification", "all"), *((loss, way) for loss in LOSSES[1:] for way in SAMPLINGS)]


@pytest.mark.parametrize(("loss", "sampling"), WAYS)
def test_every_loss_finds_what_tells_classes_apart(hidden, loss, sampling):
    vectors, labels = hidden
    margin = 0.8 if loss == "contrastive" else 0.2
    found = learn(vectors, labels, Plan(loss, sampling, 8, margin, 0.03, 40, 20, classes_at_once=6))
    assert found.after > found.before + 0.1


def test_the_same_seed_gives_the_same_weights(hidden):
    plan = Plan("triplet", "distance", 8, epochs=3)
    one, again, other = (learn(*hidden, one) for one in (plan, plan, replace(plan, seed=1)))
    assert torch.equal(one.head.weight, again.head.weight)
    assert one.curve == again.curve
    assert not torch.equal(one.head.weight, other.head.weight)


def test_it_is_never_worse_than_what_it_begins_from(hidden):
    quiet = learn(*hidden, Plan(rate=0.0, epochs=1, dim=12)).after
    worse = learn(*hidden, Plan(rate=10.0, epochs=3, dim=12, keep=0.0))
    assert worse.after == max(worse.before, quiet, *worse.curve)
    shown = np.random.default_rng(0).permutation(hidden[1])  # labels of nothing: the backbone's own ranking may stay
    lost = learn(hidden[0], shown, Plan(rate=10.0, epochs=3, dim=12))
    assert lost.after >= lost.before


def test_classes_that_were_not_shown_are_told_apart_better_too():
    """Twenty classes that differ in eight dimensions of 32; ten of them are learned from, by the plan as it is."""
    random = np.random.default_rng(0)
    labels = np.repeat(np.arange(20), 20)
    told = random.standard_normal((20, 8))[labels] + 0.3 * random.standard_normal((400, 8))
    rows = torch.from_numpy(np.concatenate([told, random.standard_normal((400, 24))], 1).astype(np.float32))
    rows, shown = torch.nn.functional.normalize(rows), labels < 10
    found = learn(rows[shown], labels[shown], Plan())
    with torch.no_grad():
        after = torch.nn.functional.normalize(found.head(rows)).numpy()
    before, after = (_map(vectors[~shown], labels[~shown]) for vectors in (rows.numpy(), after))
    assert after > before + 0.05
    assert found.after > found.before + 0.05


def _map(vectors, labels):
    return np.mean([metrics.average_precision(relevant) for _, relevant in rankings(vectors, labels)])


def test_what_is_kept_lies_between_the_beginning_and_what_was_learned(hidden):
    plan = Plan(dim=8, rate=0.03, epochs=1, classes_at_once=6)
    learned, half, begun = (learn(*hidden, replace(plan, keep=keep)) for keep in (0.0, 0.5, 1.0))
    assert min(learned.after, half.after) > begun.after
    torch.testing.assert_close(half.head.weight, (learned.head.weight + begun.head.weight) / 2)
    torch.testing.assert_close(half.head.bias, (learned.head.bias + begun.head.bias) / 2)
    assert begun.curve == (begun.after,)
    with pytest.raises(KnownError, match="0 to 1"):
        Plan(keep=1.5)


def test_with_no_epochs_nothing_is_learned(hidden):
    found = learn(*hidden, Plan(epochs=0, dim=12))
    assert (found.after, found.curve) == (found.before, ())


def test_classification_begins_from_the_means_of_the_classes(hidden):
    vectors, labels = hidden[0], torch.from_numpy(hidden[1])
    by_chance = make_loss("classification", "all", 6, 12, 0.2)
    from_means = make_loss("classification", "all", 6, 12, 0.2, class_means(vectors, labels))
    assert (from_means(vectors, labels) < by_chance(vectors, labels)).item()


def test_it_ends_when_it_gets_no_better(hidden):
    found = learn(*hidden, Plan(rate=0.0, epochs=30, patience=4))
    assert len(found.curve) == 4
    assert found.after == found.curve[0]


def test_a_backbone_of_pixels_is_trained_too():
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], 10)
    pixels = torch.from_numpy(random.standard_normal((20, 3, 8, 8)).astype(np.float16))
    pixels[labels == 1, 0] += 0.5
    backbone = torch.nn.Sequential(torch.nn.Conv2d(3, 6, 3), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    before = backbone[0].weight.detach().clone()
    found = learn(pixels, labels, Plan(rate=0.01, epochs=8), backbone, new=True)
    assert found.after >= found.before
    assert found.after == found.before or not torch.equal(before, backbone[0].weight)


def test_validation_pictures_are_a_fifth_and_never_trained_on():
    labels = np.repeat([0, 1, 2], [20, 5, 3])
    chosen = validation(labels, 0)
    assert [int(chosen[labels == label].sum()) for label in (0, 1, 2)] == [4, 2, 0]
    with pytest.raises(KnownError, match="two classes"):
        validation(np.repeat([0, 1], [9, 3]), 0)


def test_whole_classes_can_be_kept_aside(hidden):
    labels = np.repeat(np.arange(7), [9, 9, 9, 9, 9, 9, 1])
    chosen = validation(labels, 0, "classes")
    assert len(set(labels[chosen]) & set(labels[~chosen])) == 0
    assert len(set(labels[chosen])) == 2
    assert not chosen[-1]  # which would have nothing to find
    for few in (np.repeat([0, 1, 2], 9), np.arange(9)):
        with pytest.raises(KnownError, match="four classes"):
            validation(few, 0, "classes")
    vectors, labels = hidden
    found = learn(vectors, labels, Plan(dim=8, rate=0.03, epochs=20, patience=20, classes_at_once=4, aside="classes"))
    assert found.after > found.before  # on two classes that it never saw
    with pytest.raises(KnownError):
        Plan(aside="everything")


def test_learning_can_be_cancelled(hidden):
    task = Task()
    task.cancel()
    with pytest.raises(Cancelled):
        learn(*hidden, Plan(), task=task)


def test_batch_weighted_by_hand():
    """An anchor at (1, 0); positives at distance 0.1 and 1; one negative at the square root of two."""
    angle = 2 * np.arcsin(0.05)
    sixty = np.pi / 3
    rows = torch.tensor([[1, 0], [np.cos(angle), np.sin(angle)], [np.cos(sixty), -np.sin(sixty)], [0, 1]]).float()
    labels = torch.tensor([0, 0, 0, 1])
    weights = np.exp([0.1, 1.0])
    positives = (weights * [0.1, 1.0]).sum() / weights.sum()
    alone = BatchWeighted("triplet", 2.0)
    anchors = [alone(rows[order], labels[order]) * 4 for order in (torch.arange(4), torch.tensor([3, 2, 1, 0]))]
    assert anchors[0] == pytest.approx(float(anchors[1]), abs=1e-4)
    distances = torch.cdist(rows, rows)
    expected = 0.0
    for anchor in range(4):
        same = (labels == labels[anchor]) & (torch.arange(4) != anchor)
        near = torch.softmax(distances[anchor][same], 0) @ distances[anchor][same] if same.any() else 0
        far = (
            torch.softmax(-distances[anchor][labels != labels[anchor]], 0) @ distances[anchor][labels != labels[anchor]]
        )
        if anchor == 0:
            assert float(near) == pytest.approx(positives, abs=1e-4)
        expected += max(0.0, float(2.0 + near - far)) / 4
    assert float(alone(rows, labels)) == pytest.approx(expected, abs=1e-4)


def test_varied_pictures_keep_their_shape_and_differ():
    batch = torch.rand(4, 3, 16, 12, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    found = varied(batch)
    assert found.shape == batch.shape
    assert not torch.equal(found, batch)
    assert found.min() >= 0
    assert found.max() <= 1


def test_what_there_is_not_is_refused():
    with pytest.raises(ValueError, match="no 'triplet'"):
        make_loss("triplet", "soft", 2, 2, 0.2)
    with pytest.raises(KnownError):
        Plan("triplet", "soft")


def test_hidden_units_begin_by_adding_nothing_and_learn(hidden):
    vectors, labels = hidden
    with torch.no_grad():
        torch.testing.assert_close(head_of(vectors, 8, 16)(vectors), head_of(vectors, 8)(vectors))
    found = learn(vectors, labels, Plan(dim=8, rate=0.03, hidden=16, epochs=10, classes_at_once=6))
    assert found.after > found.before
    assert float(found.head.outer.weight.detach().abs().max()) > 0


def test_decay_makes_weights_smaller(hidden):
    loose, tight = (learn(*hidden, Plan(rate=0.01, epochs=4, decay=decay, dim=8)) for decay in (0.0, 5.0))
    sizes = [float(one.head.weight.detach().norm()) for one in (loose, tight)]
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize("wrong", [{"rate": -1.0}, {"decay": float("nan")}, {"margin": float("inf")}])
def test_a_plan_of_wrong_numbers_is_refused(wrong):
    with pytest.raises(KnownError, match="0 or more"):
        Plan(**wrong)
