"""The loaders on the shared data, where it is."""

import os
from pathlib import Path

import pytest

from cbir_desktop.evaluation import datasets

SHARED = Path(os.environ.get("CBIR_SHARED", Path(__file__).parents[2].parent / "shared")) / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data is absent (CBIR_SHARED)")


def test_ukbench():
    found = datasets.ukb(str(SHARED / "bench" / "ukb.tar"))
    assert (len(found), len(found.classes), found.groups_of_four) == (500, 125, True)
    assert found.read(499)[:2] == b"\xff\xd8"


@pytest.mark.parametrize(("split", "pictures", "unnamed"), [("test", 1805, 396), ("withheld", 4481, 0)])
def test_splits(split, pictures, unnamed):
    found = datasets.labelled(str(SHARED / "train"), split)
    assert len(found) == pictures
    assert (found.labels == datasets.DISTRACTOR).sum() == unnamed
    assert all(found.read(row)[8:12] == b"WEBP" for row in (0, len(found) // 2, len(found) - 1))
