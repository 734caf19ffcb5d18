"""Looks of a library that was indexed before there were any."""

import sqlite3

import pytest
from PIL import Image

from cbir_desktop.core.tasks import Task
from cbir_desktop.encoders.looks import KEY, describe, looks_of
from cbir_desktop.images.decode import decode_file
from cbir_desktop.library.filling_looks import fill_looks
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.query import Example, SearchQuery
from cbir_desktop.library.searching import find


@pytest.fixture
def of_schema_5(open_session, photos, tmp_path):
    """The catalog as version 5 left it: opening it makes a backup and the new table."""
    session = open_session()
    index_paths(session, [str(photos)])
    session.close()
    with sqlite3.connect(tmp_path / "library" / "catalog.sqlite") as old:
        old.execute("DROP TABLE looks")
        old.execute("DROP INDEX contents_to_join")
        old.execute("DROP INDEX files_to_look_at")
        old.execute("ALTER TABLE files DROP COLUMN looked_at")
        old.execute("DELETE FROM meta WHERE key = 'looks_key'")
        old.execute("PRAGMA user_version = 5")
    old.close()
    return open_session()


def test_a_new_photo_has_the_look_of_its_pixels(session, photos):
    index_paths(session, [str(photos)])
    assert session.catalog.looks.key() == KEY
    for photo in session.catalog.photos(session.catalog.photo_ids()):
        ((_, look),) = session.catalog.looks.of([photo.content_id])
        assert look == describe(decode_file(photo.path).image)


def test_an_older_library_gets_them_from_its_thumbnails(of_schema_5, photos, tmp_path, caplog):
    session = of_schema_5
    with sqlite3.connect(tmp_path / "library" / "catalog.sqlite.v5.bak") as backup:
        assert backup.execute("PRAGMA user_version").fetchone() == (5,)
    backup.close()
    for path in photos.rglob("*.jpg"):  # nothing but thumbnails can be read
        path.rename(path.with_suffix(".away"))
    with caplog.at_level("INFO"):
        assert fill_looks(session, Task()) == 12
    assert "12 photos" in caplog.text
    assert fill_looks(session, Task()) == 0
    for path in photos.rglob("*.away"):
        path.rename(path.with_suffix(".jpg"))
    for photo in session.catalog.photos(session.catalog.photo_ids()):
        stored = looks_of([look for _, look in session.catalog.looks.of([photo.content_id])])
        own = looks_of([describe(decode_file(photo.path).image)])
        others = looks_of([describe(decode_file(str(path)).image) for path in photos.rglob("*.jpg")])
        for look in ("colour", "layout"):
            for mine, theirs in zip(own.distances(look, stored), others.distances(look, stored), strict=True):
                assert mine[0] == theirs.min()


def test_the_next_run_fills_them(of_schema_5, photos):
    report = index_paths(of_schema_5, [str(photos)])
    assert (report.unchanged, report.indexed) == (12, 0)
    assert of_schema_5.catalog.looks.lacking() == []
    query = SearchQuery((Example(str(photos / "a" / "01.jpg")),), by="colour")
    assert len(find(of_schema_5, query, k=20)[0].hits) == 11


def test_without_a_thumbnail_the_file_is_decoded(of_schema_5, photos):
    session = of_schema_5
    photo = session.catalog.photos(session.catalog.photo_ids())[0]
    session.thumbs.remove(photo.hash)
    gone = session.catalog.photos(session.catalog.photo_ids())[1]
    session.thumbs.remove(gone.hash)
    Image.new("RGB", (50, 50)).save(gone.path)  # another picture now: it would be the wrong look
    assert fill_looks(session, Task()) == 11
    ((_, look),) = session.catalog.looks.of([photo.content_id])
    assert look == describe(decode_file(photo.path).image)


def test_looks_of_another_kind_are_made_again(session, photos):
    index_paths(session, [str(photos)])
    session.catalog.looks.settle("another kind")
    assert session.catalog.looks.ids().tolist() == []
    session.catalog.looks.put([(int(session.catalog.content_ids()[0]), b"something else")])
    index_paths(session, [str(photos)])
    assert session.catalog.looks.key() == KEY
    assert len(session.catalog.looks.ids()) == 12


def test_a_pruned_content_takes_its_look_along(session, photos):
    index_paths(session, [str(photos)])
    content = int(session.catalog.content_ids()[0])
    files = [row[0] for row in session.catalog.db.connection.execute(
        "SELECT id FROM files WHERE content_id = ?", (content,)
    )]  # fmt: skip
    session.catalog.prune(files, [content])
    assert content not in session.catalog.looks.ids()
