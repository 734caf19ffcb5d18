"""Faults that a review found, each as it was shown."""

import os
from pathlib import Path

import numpy as np
import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.session import Session


def test_folders_of_the_user_below_a_folder_named_index_are_left_alone(open_session, photos, write_photo):
    mine = [
        write_photo(photos / "index" / "holiday" / "x.jpg", 90),
        write_photo(photos / "index" / "0123456789ab-mine" / "y.jpg", 91),
    ]
    session = open_session(photos)  # the library in the folder of the photos
    index_paths(session, [str(photos)])
    session.close()
    assert all(Path(path).exists() for path in mine)


def test_an_index_of_another_catalog_is_removed_but_nothing_beside_it(open_session, photos, tmp_path):
    session = open_session()
    index_paths(session, [str(photos)])
    old = session.index.folder
    session.close()
    (tmp_path / "library" / "catalog.sqlite").unlink()
    (tmp_path / "library" / "catalog.sqlite.bak").unlink(missing_ok=True)
    (old / "notes.txt").write_text("mine")
    index_paths(open_session(), [str(photos)])
    assert [path.name for path in old.iterdir()] == ["notes.txt"]


def test_what_could_not_be_opened_is_tried_again(session, photos):
    """A file whose reading fails though size and time stay the same: here a folder in its place, by a swapped link."""
    index_paths(session, [str(photos)])
    path = photos / "a" / "01.jpg"
    with session.catalog.db.writing() as connection:
        connection.execute("UPDATE files SET content_id = NULL WHERE name = ?", (b"01.jpg",))
        connection.execute(
            "INSERT INTO errors (file_id, kind, reason) SELECT id, 'unreadable', 'Permission denied' FROM files"
            " WHERE name = ?",
            (b"01.jpg",),
        )
    report = index_paths(session, [str(photos)])
    assert (report.reused, report.failed) == (1, [])
    assert str(path) in [photo.path for photo in session.catalog.photos(session.catalog.photo_ids())]


def test_an_index_grown_live_is_the_one_rebuilt_from_the_catalog(photos, tmp_path):
    scores = []
    queries = np.eye(128, dtype=np.float32)[:40] + 0.01
    for fresh in (False, True):
        with Session.open(tmp_path / "library", "hsv", index="flat") as session:
            if not fresh:
                index_paths(session, [str(photos / "a")])
                index_paths(session, [str(photos)])
            ranking = session.index.search(queries, 12)
            scores.append((ranking.ids.copy(), ranking.scores.copy()))
            folder = session.index.folder
        for file in folder.iterdir():
            file.unlink()
    np.testing.assert_array_equal(scores[0][0], scores[1][0])
    np.testing.assert_array_equal(scores[0][1], scores[1][1])


def test_no_folder_is_watched_when_another_path_is_wrong(session, photos, tmp_path):
    with pytest.raises(KnownError):
        index_paths(session, [str(photos), str(tmp_path / "typo")])
    assert session.catalog.watched() == []


def test_an_empty_path_is_not_the_current_folder(session):
    with pytest.raises(KnownError, match="empty"):
        index_paths(session, [""])


def test_a_root_behind_a_link_notices_what_is_gone(session, photos, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(photos)
    index_paths(session, [str(link)])
    (photos / "a" / "01.jpg").unlink()
    report = index_paths(session, [str(link)])
    assert (report.seen, report.missing) == (11, 1)


def test_renaming_every_file_of_a_folder_is_no_drive_that_went_away(session, photos):
    index_paths(session, [str(photos / "a")])
    for path in list((photos / "a").iterdir()):
        path.rename(path.with_name(f"new {path.name}"))
    report = index_paths(session, [str(photos / "a")])
    assert (report.seen, report.reused, report.failed) == (6, 6, [])


def test_a_library_inside_its_photos_does_not_index_its_own_thumbnails(open_session, photos):
    session = open_session(photos / "lib")
    for _ in range(3):
        assert index_paths(session, [str(photos)]).seen == 12


def test_a_full_disk_while_the_index_is_saved_loses_no_report(session, photos, monkeypatch):
    (session.folder / "index").write_text("a file where the folder should be")
    assert index_paths(session, [str(photos)]).indexed == 12


def test_old_thumbnails_are_dropped(open_session, photos, tmp_path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "settings.toml").write_text("thumbnail_cache_bytes = 40_000")
    session = open_session()
    index_paths(session, [str(photos)])
    kept = [photo.hash in session.thumbs for photo in session.catalog.photos(session.catalog.photo_ids())]
    assert 0 < sum(kept) < 12
    assert session.thumbs.held() <= 40_000
    session.close()
    assert (tmp_path / "library" / "cache" / "thumbnails.sqlite").stat().st_size <= 40_000


def test_a_session_can_refuse_to_make_a_library(tmp_path):
    with pytest.raises(KnownError) as caught:
        Session.open(tmp_path / "typo", create=False)
    assert caught.value.kind == "no-library"
    assert not os.path.exists(tmp_path / "typo")
