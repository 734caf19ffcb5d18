"""The value of a search, its JSON, and what may not be in either."""

import json
import os
from dataclasses import replace

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.core.filters import Filters
from cbir_desktop.core.region import Region
from cbir_desktop.library.query import Example, SearchQuery
from cbir_desktop.library.query_json import from_json, to_json

FULL = SearchQuery(
    (
        Example("/a/📷 b.jpg", b"\x07" * 32, region=Region(1, 2, 30, 40.5, -12)),
        Example(hash=b"\x08" * 32, minus=True, weight=2.5),
        Example(os.fsdecode(b"/gr\xfc\xdfe.jpg")),
    ),
    "layout", 0.25, "layout",
    Filters(("/a", "/b"), "2020-02-29", "2024-05-01", ("Canon EOS",), ("JPEG",), ("offline",), 1, 2, 3, 4),
    "date", True, 0.5,
)  # fmt: skip


@pytest.mark.parametrize("query", [FULL, SearchQuery((Example("/a.jpg"),))])
def test_a_query_comes_back_from_json(query):
    assert from_json(json.loads(json.dumps(to_json(query)))) == query


def changed(path, value):
    document = json.loads(json.dumps(to_json(FULL)))
    *way, last = path
    table = document
    for key in way:
        table = table[key]
    if value is KeyError:
        del table[last]
    else:
        table[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema"], 2), (["schema"], True), (["schema"], KeyError), (["more"], 1), (["examples"], []),
        (["examples"], "x"), (["examples", 0, "weight"], 0), (["examples", 0, "weight"], "1"),
        (["examples", 0, "weight"], float("nan")), (["examples", 0, "weight"], 10**400),
        (["examples", 0, "hash"], "zz"), (["examples", 0, "hash"], "00"), (["examples", 0, "minus"], 0),
        (["examples", 2, "path"], None), (["examples", 0, "region", "width"], -1), (["examples", 0, "region"], {}),
        (["examples", 0], None), (["by"], "magic"), (["by"], None), (["blend"], 1.5), (["blend"], True),
        (["blend_with"], "content"), (["sort"], "rank"), (["reverse"], None), (["threshold"], "0"),
        (["filters", "since"], "yesterday"), (["filters", "since"], "2024-5-1"), (["filters", "states"], ["missing"]),
        (["filters", "min_bytes"], -1), (["filters", "min_bytes"], 1.5), (["filters", "folders"], [1]),
        (["filters", "owner"], "me"), (["filters", "cameras"], None),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be_is_refused(path, value):
    with pytest.raises(KnownError) as caught:
        from_json(changed(path, value))
    assert caught.value.kind == "bad-query"


@pytest.mark.parametrize("document", [None, 1, [], "x", {}])
def test_what_is_no_table_is_refused(document):
    with pytest.raises(KnownError):
        from_json(document)


def test_a_query_needs_a_plus():
    with pytest.raises(ValueError, match="at least one picture"):
        SearchQuery((Example("/a", minus=True),))
    with pytest.raises(ValueError, match="at least one picture"):
        replace(FULL, examples=())


def test_corners_of_a_turned_box():
    """A quarter turn counter-clockwise on the screen: what was on the right is on top."""
    region = Region(10, 20, 40, 20, angle=90)  # about (30, 30)
    expected = [(20, 50), (20, 10), (40, 10), (40, 50)]
    np.testing.assert_allclose(region.corners, expected, atol=1e-9)
    np.testing.assert_allclose(Region(10, 20, 40, 20).corners, [(10, 20), (50, 20), (50, 40), (10, 40)])


def test_a_region_is_cut_at_the_edges():
    assert Region(-5, -5, 20, 200).within(100, 80) == Region(0, 0, 15, 80)
    turned = Region(-5, -5, 50, 50, 30)
    assert turned.within(100, 80) == turned
    with pytest.raises(ValueError, match="outside"):
        Region(98, 0, 20, 20).within(100, 80)
    for numbers in ((0, 0, 3, 10), (0, 0, float("inf"), 10), (float("nan"), 0, 10, 10)):
        with pytest.raises(ValueError):
            Region(*numbers)
