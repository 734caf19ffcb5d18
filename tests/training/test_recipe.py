"""Recipes are read strictly."""

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.training.recipe import load_recipe, parse_recipe
from tests.training.conftest import RECIPE


def test_a_recipe_has_its_phases(recipe):
    assert [phase.kind for phase in recipe.phases] == ["apart", "together", "pooled"]
    assert recipe.phases[0].steps() == 3


@pytest.mark.parametrize("change", [{"student": {**RECIPE["student"], "colour": 1}}, {"phases": [{"name": "x"}]}])
def test_unknown_and_missing_keys_are_refused(change):
    with pytest.raises((ValueError, TypeError)):
        parse_recipe({**RECIPE, **change})


@pytest.mark.parametrize("wrong", [{"dim": 0}, {"shrinkage": 0}, {"edits": 1}, {"edits": 0.1, "rounds": 0}])
def test_endings_that_cannot_be_fitted_are_refused_before_training(wrong):
    right = {"dim": 8, "shrinkage": 0.3, "edits": 0.3}
    assert parse_recipe({**RECIPE, "ending": right}).dim == 8
    with pytest.raises(ValueError, match="no ending"):
        parse_recipe({**RECIPE, "ending": {**right, **wrong}})


def test_unknown_kinds_of_phase_are_refused():
    with pytest.raises(ValueError, match="unknown kinds"):
        parse_recipe({**RECIPE, "phases": [{**RECIPE["phases"][0], "kind": "magic"}]})


def test_a_broken_file_is_a_known_error(tmp_path):
    (tmp_path / "r.toml").write_text("seed = ")
    with pytest.raises(KnownError, match="not a training recipe"):
        load_recipe(tmp_path / "r.toml")
