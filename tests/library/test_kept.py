"""Pictures that queries need and no library has; the history, and pins."""

import json
import os
import time

import pytest
from PIL import Image

from cbir_desktop.core.errors import DecodeError, KnownError
from cbir_desktop.core.region import Region
from cbir_desktop.images.hashing import hash_bytes
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.kept import UNUSED_SECONDS, drop_unused, example_bytes, keep_bytes, keep_pictures
from cbir_desktop.library.query import Example, SearchQuery
from cbir_desktop.library.saved_searches import HISTORY, SavedSearches
from cbir_desktop.library.searching import find


@pytest.fixture
def outside(tmp_path):
    path = tmp_path / "outside.png"
    Image.new("RGB", (64, 48), (200, 30, 30)).save(path)
    return path


def stored(session):
    folder = session.folder / "queries"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_what_is_pasted_is_kept_by_its_hash(session, outside):
    data = outside.read_bytes()
    content = keep_bytes(session, data)
    assert content == hash_bytes(data) == keep_bytes(session, data)
    assert stored(session) == [content.hex()]
    assert example_bytes(session, Example(hash=content)) == data


def test_a_kept_query_is_asked_again_when_its_file_is_gone(session, photos, outside):
    index_paths(session, [str(photos)])
    inside = str(photos / "a" / "01.jpg")
    query = SearchQuery((Example(str(outside), region=Region(0, 0, 32, 32)), Example(inside, minus=True)))
    before, _ = find(session, query, k=4)
    kept = keep_pictures(session, query)
    assert stored(session) == [hash_bytes(outside.read_bytes()).hex()]  # the other one is in the library
    assert all(example.hash for example in kept.examples)
    outside.unlink()
    after, _ = find(session, kept, k=4)
    assert [hit.score for hit in after.hits] == [hit.score for hit in before.hits]
    with pytest.raises(DecodeError):
        find(session, query, k=4)


def test_the_hash_counts_and_not_what_lies_at_the_path_now(session, outside):
    kept = keep_pictures(session, SearchQuery((Example(str(outside)),))).examples[0]
    data = outside.read_bytes()
    Image.new("RGB", (64, 48), (0, 0, 255)).save(outside)
    assert example_bytes(session, kept) == data


def test_a_picture_that_is_gone_everywhere_is_an_error(session):
    with pytest.raises(DecodeError) as caught:
        example_bytes(session, Example(hash=bytes(32)))
    assert caught.value.kind == "vanished"


def test_what_no_search_names_goes_after_a_day(session, outside):
    used, unused, fresh = (keep_bytes(session, outside.read_bytes() + bytes([n])) for n in range(3))
    for content in (used, unused):
        long_ago = time.time() - UNUSED_SECONDS - 60
        os.utime(session.folder / "queries" / content.hex(), (long_ago, long_ago))
    assert drop_unused(session, {used}) == 1
    assert stored(session) == sorted([used.hex(), fresh.hex()])


def query(session, number):
    return SearchQuery((Example(hash=keep_bytes(session, b"picture %d" % number)),))


def test_history_is_newest_first_each_once_and_bounded(session):
    searches = SavedSearches(session)
    assert searches.history() == []
    queries = [query(session, number) for number in range(3)]
    for number in (0, 1, 2, 1):
        searches.visited(queries[number])
    assert SavedSearches(session).history() == [queries[1], queries[2], queries[0]]
    document = json.loads((session.folder / "searches.json").read_text())
    document["history"] *= 100
    (session.folder / "searches.json").write_text(json.dumps(document))
    searches.visited(queries[0])
    assert len(searches.history()) <= HISTORY
    searches.clear_history()
    assert searches.history() == []


def test_pins_keep_their_order_and_names(session):
    searches = SavedSearches(session)
    for name, number in (("cats", 0), ("dogs", 1), ("cats", 2)):
        searches.pin(name, query(session, number))
    assert [(pin.name, pin.query) for pin in searches.pins()] == [
        ("cats", query(session, 2)), ("dogs", query(session, 1)),
    ]  # fmt: skip
    searches.rename("dogs", "hounds")
    for taken in ("cats", " "):
        with pytest.raises(KnownError):
            searches.rename("hounds", taken)
    searches.unpin("cats")
    assert [pin.name for pin in SavedSearches(session).pins()] == ["hounds"]


@pytest.mark.parametrize("text", ["", "[]", "null", '{"schema": 2, "pins": [], "history": []}', "[" * 100_000,
                                  '{"schema": 1, "pins": [{"name": 1, "query": {}}], "history": []}'])  # fmt: skip
def test_a_damaged_file_is_told_and_stays(session, text):
    path = session.folder / "searches.json"
    path.write_text(text)
    searches = SavedSearches(session)
    for act in (searches.pins, searches.history, searches.clear_history):
        with pytest.raises(KnownError) as caught:
            act()
        assert caught.value.kind == "bad-searches"
    assert path.read_text() == text
