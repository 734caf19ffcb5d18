"""What a person does with groups: pure functions on made groups, and their table."""

import numpy as np
import pytest

from cbir_desktop.core.verification import Relation
from cbir_desktop.library.choosing import Member, Pick, Preview
from cbir_desktop.library.duplicates import Group, Scope
from cbir_desktop.library.group_table import BINS, GroupTable, bin_of, histogram, least_of
from cbir_desktop.library.groups import Proved, kind_of
from cbir_desktop.library.keep_rules import PRESETS, KeepRules
from cbir_desktop.library.review import (
    bound,
    going_in,
    in_folder,
    key_of,
    let_be,
    partner,
    plan_of,
    probabilities,
    propose,
    set_apart,
    torn_stacks,
    without,
)
from cbir_desktop.library.review_progress import as_meta, current_of, done_of, marks_of, rules_of, scope_of
from cbir_desktop.library.stacks import Stack
from cbir_desktop.store.proofs import Proof
from cbir_desktop.store.reviews import Progress


def content(letter):
    return letter.encode() * 32


def group(name, *members, copy=0.99, states=None, folder="/p"):
    """Of files as "a1": content a; all pairs are proved with that probability."""
    held = sorted({content(member[0]) for member in members})
    proofs = {
        (a, b): Proof(a, b, "copy", copy, 1.0, 40, frozenset({Relation.RESIZED}))
        for place, a in enumerate(held)
        for b in held[place + 1 :]
    }
    proved = Proved(proofs, {})
    files = tuple(
        Member(f"{folder}/{member}", content(member[0]), 100 * place, 40, 30, "JPEG")
        for place, member in enumerate(members, start=1)
    )
    picks = tuple(Pick(state, "") for state in states or ["open"] * len(files))
    return Group(name, kind_of(held, proved), files, picks, proved)


def names(one):
    return None if one is None else [member.path.rpartition("/")[2] for member in one.members]


def test_a_group_shrinks_until_it_is_none():
    whole = group("g", "a1", "a2", "b1")
    assert (whole.kind, names(without(whole, {"/p/b1"}))) == ("near", ["a1", "a2"])
    assert without(whole, {"/p/b1"}).kind == "bytes", "what is left is of one content"
    assert without(whole, {"/p/a1", "/p/b1"}) is None
    assert without(whole, set()) == whole


def test_what_is_no_duplicate_leaves_with_the_files_of_its_bytes():
    parts = set_apart(group("g", "a1", "a2", "b1", "c1"), content("a"))
    assert [(names(part), part.kind) for part in parts] == [(["b1", "c1"], "near"), (["a1", "a2"], "bytes")]
    assert len({part.id for part in parts}) == 2
    assert set_apart(group("g", "a1", "b1"), content("a")) == []


def test_what_is_kept_beside_the_others_is_not_shown_again():
    assert let_be(group("g", "a1", "b1"), content("a")) is None
    assert names(let_be(group("g", "a1", "b1", "c1"), content("a"))) == ["b1", "c1"]
    assert names(let_be(group("g", "a1", "a2", "b1"), content("a"))) == ["a1", "a2"]
    assert names(let_be(group("g", "a1", "a2", "b1", "c1"), content("a"))) == ["a1", "a2", "b1", "c1"]


def test_whom_a_member_is_compared_with():
    found = group("g", "a1", "b1", "c1", states=["open", "open", "kept"])
    assert [partner(found, f"/p/{name}").path[-2:] for name in ("a1", "b1", "c1")] == ["c1", "c1", "a1"]


def test_probabilities_are_those_of_different_pixels():
    assert probabilities(group("g", "a1", "a2")) == [1.0]
    assert probabilities(group("g", "a1", "b1", "c1", copy=0.7)) == [0.7] * 3
    same = group("g", "a1", "b1", "c1", copy=0.7)
    alike = Proved(same.proved.proofs, {content("b"): content("a")})
    assert len(probabilities(Group("g", "near", same.members, same.picks, alike))) == 1


def test_a_link_takes_the_place_of_the_same_bytes_only():
    found = group("g", "a1", "a2", "b1", states=["kept", "marked", "marked"])
    assert going_in(plan_of([found], "trash")) == {"/p/a2", "/p/b1"}
    assert going_in(plan_of([found], "hardlink")) == {"/p/a2"}
    assert plan_of([group("h", "a1", "b1")], "trash") == [], "nothing in it goes"


