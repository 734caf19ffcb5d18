import numpy as np
import pytest

from cbir_desktop.core.types import Query, Ranking
from cbir_desktop.rerankers.diffusion import Diffusion, affinities, normalise
from cbir_desktop.rerankers.expansion import QueryExpansion
from cbir_desktop.rerankers.k_reciprocal import KReciprocal, encoded


def unit(rows):
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def plain(vectors, query):
    scores = vectors @ query
    order = np.argsort(-scores, kind="stable")[None]
    return Ranking(order, scores[order].astype(np.float32))


@pytest.fixture
def arcs():
    """Two long arcs side by side, 60 each: what is on the query's arc, but far along, is nearer on the other."""
    turn = np.tile(np.linspace(0, np.pi, 60), 2)
    height = np.repeat([-0.3, 0.3], 60)
    return unit(np.stack([np.cos(turn), np.sin(turn), height], 1))


def test_diffusion_goes_along_the_manifold(arcs):
    query = arcs[0]
    before = plain(arcs, query)
    after = Diffusion(lambda ids: arcs[ids], k=6, query_k=3, alpha=0.99, iterations=200).rerank(
        Query([], query), before
    )
    assert (before.ids[0, :60] < 60).mean() < 0.7
    assert (after.ids[0, :60] < 60).all()


def test_diffusion_is_the_solution_of_its_system(arcs):
    found = Diffusion(lambda ids: arcs[ids], k=6, query_k=3, alpha=0.9, iterations=500)
    ranking = found.rerank(Query([], arcs[5]), plain(arcs, arcs[5]))
    scores = np.zeros(len(arcs))
    scores[ranking.ids[0]] = ranking.scores[0]
    system = np.eye(len(arcs)) - 0.9 * normalise(affinities(arcs, 6, 3.0)).toarray()
    likeness = np.maximum(arcs @ arcs[5], 0) ** 3
    start = np.where(likeness >= np.sort(likeness)[-3], likeness, 0)
    np.testing.assert_allclose(scores, np.maximum(np.linalg.solve(system, start), 0), atol=1e-4)


def test_affinities_are_symmetric_reciprocal_and_bare_of_loops():
    vectors = unit(np.random.default_rng(0).standard_normal((40, 5)))
    weights = affinities(vectors, 5, 3.0).toarray()
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -np.inf)
    near = likeness >= np.sort(likeness, axis=1)[:, [-5]]
    np.testing.assert_allclose(weights, np.where(near & near.T, np.maximum(likeness, 0) ** 3, 0), atol=1e-6)
    assert (np.count_nonzero(weights, axis=1) <= 5).all()


def test_truncated_diffusion_knows_its_candidates_only(arcs):
    """What it reads and what it gives are those of a library that holds the first ``depth`` alone."""
    asked = []

    def vectors_of(ids):
        asked.append(ids)
        return arcs[ids]

    ranking = plain(arcs, arcs[0])
    cut = Diffusion(vectors_of, k=6, query_k=3, iterations=200)
    cut.depth = 30
    found = cut.rerank(Query([], arcs[0]), ranking)
    assert np.unique(np.concatenate(asked)).tolist() == sorted(ranking.ids[0, :30].tolist())
    small = Ranking(ranking.ids[:, :30], ranking.scores[:, :30])
    alone = Diffusion(lambda ids: arcs[ids], k=6, query_k=3, iterations=200).rerank(Query([], arcs[0]), small)
    assert found.ids[0, :30].tolist() == alone.ids[0].tolist()
    assert found.ids[0, 30:].tolist() == ranking.ids[0, 30:].tolist()


def test_what_no_path_reaches_stands_behind_in_its_order(arcs):
    lonely = unit([[0.2, 0.1, -5], [0.1, 0.2, -5.0]])
    vectors = np.concatenate([arcs, lonely])
    ranking = plain(vectors, arcs[0])
    found = Diffusion(lambda ids: vectors[ids], k=2, query_k=3, iterations=100).rerank(Query([], arcs[0]), ranking)
    unreached = found.ids[0][found.scores[0] == 0].tolist()
    assert {120, 121} <= set(unreached)
    assert unreached == [i for i in ranking.ids[0].tolist() if i in unreached]


