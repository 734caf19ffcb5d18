import numpy as np
import pytest

from cbir_desktop.evaluation.trec import measure

pytrec_eval = pytest.importorskip("pytrec_eval", reason="trec_eval could not be built here")


def random_pair(seed):
    """Rankings with ties, unjudged documents, queries that are in one file only."""
    random = np.random.default_rng(seed)
    qrels, run = {}, {}
    for query in range(12):
        documents = [f"d{i}" for i in range(40)]
        judged = random.choice(documents, 25, replace=False)
        qrels[f"q{query}"] = {str(name): int(random.integers(-1, 3)) for name in judged}
        found = random.choice(documents, int(random.integers(1, 40)), replace=False)
        run[f"q{query + 1}"] = {str(name): float(np.round(random.random(), 1)) for name in found}
    return run, qrels


@pytest.mark.parametrize("seed", range(10))
def test_the_measures_are_those_of_trec_eval(seed):
    run, qrels = random_pair(seed)
    judge = pytrec_eval.RelevanceEvaluator(qrels, {"map", "P.1,5,10", "recall.1,5,10"})
    theirs = [row for query, row in judge.evaluate(run).items() if max(qrels[query].values()) > 0]
    ours = measure(run, qrels)
    assert ours.queries == len(theirs)
    assert ours.map == pytest.approx(np.mean([row["map"] for row in theirs]))
    for k in (1, 5, 10):
        assert ours.precision[k] == pytest.approx(np.mean([row[f"P_{k}"] for row in theirs]))
        assert ours.recall[k] == pytest.approx(np.mean([row[f"recall_{k}"] for row in theirs]))
