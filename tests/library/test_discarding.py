"""Single photos to the trash: only where another file with the same bytes stays."""

import sys

import pytest

from cbir_desktop.library.discarding import discard
from cbir_desktop.library.indexing import index_paths
from cbir_desktop.library.undo import undo_last

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into the freedesktop trash"),
    pytest.mark.usefixtures("home"),
]


@pytest.fixture
def known(session, tmp_path, write_photo):
    """Two files of one content, and one that is alone."""
    folder = tmp_path / "photos"
    for name, seed in (("a.jpg", 1), ("b.jpg", 1), ("alone.jpg", 2)):
        write_photo(folder / name, seed)
    index_paths(session, [str(folder)])
    ids = session.catalog.photo_ids(None).tolist()
    return {photo.path: photo for photo in session.catalog.photos(ids)}


def test_a_copy_goes_and_comes_back(session, known):
    pair = next(photo for photo in known.values() if photo.also)
    done = discard(session, [pair.content_id])
    assert [outcome.path for outcome in done.done] == [pair.path]
    assert (done.last, done.refused) == ([], [])
    assert undo_last(session).restored == [pair.path]


def test_the_last_file_of_a_content_stays(session, known):
    alone = next(photo for photo in known.values() if not photo.also)
    pair = next(photo for photo in known.values() if photo.also)
    done = discard(session, [alone.content_id, pair.content_id, -5])
    assert done.last == [alone.path]
    assert [outcome.path for outcome in done.done] == [pair.path]
    again = discard(session, [pair.content_id])  # of what was a pair one is left
    assert (again.done, len(again.last)) == ([], 1)