def test_expansion_is_the_mean_with_its_nearest():
    vectors = unit([[1, 0.1, 0], [0.9, 0.5, 0], [0.8, 0, 0.7], [-1, 0, 0]])
    query = np.array([1, 0, 0], np.float32)
    found = QueryExpansion(lambda ids: vectors[ids], nearest=2).rerank(Query([], query), plain(vectors, query))
    wanted = query + vectors[0] + vectors[1]
    scores = vectors @ (wanted / np.linalg.norm(wanted))
    assert found.ids[0].tolist() == np.argsort(-scores).tolist()
    np.testing.assert_allclose(found.scores[0], np.sort(scores)[::-1], atol=1e-6)


def test_alpha_counts_near_ones_more_and_unlike_ones_not():
    vectors = unit([[1, 0, 0.1], [0.3, 1, 0], [-1, 0.1, 0]])
    query = np.array([1, 0, 0], np.float32)
    found = QueryExpansion(lambda ids: vectors[ids], nearest=3, alpha=2).rerank(Query([], query), plain(vectors, query))
    likeness = vectors @ query
    wanted = query + likeness[0] ** 2 * vectors[0] + likeness[1] ** 2 * vectors[1]
    np.testing.assert_allclose(found.scores[0], np.sort(vectors @ wanted / np.linalg.norm(wanted))[::-1], atol=1e-6)


def test_shared_neighbours_beat_one_sided_nearness():
    """A dense cluster lies as near to the query as its own, sparse one; but its members have each other."""
    random = np.random.default_rng(1)
    sparse = unit([1, 0, 0, 0, 0, 0] + 0.2 * random.standard_normal((12, 6)))
    dense = unit([1, 0.4, 0, 0, 0, 0] + 0.01 * random.standard_normal((12, 6)))
    vectors = np.concatenate([sparse, dense])
    query = unit([[1, 0, 0, 0, 0, 0]])[0]
    before = plain(vectors, query)
    after = KReciprocal(lambda ids: vectors[ids], k1=10, k2=3).rerank(Query([], query), before)
    assert (before.ids[0, :10] < 12).sum() <= 8
    assert (after.ids[0, :10] < 12).all()


def test_k_reciprocal_with_lambda_one_is_the_plain_order():
    vectors = unit(np.random.default_rng(2).standard_normal((30, 6)))
    ranking = plain(vectors, vectors[3])
    found = KReciprocal(lambda ids: vectors[ids], lam=1.0).rerank(Query([], vectors[3]), ranking)
    np.testing.assert_array_equal(found.ids, ranking.ids)


@pytest.mark.parametrize("k1", [1, 4, 9])
def test_k_reciprocal_sets_are_expanded_as_the_paper_says(k1):
    """R*(i, k1) of equations 3 and 4, by sets."""
    vectors = unit(np.random.default_rng(3).standard_normal((40, 4)))
    distance = np.maximum(2 - 2 * vectors @ vectors.T, 0).astype(np.float64)
    np.fill_diagonal(distance, 0)
    order = np.argsort(distance, axis=1, kind="stable")

    def reciprocal(i, k):
        return {j for j in order[i, : k + 1].tolist() if i in order[j, : k + 1]}

    codes = encoded(distance, order, k1)
    for i in range(40):
        expanded = reciprocal(i, k1)
        for j in reciprocal(i, k1):
            half = reciprocal(j, max(1, round(k1 / 2)))
            if len(half & reciprocal(i, k1)) >= 2 / 3 * len(half):
                expanded |= half
        assert np.flatnonzero(codes[i]).tolist() == sorted(expanded)
        weights = np.exp(-distance[i, sorted(expanded)])
        np.testing.assert_allclose(codes[i, sorted(expanded)], weights / weights.sum())
