"""What the catalog knows of pictures beyond their pixels, and how a library of an older version comes to know it."""

import sqlite3

import numpy as np
import pytest
from PIL import Image

from cbir_desktop.library.indexing import index_paths
from cbir_desktop.store.schema import MIGRATIONS
from tests.images.camera_files import exif, film

ONE, OTHER = "5F1CB0A1-1234-4ABC-9DEF-0123456789AB", "00000000-1234-4ABC-9DEF-0123456789AB"


@pytest.fixture
def live(tmp_path):
    """A photo of a telephone with its facts, and a folder for what lies beside it."""
    folder = tmp_path / "photos"
    folder.mkdir()
    block = exif(">", ONE.encode(), make="Apple", model="iPhone 13", time="2024:05:01 12:30:45", subseconds="5")
    Image.new("RGB", (64, 64), (200, 100, 50)).save(folder / "IMG_1.jpg", quality=95, exif=b"Exif\0\0" + block)
    return folder


def only_photo(session):
    (photo,) = session.catalog.photos(session.catalog.photo_ids())
    return photo


def beside(session):
    found = session.catalog.captures.companions(only_photo(session).content_id)
    return [(c.kind, c.path.rpartition("/")[2], c.is_certain) for c in found]


def check_facts(session):
    photo = only_photo(session)
    assert (photo.taken, photo.camera) == ("2024-05-01T12:30:45.5", "Apple iPhone 13")
    rgb = [photo.average_rgb >> shift & 255 for shift in (16, 8, 0)]
    assert np.abs(np.array(rgb) - (200, 100, 50)).max() <= 3
    capture = session.catalog.captures.of(photo.content_id)
    assert (capture.has_gps, capture.content_identifier) == (True, ONE)


def test_an_indexed_photo_has_its_facts(session, live):
    index_paths(session, [str(live)])
    check_facts(session)


def test_a_library_of_schema_1_gets_them_at_the_next_run(open_session, live, tmp_path, caplog):
    session = open_session()
    index_paths(session, [str(live)])
    session.close()
    with sqlite3.connect(tmp_path / "library" / "catalog.sqlite") as old:  # back to what version 1 made
        for statement in (
            "DROP TABLE looks",
            "DROP INDEX contents_to_join",
            "DROP INDEX files_to_look_at",
            "ALTER TABLE files DROP COLUMN looked_at",
            "DROP TABLE captures",
            "DROP TABLE companions",
            "DROP TABLE previews",
            "DROP TABLE proofs",
            "DROP TABLE decisions",
            "DROP INDEX contents_by_pixels",
            "ALTER TABLE contents DROP COLUMN pixels",
            "ALTER TABLE contents DROP COLUMN joined",
            "ALTER TABLE contents DROP COLUMN average_rgb",
            "ALTER TABLE volumes DROP COLUMN label",
            "ALTER TABLE volumes DROP COLUMN online",
            "ALTER TABLE folders DROP COLUMN excludes",
            "DROP INDEX files_by_inode",
        ):
            old.execute(statement)
        old.execute("PRAGMA user_version = 1")
    old.close()
    session = open_session()
    assert session.catalog.db.connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
    assert only_photo(session).taken is None
    with caplog.at_level("INFO"):
        report = index_paths(session, [str(live)])
    assert (report.unchanged, report.indexed) == (1, 0)
    check_facts(session)
    assert "1 photos" in caplog.text
    assert session.catalog.captures.lacking() == []


def test_companions_are_stored_and_follow_the_folder(session, live):
    (live / "IMG_1.MOV").write_bytes(film(ONE))
    (live / "IMG_1.xmp").write_text("<x/>")
    index_paths(session, [str(live)])
    assert beside(session) == [("live", "IMG_1.MOV", True), ("xmp", "IMG_1.xmp", False)]
    (live / "IMG_1.xmp").unlink()
    (live / "IMG_1.AAE").write_text("<x/>")
    assert index_paths(session, [str(live)]).unchanged == 1
    assert beside(session) == [("aae", "IMG_1.AAE", False), ("live", "IMG_1.MOV", True)]
    index_paths(session, [str(live / "IMG_1.jpg")])  # named itself: nobody looks beside it
    assert len(beside(session)) == 2


@pytest.mark.parametrize(
    ("content", "expected"),
    [(film(ONE), [("live", "IMG_1.MOV", True)]), (film(OTHER), []), (b"no film", [("live", "IMG_1.MOV", False)])],
)
def test_a_film_of_another_picture_is_not_its_own(session, live, content, expected):
    (live / "IMG_1.MOV").write_bytes(content)
    index_paths(session, [str(live)])
    assert beside(session) == expected


def test_films_are_not_indexed(session, live):
    (live / "IMG_2.MOV").write_bytes(film(ONE))
    report = index_paths(session, [str(live)])
    assert (report.seen, report.failed) == (1, [])
