"""Lists of pairs that people looked at."""

from pathlib import Path

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.evaluation.reviewed import Said, read_reviewed


def test_pairs_are_known_by_the_names_that_are_asked_for(tmp_path):
    listed = tmp_path / "list.csv"
    listed.write_text("a,b,truth,reason\nx.webp,y.webp,scene,a step aside\n")
    said = Said("scene", "a step aside")
    assert read_reviewed(listed) == {frozenset(("x.webp", "y.webp")): said}
    assert read_reviewed(listed, lambda name: Path(name).stem) == {frozenset("xy"): said}
    assert read_reviewed(None) == {}


def test_a_list_that_says_nothing_is_refused(tmp_path):
    (tmp_path / "list.csv").write_text("a,b,reason\nx.webp,y.webp,a step aside\n")
    with pytest.raises(KnownError, match="cannot be read"):
        read_reviewed(tmp_path / "list.csv")
