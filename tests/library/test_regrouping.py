"""Groups under a threshold, and groups found anew: made groups, real table."""

from dataclasses import replace

import pytest

from cbir_desktop.core.verification import Relation
from cbir_desktop.library.choosing import Member, Pick
from cbir_desktop.library.duplicates import Group
from cbir_desktop.library.group_table import GroupTable
from cbir_desktop.library.groups import Proved, kind_of
from cbir_desktop.library.regrouping import Cuts, cut, renewed
from cbir_desktop.store.proofs import Proof


def content(letter):
    return letter.encode() * 32


def group(name, *members, sure=0.99, **pairs):
    """Of files as "a1": content a. ``ab=0.7``: how sure the pair of a and b is; else ``sure``."""
    held = sorted({content(member[0]) for member in members})
    proofs = {}
    for place, a in enumerate(held):
        for b in held[place + 1 :]:
            likely = pairs.get(f"{chr(a[0])}{chr(b[0])}", sure)
            proofs[a, b] = Proof(a, b, "copy", likely, 1.0, 40, frozenset({Relation.RESIZED}))
    proved = Proved(proofs, {})
    files = tuple(Member(f"/p/{one}", content(one[0]), 100, 40, 30, "JPEG") for one in members)
    return Group(name, kind_of(held, proved), files, tuple(Pick("open", "") for _ in files), proved)


def names(one):
    return None if one is None else "".join(member.path[3:] for member in one.members)


def shown(table):
    return sorted(names(one) for one, gone in zip(table.groups, table.gone, strict=True) if not gone)


def test_a_group_falls_apart_where_its_edges_are_less_sure():
    whole = group("g", "a1", "b1", "c1", "d1", ac=0.7, ad=0.7, bc=0.7, bd=0.7)
    assert cut(whole, 0.7) == [whole]
    assert [names(part) for part in cut(whole, 0.9)] == ["a1b1", "c1d1"]
    assert cut(whole, 0.999) == []


def test_a_group_shrinks_by_the_one_that_is_less_sure():
    (part,) = cut(group("g", "a1", "b1", "c1", "c2", ac=0.7, bc=0.999), 0.9)
    assert names(part) == "b1c1c2"


def test_a_chain_is_not_kept_together_by_its_sure_ends():
    parts = cut(group("g", "a1", "b1", "c1", ab=0.99, bc=0.98, ac=0.6), 0.9)
    assert [names(part) for part in parts] == ["a1b1"], "c is sure with b only"


def test_what_has_the_same_bytes_holds_together_at_any_threshold():
    parts = cut(group("g", "a1", "a2", "b1", sure=0.6), 0.9)
    assert [(names(part), part.kind) for part in parts] == [("a1a2", "bytes")]


def test_parts_have_names_of_their_own():
    whole = group("g", "a1", "b1", "c1", "d1", ac=0.7, ad=0.7, bc=0.7, bd=0.7)
    assert len({whole.id, *(part.id for part in cut(whole, 0.9))}) == 3


@pytest.fixture
def table():
    return GroupTable(
        [
            group("0", "a1", "b1", "c1", "d1", ac=0.7, ad=0.7, bc=0.7, bd=0.7),
            group("1", "e1", "f1"),
            group("2", "g1", "h1", "i1", sure=0.6),
        ]
    )


def cut_all(cuts, table, least):
    for row, whole in cuts.wanted(table, least).items():
        cuts.put(table, row, whole, cut(whole, least))


def test_a_lower_threshold_puts_together_again(table):
    cuts = Cuts()
    cut_all(cuts, table, 0.9)
    assert shown(table) == ["a1b1", "c1d1", "e1f1", "g1h1i1"]
    assert table.surer_than(0.9).tolist() == [True, True, False, True]
    cut_all(cuts, table, 0.0)
    assert shown(table) == ["a1b1c1d1", "e1f1", "g1h1i1"]
    cut_all(cuts, table, 0.9)
    assert shown(table) == ["a1b1", "c1d1", "e1f1", "g1h1i1"]
    assert len(table.groups) == 4, "rows that are free are used again"


def test_files_that_go_are_gone_from_the_whole_as_well(table):
    cuts = Cuts()
    cut_all(cuts, table, 0.9)
    cuts.remove(["/p/a1"])
    table.put(0, None)  # b1 alone is no group
    cut_all(cuts, table, 0.0)
    assert shown(table) == ["b1c1d1", "e1f1", "g1h1i1"]


def test_what_a_person_decided_about_stays_apart(table):
    cuts = Cuts()
    cut_all(cuts, table, 0.9)
    cuts.settle(3)
    cut_all(cuts, table, 0.0)
    assert shown(table) == ["a1b1", "c1d1", "e1f1", "g1h1i1"]


def test_groups_found_anew_keep_their_rows(table):
    table.done[1] = True
    before = list(table.groups)
    same = group("new", "e1", "f1")
    grown = group("x", "a1", "b1", "c1", "d1", "z1")
    came = group("y", "k1", "l1")
    rows, changed = renewed(before, [came, same, grown])
    assert [names(one) for one in rows] == ["a1b1c1d1z1", "e1f1", None, "k1l1"]
    assert changed == [0, 2, 3]
    assert rows[1].id == "1"
    assert rows[1].proved is same.proved
    table.renew(rows, changed)
    assert shown(table) == ["a1b1c1d1z1", "e1f1", "k1l1"]
    assert table.done.tolist() == [False, True, False, False]


def test_picks_stay_where_files_are_the_same():
    picked = replace(group("g", "a1", "b1"), picks=(Pick("kept", ""), Pick("marked", "", "/p/a1")))
    rows, changed = renewed([picked], [group("h", "a1", "b1")])
    assert changed == []
    assert rows[0].picks == picked.picks


def test_a_group_that_fell_in_two_takes_one_row_more(table):
    rows, changed = renewed(table.groups[:1], [group("x", "a1", "b1"), group("y", "c1", "d1")])
    assert [names(one) for one in rows] == ["a1b1", "c1d1"]
    assert changed == [0, 1]


def test_a_cut_is_taken_back_before_groups_are_found_anew(table):
    cuts = Cuts()
    cut_all(cuts, table, 0.9)
    assert [names(one) for one in cuts.undone(table)] == ["a1b1c1d1", "e1f1", "g1h1i1", None]
