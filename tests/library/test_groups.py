"""Every two in a group are proved; chains make none; the order of the proofs makes no difference."""

import random
import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cbir_desktop.core.verification import Relation
from cbir_desktop.library.groups import copy_groups, related, unasked
from cbir_desktop.store.decisions import pair_of
from cbir_desktop.store.proofs import Proof


def name(number):
    return number.to_bytes(32, "big")


def proof(a, b, proved="copy", copy=0.99):
    lo, hi = pair_of(name(a), name(b))
    return Proof(lo, hi, proved, copy, 1.0, 50, frozenset({Relation.RE_ENCODED}))


def numbers(groups):
    return [[int.from_bytes(content, "big") for content in group] for group in groups]


def test_a_chain_is_no_group():
    assert numbers(copy_groups([proof(1, 2, copy=0.9), proof(2, 3, copy=0.95)])) == [[2, 3]]
    assert numbers(copy_groups([proof(1, 2), proof(2, 3), proof(1, 3)])) == [[1, 2, 3]]
    assert numbers(copy_groups([proof(1, 2), proof(2, 3), proof(1, 3, "scene")])) == [[1, 2]]


def test_scenes_and_what_is_not_proved_make_no_group():
    assert copy_groups([proof(1, 2, "scene"), proof(3, 4, None)]) == []


def test_what_is_left_over_is_related():
    proofs = [proof(1, 2), proof(2, 3, copy=0.9), proof(3, 4, "scene"), proof(5, 6, None)]
    assert [one.pair for one in related(proofs, copy_groups(proofs))] == [proofs[1].pair, proofs[2].pair]


def test_pairs_between_copies_of_one_are_asked_for():
    proofs = {one.pair: one for one in (proof(1, 2), proof(1, 3), proof(1, 4, "scene"), proof(5, 6, None))}
    assert unasked(proofs) == [(name(2), name(3))]
    proofs[name(2), name(3)] = proof(2, 3, None)
    assert unasked(proofs) == []


@given(st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1])), st.integers())
def test_whatever_is_proved_each_group_is_proved_throughout(pairs, seed):
    proofs = [proof(a, b, copy=0.9 + (a * 7 + b) % 10 / 100) for a, b in sorted(pairs)]
    groups = copy_groups(proofs)
    random.Random(seed).shuffle(proofs)
    assert copy_groups(proofs) == groups
    assert len({content for group in groups for content in group}) == sum(map(len, groups))
    for group in numbers(groups):
        assert set(combinations(group, 2)) <= pairs
    grouped = {content for group in numbers(groups) for content in group}
    assert all(a in grouped or b in grouped for a, b in pairs), "no proved pair is left with both outside"


@pytest.mark.slow
def test_a_hundred_thousand_pairs_take_seconds():
    proofs = [proof(10 * group + a, 10 * group + b) for group in range(2200) for a, b in combinations(range(10), 2)]
    started = time.monotonic()
    assert len(copy_groups(proofs)) == 2200
    assert time.monotonic() - started < 20
