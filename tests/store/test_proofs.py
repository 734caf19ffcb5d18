"""Proofs by content pair."""

import pytest

from cbir_desktop.core.verification import Relation
from cbir_desktop.store.catalog import Catalog
from cbir_desktop.store.proofs import Proof

A, B, C, D = (bytes([number]) * 32 for number in range(4))


@pytest.fixture
def proofs(tmp_path):
    catalog = Catalog(tmp_path / "catalog.sqlite")
    yield catalog.proofs
    catalog.close()


def proof(lo, hi, proved="copy", relation=Relation.CROPPED, contains=None):
    return Proof(lo, hi, proved, 0.75, 0.875, 31, frozenset({relation, Relation.RESIZED}), contains)


def test_they_come_back_as_they_were(proofs):
    stored = [proof(A, B, contains="hi"), proof(A, C, None), proof(B, C, "scene", Relation.SAME_SCENE)]
    proofs.put(stored, "m1")
    assert proofs.of([(A, B), (A, C), (B, C), (A, D)], "m1") == {one.pair: one for one in stored}
    assert proofs.of([(A, B)], "another matcher") == {}
    assert (stored[0].is_crop(A), stored[0].is_crop(B), stored[1].is_crop(A)) == (True, False, False)
    proofs.put(stored[:1], "m1")
    assert proofs.count() == 3


def test_a_copy_of_the_same_pixels_is_a_copy(proofs):
    proofs.put([proof(A, B, relation=Relation.IDENTICAL_PIXELS), proof(B, C)], "m")
    assert proofs.is_copy(A, A, "m")
    assert proofs.is_copy(C, A, "m")
    assert not proofs.is_copy(A, C, "another matcher")
    assert not proofs.is_copy(A, D, "m")
    proofs.put([proof(C, D)], "m")
    assert not proofs.is_copy(B, D, "m"), "a copy of a copy need not be one"
    proofs.put([proof(A, D, "scene")], "m")
    assert not proofs.is_copy(A, D, "m")