def test_a_stack_is_torn_only_by_a_plan_that_says_so():
    found = group("g", "a1", "b1", "c1", states=["kept", "marked", "marked"])
    stacks = [
        Stack("raw+jpeg", ("/p/b1", "/p/b1.cr2")),
        Stack("live", ("/p/a1",), ("/p/a1.mov",)),
        Stack("burst", ("/p/c1", "/p/d1")),
    ]
    assert torn_stacks(stacks, {"/p/b1"}) == stacks[:1]
    assert torn_stacks(stacks, {"/p/b1", "/p/b1.cr2"}) == []
    assert torn_stacks(stacks, {"/p/a1"}) == [stacks[1]], "its film would stay alone"
    proposal = propose([found], "trash", stacks)
    assert (proposal.rest, going_in(proposal.plan)) == (["/p/b1"], {"/p/b1", "/p/c1"})
    assert going_in(proposal.careful) == {"/p/c1"}
    assert (proposal.relations, proposal.files, proposal.bytes) == ({"near": (1, 300)}, 1, 300)


def test_groups_that_stacks_tie_are_chosen_together():
    groups = [group(name, f"{name}1", f"{name}2") for name in "abcd"]
    stacks = [Stack("raw+jpeg", ("/p/a1", "/p/b1")), Stack("raw+jpeg", ("/p/b2", "/p/c1"))]
    assert bound([0], groups, stacks) == [0, 1, 2]
    assert bound([3], groups, stacks) == [3]
    assert bound([0], groups, [Stack("burst", ("/p/a1", "/p/b1"))]) == [0]


def test_groups_of_a_folder():
    groups = [group("g", "a1", "a2"), group("h", "b1", "b2", folder="/p/sub"), group("i", "c1", "c2", folder="/pp")]
    assert in_folder(groups, "/p") == [0, 1]
    assert in_folder(groups, "/p/sub/") == [1]


@pytest.fixture
def table():
    return GroupTable(
        [
            group("g", "a1", "a2", states=["kept", "marked"]),
            group("h", "b1", "c1", "d1", copy=0.8),
            group("i", "e1", "f1", copy=0.95, states=["kept", "marked"]),
        ]
    )


def test_the_table_sums_up_what_is_sure_enough(table):
    assert table.preview() == Preview(2, 400, 1)
    assert table.preview(0.9) == Preview(2, 400, 0)
    assert table.preview(0.99) == Preview(1, 200, 0)
    assert table.preview(by_link=True) == Preview(1, 200, 1), "i holds two contents"
    table.put(0, None)
    assert table.preview() == Preview(1, 200, 1)
    row = table.append(group("j", "x1", "x2", states=["kept", "marked"]))
    assert (row, table.preview()) == (3, Preview(2, 400, 1))


def test_the_table_sorts(table):
    rows = np.arange(3)
    assert table.order(rows, "saving").tolist() == [1, 0, 2]
    assert table.order(rows, "sure").tolist() == [1, 2, 0]
    assert table.order(rows[::-1], "path").tolist() == [0, 1, 2]


def test_bins_cover_all_probabilities_in_order():
    places = [bin_of(p) for p in (0.0, 0.49, 0.5, 0.9, 0.99, 0.9999, 0.99999999, 1.0)]
    assert places == sorted(places)
    assert (places[0], places[1], places[-1]) == (0, 0, BINS - 1)
    assert all(bin_of(least_of(place) + 1e-12) == place for place in range(1, BINS - 1))
    assert histogram([0.1, 0.2, 1.0])[[0, BINS - 1]].tolist() == [2, 1]
    assert histogram([]).shape == (BINS,)


def test_marks_follow_a_file_to_its_new_name_and_leave_other_contents_alone():
    groups = [group("g", "a1", "b1"), group("h", "c1", "c2")]
    kept = {
        "/old/a9": (content("a"), True),
        "/p/b1": (content("b"), False),
        "/p/c1": (content("z"), False),
        "/old/c9": (content("c"), False),
    }
    assert marks_of(Progress(kept), groups) == {"/p/a1": (content("a"), True), "/p/b1": (content("b"), False)}


def test_what_is_done_is_known_by_what_it_holds():
    groups = [group("new", "a1", "b1"), group("twin", "c1", "d1"), group("twin too", "c2", "d2")]
    done = {"old": key_of(groups[0]), "twin": key_of(groups[1])}
    assert done_of(Progress(done=done), groups) == {"new", "twin"}
    assert current_of(Progress(meta={"current": ["old", key_of(groups[0])]}), groups) == 0
    assert current_of(Progress(meta={"current": ["twin too", ""]}), groups) == 2
    assert current_of(Progress(), groups) == -1


def test_scope_and_rules_come_back():
    scope, rules = Scope("across", ("/a", "/b"), ("/c",)), PRESETS["best-quality"][1]
    progress = Progress(meta=as_meta(scope, rules))
    assert (scope_of(progress), rules_of(progress)) == (scope, rules)
    assert rules_of(Progress(meta={"rules": "by = 3"})) == KeepRules()
