import pytest

from cbir_desktop.core import registry
from cbir_desktop.core.errors import KnownError, MissingPluginError
from cbir_desktop.core.registry import Plugin, Registry


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(KnownError, match="known: flat, hnsw") as caught:
        registry.indexes.create("annoy", dim=2)
    assert caught.value.kind == "unknown-name"


def test_arguments_win_over_defaults():
    things: Registry[dict] = Registry("thing")
    things.register("pair", Plugin("builtins:dict", "a dict", {"a": 1, "b": 2}))
    assert things.create("pair", b=3) == {"a": 1, "b": 3}


def test_a_missing_package_names_the_extra():
    things: Registry[object] = Registry("thing")
    things.register("gone", Plugin("no_such_package:thing", "", extra="hnsw"))
    with pytest.raises(MissingPluginError, match=r"cbir-desktop\[hnsw\]"):
        things.create("gone")


def test_a_name_is_registered_once():
    things: Registry[object] = Registry("thing")
    things.register("a", Plugin("builtins:dict", ""))
    with pytest.raises(ValueError, match="twice"):
        things.register("a", Plugin("builtins:list", ""))
