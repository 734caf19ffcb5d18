import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from cbir_desktop.evaluation import metrics

rankings = st.lists(st.booleans(), min_size=1, max_size=60).map(lambda row: np.array(row, dtype=bool))
some_relevant = rankings.filter(lambda row: bool(row.any()))


def ranking(text):
    return np.array([mark == "+" for mark in text])


def test_step_form_by_hand():
    assert metrics.average_precision(ranking("+-+--")) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert metrics.average_precision(ranking("--+")) == pytest.approx(1 / 3)
    assert metrics.average_precision(ranking("+-+"), positives=4) == pytest.approx((1 + 2 / 3) / 4)


def test_trapezoid_by_hand():
    # ranks 1 and 3: (1 + 1) / 2 and (1/2 + 2/3) / 2, each over two positives
    assert metrics.average_precision_trapezoid(ranking("+-+--")) == pytest.approx((1 + (1 / 2 + 2 / 3) / 2) / 2)
    # the relevant one at rank 2: precision before it 0, at it 1/2
    assert metrics.average_precision_trapezoid(ranking("-+")) == pytest.approx((0 + 1 / 2) / 2)


def reference_trapezoid(relevant, junk):
    """compute_ap.cpp of the Oxford buildings benchmark, line by line."""
    old_recall, old_precision, ap, intersect, j = 0.0, 1.0, 0.0, 0, 0
    positives = int((relevant & ~junk).sum())
    for good, bad in zip(relevant, junk, strict=True):
        if bad:
            continue
        intersect += int(good)
        recall, precision = intersect / positives, intersect / (j + 1)
        ap += (recall - old_recall) * (old_precision + precision) / 2
        old_recall, old_precision, j = recall, precision, j + 1
    return ap


@given(st.lists(st.sampled_from("+-j"), min_size=1, max_size=60).filter(lambda marks: "+" in marks))
def test_trapezoid_is_the_published_loop(marks):
    relevant, junk = ranking(marks), np.array([mark == "j" for mark in marks])
    assert metrics.average_precision_trapezoid(relevant, junk) == pytest.approx(reference_trapezoid(relevant, junk))


@given(some_relevant)
def test_step_form_is_that_of_scikit_learn(relevant):
    untied = -np.arange(len(relevant))
    assert metrics.average_precision(relevant) == pytest.approx(average_precision_score(relevant, untied))


@given(some_relevant)
def test_average_precision_is_one_only_for_a_perfect_ranking(relevant):
    perfect = bool(relevant[: relevant.sum()].all())
    value = metrics.average_precision(relevant)
    assert 0 < value <= 1
    assert (value == pytest.approx(1.0)) == perfect


@given(some_relevant, st.data())
def test_moving_a_relevant_item_up_never_hurts(relevant, data):
    at = data.draw(st.sampled_from(np.flatnonzero(relevant).tolist()))
    better = np.insert(np.delete(relevant, at), data.draw(st.integers(0, at)), True)
    assert metrics.average_precision(better) >= metrics.average_precision(relevant) - 1e-12
    assert metrics.average_precision_trapezoid(better) >= metrics.average_precision_trapezoid(relevant) - 1e-12


def test_mean_leaves_out_queries_without_an_answer():
    rows = [ranking("+-"), ranking("-+"), ranking("--")]
    assert metrics.mean_average_precision(rows) == pytest.approx((1 + 1 / 2) / 2)
    with pytest.raises(ValueError, match="no query"):
        metrics.mean_average_precision([ranking("--")])


def test_precision_and_recall_by_hand():
    row = ranking("+-++-")
    assert [metrics.precision_at(row, k) for k in (1, 2, 4, 10)] == pytest.approx([1, 1 / 2, 3 / 4, 3 / 10])
    assert [metrics.recall_at(row, k) for k in (1, 3, 5)] == pytest.approx([1 / 3, 2 / 3, 1])
    assert metrics.recall_at(row, 5, positives=6) == pytest.approx(1 / 2)


def test_undefined_values_are_refused():
    for measure in (metrics.average_precision, metrics.average_precision_trapezoid):
        with pytest.raises(ValueError, match="not defined"):
            measure(ranking("--"))
    with pytest.raises(ValueError, match="at least 1"):
        metrics.precision_at(ranking("+"), 0)
    with pytest.raises(ValueError, match="1 positives, but 2"):
        metrics.average_precision(ranking("++"), positives=1)


def test_ns_score_counts_the_first_four_only():
    assert metrics.ns_score([ranking("++++-"), ranking("+--++")]) == pytest.approx((4 + 2) / 2)


def test_micro_average_precision_by_hand():
    scores, correct = np.array([0.2, 0.9, 0.5, 0.4]), np.array([True, True, False, True])
    assert metrics.micro_average_precision(scores, correct, 4) == pytest.approx((1 + 2 / 3 + 3 / 4) / 4)
    assert metrics.micro_average_precision(np.array([]), np.array([], dtype=bool), 3) == 0


@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=50), st.randoms())
def test_micro_average_precision_with_ties_is_that_of_scikit_learn(candidates, random):
    if not any(good for _, good in candidates):
        candidates.append((4, True))
    random.shuffle(candidates)
    scores = np.array([score for score, _ in candidates]) / 8
    correct = np.array([good for _, good in candidates])
    expected = average_precision_score(correct, scores)
    assert metrics.micro_average_precision(scores, correct, int(correct.sum())) == pytest.approx(expected)


def test_one_query_makes_micro_the_step_form():
    rng = np.random.default_rng(3)
    relevant = rng.random(200) < 0.1
    scores = np.sort(rng.random(200))[::-1]
    micro = metrics.micro_average_precision(scores, relevant, int(relevant.sum()))
    assert micro == pytest.approx(metrics.average_precision(relevant))
