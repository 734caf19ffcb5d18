"""The guard over the last copy."""

import os
import shutil

import pytest

from cbir_desktop.core.errors import KnownError
from cbir_desktop.images.hashing import hash_file
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.survivors import Survivors, check_survivors


@pytest.fixture
def copies(session, photos):
    """A picture of the library at three places."""
    paths = [photos / "a" / "01.jpg", photos / "b" / "second.jpg", photos / "b" / "third.jpg"]
    for path in paths[1:]:
        shutil.copy(paths[0], path)
    index_paths(session, [str(photos)])
    return [str(path) for path in paths]


def refusal(session, *pairs):
    with pytest.raises(KnownError) as caught:
        check_survivors(session.catalog, [(str(path), str(kept)) for path, kept in pairs])
    assert caught.value.kind == "last-copy"
    return str(caught.value)


def test_a_copy_that_stays_will_do(session, copies):
    check_survivors(session.catalog, [(copies[0], copies[2]), (copies[1], copies[2])])


def test_a_circle_is_refused(session, copies):
    assert "is to go as well" in refusal(
        session, (copies[0], copies[1]), (copies[1], copies[2]), (copies[2], copies[0])
    )


def test_a_file_cannot_be_kept_by_another_way_to_it(session, copies, photos, tmp_path):
    (tmp_path / "way").symlink_to(photos / "a")
    assert "is to go as well" in refusal(session, (copies[0], tmp_path / "way" / "01.jpg"))


def test_links_do_not_count(session, copies, photos):
    os.link(copies[0], photos / "hard.jpg")
    os.symlink(copies[0], photos / "soft.jpg")
    assert "hard link" in refusal(session, (copies[0], photos / "hard.jpg"))
    assert "symbolic link" in refusal(session, (copies[0], photos / "soft.jpg"))
    check_survivors(session.catalog, [(copies[1], str(photos / "hard.jpg"))])


def test_what_is_missing_empty_or_in_the_trash_does_not_count(session, copies, photos, tmp_path, monkeypatch):
    os.unlink(copies[1])
    assert "is not there" in refusal(session, (copies[0], copies[1]))
    index_paths(session, [str(photos)])
    assert "is missing" in refusal(session, (copies[0], copies[1]))
    open(copies[1], "w").close()
    assert "no file with a picture" in refusal(session, (copies[0], copies[1]))
    for folder in (".Trash-1000", "$RECYCLE.BIN"):
        (photos / folder).mkdir()
        shutil.copy(copies[0], photos / folder / "x.jpg")
        assert "in the trash" in refusal(session, (copies[0], photos / folder / "x.jpg"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data" / "Trash" / "files").mkdir(parents=True)
    shutil.copy(copies[0], tmp_path / "data" / "Trash" / "files" / "x.jpg")
    assert "in the trash" in refusal(session, (copies[0], tmp_path / "data" / "Trash" / "files" / "x.jpg"))


def test_what_is_on_a_drive_that_is_away_does_not_count(session, copies, photos):
    shutil.move(photos / "b", photos.parent / "gone")
    session.catalog.files.set_state(
        [
            row.id
            for row in session.catalog.files.in_folder(session.catalog.folders.by_path()[str(photos / "b")]).values()
        ],
        "offline",
    )
    assert "away" in refusal(session, (copies[0], copies[1]))
    survivors = Survivors(session.catalog, [copies[0]])
    assert survivors.of_content(hash_file(copies[0])) is None


def test_the_whole_library_is_asked_for_a_survivor(session, copies):
    digest = hash_file(copies[0])
    assert Survivors(session.catalog, copies[:2]).of_content(digest) == copies[2]
    assert Survivors(session.catalog, copies).of_content(digest) is None
    os.unlink(copies[2])
    assert Survivors(session.catalog, copies[:2]).of_content(digest) is None
